use lakehouse_otel::*;

#[trace_stage(stage = "clean", crate = ::nowhere)]
fn f0(symbol: &str) { let _ = symbol; }

fn main() {}
