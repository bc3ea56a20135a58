//! Nothing is wrong here.
#![warn(unused, unused_braces, unreachable_pub, rust_2018_idioms)]
#![warn(clippy::all, clippy::pedantic, clippy::implicit_return)]
#![warn(clippy::print_stdout, clippy::print_stderr)]
// `implicit_return` wants what this forbids.
#![allow(clippy::needless_return)]

use std::pin::Pin;

use lakehouse_otel::prelude::*;

#[derive(Clone, Copy, AttributeValue)]
enum Side {
    Buy,
    Sell,
}

#[derive(Debug, ErrorClass)]
#[error_class(severity = Medium)]
enum FetchError {
    #[error_class(recovery = Retry)]
    RateLimited,
    #[error_class(transparent)]
    Io(std::io::Error),
    #[error_class(type = Self::status)]
    Status(u16),
}

impl FetchError {
    fn status(&self) -> String {
        return self.to_string();
    }
}

impl std::fmt::Display for FetchError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        return match self {
            Self::RateLimited => f.write_str("asked too often"),
            Self::Io(error) => error.fmt(f),
            Self::Status(status) => write!(f, "{status}"),
        };
    }
}

impl std::error::Error for FetchError {}

struct Client {
    host: String,
}

impl Client {
    #[track_api_request(exchange = Binance, method = "GET", endpoint = "/api/v3/klines", symbol = symbol, server.address = self.host, timeframe = interval, limit = limit, response_bytes = "1KiB", budget = "5s", context = operation, keep(symbol), ok(|rows| record_count = rows.len()), err(|error| crypto.exchange_error = error.to_string()))]
    async fn fetch(&self, symbol: &str, interval: Timeframe, mut limit: usize) -> Result<Vec<u64>, FetchError> {
        operation.add_event("asked", []);
        limit += 1;
        if symbol.is_empty() {
            return Err(FetchError::RateLimited);
        }
        if limit > 1_000 {
            return Err(FetchError::Status(400));
        }
        std::future::ready(()).await;
        let file = std::fs::read(&self.host).map_err(FetchError::Io)?;
        return Ok(vec![file.len() as u64, interval as u64]);
    }

    #[track_storage(operation = Put, system = S3, key = key, layer = Silver, size_bytes = rows.len(), sample = 0.5, priority = high)]
    fn write<'r>(&self, key: &str, rows: &'r [u64]) -> Option<&'r u64> {
        let start = usize::from(self.host == key);
        return rows.get(start);
    }
}

#[trace_stage(stage = "clean", crypto.symbol = side, resources = true)]
fn clean<T: Clone>(values: &[T], side: Side) -> Vec<T> {
    return match side {
        Side::Buy => values.to_vec(),
        Side::Sell => Vec::new(),
    };
}

#[track_processing(operation = "later", metrics = false, kind = producer)]
fn later(rows: Vec<u64>) -> Pin<Box<dyn Future<Output = u64>>> {
    return Box::pin(async move { return rows.iter().sum() });
}

#[trace_crypto_workflow(name = "archive", exchange = Binance, data_types = ["klines"], symbols = symbols)]
async fn archive(client: &Client, symbols: &[&str]) -> Result<usize, FetchError> {
    let mut count = 0;
    for symbol in symbols {
        let rows = client.fetch(symbol, Timeframe::H1, 5).await?;
        count += usize::from(client.write(symbol, &rows).is_some());
        count += clean(&rows, Side::Sell).len() + clean(&rows, Side::Buy).len();
        later(rows).await;
    }
    return Ok(count);
}

fn main() {
    let client = Client {
        host: String::new(),
    };
    drop(archive(&client, &["BTCUSDT"]));
}
