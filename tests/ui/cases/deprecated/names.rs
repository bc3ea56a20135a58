#![deny(deprecated)]

use lakehouse_otel::*;

#[track_api_request(market = Binance, endpoint = "/time")]
fn alias() {}

#[trace_stage(stage = "read", crypto.market = "binance")]
fn key() {}

#[trace_stage(stage = "read", ok(|_| crypto.market = "kraken"))]
fn key_in_observer() {}

#[trace_crypto_workflow(name = "archive", market = market)]
async fn evaluated(market: lakehouse_otel::schema::Exchange) {}

fn main() {}
