fn fetch_klines(
    symbol: &str,
    interval: Timeframe,
    limit: u32,
    data_type: DataType,
) -> impl ::lakehouse_otel::__private::Future<Output = Result<Vec<Kline>, ApiError>> {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::api_request(
            "fetch_klines",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.exchange",
                    ::lakehouse_otel::__private::Constant::Text("kraken"),
                ),
                (
                    "crypto.endpoint",
                    ::lakehouse_otel::__private::Constant::Text("/0/public/OHLC"),
                ),
            ],
        )
        .sample(0.1)
        .high_volume();
    return ::lakehouse_otel::__private::future(
        &__CALLSITE,
        move |operation| {
            if operation.keeps() {
                operation
                    .attribute(
                        ::lakehouse_otel::__private::schema::crypto::SYMBOL,
                        &symbol,
                    );
            }
            if operation.measures() || operation.keeps() {
                operation
                    .label(
                        ::lakehouse_otel::__private::schema::crypto::TIMEFRAME,
                        &interval,
                    );
            }
            if operation.records() {
                operation
                    .attribute(
                        ::lakehouse_otel::__private::schema::crypto::REQUEST_LIMIT,
                        &limit,
                    );
            }
            if operation.measures() {
                operation
                    .label(
                        ::lakehouse_otel::__private::schema::crypto::DATA_TYPE,
                        &data_type,
                    );
            }
            if operation.measures() || operation.keeps() {
                operation
                    .measure(
                        ::lakehouse_otel::__private::schema::http::RESPONSE_STATUS_CODE,
                        &(200 + 1),
                    );
            }
            async move {
                let symbol = symbol;
                let _ = &symbol;
                let interval = interval;
                let _ = &interval;
                let limit = limit;
                let _ = &limit;
                let data_type = data_type;
                let _ = &data_type;
                if false {
                    return ::lakehouse_otel::__private::unreachable::<
                        Result<Vec<Kline>, ApiError>,
                    >();
                }
                '_body: { get(symbol, interval, limit).await }
            }
        },
        |operation, returned: &Result<Vec<Kline>, ApiError>| {
            let returned = ::lakehouse_otel::__private::Returned::new(returned);
            if let ::lakehouse_otel::__private::Option::Some(klines) = returned.value() {
                if operation.records() {
                    operation
                        .attribute(
                            ::lakehouse_otel::__private::schema::crypto::RECORD_COUNT,
                            &klines.len(),
                        );
                }
            }
            if let ::lakehouse_otel::__private::Option::Some(error) = returned.error() {
                if operation.measures() || operation.keeps() {
                    operation
                        .measure(
                            ::lakehouse_otel::__private::schema::crypto::EXCHANGE_ERROR,
                            &error.code(),
                        );
                }
                if operation.keeps() {
                    operation
                        .attribute(crate::schema::text_analysis::SENTENCE_COUNT, &1);
                }
            }
            operation.returned(returned.outcome());
        },
    );
}
fn clean(symbol: &str) {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::processing(
            "clean",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.processing.operation",
                    ::lakehouse_otel::__private::Constant::Text("clean"),
                ),
            ],
        )
        .high_priority()
        .resources();
    let mut operation = ::lakehouse_otel::__private::Call::off();
    operation
        .begin(
            &__CALLSITE,
            |operation| {
                if operation.keeps() {
                    operation
                        .attribute(
                            ::lakehouse_otel::__private::schema::crypto::SYMBOL,
                            &symbol,
                        );
                }
            },
        );
    operation
        .run(
            move || -> () {
                announce(symbol);
            },
            ::lakehouse_otel::__private::completed,
        );
}
fn put(key: &str, layer: Layer) -> BoxFuture<'_, ()> {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::storage(
            "put",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.storage.operation",
                    ::lakehouse_otel::__private::Constant::Text("put"),
                ),
                (
                    "crypto.storage.system",
                    ::lakehouse_otel::__private::Constant::Text("s3"),
                ),
            ],
        )
        .sample({
            let rate: ::core::primitive::f64 = rates::PUT;
            ::core::assert!(
                rate >= 0.0 && rate <= 1.0,
                "[LO0009] `sample` is the share of calls to keep, from 0 to 1"
            );
            rate
        });
    let operation = ::lakehouse_otel::__private::prepare(
        &__CALLSITE,
        |operation| {
            if operation.keeps() {
                operation
                    .attribute(::lakehouse_otel::__private::schema::aws::S3_KEY, &key);
            }
            if operation.measures() || operation.keeps() {
                operation
                    .label(
                        ::lakehouse_otel::__private::schema::lakehouse::LAYER,
                        &layer,
                    );
            }
        },
    );
    return ::lakehouse_otel::__private::Box::pin(
        ::lakehouse_otel::__private::prepared_future(
            operation,
            (move || -> BoxFuture<'_, ()> {
                Box::pin(async move { write(key).await })
            })(),
            ::lakehouse_otel::__private::completed,
        ),
    );
}
fn publish() {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::stage(
            "publish",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.processing_stage",
                    ::lakehouse_otel::__private::Constant::Text("publish"),
                ),
            ],
        )
        .sample(1.0);
    let mut operation = ::lakehouse_otel::__private::Call::off();
    operation.begin(&__CALLSITE, |_| {});
    operation.run(move || -> () {}, ::lakehouse_otel::__private::completed);
}
