#[track_storage(operation = Put, system = S3, key = key, size_bytes = 12, context = ctx)]
fn put<'a>(key: &'a str, mut retries: u32) -> Pin<Box<dyn Future<Output = Result<usize, StoreError>> + Send + 'a>> {
    retries += 1;
    Box::pin(async move { ctx.put(key, retries).await })
}

#[track_storage(operation = List, system = S3, ok(|keys| file_count = keys.len()))]
fn list(prefix: &str) -> impl Future<Output = Vec<String>> + Send + use<'_> {
    let prefix = prefix.to_owned();
    async move { list_all(prefix).await }
}

#[track_storage(operation = Delete, system = "memory")]
fn delete(key: &str) -> BoxFuture<'_, ()> {
    Box::pin(async move { remove(key).await })
}
