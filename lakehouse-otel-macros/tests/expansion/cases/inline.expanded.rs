fn load(lines: &[&str]) -> Result<usize, ParseError> {
    let rows = {
        static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::processing(
                "{{block}}",
                ::lakehouse_otel::__private::module_path!(),
                ::lakehouse_otel::__private::file!(),
                ::core::line!(),
            )
            .constants(
                &[
                    (
                        "crypto.processing.operation",
                        ::lakehouse_otel::__private::Constant::Text("parse"),
                    ),
                ],
            );
        let mut operation = ::lakehouse_otel::__private::Call::off();
        operation
            .begin(
                &__CALLSITE,
                |operation| {
                    if operation.measures() {
                        operation
                            .measure(
                                ::lakehouse_otel::__private::schema::crypto::RECORD_COUNT,
                                &lines.len(),
                            );
                    }
                },
            );
        let ctx = operation.handle();
        let operation = operation.enter();
        ::lakehouse_otel::__private::ended(
            &operation,
            match () {
                () => {
                    let mut rows = Vec::new();
                    for line in lines {
                        if line.is_empty() {
                            continue;
                        }
                        rows.push(
                            ::lakehouse_otel::__private::tried(
                                &operation,
                                parse_row(line),
                            )?,
                        );
                    }
                    if rows.is_empty() {
                        {
                            operation.leaves_with_error();
                            return Err(ParseError);
                        };
                    }
                    rows
                }
            },
            |operation, returned| {
                use ::lakehouse_otel::__private::Known as _;
                returned.known();
                operation
                    .returned(
                        ::lakehouse_otel::__private::Returned::new(returned).outcome(),
                    );
            },
        )
    };
    let upload = {
        static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::storage(
                "{{async_block}}",
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
            );
        let operation = ::lakehouse_otel::__private::prepare(&__CALLSITE, |_| {});
        ::lakehouse_otel::__private::prepared_future(
            operation,
            async move { upload(&rows).await },
            |operation, returned| {
                use ::lakehouse_otel::__private::Known as _;
                returned.known();
                operation
                    .returned(
                        ::lakehouse_otel::__private::Returned::new(returned).outcome(),
                    );
            },
        )
    };
    let weigh = {
        static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::processing(
                "{{closure}}",
                ::lakehouse_otel::__private::module_path!(),
                ::lakehouse_otel::__private::file!(),
                ::core::line!(),
            )
            .constants(
                &[
                    (
                        "crypto.processing.operation",
                        ::lakehouse_otel::__private::Constant::Text("weigh"),
                    ),
                ],
            );
        |row: &Row| -> usize {
            let mut operation = ::lakehouse_otel::__private::Call::off();
            operation.begin(&__CALLSITE, |_| {});
            operation
                .run(
                    || -> usize { row.len() },
                    |operation, returned: &usize| {
                        operation
                            .returned(
                                ::lakehouse_otel::__private::Returned::new(returned)
                                    .outcome(),
                            );
                    },
                )
        }
    };
    let fetch = {
        static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::processing(
                "{{closure}}",
                ::lakehouse_otel::__private::module_path!(),
                ::lakehouse_otel::__private::file!(),
                ::core::line!(),
            )
            .constants(
                &[
                    (
                        "crypto.processing.operation",
                        ::lakehouse_otel::__private::Constant::Text("fetch"),
                    ),
                ],
            );
        async |symbol: &str| {
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
            ::lakehouse_otel::__private::prepared_future(
                    operation,
                    async { fetch(symbol).await? },
                    |operation, returned| {
                        use ::lakehouse_otel::__private::Known as _;
                        returned.known();
                        operation
                            .returned(
                                ::lakehouse_otel::__private::Returned::new(returned)
                                    .outcome(),
                            );
                    },
                )
                .await
        }
    };
    Ok(weigh(&fetch(upload)))
}
