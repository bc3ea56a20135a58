//! Sums that are recorded at once.

use std::panic::AssertUnwindSafe;

use lakehouse_otel::metrics::{self, BatchRecorder};
use lakehouse_otel::schema::Exchange;
use lakehouse_otel::testing;

#[test]
fn a_batch_sums_for_each_set_of_labels_and_records_when_it_is_told() {
    let capture = testing::capture();
    capture.run(|| {
        let mut batch = BatchRecorder::new();
        for row in 0..100_000_u32 {
            let symbol = if row % 4 == 0 { "BTCUSDT" } else { "ETHUSDT" };
            metrics::trades_volume()
                .exchange(Exchange::Binance)
                .symbol(symbol)
                .add_to(&mut batch, 0.5);
            metrics::data_processed().add_to(&mut batch, 1);
            metrics::processing_queue_size().add_to(&mut batch, -1, "trades");
        }
        assert!(capture.metrics().is_empty());
        batch.flush();
        capture.metric("crypto.data.processed").sum(100_000);
        // Nothing came since.
        batch.flush();
        drop(batch);
    });
    capture.metric("crypto.data.processed").sum(100_000);
    capture.metric("crypto.processing.queue.size").sum(-100_000);
    let volume = capture.metric("crypto.trades.volume");
    volume.clone().with("crypto.symbol", "BTCUSDT").sum(12_500);
    volume.with("crypto.symbol", "ETHUSDT").sum(37_500);
}

#[test]
fn a_batch_records_when_it_is_dropped_also_by_a_panic() {
    let capture = testing::capture();
    let panicked = std::panic::catch_unwind(AssertUnwindSafe(|| {
        capture.run(|| {
            let mut batch = BatchRecorder::new();
            metrics::data_processed().add_to(&mut batch, 3);
            metrics::data_processed().add_to(&mut batch, 4);
            panic!("midway");
        });
    }));
    assert!(panicked.is_err());
    capture.metric("crypto.data.processed").sum(7);
}

#[test]
fn a_batch_of_too_many_sets_loses_nothing() {
    let capture = testing::capture();
    capture.run(|| {
        let mut batch = BatchRecorder::new();
        for round in 0..2 {
            for symbol in 0..10_000 {
                let symbol = format!("SYMBOL{symbol}");
                metrics::data_processed()
                    .symbol(&symbol)
                    .add_to(&mut batch, 1 + round);
            }
        }
    });
    capture.metric("crypto.data.processed").sum(30_000);
}

#[test]
fn numbers_that_an_instrument_cannot_take_spoil_no_sum() {
    let capture = testing::capture();
    capture.run(|| {
        let mut batch = BatchRecorder::new();
        for volume in [1.0, f64::NAN, -3.0, 2.0] {
            metrics::trades_volume().add_to(&mut batch, volume);
        }
        for _ in 0..2 {
            metrics::data_processed().add_to(&mut batch, u64::MAX);
        }
    });
    capture.metric("crypto.trades.volume").sum(3);
    assert!(capture.metric("crypto.data.processed").total() > 9.2e18);
}
