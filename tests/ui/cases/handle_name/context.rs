use lakehouse_otel::*;

#[trace_stage(stage = "clean", context = "operation")]
fn f0(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", context = self.operation)]
fn f1(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", context = symbol)]
fn f2(symbol: &str) { let _ = symbol; }

fn main() {}
