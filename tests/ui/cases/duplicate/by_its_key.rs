use lakehouse_otel::*;

#[track_processing(operation = "clean", symbol = symbol, crypto.symbol = symbol)]
fn f0(symbol: &str) { let _ = symbol; }

#[track_processing(operation = "clean", server.address = symbol, server.address = symbol)]
fn f1(symbol: &str) { let _ = symbol; }

fn main() {}
