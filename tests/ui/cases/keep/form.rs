use lakehouse_otel::*;

#[trace_stage(stage = "clean", symbol = symbol, keep)]
fn f0(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", symbol = symbol, keep())]
fn f1(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", symbol = symbol, keep = symbol)]
fn f2(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", symbol = symbol, keep = ["symbol", crypto.file_count])]
fn f3(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", symbol = symbol, keep = [symbol, symbol])]
fn f4(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", symbol = symbol, keep("symbol"))]
fn f5(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", keep(symbol = symbol))]
fn f6(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", symbol = symbol, record_count = 1, keep(symbol record_count))]
fn f7(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", symbol = symbol, keep(symbol), keep(symbol))]
fn f8(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", symbol = symbol, ok(|_| keep(symbol)))]
fn f9(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", symbol = symbol, ok(|_| keep = symbol))]
fn f10(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", symbol = symbol, keep(crypto.))]
fn f11(symbol: &str) { let _ = symbol; }

#[trace_stage(stage = "clean", symbol = symbol, keep(|symbol| symbol))]
fn f12(symbol: &str) { let _ = symbol; }

fn main() {}
