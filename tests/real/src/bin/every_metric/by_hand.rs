//! What is recorded by the functions of the catalogue: the metrics that no operation has, and some that
//! one has, too.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use lakehouse_otel::metrics::{self, Observation};
use lakehouse_otel::schema::{
    Exchange, Layer, MarketType, MemoryState, NetworkIoDirection, Outcome, StorageSystem,
};

use crate::book::Book;

/// How many symbols have series of their own in a metric.
const SYMBOLS: u32 = 2_000;

/// How many there are beyond.
const FOLDED: u32 = 5;

/// Records, and what is observed until it is dropped.
pub(crate) fn run(book: &mut Book) -> Vec<Observation> {
    data(book);
    work(book);
    let mut observed = vec![usage(book)];
    // Where the machine is observed, its memory is too.
    if std::env::var("OTEL_SYSTEM_METRICS").as_deref() == Ok("false") {
        observed.push(memory(book));
    }
    observed
}

fn data(book: &mut Book) {
    for n in 0..10_u32 {
        let seconds = f64::from(1 << n) / 64.0;
        metrics::data_latency()
            .exchange(Exchange::Okx)
            .record(seconds);
        book.record("crypto.data.latency", seconds);
    }
    // More symbols than there may be series of: the further ones share one, and are counted.
    for n in 0..SYMBOLS + FOLDED {
        let symbol = format!("S{n}-USDT");
        metrics::data_processed()
            .operation("fold")
            .symbol(&symbol)
            .add(2);
        book.add("crypto.data.processed", 2.0);
    }
    book.add("lakehouse.metric.folded", f64::from(FOLDED));
    for bytes in [100, 1_024, 1 << 31] {
        metrics::data_volume().layer(Layer::Bronze).record(bytes);
        #[expect(clippy::cast_precision_loss, reason = "powers of two, and 100")]
        book.record("crypto.data.volume", bytes as f64);
    }
    for (exchange, seconds) in [(Exchange::Bybit, 1.5), (Exchange::Okx, 0.25)] {
        let name = exchange.as_str().to_owned();
        metrics::data_freshness()
            .exchange(exchange)
            .record(Duration::from_secs_f64(seconds));
        book.set("crypto.data.freshness", name, seconds);
    }
    metrics::trades_volume()
        .exchange(Exchange::Okx)
        .market_type(MarketType::Spot)
        .add(0.5);
    metrics::trades_volume()
        .exchange(Exchange::Okx)
        .market_type(MarketType::Spot)
        .add(1.75);
    book.add("crypto.trades.volume", 2.25);
}

fn work(book: &mut Book) {
    for change in [100, -30, -8] {
        metrics::processing_queue_size().add(change, "to_parse");
        book.add(
            "crypto.processing.queue.size",
            f64::from(i32::try_from(change).unwrap_or(0)),
        );
    }
    metrics::workflows_active().add(2, "by_hand");
    book.add("crypto.workflows.active", 2.0);
    metrics::active_connections()
        .exchange(Exchange::Kraken)
        .add(3);
    metrics::active_connections()
        .exchange(Exchange::Kraken)
        .add(-1);
    book.add("crypto.active.connections", 2.0);
    metrics::symbols_active().workflow_name("by_hand").add(7);
    book.add("crypto.symbols.active", 7.0);
    metrics::symbols_processed()
        .workflow_name("by_hand")
        .add(41);
    book.add("crypto.symbols.processed", 41.0);
    metrics::api_requests().add(5, Exchange::Coinbase, Outcome::Ok);
    book.add_with("crypto.api.requests", "ok", 5.0);
    metrics::api_request_duration().record(0.5, Exchange::Coinbase, Outcome::Ok);
    book.record("crypto.api.request.duration", 0.5);
}

fn usage(book: &mut Book) -> Observation {
    book.set("crypto.storage.usage", "s3", 1_099_511_627_776.0);
    metrics::storage_usage().observe(|observer| {
        observer
            .system(StorageSystem::S3)
            .layer(Layer::Bronze)
            .record(1 << 40);
    })
}

/// Totals that the program keeps, and not telemetry: what was received, as it stands, and what was sent.
pub(crate) fn traffic(received: &Arc<AtomicU64>, book: &mut Book) -> Observation {
    const SENT: u64 = 25_000;
    book.add("crypto.connection.io", 25_000.0);
    let received = Arc::clone(received);
    metrics::connection_io().observe(move |io| {
        let io = io.exchange(Exchange::Bybit);
        let total = received.load(Ordering::Relaxed);
        io.record(total, NetworkIoDirection::Receive);
        io.record(SENT, NetworkIoDirection::Transmit);
    })
}

fn memory(book: &mut Book) -> Observation {
    book.set("crypto.system.memory.usage", "used", 1_000.0);
    book.set("crypto.system.memory.usage", "available", 3_000.0);
    metrics::system_memory_usage().observe(|observer| {
        observer.record(1_000, MemoryState::Used);
        observer.record(3_000, MemoryState::Available);
    })
}
