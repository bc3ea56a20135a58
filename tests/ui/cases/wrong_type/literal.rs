use lakehouse_otel::*;

#[track_api_request(exchange = Binance, endpoint = 1, limit = "many", symbol = 5, status_code = 1.5, method = true)]
fn f0(symbol: &str) { let _ = symbol; }

#[track_api_request(exchange = Binance, endpoint = "/time", limit = 99999999999999999999)]
fn f1(symbol: &str) { let _ = symbol; }

#[trace_crypto_workflow(name = "archive", symbols = "BTCUSDT", crypto.record_count = true)]
fn g() {}

fn main() {}
