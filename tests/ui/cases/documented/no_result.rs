//! The wrong code of `docs/diagnostics.md`: what a function returns.

use lakehouse_otel::prelude::*;

#[track_processing(operation = "count", err(|error| crypto.exchange_error = error.to_string()))]
fn count(rows: &[u8]) -> usize {
    rows.len()
}

fn main() {}
