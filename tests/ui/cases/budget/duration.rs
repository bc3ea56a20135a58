use lakehouse_otel::*;

#[trace_stage(stage = "clean", budget = "5 parsecs")]
fn f0(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", budget = "5")]
fn f1(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", budget = "s")]
fn f2(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", budget = "0s")]
fn f3(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", budget = "99999999999h")]
fn f4(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", budget = 5)]
fn f5(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", budget = limit)]
fn f6(symbol: &str) { let _ = symbol; }

fn main() {}
