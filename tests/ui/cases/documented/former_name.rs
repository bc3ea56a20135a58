//! The wrong code of `docs/diagnostics.md`: a former name.

#![deny(deprecated)]

use lakehouse_otel::prelude::*;

#[track_api_request(market = Binance, endpoint = "/api/v3/klines")]
fn klines() {}

fn main() {}
