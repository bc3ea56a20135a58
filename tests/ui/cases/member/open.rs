use lakehouse_otel::*;

#[track_api_request(exchange = Binanse, endpoint = "/time")]
fn f0(symbol: &str) { let _ = symbol; }

#[track_api_request(exchange = "Binance", endpoint = "/time", method = "get")]
fn f1(symbol: &str) { let _ = symbol; }

#[track_api_request(exchange = lakehouse_otel::schema::Exchange::Krakn, endpoint = "/time")]
fn f2(symbol: &str) { let _ = symbol; }

#[track_api_request(exchange = Binance, endpoint = "/time", data_type = Candles)]
fn f3(symbol: &str) { let _ = symbol; }

fn main() {}
