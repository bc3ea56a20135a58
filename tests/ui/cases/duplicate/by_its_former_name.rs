use lakehouse_otel::*;

#[track_api_request(market = Binance, exchange = Binance, endpoint = "/time")]
fn f0(symbol: &str) { let _ = symbol; }

fn main() {}
