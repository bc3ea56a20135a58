#![deny(deprecated)]

use lakehouse_otel::*;

#[track_api_request(market = Binance, endpoint = "/time")]
fn alias() {}

#[trace_stage(stage = "read", crypto.market = "binance", ok(|_| crypto.market = "kraken"))]
fn key() {}

#[trace_crypto_workflow(name = "archive", market = market)]
async fn evaluated(market: lakehouse_otel::schema::Exchange) {}

fn main() {}
