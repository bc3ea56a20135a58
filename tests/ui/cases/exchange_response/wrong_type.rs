//! What was returned is no answer of an exchange.

use lakehouse_otel::prelude::*;

#[track_api_request(exchange = Okx, endpoint = "/candles", ok(|rows| response = rows))]
fn candles() -> Vec<u64> {
    vec![1]
}

fn main() {
    candles();
}
