//! What pipelines record by hand: each function feeds the metrics that it names, with the labels that these declare.

use std::time::Duration;

use lakehouse_otel::metrics::{self, Of};
use lakehouse_otel::operation::Ingestion;
use lakehouse_otel::schema::{
    DataType, Exchange, Format, Layer, MarketType, Outcome, StorageOperation, StorageSystem,
    Timeframe,
};
use lakehouse_otel::testing::{self, Capture};

use super::attributes;

/// Everything that there is to say.
fn everything() -> Of<'static> {
    Of::new()
        .operation("clean")
        .stage("to_silver")
        .source("rest")
        .workflow_name("archive")
        .layer(Layer::Silver)
        .format(Format::Parquet)
        .exchange(Exchange::from("mexc"))
        .market_type(MarketType::Spot)
        .data_type(DataType::Klines)
        .timeframe(Timeframe::M1)
        .outcome(Outcome::Ok)
        .symbol("BTCUSDT")
}

#[track_caller]
fn assert_attributes(capture: &Capture, metric: &str, expected: &[&str]) {
    let metric = capture.metric(metric);
    assert_eq!(metric.points().len(), 1, "{metric:?}");
    assert_eq!(attributes(&metric.points()[0]), expected);
}

#[test]
fn a_batch_of_data() {
    let capture = testing::capture();
    capture.run(|| metrics::record_data_batch(1_000, 65_536, &everything()));
    capture.metric("crypto.data.processed").sum(1_000);
    capture.metric("crypto.data.volume").sum(65_536).count(1);
    assert_attributes(
        &capture,
        "crypto.data.processed",
        &[
            "crypto.outcome=ok",
            "crypto.processing.operation=clean",
            "crypto.processing_stage=to_silver",
            "crypto.symbol=BTCUSDT",
            "lakehouse.layer=silver",
        ],
    );
    assert_attributes(
        &capture,
        "crypto.data.volume",
        &[
            "crypto.data_type=klines",
            "crypto.exchange=mexc",
            "crypto.ingestion.source=rest",
            "crypto.outcome=ok",
            "crypto.processing.operation=clean",
            "crypto.processing_stage=to_silver",
            "crypto.symbol=BTCUSDT",
            "crypto.timeframe=1m",
            "lakehouse.layer=silver",
        ],
    );
}

#[test]
fn freshness_and_volume() {
    let capture = testing::capture();
    capture.run(|| {
        metrics::record_data_freshness(Duration::from_millis(1_500), &everything());
        metrics::record_trades_volume(0.75, &everything());
    });
    capture.metric("crypto.data.freshness").sum(1.5);
    capture.metric("crypto.trades.volume").sum(0.75);
    assert_attributes(
        &capture,
        "crypto.data.freshness",
        &[
            "crypto.data_type=klines",
            "crypto.exchange=mexc",
            "crypto.ingestion.source=rest",
            "crypto.symbol=BTCUSDT",
            "crypto.timeframe=1m",
        ],
    );
    assert_attributes(
        &capture,
        "crypto.trades.volume",
        &[
            "crypto.exchange=mexc",
            "crypto.market_type=spot",
            "crypto.symbol=BTCUSDT",
        ],
    );
}

#[test]
fn a_symbol_is_processed_where_that_went_well_and_timed_in_any_case() {
    let capture = testing::capture();
    capture.run(|| {
        for outcome in [Outcome::Ok, Outcome::Error] {
            metrics::record_symbol_processing("clean", 0.5, outcome, &everything());
        }
    });
    capture.metric("crypto.symbols.processed").sum(1);
    assert_attributes(
        &capture,
        "crypto.symbols.processed",
        &[
            "crypto.data_type=klines",
            "crypto.exchange=mexc",
            "crypto.workflow_name=archive",
        ],
    );
    let took = capture.metric("crypto.processing.duration");
    took.count(2).sum(1.0);
    took.with("crypto.outcome", "error").count(1);
}

#[test]
fn a_stored_object() {
    let capture = testing::capture();
    let of = Of::new().layer(Layer::Bronze).format(Format::Parquet);
    capture.run(|| {
        metrics::record_storage_object(
            4_096,
            StorageOperation::Put,
            StorageSystem::S3,
            Outcome::Ok,
            &of,
        );
    });
    capture
        .metric("crypto.storage.object.size")
        .count(1)
        .sum(4_096);
    assert_attributes(
        &capture,
        "crypto.storage.object.size",
        &[
            "crypto.outcome=ok",
            "crypto.storage.operation=put",
            "crypto.storage.system=s3",
            "lakehouse.format=parquet",
            "lakehouse.layer=bronze",
        ],
    );
}

#[test]
fn queues_and_connections() {
    let capture = testing::capture();
    capture.run(|| {
        metrics::update_queue_size("trades", 10);
        metrics::update_queue_size("trades", -4);
        let connection = metrics::track_connection();
        capture.metric("crypto.active.connections").sum(1);
        drop(connection);
    });
    capture
        .metric("crypto.processing.queue.size")
        .with("crypto.processing.queue", "trades")
        .sum(6);
    capture.metric("crypto.active.connections").sum(0);
}

#[test]
fn a_connection_is_counted_down_when_its_task_panics() {
    let capture = testing::capture();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        capture.run(|| {
            let _connection = metrics::track_connection();
            panic!("lost");
        });
    }));
    assert!(panicked.is_err());
    capture.metric("crypto.active.connections").sum(0);
}

#[test]
fn an_ingestion_is_an_operation() {
    let capture = testing::capture();
    capture.run(|| {
        Ingestion::new("websocket")
            .exchange(Exchange::Binance)
            .data_type(DataType::Trades)
            .record_count(500)
            .data_size_bytes(40_000)
            .start()
            .ok();
    });
    let span = capture.span("websocket trades");
    span.outcome(Outcome::Ok).is_root();
    assert_eq!(
        span.data().span_kind,
        lakehouse_otel::opentelemetry::trace::SpanKind::Consumer
    );
    capture.metric("crypto.data.ingested").sum(500);
    assert_attributes(
        &capture,
        "crypto.data.ingested",
        &[
            "crypto.data_type=trades",
            "crypto.exchange=binance",
            "crypto.ingestion.source=websocket",
            "crypto.outcome=ok",
        ],
    );
    capture.metric("crypto.data.volume").sum(40_000);
}

#[test]
fn a_symbol_that_failed_says_why() {
    let capture = testing::capture();
    capture.run(|| {
        let of = Of::new().error_type("timeout");
        for outcome in [Outcome::Error, Outcome::Panicked, Outcome::Ok] {
            metrics::record_symbol_processing("clean", 0.5, outcome, &of);
        }
        // The size of an object has no such label.
        let (put, s3) = (StorageOperation::Put, StorageSystem::S3);
        metrics::record_storage_object(1, put, s3, Outcome::Error, &of);
    });
    let took = capture.metric("crypto.processing.duration");
    took.clone().count(3);
    let failed = took.with("error.type", "timeout");
    failed.clone().count(2);
    failed.clone().with("crypto.outcome", "error").count(1);
    failed.with("crypto.outcome", "panicked").count(1);
    assert_attributes(
        &capture,
        "crypto.storage.object.size",
        &[
            "crypto.outcome=error",
            "crypto.storage.operation=put",
            "crypto.storage.system=s3",
        ],
    );
}
