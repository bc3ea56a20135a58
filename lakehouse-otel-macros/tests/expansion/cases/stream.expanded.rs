fn read<'a>(
    symbol: &'a str,
    mut retries: u32,
) -> impl Stream<Item = Result<Vec<Row>, ReadError>> + Send + use<'a> {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::processing(
            "read",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.processing.operation",
                    ::lakehouse_otel::__private::Constant::Text("read"),
                ),
            ],
        );
    static __ITEMS: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::items_of(
        &__CALLSITE,
    );
    let operation = ::lakehouse_otel::__private::prepare(
        &__CALLSITE,
        |operation| {
            if operation.records() {
                operation
                    .attribute(
                        ::lakehouse_otel::__private::schema::crypto::SYMBOL,
                        &symbol,
                    );
            }
        },
    );
    return ::lakehouse_otel::__private::prepared_stream(
            operation,
            (move || {
                retries += 1;
                stream::iter(read_all(symbol, retries))
            })(),
            |operation, returned: &Result<Vec<Row>, ReadError>| {
                let returned = ::lakehouse_otel::__private::Returned::new(returned);
                if let ::lakehouse_otel::__private::Option::Some(rows) = returned.value()
                {
                    if operation.measures() {
                        operation
                            .add(
                                ::lakehouse_otel::__private::schema::crypto::RECORD_COUNT,
                                &rows.len(),
                            );
                    }
                }
                operation.returned(returned.outcome());
            },
        )
        .with_items(&__ITEMS, 1);
}
fn tail() -> BoxStream<'static, Row> {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::stage(
            "tail",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.processing_stage",
                    ::lakehouse_otel::__private::Constant::Text("tail"),
                ),
            ],
        );
    const __TOGETHER: ::core::primitive::usize = {
        let size: ::core::primitive::usize = BATCH;
        ::core::assert!(size > 0, "[LO0153] a batch holds at least one item");
        size
    };
    static __ITEMS: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::batches_of(
        &__CALLSITE,
    );
    let operation = ::lakehouse_otel::__private::prepare(&__CALLSITE, |_| {});
    let ctx = operation.handle();
    return ::lakehouse_otel::__private::Box::pin(
        ::lakehouse_otel::__private::prepared_stream(
                operation,
                (move || -> BoxStream<'static, Row> {
                    Box::pin(
                        async_stream::stream! {
                            ctx.add_event("tailing", []); yield Row;
                        },
                    )
                })(),
                |operation, returned: &Row| {
                    operation
                        .returned(
                            ::lakehouse_otel::__private::Returned::new(returned)
                                .outcome(),
                        );
                },
            )
            .with_items(&__ITEMS, __TOGETHER),
    );
}
