use lakehouse_otel::*;

#[track_processing(operation = "clean", symbol = symbol, labels(symbl))]
fn f0(symbol: &str) { let _ = symbol; }

#[track_processing(operation = "clean", record_count = rows, labels(record_count))]
fn f1(rows: usize) { let _ = rows; }

#[track_database(system = Sqlite, operation = "SELECT", db.query.text = query, labels(db.query.text))]
fn f2(query: &str) { let _ = query; }

#[trace_crypto_workflow(name = "daily", crypto.symbol = symbol, labels(symbol, budget))]
fn f3(symbol: &str) { let _ = symbol; }

// What names the span is known at compile time.
#[track_api_request(exchange = Binance, endpoint = path, labels(endpoint))]
fn f4(path: &str) { let _ = path; }

// A text, and no number.
#[track_database(system = Sqlite, operation = "SELECT", collection = table, labels(collection))]
fn f5(table: u32) { let _ = table; }

fn main() {}
