#![deny(warnings)]

use lakehouse_otel::schema::{self, Exchange, HttpRequestMethod, Timeframe};
use lakehouse_otel::{trace_crypto_workflow, track_api_request, track_storage};

const ENDPOINT: &str = "/api/v3/klines";
const BINANCE: Exchange = Exchange::Binance;

mod names {
    pub const PUBLISH: &str = "publish";
}

#[track_api_request(
    exchange = Exchange::Binance,
    endpoint = ENDPOINT,
    method = HttpRequestMethod::Get,
    timeframe = "1M",
    market_type = Spot,
    limit = 1_000,
    crypto.symbol = symbol,
    server.address = "api.binance.com",
    ok(|count: &u64| record_count = *count, data_type = Klines),
    err(|_| error.type = "never"),
)]
fn constants(symbol: &str) -> Result<u64, std::convert::Infallible> {
    Ok(symbol.len() as u64)
}

#[track_api_request(
    exchange = exchange,
    endpoint = concat!("/api", "/v3"),
    method = "PURGE",
    timeframe = timeframe.unwrap_or(Timeframe::M1),
    data_type = "liquidations",
    limit = limit,
    status_code = 200 + 1,
    response_bytes = -1,
    budget = "1.5 s",
    kind = "internal",
    context = ctx,
    metrics = true,
)]
async fn expressions(exchange: Exchange, timeframe: Option<Timeframe>, limit: Option<u32>) {
    ctx.set(schema::crypto::SYMBOL, "BTCUSDT");
}

#[track_api_request(exchange = BINANCE, endpoint = "/time", limit = if true { 1 } else { 2 })]
fn constant_member() {}

#[trace_crypto_workflow(name = names::PUBLISH, symbols = &["BTCUSDT"], data_types = types, workflow_id = id.as_str(), workflow_type = 'a')]
async fn lists(types: &[String], id: String) {}

#[track_storage(operation = "compact", system = "tape", key = format!("{bucket}/{}", bucket.len()), bucket = bucket, size_bytes = { 1 + 1 }, compression = Zstd)]
fn open_sets(bucket: &str) {}

#[track_storage(operation = Put, system = S3,)]
fn trailing_comma() {}

fn main() {
    assert_eq!(constants("BTCUSDT"), Ok(7));
    drop(expressions(Exchange::Kraken, None, None));
    drop(lists(&[], String::new()));
    constant_member();
    open_sets("data");
    trailing_comma();
}
