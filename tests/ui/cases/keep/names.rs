use lakehouse_otel::*;
use lakehouse_otel::schema::Timeframe;

#[track_api_request(exchange = Binance, endpoint = "/time", symbol = symbol, limit = 1 + 1, keep(symbl, crypto.symbol, colour))]
fn unknown(symbol: &str) { let _ = symbol; }

#[track_api_request(exchange = Binance, endpoint = "/time", symbol = symbol, keep(limit, symbol))]
fn not_given(symbol: &str) { let _ = symbol; }

#[track_api_request(exchange = Binance, endpoint = "/time", timeframe = interval, keep(interval))]
fn of_an_argument(interval: Timeframe) { let _ = interval; }

#[track_api_request(exchange = Binance, endpoint = "/time", symbol = symbol, keep(exchange, symbol, endpoint))]
fn constant(symbol: &str) { let _ = symbol; }

#[track_api_request(exchange = Binance, endpoint = "/time", symbol = symbol, keep(symbol, crypto.symbol, symbol))]
fn twice(symbol: &str) { let _ = symbol; }

#[track_api_request(
    exchange = Binance,
    endpoint = "/time",
    keep(record_count, crypto.exchange_error),
    ok(|rows| record_count = rows.len()),
    err(|error| crypto.exchange_error = error.to_string()),
)]
fn returned() -> Result<Vec<u8>, std::io::Error> { Ok(vec![]) }

#[track_api_request(exchange = Binance, endpoint = "/time", budget = "5s", keep(budget, sample))]
fn common() {}

fn main() {}
