//! Metrics of a program's own code: one by one, in a loop, in batches, and observed.
//!
//! ```text
//! cargo run --example recording_metrics
//! ```

#![forbid(unsafe_code)]

use lakehouse_otel::{
    metrics::{self, BatchRecorder, Of},
    prelude::*,
    schema::NetworkIoDirection,
};
use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How many bytes the connection has received so far.
static RECEIVED: AtomicU64 = AtomicU64::new(0);

/// A trade, as an exchange tells of it.
struct Trade {
    symbol: &'static str,
    quantity: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    // Asked for whenever metrics are collected, for as long as the guard is there. It stands before the telemetry, so
    // that it is there for the last collection too.
    let stored = Arc::new(AtomicI64::new(0));
    let seen = Arc::clone(&stored);
    let _observed = metrics::storage_usage().observe(move |usage| {
        let bytes = seen.load(Ordering::Relaxed);
        usage.layer(Layer::Bronze).record(bytes);
    });
    // A total that the connection keeps, and telemetry only reads.
    let _traffic = metrics::connection_io().observe(|io| {
        let total = RECEIVED.load(Ordering::Relaxed);
        io.exchange(Exchange::Kraken)
            .record(total, NetworkIoDirection::Receive);
    });
    let _telemetry = lakehouse_otel::init()?;

    let _connection = metrics::active_connections()
        .exchange(Exchange::Kraken)
        .track();
    let trades = receive();
    clean(&trades);
    store(&trades, &stored);
    Ok(())
}

fn receive() -> Vec<Trade> {
    // The series itself, which a loop adds to without looking it up.
    let answered = metrics::api_requests()
        .endpoint("/0/public/Trades")
        .bind(Exchange::Kraken, Outcome::Ok);
    let mut trades = Vec::new();
    for page in 0..20_u32 {
        answered.add(1);
        RECEIVED.fetch_add(4_096, Ordering::Relaxed);
        metrics::update_queue_size("trades_to_clean", 100);
        trades.extend((0..100_u32).map(|row| Trade {
            symbol: if (page + row) % 3 == 0 {
                "XBT/USD"
            } else {
                "ETH/USD"
            },
            quantity: f64::from(row) / 1_000.0,
        }));
    }
    trades
}

fn clean(trades: &[Trade]) {
    let began = Instant::now();
    // Sums that are kept here and recorded at the end: two measurements, not two thousand.
    let mut batch = BatchRecorder::new();
    for trade in trades {
        metrics::trades_volume()
            .exchange(Exchange::Kraken)
            .symbol(trade.symbol)
            .add_to(&mut batch, trade.quantity);
        metrics::processing_queue_size().add_to(&mut batch, -1, "trades_to_clean");
    }
    batch.flush();

    let of = Of::new().exchange(Exchange::Kraken).layer(Layer::Silver);
    metrics::record_symbol_processing("clean", began.elapsed(), Outcome::Ok, &of);
    metrics::record_data_freshness(Duration::from_secs(3), &of);
}

fn store(trades: &[Trade], stored: &AtomicI64) {
    let bytes = 16 * trades.len() as u64;
    stored.fetch_add(i64::try_from(bytes).unwrap_or(i64::MAX), Ordering::Relaxed);
    let of = Of::new()
        .operation("store")
        .layer(Layer::Bronze)
        .format(Format::Parquet);
    metrics::record_data_batch(trades.len() as u64, bytes, &of);
    metrics::record_storage_object(
        bytes,
        StorageOperation::Put,
        StorageSystem::Local,
        Outcome::Ok,
        &of,
    );
}
