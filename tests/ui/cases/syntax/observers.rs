use lakehouse_otel::*;

#[trace_stage(stage = "clean", ok(record_count = 1))]
fn f0(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", err())]
fn f1(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", ok(|value record_count = 1))]
fn f2(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", ok(|value| record_count))]
fn f3(symbol: &str) { let _ = symbol; }

fn main() {}
