//! The wrong code of `docs/diagnostics.md`: labels, and stages that depend on others.

#![allow(unused_variables)]

use lakehouse_otel::prelude::*;

#[track_processing(operation = "clean", record_count = rows, labels(record_count))]
fn no_label(rows: usize) {}

#[track_processing(operation = "clean", labels(symbol))]
fn labels(symbol: &str) {}

#[trace_stage(stage = "clean", depends_on = before)]
fn depends_on(before: &'static str) {}

fn main() {}
