//! Metrics without traces: calls are timed and counted, and whatever they say of themselves is there too.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use lakehouse_otel::Telemetry;
use lakehouse_otel::config::Exporter;
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::Timeframe;
use lakehouse_otel_tests_delivery::{Export, Receiver};

const LONG: Duration = Duration::from_secs(30);

#[track_processing(operation = "plain")]
fn plain(answer: Result<u64, &'static str>) -> Result<u64, &'static str> {
    answer
}

#[track_processing(operation = "panicking")]
fn panicking() {
    panic!("a bug of the work's");
}

#[track_processing(operation = "measured", ok(|rows| record_count = *rows))]
fn measured(answer: Result<u64, &'static str>) -> Result<u64, &'static str> {
    answer
}

#[track_processing(operation = "told", record_count = rows, context = ctx)]
fn told(rows: u64) -> Option<lakehouse_otel::opentelemetry::trace::SpanId> {
    ctx.span_id()
}

#[track_api_request(exchange = Binance, endpoint = "/api/v3/klines", timeframe = timeframe)]
fn labelled(timeframe: Timeframe, status: u16) {
    answer(status);
}

#[track_api_request(exchange = Kraken, endpoint = "/0/public/OHLC", context = ctx)]
fn answer(status: u16) {
    ctx.set(
        lakehouse_otel::schema::http::RESPONSE_STATUS_CODE,
        i64::from(status),
    );
}

/// An unreadable row.
#[track_processing(operation = "row")]
fn row(inner: impl FnOnce()) {
    inner();
}

/// What a metric counted where all these labels are, the count of a histogram's values.
fn counted(export: &Export, metric: &str, labels: &[(&str, &str)]) -> i64 {
    let points = export.points.iter().filter(|point| point.metric == metric);
    let wanted = points.filter(|point| {
        labels
            .iter()
            .all(|(key, value)| point.attributes.get(*key).map(String::as_str) == Some(*value))
    });
    wanted.map(|point| point.value).sum()
}

#[test]
fn every_end_is_counted_and_what_was_said_is_there() {
    let receiver = Receiver::start();
    let telemetry = Telemetry::builder()
        .variables(|_| None)
        .traces_exporter(Exporter::None)
        .metrics_exporter(Exporter::Otlp)
        .endpoint(receiver.http())
        .metric_interval(Duration::from_hours(1))
        .init()
        .unwrap();
    for _ in 0..10 {
        assert_eq!(plain(Ok(1)), Ok(1));
        row(|| {
            let _ = plain(Err("refused"));
        });
        let _ = measured(Ok(5));
        let _ = measured(Err("refused"));
        assert_eq!(told(7), None);
        assert!(catch_unwind(AssertUnwindSafe(panicking)).is_err());
        labelled(Timeframe::M1, 200);
        labelled(Timeframe::H1, 429);
    }
    telemetry.shutdown(LONG).unwrap();
    let arrived = receiver.arrived();
    let export = arrived.metrics.last().unwrap();
    let processed = |labels: &[_]| counted(export, "crypto.processing.operations", labels);
    let of = |operation| ("crypto.processing.operation", operation);
    let (ok, error) = (("crypto.outcome", "ok"), ("crypto.outcome", "error"));
    assert_eq!(processed(&[of("plain"), ok]), 10);
    assert_eq!(processed(&[of("plain"), error]), 10);
    assert_eq!(processed(&[of("row"), ok]), 10);
    assert_eq!(processed(&[of("measured"), ok]), 10);
    assert_eq!(processed(&[of("measured"), error]), 10);
    assert_eq!(processed(&[of("told"), ok]), 10);
    let panicked = [
        of("panicking"),
        ("crypto.outcome", "panicked"),
        ("error.type", "panic"),
    ];
    assert_eq!(processed(&panicked), 10);
    let rows = |operation| counted(export, "crypto.data.processed", &[of(operation)]);
    assert_eq!((rows("measured"), rows("told"), rows("plain")), (50, 70, 0));
    let requests = |labels: &[_]| counted(export, "crypto.api.requests", labels);
    let (minute, hour) = (("crypto.timeframe", "1m"), ("crypto.timeframe", "1h"));
    assert_eq!((requests(&[minute, ok]), requests(&[hour, ok])), (10, 10));
    let kraken = ("crypto.exchange", "kraken");
    assert_eq!(requests(&[kraken, ok]), 10);
    assert_eq!(requests(&[kraken, error, ("error.type", "429")]), 10);
    assert_eq!(counted(export, "crypto.api.rate_limits", &[kraken]), 10);
    let points = telemetry.ledger().data_points;
    assert!(points.closes(), "{points}");
}
