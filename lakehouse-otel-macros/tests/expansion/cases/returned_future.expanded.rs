fn put<'a>(
    key: &'a str,
    mut retries: u32,
) -> Pin<Box<dyn Future<Output = Result<usize, StoreError>> + Send + 'a>> {
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
        );
    let operation = ::lakehouse_otel::__private::prepare(
        &__CALLSITE,
        |operation| {
            if operation.records() {
                operation
                    .attribute(::lakehouse_otel::__private::schema::aws::S3_KEY, &key);
            }
            if operation.measures() {
                operation
                    .measure(
                        ::lakehouse_otel::__private::schema::crypto::DATA_SIZE_BYTES,
                        &12i64,
                    );
            }
        },
    );
    let ctx = operation.handle();
    return ::lakehouse_otel::__private::Box::pin(
        ::lakehouse_otel::__private::prepared_future(
            operation,
            (move || -> Pin<
                Box<dyn Future<Output = Result<usize, StoreError>> + Send + 'a>,
            > {
                retries += 1;
                Box::pin(async move { ctx.put(key, retries).await })
            })(),
            |operation, returned: &Result<usize, StoreError>| {
                operation
                    .returned(
                        ::lakehouse_otel::__private::Returned::new(returned).outcome(),
                    );
            },
        ),
    );
}
fn list(prefix: &str) -> impl Future<Output = Vec<String>> + Send + use<'_> {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::storage(
            "list",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.storage.operation",
                    ::lakehouse_otel::__private::Constant::Text("list"),
                ),
                (
                    "crypto.storage.system",
                    ::lakehouse_otel::__private::Constant::Text("s3"),
                ),
            ],
        );
    let operation = ::lakehouse_otel::__private::prepare(&__CALLSITE, |_| {});
    return ::lakehouse_otel::__private::prepared_future(
        operation,
        (move || {
            let prefix = prefix.to_owned();
            async move { list_all(prefix).await }
        })(),
        |operation, returned: &Vec<String>| {
            let returned = ::lakehouse_otel::__private::Returned::new(returned);
            if let ::lakehouse_otel::__private::Option::Some(keys) = returned.value() {
                if operation.records() {
                    operation
                        .attribute(
                            ::lakehouse_otel::__private::schema::crypto::FILE_COUNT,
                            &keys.len(),
                        );
                }
            }
            operation.returned(returned.outcome());
        },
    );
}
fn delete(key: &str) -> BoxFuture<'_, ()> {
    static __CALLSITE: ::lakehouse_otel::__private::Callsite = ::lakehouse_otel::__private::Callsite::storage(
            "delete",
            ::lakehouse_otel::__private::module_path!(),
            ::lakehouse_otel::__private::file!(),
            ::core::line!(),
        )
        .constants(
            &[
                (
                    "crypto.storage.operation",
                    ::lakehouse_otel::__private::Constant::Text("delete"),
                ),
                (
                    "crypto.storage.system",
                    ::lakehouse_otel::__private::Constant::Text("memory"),
                ),
            ],
        );
    let operation = ::lakehouse_otel::__private::prepare(&__CALLSITE, |_| {});
    return ::lakehouse_otel::__private::Box::pin(
        ::lakehouse_otel::__private::prepared_future(
            operation,
            (move || -> BoxFuture<'_, ()> {
                Box::pin(async move { remove(key).await })
            })(),
            ::lakehouse_otel::__private::completed,
        ),
    );
}
