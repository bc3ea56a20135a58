fn take_in(symbol: &str, message: &Message) {
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        operation.place(&message.context, &&message.sources);
        operation.opted_in(::lakehouse_otel::__private::schema::crypto::SYMBOL, &symbol);
        operation
            .measure(
                ::lakehouse_otel::__private::schema::crypto::NEWEST_EVENT_TIME,
                &message.time,
            );
    }
}
async fn load(table: &str, context: Context) -> Result<Vec<Row>, DbError> {
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        operation.place(&context, &());
        operation
            .opted_in(::lakehouse_otel::__private::schema::db::COLLECTION_NAME, &table);
    }
    query(table).await
}
fn save(sources: Vec<SpanContext>) -> impl Future<Output = ()> {
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        operation.place(&::lakehouse_otel::__private::Parent::current(), &sources);
    }
    async {}
}
fn clean() {
    const _: &[&str] = &["fetch", VALIDATE];
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        operation.place(&::lakehouse_otel::__private::Parent::root(), &());
    }
}
