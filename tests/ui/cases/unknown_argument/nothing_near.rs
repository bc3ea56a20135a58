use lakehouse_otel::*;

#[trace_stage(stage = "clean", colour = "red")]
fn f0(symbol: &str) { let _ = symbol; }

fn main() {}
