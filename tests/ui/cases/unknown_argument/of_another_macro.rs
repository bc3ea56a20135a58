use lakehouse_otel::*;

#[trace_stage(stage = "clean", bucket = symbol)]
fn f0(symbol: &str) { let _ = symbol; }

fn main() {}
