#[track_ingestion(
    source = "websocket",
    symbol = symbol,
    labels(symbol),
    parent = message.context,
    links = &message.sources,
    newest_event_time = message.time,
)]
fn take_in(symbol: &str, message: &Message) {}

#[track_database(system = Postgresql, operation = "SELECT", collection = table, labels(collection), parent = context)]
async fn load(table: &str, context: Context) -> Result<Vec<Row>, DbError> {
    query(table).await
}

#[track_database(system = Sqlite, operation = "INSERT", links = sources)]
fn save(sources: Vec<SpanContext>) -> impl Future<Output = ()> {
    async {}
}

#[trace_stage(stage = "clean", depends_on = ["fetch", VALIDATE], symbol = "BTCUSDT", labels(symbol), parent = root)]
fn clean() {}
