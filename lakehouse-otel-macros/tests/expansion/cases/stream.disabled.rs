fn read<'a>(
    symbol: &'a str,
    mut retries: u32,
) -> impl Stream<Item = Result<Vec<Row>, ReadError>> + Send + use<'a> {
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        operation
            .attribute(::lakehouse_otel::__private::schema::crypto::SYMBOL, &symbol);
        let returned = ::lakehouse_otel::__private::unreachable::<
            Result<Vec<Row>, ReadError>,
        >();
        let returned = ::lakehouse_otel::operation::Returned::new(&returned);
        if let ::lakehouse_otel::__private::Option::Some(rows) = returned.value() {
            operation
                .add(
                    ::lakehouse_otel::__private::schema::crypto::RECORD_COUNT,
                    &rows.len(),
                );
        }
    }
    retries += 1;
    stream::iter(read_all(symbol, retries))
}
fn tail() -> BoxStream<'static, Row> {
    const _: ::core::primitive::usize = {
        let size: ::core::primitive::usize = BATCH;
        ::core::assert!(size > 0, "[LO0153] a batch holds at least one item");
        size
    };
    let ctx = ::lakehouse_otel::__private::Handle::disabled();
    Box::pin(
        async_stream::stream! {
            ctx.add_event("tailing", []); yield Row;
        },
    )
}
