use lakehouse_otel::*;

#[trace_stage(stage = "clean", symbol)]
fn f0(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", symbol: symbol)]
fn f1(symbol: &str) { let _ = symbol; }

#[trace_stage("clean")]
fn f2(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean" symbol = symbol)]
fn f3(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", symbol = , record_count = 1)]
fn f4(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", symbol. = symbol)]
fn f5(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", symbol == symbol)]
fn f6(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean",, symbol = symbol)]
fn f7(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", symbol = symbol.)]
fn f8(symbol: &str) { let _ = symbol; }

fn main() {}
