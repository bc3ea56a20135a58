//! An answer is what a request returned, and only a request has one.

use lakehouse_otel::exchange::ErrorCode;
use lakehouse_otel::prelude::*;

#[track_api_request(exchange = Okx, endpoint = "/candles", response = code)]
fn before(code: ErrorCode<'_>) {
    let _ = code;
}

#[track_processing(operation = "clean", ok(|rows| response = rows))]
fn clean() -> u64 {
    0
}

fn main() {}
