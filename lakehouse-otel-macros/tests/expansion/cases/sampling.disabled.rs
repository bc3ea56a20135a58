async fn fetch_klines(
    symbol: &str,
    interval: Timeframe,
    limit: u32,
    data_type: DataType,
) -> Result<Vec<Kline>, ApiError> {
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        operation
            .attribute(::lakehouse_otel::__private::schema::crypto::SYMBOL, &symbol);
        operation
            .label(::lakehouse_otel::__private::schema::crypto::TIMEFRAME, &interval);
        operation
            .attribute(
                ::lakehouse_otel::__private::schema::crypto::REQUEST_LIMIT,
                &limit,
            );
        operation
            .label(::lakehouse_otel::__private::schema::crypto::DATA_TYPE, &data_type);
        operation
            .measure(
                ::lakehouse_otel::__private::schema::http::RESPONSE_STATUS_CODE,
                &(200 + 1),
            );
        let returned = ::lakehouse_otel::__private::unreachable::<
            Result<Vec<Kline>, ApiError>,
        >();
        let returned = ::lakehouse_otel::operation::Returned::new(&returned);
        if let ::lakehouse_otel::__private::Option::Some(klines) = returned.value() {
            operation
                .attribute(
                    ::lakehouse_otel::__private::schema::crypto::RECORD_COUNT,
                    &klines.len(),
                );
        }
        if let ::lakehouse_otel::__private::Option::Some(error) = returned.error() {
            operation
                .measure(
                    ::lakehouse_otel::__private::schema::crypto::EXCHANGE_ERROR,
                    &error.code(),
                );
            operation.attribute(crate::schema::text_analysis::SENTENCE_COUNT, &1);
        }
    }
    get(symbol, interval, limit).await
}
fn clean(symbol: &str) {
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        operation
            .attribute(::lakehouse_otel::__private::schema::crypto::SYMBOL, &symbol);
    }
    announce(symbol);
}
fn put(key: &str, layer: Layer) -> BoxFuture<'_, ()> {
    const _: ::core::primitive::f64 = {
        let rate: ::core::primitive::f64 = rates::PUT;
        ::core::assert!(
            rate >= 0.0 && rate <= 1.0,
            "[LO0009] `sample` is the share of calls to keep, from 0 to 1"
        );
        rate
    };
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        operation.attribute(::lakehouse_otel::__private::schema::aws::S3_KEY, &key);
        operation.label(::lakehouse_otel::__private::schema::lakehouse::LAYER, &layer);
    }
    Box::pin(async move { write(key).await })
}
fn publish() {}
