pub(crate) fn fetch<T: Parse>(
    symbol: &str,
    interval: Timeframe,
    limit: u32,
) -> impl ::lakehouse_otel::__private::Future<Output = Result<Vec<T>, ApiError>> {
    const _: fn() -> ::lakehouse_otel::__private::schema::Exchange = || {
        Exchange::Binance
    };
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::api_request(
            "fetch",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.exchange",
                    ::lakehouse_otel::__private::Constant::Text("binance"),
                ),
                (
                    "http.request.method",
                    ::lakehouse_otel::__private::Constant::Text("GET"),
                ),
                (
                    "crypto.endpoint",
                    ::lakehouse_otel::__private::Constant::Text(ENDPOINT),
                ),
                (
                    "crypto.request.limit",
                    ::lakehouse_otel::__private::Constant::Int(500i64),
                ),
            ],
        )
        .kind(::lakehouse_otel::__private::SpanKind::Internal)
        .budget_nanos(1500000000);
    return ::lakehouse_otel::__private::future(
        &__CALLSITE,
        move |operation| {
            if operation.records() {
                operation
                    .attribute(
                        ::lakehouse_otel::__private::schema::crypto::SYMBOL,
                        &symbol,
                    );
            }
            if operation.measures() {
                operation
                    .label(
                        ::lakehouse_otel::__private::schema::crypto::TIMEFRAME,
                        &interval,
                    );
            }
            let request = operation.handle();
            async move {
                let symbol = symbol;
                let _ = &symbol;
                let interval = interval;
                let _ = &interval;
                let mut limit = limit;
                if false {
                    return ::lakehouse_otel::__private::unreachable::<
                        Result<Vec<T>, ApiError>,
                    >();
                }
                '_body: {
                    limit += 1;
                    request.add_event("prepared", []);
                    get(symbol, interval, limit).await
                }
            }
        },
        |operation, returned: &Result<Vec<T>, ApiError>| {
            let returned = ::lakehouse_otel::__private::Returned::new(returned);
            if let ::lakehouse_otel::__private::Option::Some(klines) = returned.value() {
                if operation.records() {
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
            operation.returned(returned.outcome());
        },
    );
}
fn archive() -> impl ::lakehouse_otel::__private::Future<Output = ()> {
    const _: () = {
        #[deprecated(note = "[LO0016] this argument is called `exchange` now")]
        const fn market() {}
        market()
    };
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::workflow(
            "archive",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.workflow_name",
                    ::lakehouse_otel::__private::Constant::Text("archive"),
                ),
                (
                    "crypto.exchange",
                    ::lakehouse_otel::__private::Constant::Text("kraken"),
                ),
                (
                    "crypto.symbols",
                    ::lakehouse_otel::__private::Constant::TextList(
                        &["BTCUSDT", "ETHUSDT"],
                    ),
                ),
            ],
        )
        .without_metrics();
    return ::lakehouse_otel::__private::future(
        &__CALLSITE,
        move |_| {
            async move {
                if false {
                    return ::lakehouse_otel::__private::unreachable::<()>();
                }
                '_body: { run().await }
            }
        },
        ::lakehouse_otel::__private::completed,
    );
}
fn split(
    __arg0: Pair,
    __arg1: [u64; 3],
    __arg2: Guard,
    __arg3: Guard,
    #[cfg(test)]
    there: u64,
) -> impl ::lakehouse_otel::__private::Future<Output = u64> {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::processing(
            "split",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.processing.operation",
                    ::lakehouse_otel::__private::Constant::Text("split"),
                ),
            ],
        );
    return ::lakehouse_otel::__private::future(
        &__CALLSITE,
        move |operation| {
            let Pair { left, right } = __arg0;
            if operation.measures() {
                operation
                    .measure(
                        ::lakehouse_otel::__private::schema::crypto::RECORD_COUNT,
                        &left,
                    );
            }
            async move {
                let left = left;
                let _ = &left;
                let mut right = right;
                let [first, ..] = __arg1;
                let (_unused,) = (__arg2,);
                let __arg3 = __arg3;
                #[cfg(test)]
                let there = there;
                if false {
                    return ::lakehouse_otel::__private::unreachable::<u64>();
                }
                '_body: {
                    right += first;
                    right
                }
            }
        },
        |operation, returned: &u64| {
            operation
                .returned(
                    ::lakehouse_otel::__private::Returned::new(returned).outcome(),
                );
        },
    );
}
fn opaque() -> impl ::lakehouse_otel::__private::Future<
    Output = Result<impl Display, Error>,
> {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::processing(
            "opaque",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.processing.operation",
                    ::lakehouse_otel::__private::Constant::Text("opaque"),
                ),
            ],
        );
    return ::lakehouse_otel::__private::future(
        &__CALLSITE,
        move |_| {
            async move {
                if false {
                    return ::lakehouse_otel::__private::unreachable::<
                        Result<_, Error>,
                    >();
                }
                '_body: { Ok(1) }
            }
        },
        |operation, returned: &Result<_, Error>| {
            operation
                .returned(
                    ::lakehouse_otel::__private::Returned::new(returned).outcome(),
                );
        },
    );
}
async fn forever() -> ! {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::processing(
            "forever",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.processing.operation",
                    ::lakehouse_otel::__private::Constant::Text("forever"),
                ),
            ],
        );
    match ::lakehouse_otel::__private::future(
            &__CALLSITE,
            move |_| {
                async move {
                    if false {
                        return ::lakehouse_otel::__private::unreachable::<
                            ::core::convert::Infallible,
                        >();
                    }
                    '_body: { loop {} }
                }
            },
            |_, never: &::core::convert::Infallible| match *never {},
        )
        .await
    {}
}
#[must_use]
async fn count(rows: Vec<Row>) -> usize {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::processing(
            "count",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.processing.operation",
                    ::lakehouse_otel::__private::Constant::Text("count"),
                ),
            ],
        );
    return ::lakehouse_otel::__private::future(
            &__CALLSITE,
            move |_| {
                async move {
                    let mut rows = rows;
                    if false {
                        return ::lakehouse_otel::__private::unreachable::<usize>();
                    }
                    '_body: {
                        rows.push(Row);
                        rows.len()
                    }
                }
            },
            |operation, returned: &usize| {
                operation
                    .returned(
                        ::lakehouse_otel::__private::Returned::new(returned).outcome(),
                    );
            },
        )
        .await;
}
