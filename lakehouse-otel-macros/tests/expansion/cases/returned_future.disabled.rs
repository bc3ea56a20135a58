fn put<'a>(
    key: &'a str,
    mut retries: u32,
) -> Pin<Box<dyn Future<Output = Result<usize, StoreError>> + Send + 'a>> {
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        operation.attribute(::lakehouse_otel::__private::schema::aws::S3_KEY, &key);
        operation
            .measure(
                ::lakehouse_otel::__private::schema::crypto::DATA_SIZE_BYTES,
                &12i64,
            );
    }
    let ctx = ::lakehouse_otel::__private::Handle::disabled();
    retries += 1;
    Box::pin(async move { ctx.put(key, retries).await })
}
fn list(prefix: &str) -> impl Future<Output = Vec<String>> + Send + use<'_> {
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        let returned = ::lakehouse_otel::__private::unreachable::<Vec<String>>();
        let returned = ::lakehouse_otel::operation::Returned::new(&returned);
        if let ::lakehouse_otel::__private::Option::Some(keys) = returned.value() {
            operation
                .attribute(
                    ::lakehouse_otel::__private::schema::crypto::FILE_COUNT,
                    &keys.len(),
                );
        }
    }
    let prefix = prefix.to_owned();
    async move { list_all(prefix).await }
}
fn delete(key: &str) -> BoxFuture<'_, ()> {
    Box::pin(async move { remove(key).await })
}
