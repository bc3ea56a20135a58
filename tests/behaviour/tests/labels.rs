//! `labels(…)`: attributes that label the metrics because the call asks for it.

#![allow(
    clippy::needless_pass_by_value,
    reason = "functions are annotated where a test needs them, and attributes name what they are given"
)]

use lakehouse_otel::operation::{Ingestion, Processing};
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::crypto::SYMBOL;
use lakehouse_otel::schema::db::{COLLECTION_NAME, RESPONSE_STATUS_CODE};
use lakehouse_otel::testing::{Capture, CapturedMetric};
use lakehouse_otel_tests_behaviour::{bench, block_on};

const REQUESTS: &str = "crypto.api.requests";
const OVERFLOW: &str = "otel.metric.overflow";

#[track_api_request(
    exchange = Binance, endpoint = "/api/v3/klines", symbol = symbol, labels(symbol),
)]
fn fetch(symbol: &str) -> Result<(), &'static str> {
    if symbol.is_empty() {
        Err("no symbol")
    } else {
        Ok(())
    }
}

#[track_api_request(
    exchange = Binance, endpoint = "/api/v3/klines", symbol = symbol, labels(symbol), keep(symbol),
)]
async fn fetch_async(symbol: String) {}

#[track_api_request(
    exchange = Binance, endpoint = "/api/v3/klines", symbol = symbol, labels(symbol),
)]
fn fetch_returned(symbol: String) -> impl Future<Output = ()> {
    async {}
}

#[track_api_request(
    exchange = Binance, endpoint = "/api/v3/klines", symbol = "BTCUSDT", labels(crypto.symbol),
)]
fn fetch_bitcoin() {}

#[track_api_request(exchange = Binance, endpoint = "/api/v3/klines", symbol = symbol)]
fn fetch_unlabelled(symbol: &str) {}

#[track_ingestion(
    source = "websocket", labels(symbol),
    ok(|(symbol, records)| symbol = symbol, record_count = records),
)]
fn take_in(symbol: &str, records: u64) -> (&str, u64) {
    (symbol, records)
}

#[track_database(
    system = Postgresql, operation = "SELECT", collection = table, labels(collection, db.response.status_code),
    err(|code| db.response.status_code = code),
)]
fn load(table: &str, answer: Result<(), &'static str>) -> Result<(), &'static str> {
    answer
}

fn metric(capture: &Capture, symbol: &str) -> CapturedMetric {
    capture.metric(REQUESTS).with("crypto.symbol", symbol)
}

#[test]
fn the_symbol_is_a_label_where_the_call_asks_for_it() {
    let bench = bench();
    bench.run(|| {
        assert!(fetch("BTCUSDT").is_ok());
        assert!(fetch("ETHUSDT").is_ok());
        block_on(fetch_async("BTCUSDT".to_owned()));
        block_on(fetch_returned("BTCUSDT".to_owned()));
        fetch_bitcoin();
        fetch_unlabelled("BTCUSDT");
    });
    let all = bench.capture.metric(REQUESTS);
    all.sum(6);
    metric(&bench.capture, "BTCUSDT").sum(4);
    metric(&bench.capture, "ETHUSDT").sum(1);
    let duration = bench.capture.metric("crypto.api.request.duration");
    duration.with("crypto.symbol", "BTCUSDT").count(4);
    for span in bench.capture.spans_named("/api/v3/klines") {
        assert!(span.attribute("crypto.symbol").is_some());
    }
    assert_eq!(bench.capture.spans_named("/api/v3/klines").len(), 6);
}

#[test]
fn a_value_that_is_not_there_labels_nothing() {
    #[track_api_request(exchange = Binance, endpoint = "/api/v3/klines", symbol = symbol, labels(symbol))]
    fn fetch_maybe(symbol: Option<&str>) {}
    let bench = bench();
    bench.run(|| {
        fetch_maybe(None);
        fetch_maybe(Some("BTCUSDT"));
    });
    metric(&bench.capture, "BTCUSDT").sum(1);
    let points = bench.capture.metric(REQUESTS);
    let without = points.points().iter();
    let without = without.filter(|point| point.attribute("crypto.symbol").is_none());
    assert_eq!(without.count(), 1);
}

#[test]
fn what_is_known_at_the_end_labels_what_ended() {
    let bench = bench();
    bench.run(|| take_in("BTCUSDT", 7));
    let metric = bench.capture.metric("crypto.data.ingested");
    metric.with("crypto.symbol", "BTCUSDT").sum(7);
    bench.capture.span("websocket").has(SYMBOL, "BTCUSDT");
}

#[test]
fn a_label_may_have_a_text_that_is_known_at_run_time() {
    let bench = bench();
    bench.run(|| {
        assert!(load("klines_1m", Ok(())).is_ok());
        assert!(load("klines_1m", Err("08P01")).is_err());
        assert!(load("trades", Ok(())).is_ok());
    });
    let metric = || bench.capture.metric("db.client.operation.duration");
    metric().with("db.collection.name", "klines_1m").count(2);
    metric().with("db.collection.name", "trades").count(1);
    metric()
        .with("db.response.status_code", "08P01")
        .with("db.collection.name", "klines_1m")
        .count(1);
    let spans = bench.capture.spans_named("SELECT");
    spans[1]
        .has(COLLECTION_NAME, "klines_1m")
        .has(RESPONSE_STATUS_CODE, "08P01");
}

#[test]
fn values_past_the_bound_are_folded() {
    let bench = bench();
    bench.run(|| {
        for number in 0..2_100 {
            assert!(fetch(&format!("S{number}")).is_ok());
        }
        // Those that came first stay.
        assert!(fetch("S7").is_ok());
        // Another callsite of the same metric, and its own values count for the same bound.
        block_on(fetch_async("ANOTHER".to_owned()));
        fetch_bitcoin();
        fetch_unlabelled("S1");
    });
    let all = bench.capture.metric(REQUESTS);
    all.sum(2_100 + 4);
    metric(&bench.capture, "S7").sum(2);
    all.clone().with(OVERFLOW, "true").sum(100 + 2);
    let points = all.points().iter();
    let symbols = points.filter_map(|point| point.attribute("crypto.symbol"));
    assert_eq!(symbols.count(), 2_000);
}

#[test]
fn run_time_texts_of_other_labels_are_folded_after_a_hundred() {
    let bench = bench();
    bench.run(|| {
        for number in 0..150 {
            let _ = load(&format!("table_{number}"), Ok(()));
        }
    });
    let metric = bench.capture.metric("db.client.operation.duration");
    metric.count(150);
    metric.with(OVERFLOW, "true").count(50);
}

#[test]
fn a_key_that_declares_its_bound_has_so_many_values() {
    #[track_processing(operation = "clean", stage = stage, labels(stage))]
    fn clean(stage: &str) -> Result<(), &'static str> {
        if stage.is_empty() {
            Err("no stage")
        } else {
            Ok(())
        }
    }
    let bench = bench();
    bench.run(|| {
        for _ in 0..2 {
            for number in 0..60 {
                assert!(clean(&format!("stage {number}")).is_ok());
            }
        }
        assert!(clean("").is_err());
    });
    let operations = bench.capture.metric("crypto.processing.operations");
    operations.sum(2 * 60 + 1);
    let stage = |stage| operations.clone().with("crypto.processing_stage", stage);
    stage("stage 49").sum(2);
    operations.clone().with(OVERFLOW, "true").sum(2 * 10 + 1);
    let points = operations.points().iter();
    let stages = points.filter_map(|point| point.attribute("crypto.processing_stage"));
    assert_eq!(stages.count(), 50);
}

#[test]
fn the_builders_take_labels_too() {
    let bench = bench();
    bench.run(|| {
        let ingestion = Ingestion::new("websocket")
            .symbol("BTCUSDT")
            .label(SYMBOL)
            .record_count(3)
            .start();
        ingestion.ok();
        // No attribute of this key is given.
        let processing = Processing::new("clean").label(SYMBOL).start();
        processing.ok();
    });
    let metric = bench.capture.metric("crypto.data.ingested");
    metric.with("crypto.symbol", "BTCUSDT").sum(3);
    bench.capture.metric("crypto.processing.operations").sum(1);
}
