#[track_api_request(exchange = Binance, method = "GET", endpoint = "/api/v3/klines", symbol = symbol, data_type = Klines)]
async fn fetch_klines(symbol: &str, limit: u32) -> Result<Vec<Kline>, ApiError> {
    get(symbol, limit).await
}
