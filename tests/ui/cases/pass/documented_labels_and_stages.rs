//! The right code of `docs/diagnostics.md`: labels, and stages that depend on others.

#![allow(dead_code, unused_variables)]

use lakehouse_otel::prelude::*;

#[track_processing(operation = "clean", symbol = symbol, labels(symbol))]
fn no_label(symbol: &str) {}

#[track_processing(operation = "clean", symbol = symbol, labels(symbol))]
fn labels(symbol: &str) {}

#[trace_stage(stage = "clean", depends_on = ["fetch", "validate"])]
fn depends_on() {}

fn main() {}
