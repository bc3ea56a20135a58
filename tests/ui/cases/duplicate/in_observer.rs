use lakehouse_otel::*;

#[track_processing(operation = "clean", record_count = 5, ok(|_| record_count = 7))]
fn f0() {}

#[track_processing(operation = "clean", err(|_| crypto.symbol = "b"), symbol = symbol)]
fn f1(symbol: &str) -> Result<(), std::io::Error> {
    let _ = symbol;
    Ok(())
}

fn main() {}
