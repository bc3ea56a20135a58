//! The right code of `docs/diagnostics.md`, LO0130 to LO0134.

use lakehouse_otel::exchange::ErrorCode;
use lakehouse_otel::prelude::*;
use std::time::{Duration, Instant};

#[derive(Default)]
struct Candles {
    code: String,
}

#[trace_invocation(trigger = Timer, flush = "500ms")]
fn number() {}

#[trace_invocation(trigger = Http, flush = "1s", deadline = until)]
fn with_flush(until: Instant) {
    let _ = until;
}

#[track_api_request(exchange = Okx, endpoint = "/candles", ok(|code| response = code))]
fn after() -> ErrorCode<'static> {
    ErrorCode("0")
}

#[trace_invocation(trigger = Http, deadline = Instant::now() + left)]
fn at_a_time(left: Duration) {
    let _ = left;
}

#[track_api_request(exchange = Okx, endpoint = "/candles", ok(|page| response = ErrorCode(&page.code)))]
fn candles() -> Candles {
    Candles::default()
}

fn main() {
    number();
    with_flush(Instant::now());
    after();
    at_a_time(Duration::from_secs(1));
    candles();
}
