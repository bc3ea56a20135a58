impl Client {
    pub fn time(
        &self,
    ) -> impl ::lakehouse_otel::__private::Future<Output = Result<u64, ApiError>> {
        static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::api_request(
                "time",
                ::lakehouse_otel::__private::module_path!(),
                ::lakehouse_otel::__private::file!(),
                ::core::line!(),
            )
            .constants(
                &[
                    (
                        "crypto.endpoint",
                        ::lakehouse_otel::__private::Constant::Text("/time"),
                    ),
                ],
            );
        return ::lakehouse_otel::__private::future(
            &__CALLSITE,
            move |operation| {
                if operation.measures() {
                    operation
                        .label(
                            ::lakehouse_otel::__private::schema::crypto::EXCHANGE,
                            &self.exchange,
                        );
                }
                if operation.records() {
                    operation
                        .attribute(
                            ::lakehouse_otel::__private::schema::crypto::SYMBOL,
                            &self.symbol,
                        );
                }
                async move {
                    let _ = &self;
                    if false {
                        return ::lakehouse_otel::__private::unreachable::<
                            Result<u64, ApiError>,
                        >();
                    }
                    '_body: { self.get().await }
                }
            },
            |operation, returned: &Result<u64, ApiError>| {
                operation
                    .returned(
                        ::lakehouse_otel::__private::Returned::new(returned).outcome(),
                    );
            },
        );
    }
    fn close(mut self) -> impl ::lakehouse_otel::__private::Future<Output = Summary> {
        static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::processing(
                "close",
                ::lakehouse_otel::__private::module_path!(),
                ::lakehouse_otel::__private::file!(),
                ::core::line!(),
            )
            .constants(
                &[
                    (
                        "crypto.processing.operation",
                        ::lakehouse_otel::__private::Constant::Text("close"),
                    ),
                ],
            );
        return ::lakehouse_otel::__private::future(
            &__CALLSITE,
            move |_| {
                async move {
                    let _ = &self;
                    if false {
                        return ::lakehouse_otel::__private::unreachable::<Summary>();
                    }
                    '_body: { self.finish().await }
                }
            },
            |operation, returned: &Summary| {
                operation
                    .returned(
                        ::lakehouse_otel::__private::Returned::new(returned).outcome(),
                    );
            },
        );
    }
    fn drain(&mut self) -> &mut Summary {
        static __CALLSITE: ::telemetry::__private::Callsite = ::telemetry::__private::Callsite::processing(
                "drain",
                ::telemetry::__private::module_path!(),
                ::telemetry::__private::file!(),
                ::core::line!(),
            )
            .constants(
                &[
                    (
                        "crypto.processing.operation",
                        ::telemetry::__private::Constant::Text("close"),
                    ),
                ],
            );
        let mut operation = ::telemetry::__private::Call::off();
        operation.begin(&__CALLSITE, |_| {});
        return operation
            .run(
                move || -> &mut Summary { &mut self.summary },
                |operation, returned: &&mut Summary| {
                    operation
                        .returned(
                            ::telemetry::__private::Returned::new(returned).outcome(),
                        );
                },
            );
    }
}
trait Store {
    fn get(
        &self,
        key: &str,
        system: StorageSystem,
    ) -> impl ::lakehouse_otel::__private::Future<Output = Option<Bytes>> {
        static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::storage(
                "get",
                ::lakehouse_otel::__private::module_path!(),
                ::lakehouse_otel::__private::file!(),
                ::core::line!(),
            )
            .constants(
                &[
                    (
                        "crypto.storage.operation",
                        ::lakehouse_otel::__private::Constant::Text("get"),
                    ),
                ],
            );
        return ::lakehouse_otel::__private::future(
            &__CALLSITE,
            move |operation| {
                if operation.measures() {
                    operation
                        .label(
                            ::lakehouse_otel::__private::schema::crypto::STORAGE_SYSTEM,
                            &system,
                        );
                }
                async move {
                    let _ = &self;
                    let key = key;
                    let system = system;
                    let _ = &system;
                    if false {
                        return ::lakehouse_otel::__private::unreachable::<
                            Option<Bytes>,
                        >();
                    }
                    '_body: { None }
                }
            },
            |operation, returned: &::lakehouse_otel::__private::Same<Option<Bytes>>| {
                operation
                    .returned(
                        ::lakehouse_otel::__private::Returned::new(returned).outcome(),
                    );
            },
        );
    }
}
