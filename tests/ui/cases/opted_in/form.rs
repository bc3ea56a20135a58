use lakehouse_otel::*;

#[track_processing(operation = "clean", symbol = symbol, labels)]
fn f0(symbol: &str) { let _ = symbol; }

#[track_processing(operation = "clean", symbol = symbol, labels())]
fn f1(symbol: &str) { let _ = symbol; }

#[track_processing(operation = "clean", symbol = symbol, labels = [symbol])]
fn f2(symbol: &str) { let _ = symbol; }

#[track_processing(operation = "clean", labels(symbol = symbol))]
fn f3(symbol: &str) { let _ = symbol; }

#[track_processing(operation = "clean", symbol = symbol, labels(symbol), labels(symbol))]
fn f4(symbol: &str) { let _ = symbol; }

#[track_processing(operation = "clean", symbol = symbol, labels(symbol, crypto.symbol))]
fn f5(symbol: &str) { let _ = symbol; }

#[track_processing(operation = "clean", symbol = symbol, ok(|_| labels(symbol)))]
fn f6(symbol: &str) { let _ = symbol; }

#[track_processing(operation = "clean", labels(symbol))]
fn f7(symbol: &str) { let _ = symbol; }

#[track_api_request(exchange = Binance, endpoint = "/api/v3/time", method = method, labels(exchange, method))]
fn f8(method: schema::HttpRequestMethod) { let _ = method; }

fn main() {}
