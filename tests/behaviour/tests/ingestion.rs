//! `#[track_ingestion]`: what came in, how much, and how fresh it is.

#![allow(
    clippy::items_after_statements,
    reason = "functions are annotated where a test needs them, and attributes name what they are given"
)]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lakehouse_otel::operation::{DataStats, Ingestion};
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::crypto::{
    DATA_TYPE, EXCHANGE, INGESTION_SOURCE, NEWEST_EVENT_TIME, RECORD_COUNT,
};
use lakehouse_otel_tests_behaviour::{Bench, bench, work};

const FRESHNESS: &str = "crypto.data.freshness";

/// The time at which a bench's clock starts, in milliseconds since the Unix epoch.
const START: i64 = 1_577_836_800_000;

struct Trade {
    time: i64,
}

fn trades(times: &[i64]) -> Vec<Trade> {
    times.iter().map(|time| Trade { time: *time }).collect()
}

#[track_ingestion(
    source = "websocket", exchange = Binance, data_type = Trades,
    ok(|trades| record_count = trades.len(), data_size_bytes = 16 * trades.len(), newest_event_time = trades.last().map(|trade| trade.time)),
)]
fn take_in(trades: Result<Vec<Trade>, &'static str>) -> Result<Vec<Trade>, &'static str> {
    work(500);
    trades
}

#[track_ingestion(source = "file", newest_event_time = newest)]
async fn take_in_at<T: lakehouse_otel::schema::IntoValue<lakehouse_otel::schema::kind::Time>>(
    newest: T,
) {
    work(500);
}

/// The freshness, where there is one.
fn freshness(bench: &Bench) -> Option<f64> {
    let metrics = bench.capture.metrics();
    let there = metrics.iter().any(|metric| metric.name() == FRESHNESS);
    there.then(|| bench.capture.metric(FRESHNESS).total())
}

#[test]
fn what_came_in_is_measured_and_traced() {
    let bench = bench();
    bench.run(|| {
        work(1_000);
        let _ = take_in(Ok(trades(&[START - 5_000, START])));
    });
    bench
        .capture
        .span("websocket trades")
        .kind(&lakehouse_otel::opentelemetry::trace::SpanKind::Consumer)
        .has(INGESTION_SOURCE, "websocket")
        .has(EXCHANGE, Exchange::Binance)
        .has(DATA_TYPE, DataType::Trades)
        .has(RECORD_COUNT, 2)
        .has(NEWEST_EVENT_TIME, START)
        .outcome(Outcome::Ok);
    let ingested = bench.capture.metric("crypto.data.ingested");
    ingested
        .with("crypto.ingestion.source", "websocket")
        .with("crypto.outcome", "ok")
        .sum(2);
    bench.capture.metric("crypto.data.volume").sum(32).count(1);
    // A second before it began, and half a second of work.
    assert_eq!(freshness(&bench), Some(1.5));
}

#[test]
fn what_is_not_known_has_no_freshness() {
    for trades in [
        Ok(trades(&[])),
        Ok(trades(&[0])),
        Ok(trades(&[-1])),
        // The call that fails took nothing in.
        Err("refused"),
    ] {
        let bench = bench();
        let _ = bench.run(|| take_in(trades));
        assert_eq!(freshness(&bench), None);
    }
    let bench = bench();
    bench.block_on(take_in_at(None::<i64>));
    assert_eq!(freshness(&bench), None);
    // It fails with a time that it was given.
    #[track_ingestion(source = "file", newest_event_time = newest)]
    fn failing(newest: i64) -> Result<(), &'static str> {
        let _ = newest;
        Err("refused")
    }
    let _ = bench.run(|| failing(START - 1_000));
    assert_eq!(freshness(&bench), None);
}

#[test]
fn a_time_to_come_is_no_time_of_what_has_happened() {
    for (ahead, expected) in [
        (500, Some(0.0)),
        // A clock that is ahead, by as much as exchanges allow.
        (1_500, Some(0.0)),
        (1_501, None),
        // Microseconds.
        (START * 1_000, None),
        (i64::MAX - START, None),
        (1, Some(0.499)),
    ] {
        let bench = bench();
        bench.block_on(take_in_at(START + ahead));
        assert_eq!(freshness(&bench), expected, "{ahead}");
    }
}

#[test]
fn a_time_is_written_as_it_is_natural() {
    let since_epoch = Duration::from_millis(u64::try_from(START).unwrap_or_default());
    let bench = bench();
    bench.run(|| {
        work(1_000);
        lakehouse_otel_tests_behaviour::block_on(async {
            take_in_at(UNIX_EPOCH + since_epoch).await;
            take_in_at(&Some(UNIX_EPOCH + since_epoch)).await;
            take_in_at(since_epoch.as_millis()).await;
            take_in_at(START.cast_unsigned()).await;
        });
    });
    for span in bench.capture.spans_named("file") {
        span.has(NEWEST_EVENT_TIME, START);
    }
    assert_eq!(bench.capture.spans_named("file").len(), 4);
    // The last of four calls of half a second each, a second later.
    assert_eq!(freshness(&bench), Some(3.0));
}

#[test]
fn what_is_started_by_hand_is_the_same() {
    let bench = bench();
    bench.run(|| {
        let ingestion = Ingestion::new("websocket")
            .exchange(Exchange::Okx)
            .record_count(3)
            .newest_event_time(SystemTime::UNIX_EPOCH)
            .start();
        let newest = UNIX_EPOCH + Duration::from_millis(START.cast_unsigned());
        let handle = ingestion.handle();
        handle.record_data_stats(DataStats::new().newest_event_time(newest));
        work(250);
        ingestion.ok();
    });
    bench.capture.span("websocket").has(RECORD_COUNT, 3);
    bench.capture.metric("crypto.data.ingested").sum(3);
    assert_eq!(freshness(&bench), Some(0.25));
}
