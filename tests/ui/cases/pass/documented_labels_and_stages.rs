//! The right code of `docs/diagnostics.md`: labels, stages that depend on others, parents and links.

#![allow(dead_code, unused_variables)]

use std::collections::HashMap;

use lakehouse_otel::opentelemetry::propagation::TextMapPropagator;
use lakehouse_otel::opentelemetry::trace::SpanContext;
use lakehouse_otel::prelude::*;
use lakehouse_otel::propagation::TraceContextPropagator;

#[track_processing(operation = "clean", symbol = symbol, labels(symbol))]
fn no_label(symbol: &str) {}

#[track_processing(operation = "clean", symbol = symbol, labels(symbol))]
fn labels(symbol: &str) {}

#[trace_stage(stage = "clean", depends_on = ["fetch", "validate"])]
fn depends_on() {}

#[track_processing(operation = "clean", parent = TraceContextPropagator::new().extract(headers))]
fn parent(headers: &HashMap<String, String>) {}

#[track_processing(operation = "clean", links = sources)]
fn links(sources: &[SpanContext]) {}

fn main() {}
