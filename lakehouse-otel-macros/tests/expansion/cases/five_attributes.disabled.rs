async fn fetch_klines(symbol: &str, limit: u32) -> Result<Vec<Kline>, ApiError> {
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        operation
            .attribute(::lakehouse_otel::__private::schema::crypto::SYMBOL, &symbol);
    }
    get(symbol, limit).await
}
