//! One annotated function with five attributes: what `docs/expansion.md` shows the expansion of.
//!
//! ```text
//! cargo run --example annotated_function
//! ```

#![forbid(unsafe_code)]

use lakehouse_otel::prelude::*;

#[track_api_request(
    exchange = Binance,
    method = "GET",
    endpoint = "/api/v3/klines",
    symbol = symbol,
    ok(|klines| record_count = klines.len()),
)]
async fn fetch_klines(symbol: &str) -> Result<Vec<u64>, std::io::Error> {
    tokio::task::yield_now().await;
    Ok(symbol.bytes().map(u64::from).collect())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let telemetry = lakehouse_otel::init()?;
    fetch_klines("BTCUSDT").await?;
    drop(telemetry);
    Ok(())
}
