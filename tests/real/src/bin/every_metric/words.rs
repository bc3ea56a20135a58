//! What is recorded in the words of the work, in batches, and by the books that were there before.

use std::sync::Arc;
use std::time::Duration;

use lakehouse_otel::clock::Clock;
use lakehouse_otel::legacy::MetricsCollector;
use lakehouse_otel::metrics::{self, BatchRecorder, Of};
use lakehouse_otel::schema::{
    Exchange, Layer, MarketType, OperationType, Outcome, StorageOperation, StorageSystem,
};
use lakehouse_otel::testing::ManualClock;

use crate::book::Book;

pub(crate) fn run(clock: &Arc<ManualClock>, book: &mut Book) {
    recorded(book);
    batched(book);
    workflow(clock, book);
}

fn recorded(book: &mut Book) {
    let of = Of::new()
        .operation("words")
        .layer(Layer::Silver)
        .exchange(Exchange::Kraken)
        .market_type(MarketType::Futures);
    metrics::record_data_batch(700, 32_768, &of);
    book.add("crypto.data.processed", 700.0);
    book.record("crypto.data.volume", 32_768.0);
    metrics::record_data_freshness(4.0, &of);
    book.set("crypto.data.freshness", "words", 4.0);
    metrics::record_trades_volume(0.125, &of);
    book.add("crypto.trades.volume", 0.125);
    metrics::record_symbol_processing("words", 16.0, Outcome::Ok, &of);
    book.record("crypto.processing.duration", 16.0);
    book.add("crypto.symbols.processed", 1.0);
    let (put, local) = (StorageOperation::Put, StorageSystem::Local);
    metrics::record_storage_object(1 << 20, put, local, Outcome::Ok, &of);
    book.record("crypto.storage.object.size", 1_048_576.0);
    metrics::update_queue_size("words", 9);
    book.add("crypto.processing.queue.size", 9.0);
    // One connection comes and goes.
    drop(metrics::track_connection());
}

/// A million trades, of which each is recorded, and few calls are made for it.
fn batched(book: &mut Book) {
    let mut batch = BatchRecorder::new();
    for n in 0..1_000_000_u32 {
        let market = [MarketType::Spot, MarketType::Futures][n as usize % 2];
        metrics::trades_volume()
            .exchange(Exchange::Bybit)
            .market_type(market)
            .add_to(&mut batch, 0.25);
    }
    batch.flush();
    book.add("crypto.trades.volume", 250_000.0);
}

fn workflow(clock: &Arc<ManualClock>, book: &mut Book) {
    let collector =
        MetricsCollector::new().clock(Arc::<ManualClock>::clone(clock) as Arc<dyn Clock>);
    let id = collector.start_workflow("kept_in_books");
    clock.advance(Duration::from_secs(2));
    for _ in 0..3 {
        collector.record_event("page_fetched", []);
    }
    collector.record_error("no answer", []);
    collector.end_workflow(&id);
    book.end(OperationType::WorkflowExecution, "ok");
    book.add("crypto.workflow.events", 3.0);
    book.add("crypto.workflow.errors", 1.0);
    book.add_with("crypto.workflow.executions", "ok", 1.0);
    book.record("crypto.workflow.duration", 2.0);
}
