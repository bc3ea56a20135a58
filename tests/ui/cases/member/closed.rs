use lakehouse_otel::*;

#[track_api_request(exchange = Binance, endpoint = "/time", timeframe = "7m")]
fn f0(symbol: &str) { let _ = symbol; }

#[track_api_request(exchange = Binance, endpoint = "/time", timeframe = "1H", market_type = "SPOT")]
fn f1(symbol: &str) { let _ = symbol; }

#[track_api_request(exchange = Binance, endpoint = "/time", market_type = Perpetual)]
fn f2(symbol: &str) { let _ = symbol; }

#[track_api_request(exchange = Binance, endpoint = "/time", market_type = "swap", timeframe = 5)]
fn f3(symbol: &str) { let _ = symbol; }

fn main() {}
