#[track_processing(operation = "read", symbol = symbol, stream = "items", ok(|rows| record_count += rows.len()))]
fn read<'a>(
    symbol: &'a str,
    mut retries: u32,
) -> impl Stream<Item = Result<Vec<Row>, ReadError>> + Send + use<'a> {
    retries += 1;
    stream::iter(read_all(symbol, retries))
}

#[trace_stage(stage = "tail", stream = batch(BATCH), context = ctx)]
fn tail() -> BoxStream<'static, Row> {
    Box::pin(async_stream::stream! {
        ctx.add_event("tailing", []);
        yield Row;
    })
}
