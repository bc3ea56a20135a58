use lakehouse_otel::*;

#[track_processing(operation = "clean", record_count = symbol, crypto.file_count = 1.5 + 1.0)]
fn f(symbol: &str) {
    let _ = symbol;
}

#[track_processing(operation = "clean", symbol = rows.len(), layer = rows)]
async fn g(rows: Vec<u64>) {
    let _ = rows;
}

#[track_processing(operation = "clean", ok(|rows| record_count = rows), err(|error| error.type = error))]
fn h() -> Result<Vec<u64>, std::io::Error> {
    Ok(vec![])
}

struct Opaque;

#[track_processing(operation = "clean", symbol = opaque)]
fn i(opaque: &Opaque) {
    let _ = opaque;
}

fn main() {}
