pub(crate) async fn fetch<T: Parse>(
    symbol: &str,
    interval: Timeframe,
    mut limit: u32,
) -> Result<Vec<T>, ApiError> {
    const _: &str = ENDPOINT;
    const _: fn() -> ::lakehouse_otel::__private::schema::Exchange = || {
        Exchange::Binance
    };
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        operation
            .attribute(::lakehouse_otel::__private::schema::crypto::SYMBOL, &symbol);
        operation
            .label(::lakehouse_otel::__private::schema::crypto::TIMEFRAME, &interval);
        let returned = ::lakehouse_otel::__private::unreachable::<
            Result<Vec<T>, ApiError>,
        >();
        let returned = ::lakehouse_otel::operation::Returned::new(&returned);
        if let ::lakehouse_otel::__private::Option::Some(klines) = returned.value() {
            operation
                .attribute(
                    ::lakehouse_otel::__private::schema::crypto::RECORD_COUNT,
                    &klines.len(),
                );
            operation
                .attribute(
                    ::lakehouse_otel::__private::schema::http::RESPONSE_BODY_SIZE,
                    &klines.size(),
                );
        }
    }
    let request = ::lakehouse_otel::__private::Handle::disabled();
    limit += 1;
    request.add_event("prepared", []);
    get(symbol, interval, limit).await
}
async fn archive() {
    const _: () = {
        #[deprecated(note = "[LO0016] this argument is called `exchange` now")]
        const fn market() {}
        market()
    };
    run().await
}
async fn split(
    Pair { left, mut right }: Pair,
    [first,
    ..,
    ]: [u64; 3],
    _unused: Guard,
    _: Guard,
    #[cfg(test)]
    there: u64,
) -> u64 {
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        operation
            .measure(::lakehouse_otel::__private::schema::crypto::RECORD_COUNT, &left);
    }
    right += first;
    right
}
async fn opaque() -> Result<impl Display, Error> {
    Ok(1)
}
async fn forever() -> ! {
    loop {}
}
#[must_use]
async fn count(mut rows: Vec<Row>) -> usize {
    rows.push(Row);
    rows.len()
}
