fn fetch_klines(
    symbol: &str,
    limit: u32,
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
                    ::lakehouse_otel::__private::Constant::Text("binance"),
                ),
                (
                    "http.request.method",
                    ::lakehouse_otel::__private::Constant::Text("GET"),
                ),
                (
                    "crypto.endpoint",
                    ::lakehouse_otel::__private::Constant::Text("/api/v3/klines"),
                ),
                (
                    "crypto.data_type",
                    ::lakehouse_otel::__private::Constant::Text("klines"),
                ),
            ],
        );
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
            async move {
                let symbol = symbol;
                let _ = &symbol;
                let limit = limit;
                if false {
                    return ::lakehouse_otel::__private::unreachable::<
                        Result<Vec<Kline>, ApiError>,
                    >();
                }
                '_body: { get(symbol, limit).await }
            }
        },
        |operation, returned: &Result<Vec<Kline>, ApiError>| {
            operation
                .returned(
                    ::lakehouse_otel::__private::Returned::new(returned).outcome(),
                );
        },
    );
}
