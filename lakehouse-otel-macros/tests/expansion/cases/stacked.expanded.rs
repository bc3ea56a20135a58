fn archive(
    symbols: &[String],
) -> impl ::lakehouse_otel::__private::Future<Output = Result<usize, Error>> {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::stage(
            "archive",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.processing_stage",
                    ::lakehouse_otel::__private::Constant::Text("all"),
                ),
            ],
        );
    let operation = ::lakehouse_otel::__private::prepare(&__CALLSITE, |_| {});
    return ::lakehouse_otel::__private::prepared_future(
        operation,
        (move || {
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
                    ],
                );
            return ::lakehouse_otel::__private::future(
                &__CALLSITE,
                move |_| {
                    async move {
                        let symbols = symbols;
                        if false {
                            return ::lakehouse_otel::__private::unreachable::<
                                Result<usize, Error>,
                            >();
                        }
                        '_body: { run(symbols).await }
                    }
                },
                |operation, returned: &Result<usize, Error>| {
                    operation
                        .returned(
                            ::lakehouse_otel::__private::Returned::new(returned)
                                .outcome(),
                        );
                },
            );
        })(),
        |operation, returned: &Result<usize, Error>| {
            operation
                .returned(
                    ::lakehouse_otel::__private::Returned::new(returned).outcome(),
                );
        },
    );
}
