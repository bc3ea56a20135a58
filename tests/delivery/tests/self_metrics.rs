//! What telemetry tells of itself in metrics is what its ledger says.

use std::time::Duration;

use lakehouse_otel::config::{Exporter, Protocol};
use lakehouse_otel::export::Account;
use lakehouse_otel::telemetry::Builder;
use lakehouse_otel::{Telemetry, testing, track_processing};
use lakehouse_otel_tests_delivery::{Answer, Point, Receiver};
use opentelemetry::trace::{Span as _, Tracer as _};

const LONG: Duration = Duration::from_secs(30);

const PROCESSED: &str = "otel.sdk.processor.span.processed";
const QUEUE_SIZE: &str = "otel.sdk.processor.span.queue.size";
const QUEUE_CAPACITY: &str = "otel.sdk.processor.span.queue.capacity";
const EXPORTED: &str = "otel.sdk.exporter.span.exported";
const IN_FLIGHT: &str = "otel.sdk.exporter.span.inflight";

/// Telemetry that sends when it is told to.
fn sending_to(url: &str) -> Builder {
    Telemetry::builder()
        .variables(|_| None)
        .exporter(Exporter::Otlp)
        .endpoint(url)
        .metric_interval(Duration::from_hours(1))
        .schedule_delay(Duration::from_hours(1))
        .diagnostics(|_| ())
}

fn work(telemetry: &Telemetry, spans: usize) {
    let tracer = telemetry.tracer("test");
    for _ in 0..spans {
        tracer.start("work").end();
    }
}

/// What arrived last.
struct Told(Vec<Point>);

impl Told {
    fn to(receiver: &Receiver) -> Self {
        Self(receiver.arrived().metrics.pop().unwrap().points)
    }

    /// The value of this metric's point with this `error.type`, or without one; 0 where there is none.
    fn value(&self, metric: &str, error_type: Option<&str>) -> u64 {
        let mut points = self.0.iter().filter(|point| {
            let error = point.attributes.get("error.type");
            point.metric == metric && error.map(String::as_str) == error_type
        });
        let value = points.next().map_or(0, |point| point.value);
        assert!(points.next().is_none(), "{:?}", self.0);
        u64::try_from(value).unwrap()
    }

    fn total(&self, metric: &str) -> u64 {
        let points = self.0.iter().filter(|point| point.metric == metric);
        u64::try_from(points.map(|point| point.value).sum::<i64>()).unwrap()
    }

    /// Every count of the ledger is in the metrics, and nothing else.
    fn agrees_with(&self, spans: &Account) {
        let dropped = spans.dropped;
        for (metric, error_type, count) in [
            (EXPORTED, None, spans.exported),
            (EXPORTED, Some("rejected"), spans.rejected),
            (EXPORTED, Some("failed"), spans.failed),
            (PROCESSED, Some("queue_full"), dropped.queue_full),
            (PROCESSED, Some("over_cap"), dropped.over_cap),
        ] {
            assert_eq!(
                self.value(metric, error_type),
                count,
                "{metric} {error_type:?}"
            );
        }
        assert_eq!(self.total(IN_FLIGHT), 0);
        assert_eq!(self.total(QUEUE_SIZE), spans.queued);
        // What the processor is done with it has given to the exporter, or dropped.
        assert_eq!(self.value(PROCESSED, None), self.total(EXPORTED));
        assert_eq!(self.total(PROCESSED) + spans.queued, spans.created);
    }
}

#[test]
fn metrics_agree_with_the_ledger_whatever_becomes_of_spans() {
    let receiver = Receiver::start();
    let telemetry = sending_to(&receiver.http())
        .max_queue_size(64)
        .max_export_batch_size(8)
        .export_timeout(Duration::from_millis(200))
        .build_local()
        .unwrap();
    work(&telemetry, 5);
    telemetry.force_flush(LONG).unwrap();
    receiver.answer(Answer::Reject(1));
    work(&telemetry, 4);
    let _ = telemetry.force_flush(LONG);
    receiver.answer(Answer::Refuse(400));
    work(&telemetry, 3);
    let _ = telemetry.force_flush(LONG);
    // While an export hangs, more come than there is room for.
    receiver.answer(Answer::Hang);
    work(&telemetry, 100_000);
    let _ = telemetry.force_flush(LONG);
    receiver.answer(Answer::Accept);
    work(&telemetry, 2);
    telemetry.force_flush(LONG).unwrap();
    // Beside the spans' flush metrics may tell how it was before: this one tells what came of it.
    telemetry.force_flush(LONG).unwrap();

    let spans = telemetry.ledger().spans;
    assert!(spans.closes(), "{spans}");
    assert_eq!(spans.rejected, 1, "{spans}");
    assert!(spans.failed >= 3 && spans.exported >= 10, "{spans}");
    assert!(spans.dropped.queue_full > 0, "{spans}");
    let told = Told::to(&receiver);
    told.agrees_with(&spans);
    assert_eq!(told.total(QUEUE_CAPACITY), 64);
    for point in &told.0 {
        assert_eq!(point.scope, "lakehouse-otel");
        let attribute = |key: &str| point.attributes[key].as_str();
        let of_processor = point.metric.starts_with("otel.sdk.processor.");
        let (component, kind) = if of_processor {
            ("lakehouse_otel_span_processor/", "batching_span_processor")
        } else {
            ("lakehouse_otel_span_exporter/", "otlp_http_span_exporter")
        };
        assert!(attribute("otel.component.name").starts_with(component));
        assert_eq!(attribute("otel.component.type"), kind);
    }
}

#[test]
fn the_last_that_metrics_tell_is_how_the_spans_ended() {
    let receiver = Receiver::start();
    let telemetry = sending_to(&receiver.grpc())
        .protocol(Protocol::Grpc)
        .build_local()
        .unwrap();
    work(&telemetry, 1_200);
    telemetry.shutdown(LONG).unwrap();
    let spans = telemetry.ledger().spans;
    assert_eq!(spans.exported, 1_200);
    let told = Told::to(&receiver);
    told.agrees_with(&spans);
    let exporter = told.0.iter().find(|point| point.metric == EXPORTED);
    let component = &exporter.unwrap().attributes["otel.component.type"];
    assert_eq!(component, "otlp_grpc_span_exporter");
}

#[test]
fn what_is_over_the_cap_is_told_as_such() {
    let receiver = Receiver::start();
    let telemetry = sending_to(&receiver.http())
        .variables(|name| (name == "OTEL_MAX_SPANS_PER_SECOND").then(|| "10".to_owned()))
        .build_local()
        .unwrap();
    work(&telemetry, 1_000);
    let _ = telemetry.shutdown(LONG);
    let spans = telemetry.ledger().spans;
    assert!(spans.dropped.over_cap > 0, "{spans}");
    Told::to(&receiver).agrees_with(&spans);
}

#[track_processing(operation = "clean")]
fn clean() {}

#[test]
fn a_capture_shows_the_program_s_metrics_only() {
    let capture = testing::capture();
    capture.run(clean);
    let metrics = capture.metrics();
    assert!(!metrics.is_empty());
    for metric in metrics {
        assert!(!metric.name().starts_with("otel."), "{metric:?}");
    }
}
