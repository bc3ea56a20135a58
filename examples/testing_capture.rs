//! Testing annotations: what a function records, seen without a backend and without global state.
//!
//! ```text
//! cargo run --example testing_capture
//! ```
//!
//! In a project of its own this is a `#[test]`; here it runs as a program, so that its output can be seen.

#![forbid(unsafe_code)]

use lakehouse_otel::{
    prelude::*,
    schema::crypto::{RECORD_COUNT, SYMBOL},
    testing,
};
use std::num::ParseFloatError;

#[track_processing(
    operation = "parse_prices", layer = Silver, symbol = symbol, ok(|prices| record_count = prices.len()),
)]
fn parse_prices(symbol: &str, rows: &[&str]) -> Result<Vec<f64>, ParseFloatError> {
    rows.iter().map(|row| row.parse()).collect()
}

fn main() {
    let capture = testing::capture();
    let prices = capture.run(|| parse_prices("BTCUSDT", &["67012.50", "67013.75"]));
    assert_eq!(prices, Ok(vec![67012.50, 67013.75]));
    let span = capture.span("parse_prices");
    span.has(SYMBOL, "BTCUSDT")
        .has(RECORD_COUNT, 2)
        .outcome(Outcome::Ok);

    // Another capture knows nothing of the first.
    let failed = testing::capture();
    failed.run(|| parse_prices("ETHUSDT", &["n/a"]).unwrap_err());
    failed
        .span("parse_prices")
        .has(SYMBOL, "ETHUSDT")
        .outcome(Outcome::Error);
    failed.metric("crypto.processing.duration").count(1);

    println!("{capture}\n{failed}");
}
