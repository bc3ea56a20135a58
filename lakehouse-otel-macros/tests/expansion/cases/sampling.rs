#[track_api_request(
    exchange = Kraken,
    endpoint = "/0/public/OHLC",
    sample = 0.1,
    high_volume = true,
    symbol = symbol,
    timeframe = interval,
    limit = limit,
    data_type = data_type,
    status_code = 200 + 1,
    keep(symbol, timeframe, status_code),
    ok(|klines| record_count = klines.len()),
    err(|error| crypto.exchange_error = error.code(), text_analysis.sentence_count = 1),
)]
async fn fetch_klines(symbol: &str, interval: Timeframe, limit: u32, data_type: DataType) -> Result<Vec<Kline>, ApiError> {
    get(symbol, interval, limit).await
}

#[track_processing(operation = "clean", priority = high, resources = true, symbol = symbol, keep(crypto.symbol))]
fn clean(symbol: &str) {
    announce(symbol);
}

#[track_storage(operation = Put, system = S3, sample = rates::PUT, priority = normal, resources = false, key = key, layer = layer, keep(layer, key))]
fn put(key: &str, layer: Layer) -> BoxFuture<'_, ()> {
    Box::pin(async move { write(key).await })
}

#[trace_stage(stage = "publish", sample = 1)]
fn publish() {}
