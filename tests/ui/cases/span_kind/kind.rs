use lakehouse_otel::*;

#[trace_stage(stage = "clean", kind = clint)]
fn f0(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", kind = "banana")]
fn f1(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", kind = 1)]
fn f2(symbol: &str) { let _ = symbol; }

fn main() {}
