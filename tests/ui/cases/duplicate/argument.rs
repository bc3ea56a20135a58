use lakehouse_otel::*;

#[track_processing(operation = "clean", symbol = symbol, symbol = symbol)]
fn f0(symbol: &str) { let _ = symbol; }

#[track_processing(operation = "clean", kind = client, kind = server)]
fn f1(symbol: &str) { let _ = symbol; }

#[track_processing(operation = "clean", ok(|_| record_count = 1), ok(|_| record_count = 1))]
fn f2(symbol: &str) { let _ = symbol; }

#[track_processing(operation = "clean", ok(|_| record_count = 1, record_count = 2))]
fn f3(symbol: &str) { let _ = symbol; }

fn main() {}
