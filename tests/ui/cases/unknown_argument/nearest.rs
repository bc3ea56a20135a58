use lakehouse_otel::*;

#[track_processing(operation = "clean", symbl = symbol)]
fn f0(symbol: &str) { let _ = symbol; }

#[track_processing(operation = "clean", recordCount = 1)]
fn f1(symbol: &str) { let _ = symbol; }

#[track_processing(operatoin = "clean", operation = "clean")]
fn f2(symbol: &str) { let _ = symbol; }

#[track_processing(operation = "clean", budgt = "5s")]
fn f3(symbol: &str) { let _ = symbol; }

fn main() {}
