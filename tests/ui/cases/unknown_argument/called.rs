use lakehouse_otel::*;

#[trace_stage(stage = "clean", okay(|value| record_count = 1))]
fn f0(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", labels(symbol))]
fn f1(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", budget("5s"))]
fn f2(symbol: &str) { let _ = symbol; }

fn main() {}
