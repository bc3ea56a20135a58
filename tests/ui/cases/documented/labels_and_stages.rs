//! The wrong code of `docs/diagnostics.md`: labels, stages that depend on others, parents and links.

#![allow(unused_variables)]

use std::collections::HashMap;

use lakehouse_otel::prelude::*;

#[track_processing(operation = "clean", record_count = rows, labels(record_count))]
fn no_label(rows: usize) {}

#[track_processing(operation = "clean", labels(symbol))]
fn labels(symbol: &str) {}

#[trace_stage(stage = "clean", depends_on = before)]
fn depends_on(before: &'static str) {}

#[track_processing(operation = "clean", parent = headers)]
fn no_parent(headers: &HashMap<String, String>) {}

#[track_processing(operation = "clean", links = sources)]
fn no_links(sources: &[String]) {}

fn main() {}
