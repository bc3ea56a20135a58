use lakehouse_otel::*;

#[trace_stage(stage = "clean", metrics = off)]
fn f0(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", metrics = "false")]
fn f1(symbol: &str) { let _ = symbol; }

fn main() {}
