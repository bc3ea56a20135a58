//! Callbacks that are asked when metrics are collected.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use lakehouse_otel::metrics;
use lakehouse_otel::schema::{Exchange, Format, Layer, NetworkIoDirection, Outcome};
use lakehouse_otel::testing::{self, Capture, CapturedMetric};

#[test]
fn a_callback_is_asked_until_its_guard_is_dropped() {
    let capture = testing::capture();
    let bytes = Arc::new(AtomicI64::new(10));
    let seen = Arc::clone(&bytes);
    let observation = capture.run(|| {
        metrics::storage_usage().observe(move |usage| {
            let bytes = seen.load(Ordering::Relaxed);
            let usage = usage.format(Format::Parquet);
            usage.layer(Layer::Bronze).record(bytes);
            usage.layer(Layer::Silver).record(2 * bytes);
        })
    });
    let usage = capture.metric("crypto.storage.usage");
    assert_eq!(usage.unit(), "By");
    usage.clone().with("lakehouse.layer", "bronze").sum(10);
    usage
        .with("lakehouse.format", "parquet")
        .with("lakehouse.layer", "silver")
        .sum(20);
    bytes.store(50, Ordering::Relaxed);
    capture
        .metric("crypto.storage.usage")
        .with("lakehouse.layer", "bronze")
        .sum(50);

    drop(observation);
    assert_eq!(Arc::strong_count(&bytes), 1, "the callback is gone");
    let metrics = capture.metrics();
    let usage = metrics
        .iter()
        .find(|it| it.name() == "crypto.storage.usage");
    assert!(
        usage.is_none_or(|usage| usage.points().is_empty()),
        "{usage:?}"
    );
}

#[test]
fn several_callbacks_observe_one_metric_and_captures_hear_their_own() {
    let (one, two) = (testing::capture(), testing::capture());
    let observe =
        |layer: Layer| metrics::storage_usage().observe(move |it| it.layer(layer).record(1));
    let _bronze = one.run(|| observe(Layer::Bronze));
    let _silver = one.run(|| observe(Layer::Silver));
    let _gold = two.run(|| observe(Layer::Gold));
    assert_eq!(one.metric("crypto.storage.usage").points().len(), 2);
    let of_two = two.metric("crypto.storage.usage");
    of_two.sum(1);
    of_two.with("lakehouse.layer", "gold").sum(1);
}

#[test]
fn a_callback_that_panics_is_said_once_and_stops_no_other() {
    let said = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&said);
    let capture = Capture::builder()
        .diagnostics(move |line| lines.lock().unwrap().push(line.to_owned()))
        .build();
    let broken = Arc::new(AtomicBool::new(true));
    let is_broken = Arc::clone(&broken);
    let _guards = capture.run(|| {
        metrics::data_processed().add(1);
        [
            metrics::storage_usage().observe(move |usage| {
                usage.layer(Layer::Bronze).record(1);
                assert!(!is_broken.load(Ordering::Relaxed), "a broken callback");
            }),
            metrics::storage_usage().observe(|usage| usage.layer(Layer::Gold).record(3)),
        ]
    });
    for _ in 0..3 {
        let usage = capture.metric("crypto.storage.usage");
        assert_eq!(usage.points().len(), 1, "{usage:?}");
        usage.with("lakehouse.layer", "gold").sum(3);
        capture.metric("crypto.data.processed").sum(1);
    }
    broken.store(false, Ordering::Relaxed);
    capture.metric("crypto.storage.usage").sum(4);
    let said = said.lock().unwrap();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("`crypto.storage.usage` panicked"),
        "{said:?}"
    );
}

#[test]
fn totals_that_the_program_keeps_are_observed_and_never_fall() {
    let capture = testing::capture();
    let received = Arc::new(AtomicU64::new(0));
    let total = Arc::clone(&received);
    let _observed = capture.run(|| {
        metrics::connection_io().observe(move |io| {
            let io = io.exchange(Exchange::Kraken);
            io.record(total.load(Ordering::Relaxed), NetworkIoDirection::Receive);
            io.record(10, NetworkIoDirection::Transmit);
        })
    });
    // A client that connects anew begins anew.
    for (counted, total) in [(0, 0), (1_000, 1_000), (1_000, 1_000), (300, 1_300)] {
        received.store(counted, Ordering::Relaxed);
        let io = capture.metric("crypto.connection.io");
        assert_eq!(io.unit(), "By");
        let io = io.with("crypto.exchange", "kraken");
        io.clone()
            .with("network.io.direction", "receive")
            .sum(total);
        io.with("network.io.direction", "transmit").sum(10);
    }
}

#[test]
fn a_callback_may_record_and_observe_by_itself() {
    let capture = testing::capture();
    let _guard = capture.run(|| {
        metrics::storage_usage().observe(|usage| {
            // Instruments that were not there before.
            metrics::storage_errors().add(
                1,
                lakehouse_otel::schema::StorageOperation::Get,
                lakehouse_otel::schema::StorageSystem::S3,
                Outcome::Error,
            );
            metrics::api_requests().add(1, Exchange::Binance, Outcome::Ok);
            let _another = metrics::system_memory_usage().observe(|_| {});
            usage.record(1);
        })
    });
    let collected = capture.run(|| capture.metrics());
    let names: Vec<&str> = collected.iter().map(CapturedMetric::name).collect();
    assert!(names.contains(&"crypto.storage.usage"), "{names:?}");
    assert!(names.contains(&"crypto.storage.errors"), "{names:?}");
}
