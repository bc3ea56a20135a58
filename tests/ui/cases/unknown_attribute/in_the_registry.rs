use lakehouse_otel::*;

#[trace_stage(stage = "clean", crypto.symbl = symbol)]
fn f0(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", http.request.methd = symbol, lakehouse.colour = 1)]
fn f1(symbol: &str) { let _ = symbol; }

fn main() {}
