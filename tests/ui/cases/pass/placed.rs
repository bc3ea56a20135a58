//! Parents, links, labels and stages that depend on others, as they may be written.

use lakehouse_otel::opentelemetry::Context;
use lakehouse_otel::opentelemetry::trace::{Link, SpanContext};
use lakehouse_otel::operation::{Handle, Parent};
use lakehouse_otel::prelude::*;

const FETCH: &str = "fetch";
const TABLE: &str = "klines";

struct Message {
    context: Option<Context>,
    sources: Vec<SpanContext>,
    symbol: String,
    time: std::time::SystemTime,
}

#[track_ingestion(
    source = "kafka", parent = message.context, links = message.sources, symbol = message.symbol, labels(symbol),
    newest_event_time = message.time, keep(symbol),
)]
async fn consume(message: Message) -> Result<(), std::io::Error> {
    drop(message);
    Ok(())
}

#[track_processing(operation = "root", parent = root, links = Context::current())]
fn alone() {}

#[track_processing(operation = "root", parent = if nested { Parent::current() } else { Parent::root() })]
fn either(nested: bool) {}

#[track_processing(operation = "batch", links = links)]
fn batch(links: &[Link]) -> impl Future<Output = ()> {
    async {}
}

#[track_processing(operation = "under", parent = handle, links = [handle])]
fn under(handle: &Handle) {}

struct Worker {
    parent: SpanContext,
}

impl Worker {
    #[trace_stage(stage = "clean", depends_on = [FETCH, "validate"], symbol = symbol, labels(symbol), parent = self.parent)]
    async fn clean(&mut self, symbol: &str) {}

    #[trace_stage(stage = "clean", depends_on = FETCH, parent = &self.parent)]
    fn again(self: Box<Self>) {}
}

#[track_database(system = Duckdb, operation = "SELECT", collection = table, labels(collection))]
fn select(table: &str) {}

#[track_database(system = "questdb", operation = "SELECT", collection = TABLE)]
fn select_one() {}

fn main() {
    let context = Context::current();
    alone();
    either(true);
    drop(batch(&[]));
    select("trades");
    select_one();
    let mut worker = Worker {
        parent: SpanContext::NONE,
    };
    drop(worker.clean("BTCUSDT"));
    Box::new(worker).again();
    drop(consume(Message {
        context: Some(context),
        sources: Vec::new(),
        symbol: String::new(),
        time: std::time::SystemTime::now(),
    }));
    let _: fn(&Handle) = under;
}
