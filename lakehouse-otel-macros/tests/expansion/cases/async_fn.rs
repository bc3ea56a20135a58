#[track_api_request(
    exchange = Exchange::Binance,
    method = Get,
    endpoint = ENDPOINT,
    symbol = symbol,
    timeframe = interval,
    limit = 500,
    context = request,
    budget = "1.5s",
    kind = internal,
    ok(|klines| record_count = klines.len(), response_bytes = klines.size()),
)]
pub(crate) async fn fetch<T: Parse>(symbol: &str, interval: Timeframe, mut limit: u32) -> Result<Vec<T>, ApiError> {
    limit += 1;
    request.add_event("prepared", []);
    get(symbol, interval, limit).await
}

#[trace_crypto_workflow(name = "archive", market = "kraken", symbols = ["BTCUSDT", "ETHUSDT"], metrics = false)]
async fn archive() {
    run().await
}

#[track_processing(operation = "split", record_count = left)]
async fn split(Pair { left, mut right }: Pair, [first, ..]: [u64; 3], _unused: Guard, _: Guard, #[cfg(test)] there: u64) -> u64 {
    right += first;
    right
}

#[track_processing(operation = "opaque")]
async fn opaque() -> Result<impl Display, Error> {
    Ok(1)
}

#[track_processing(operation = "forever")]
async fn forever() -> ! {
    loop {}
}

#[track_processing(operation = "count")]
#[must_use]
async fn count(mut rows: Vec<Row>) -> usize {
    rows.push(Row);
    rows.len()
}
