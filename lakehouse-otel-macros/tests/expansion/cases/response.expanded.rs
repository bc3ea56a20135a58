fn candles() -> Result<Page, ApiError> {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::api_request(
            "candles",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                ("crypto.exchange", ::lakehouse_otel::__private::Constant::Text("okx")),
                (
                    "crypto.endpoint",
                    ::lakehouse_otel::__private::Constant::Text("/candles"),
                ),
            ],
        );
    let mut operation = ::lakehouse_otel::__private::Call::off();
    operation.begin(&__CALLSITE, |_| {});
    return operation
        .run(
            move || -> Result<Page, ApiError> { ask() },
            |operation, returned: &Result<Page, ApiError>| {
                let returned = ::lakehouse_otel::__private::Returned::new(returned);
                if let ::lakehouse_otel::__private::Option::Some(page) = returned.value()
                {
                    if operation.measures() {
                        operation.response(&page);
                    }
                }
                if let ::lakehouse_otel::__private::Option::Some(error) = returned
                    .error()
                {
                    if operation.measures() || operation.keeps() {
                        operation.response(&error);
                    }
                }
                operation.returned(returned.outcome());
            },
        );
}
