use lakehouse_otel::*;

#[trace_stage(stage = "clean", crate = "telemetry")]
fn f0(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", ok = 1)]
fn f1(symbol: &str) { let _ = symbol; }

fn main() {}
