//! The right code of `docs/diagnostics.md`, LO0130 to LO0132.

use lakehouse_otel::exchange::ErrorCode;
use lakehouse_otel::prelude::*;
use std::time::Instant;

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

fn main() {
    number();
    with_flush(Instant::now());
    after();
}
