//! The wrong code of `docs/diagnostics.md`: arguments.

#![allow(unused_variables)]

use lakehouse_otel::prelude::*;

#[track_processing(operation = "clean", symbl = symbol)]
fn unknown_argument(symbol: &str) {}

#[trace_stage(stage = "fetch", kind = clint)]
fn span_kind() {}

#[trace_stage(stage = "clean" layer = Silver)]
fn syntax() {}

#[track_processing(operation = "clean", symbol = symbol, symbol = symbol)]
fn duplicate(symbol: &str) {}

#[trace_stage(layer = Silver)]
fn missing_argument() {}

#[trace_stage(stage = "clean", ok(|rows| record_count = rows.len(), budget = "5s"))]
fn outside_of_observer() -> Vec<u8> {
    Vec::new()
}

#[trace_stage(stage = "clean", context = "operation")]
fn handle_name() {}

#[trace_stage(stage = "clean", budget = "5 parsecs")]
fn duration() {}

#[trace_stage(stage = "clean", sample = 30)]
fn sample_rate() {}

#[trace_stage(stage = "clean", priority = urgent)]
fn priority() {}

#[trace_stage(stage = "clean", metrics = off)]
fn truth() {}

#[trace_stage(stage = "clean", crate = "telemetry")]
fn runtime_path() {}

#[trace_stage(stage = "clean", ok(record_count = rows.len()))]
fn observer_form() -> Vec<u8> {
    Vec::new()
}

#[trace_stage(stage = "clean", symbol = symbol, keep = [symbol])]
fn keep_form(symbol: &str) {}

#[trace_stage(stage = "clean", symbol = pair, keep(pair))]
fn kept_name(pair: &str) {}

fn main() {}
