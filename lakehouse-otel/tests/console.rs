//! What the console prints, for people to read.

#![cfg(feature = "enabled")]

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use lakehouse_otel::Telemetry;
use lakehouse_otel::config::{Exporter, HistogramAggregation};
use opentelemetry::trace::{SpanBuilder, Status, TraceContextExt as _, Tracer as _};
use opentelemetry::{Context, KeyValue};

const LONG: Duration = Duration::from_secs(30);

#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<u8>>>);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Screen {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn start() -> (Telemetry, Screen) {
    let screen = Screen::default();
    let telemetry = Telemetry::builder()
        .variables(|_| None)
        .exporter(Exporter::Console)
        .console_writer(screen.clone())
        .build_local()
        .unwrap();
    (telemetry, screen)
}

/// Makes spans whose times the test decides.
struct Tree<'a> {
    tracer: &'a opentelemetry::global::BoxedTracer,
}

fn at(millis: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000) + Duration::from_millis(millis)
}

impl Tree<'_> {
    fn start(
        &self,
        parent: &Context,
        name: &'static str,
        start: u64,
        attributes: &[(&'static str, &str)],
    ) -> Context {
        let attributes = attributes
            .iter()
            .map(|(key, value)| KeyValue::new(*key, (*value).to_owned()));
        let builder = SpanBuilder::from_name(name)
            .with_start_time(at(start))
            .with_attributes(attributes);
        parent.with_span(self.tracer.build_with_context(builder, parent))
    }
}

fn end(context: &Context, millis: u64) {
    context.span().end_with_timestamp(at(millis));
}

fn fail(context: &Context, millis: u64) {
    let span = context.span();
    span.set_attribute(KeyValue::new("error.type", "RateLimited"));
    span.set_status(Status::error("429 Too Many Requests"));
    end(context, millis);
}

#[test]
fn a_trace_is_a_tree() {
    let (telemetry, screen) = start();
    let tracer = telemetry.tracer("test");
    let tree = Tree { tracer: &tracer };
    let root = tree.start(
        &Context::new(),
        "archive",
        0,
        &[("crypto.exchange", "binance")],
    );
    for symbol in ["BTCUSDT", "ETHUSDT"] {
        let stage = tree.start(&root, "fetch", 1, &[("crypto.symbol", symbol)]);
        for page in 0..100 {
            let attributes = [
                ("crypto.symbol", symbol),
                ("crypto.outcome", "ok"),
                ("http.request.method", "GET"),
            ];
            let request = tree.start(&stage, "GET /api/v3/klines", 2 + page, &attributes);
            if page == 57 && symbol == "BTCUSDT" {
                fail(&request, 2 + page + 9);
            } else {
                end(&request, 2 + page + 2);
            }
        }
        end(&stage, 800);
        let store = tree.start(
            &root,
            "put_object s3",
            801,
            &[("aws.s3.bucket", "lake"), ("crypto.outcome", "cancelled")],
        );
        end(&store, 850);
    }
    end(&root, 1_234);
    telemetry.force_flush(LONG).unwrap();

    let text = screen.text();
    let (head, body) = text.split_once('\n').unwrap();
    assert!(
        head.starts_with("trace ") && head.ends_with(" · 205 spans · 1 failed"),
        "{head}"
    );
    let expected = "\
✓ archive                       1.23 s  exchange=binance
├─ ✓ fetch                      799 ms  symbol=BTCUSDT
│  ├─ ✓ GET /api/v3/klines     2.00 ms
│  ├─ ✓ GET /api/v3/klines     2.00 ms
│  ├─ ✗ GET /api/v3/klines     9.00 ms  RateLimited: 429 Too Many Requests
│  └─ … and 97 more `GET /api/v3/klines`  2.00 ms
├─ ✓ fetch                      799 ms  symbol=ETHUSDT
";
    assert!(body.starts_with(expected), "{text}");
    assert!(text.contains("⊘ put_object s3"), "{text}");
    assert!(text.lines().count() < 20, "{text}");
}

#[test]
fn a_wide_trace_stays_short() {
    let (telemetry, screen) = start();
    let tracer = telemetry.tracer("test");
    let tree = Tree { tracer: &tracer };
    let names: Vec<&'static str> = (0..40)
        .map(|index| &*Box::leak(format!("step {index}").into_boxed_str()))
        .collect();
    let root = tree.start(&Context::new(), "many", 0, &[]);
    for name in &names {
        let step = tree.start(&root, name, 1, &[]);
        for _ in 0..5 {
            end(&tree.start(&step, "part", 2, &[]), 3);
        }
        end(&step, 4);
    }
    end(&root, 5);
    telemetry.shutdown(LONG).unwrap();
    let text = screen.text();
    assert!(text.lines().count() <= 21, "{text}");
    assert!(text.contains("more lines are left out"), "{text}");
}

#[test]
fn like_traces_are_counted() {
    let (telemetry, screen) = start();
    let tracer = telemetry.tracer("test");
    let tree = Tree { tracer: &tracer };
    for index in 0..1_000 {
        let root = tree.start(&Context::new(), "tick", 0, &[]);
        if index % 100 == 99 {
            fail(&root, 7);
        } else {
            end(&root, 5);
        }
    }
    telemetry.shutdown(LONG).unwrap();
    let text = screen.text();
    assert!(text.lines().count() < 20, "{text}");
    assert!(
        text.contains("… and 994 more traces `tick`  5.00 ms … 7.00 ms  7 failed"),
        "{text}"
    );
    assert_eq!(telemetry.ledger().spans.exported, 1_000);
}

#[test]
fn a_program_that_runs_for_long_does_not_go_quiet() {
    let (telemetry, screen) = start();
    let tracer = telemetry.tracer("test");
    let tree = Tree { tracer: &tracer };
    // A tick a second, for ten minutes.
    for second in 0..600 {
        let root = tree.start(&Context::new(), "tick", second * 1_000, &[]);
        end(&root, second * 1_000 + 5);
    }
    telemetry.shutdown(LONG).unwrap();
    let text = screen.text();
    let counts: Vec<u64> = text
        .lines()
        .filter_map(|line| line.strip_prefix("… and "))
        .filter_map(|line| line.split(' ').next()?.parse().ok())
        .collect();
    assert_eq!(counts.len(), 10, "{text}");
    assert_eq!(counts.iter().sum::<u64>(), 597, "{text}");
}

#[test]
fn the_names_of_roots_are_bounded() {
    let (telemetry, screen) = start();
    let tracer = telemetry.tracer("test");
    for index in 0..500 {
        let builder = SpanBuilder::from_name(format!("root {index}")).with_start_time(at(0));
        let span = tracer.build_with_context(builder, &Context::new());
        end(&Context::new().with_span(span), 5);
    }
    telemetry.shutdown(LONG).unwrap();
    let text = screen.text();
    let trees = text
        .lines()
        .filter(|line| line.starts_with("trace "))
        .count();
    assert_eq!(trees, 64 + 3, "{text}");
    assert!(text.contains("more traces `other operations`"), "{text}");
}

#[test]
fn a_trace_without_its_root_is_printed_at_the_flush() {
    let (telemetry, screen) = start();
    let tracer = telemetry.tracer("test");
    let tree = Tree { tracer: &tracer };
    let root = tree.start(&Context::new(), "root", 0, &[]);
    end(&tree.start(&root, "child", 1, &[]), 2);
    telemetry.force_flush(LONG).unwrap();
    let text = screen.text();
    assert!(
        text.contains("child") && text.contains("its root is not among them"),
        "{text}"
    );
}

#[test]
fn metrics_are_a_table_and_the_same_one_is_not_printed_twice() {
    let (telemetry, screen) = start();
    let meter = telemetry.meter("test");
    let requests = meter
        .u64_counter("crypto.api.requests")
        .with_unit("{request}")
        .build();
    requests.add(400, &[KeyValue::new("crypto.outcome", "ok")]);
    requests.add(12, &[KeyValue::new("crypto.outcome", "error")]);
    let duration = meter
        .f64_histogram("crypto.api.request.duration")
        .with_unit("s")
        .with_boundaries(vec![0.01, 0.1, 1.0])
        .build();
    for _ in 0..90 {
        duration.record(0.005, &[KeyValue::new("crypto.exchange", "binance")]);
    }
    for _ in 0..10 {
        duration.record(0.5, &[KeyValue::new("crypto.exchange", "kraken")]);
    }
    meter
        .i64_up_down_counter("crypto.workflows.active")
        .build()
        .add(-2, &[]);
    meter
        .u64_gauge("process.memory")
        .with_unit("By")
        .build()
        .record(3 << 20, &[]);
    // What stands at zero is only counted.
    meter.u64_counter("crypto.api.errors").build().add(0, &[]);
    for index in 0..30 {
        meter
            .u64_counter(format!("zzz.{index}"))
            .build()
            .add(1, &[]);
    }
    telemetry.force_flush(LONG).unwrap();
    telemetry.shutdown(LONG).unwrap();
    let text = screen.text();
    let expected = "\
metrics · 35 instruments, 1 of them at zero
crypto.api.request.duration       100  mean 54.5 ms  p50 ≤ 10 ms  p95 300 ms  max 500 ms
crypto.api.requests               412  error 12, ok 400
crypto.workflows.active            -2
process.memory               3.00 MiB
";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.ends_with("… and 16 more\n"), "{text}");
    assert_eq!(text.lines().count(), 20, "{text}");
}

#[test]
fn no_line_is_wider_than_the_screen() {
    let (telemetry, screen) = start();
    let tracer = telemetry.tracer("test");
    let tree = Tree { tracer: &tracer };
    let long = "0123456789".repeat(10);
    let attributes = ["a", "b", "c", "d"].map(|key| (key, &*long));
    let root = tree.start(&Context::new(), "archive", 0, &attributes);
    let child = tree.start(&root, "fetch", 1, &[("e", &long)]);
    fail(&child, 2);
    end(&root, 3);
    let outcomes = telemetry.meter("test").u64_counter("calls").build();
    for outcome in ["ok", "error", "cancelled", &long] {
        outcomes.add(1, &[KeyValue::new("crypto.outcome", outcome.to_owned())]);
    }
    telemetry.shutdown(LONG).unwrap();
    let text = screen.text();
    assert!(text.contains("a=0123") && text.contains('…'), "{text}");
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn percentiles_say_no_more_than_the_buckets_know() {
    let (telemetry, screen) = start();
    let meter = telemetry.meter("test");
    let histogram = |name: &'static str, values: &[f64]| {
        let histogram = meter
            .f64_histogram(name)
            .with_unit("s")
            .with_boundaries(vec![0.005, 0.1, 1.0])
            .build();
        for value in values {
            histogram.record(*value, &[]);
        }
    };
    histogram("a.all_in_the_first", &[0.000_005, 0.000_006, 0.000_007]);
    histogram(
        "b.half_in_the_first",
        &[0.000_001, 0.000_002, 0.000_003, 0.5],
    );
    histogram("c.beyond_the_last", &[2.0, 4.0]);
    telemetry.shutdown(LONG).unwrap();
    let text = screen.text();
    let (_, table) = text.split_once('\n').unwrap();
    let expected = "\
a.all_in_the_first   3  mean 6.00 µs  max 7.00 µs
b.half_in_the_first  4  mean 125 ms  p50 ≤ 5 ms  p95 420 ms  max 500 ms
c.beyond_the_last    2  mean 3.00 s  p50 2.50 s  p95 3.85 s  max 4.00 s
";
    assert_eq!(table, expected);
}

#[test]
fn a_gauge_with_one_value_in_many_series_says_it_once() {
    let (telemetry, screen) = start();
    let gauge = telemetry.meter("test").u64_gauge("weight").build();
    for series in [1, 2] {
        gauge.record(6_000, &[KeyValue::new("series", series)]);
    }
    telemetry.shutdown(LONG).unwrap();
    let text = screen.text();
    assert!(
        text.ends_with("\nweight  6,000  in each of 2 series\n"),
        "{text}"
    );
}

#[test]
fn a_metric_that_comes_in_two_scopes_has_one_line() {
    let (telemetry, screen) = start();
    for scope in ["one", "two"] {
        let meter = telemetry.meter(scope);
        let attributes = [KeyValue::new("crypto.outcome", "error")];
        meter.u64_counter("crypto.n").build().add(2, &attributes);
        meter.f64_gauge("crypto.level").build().record(3.0, &[]);
        let took = meter.f64_histogram("crypto.took").with_unit("s").build();
        took.record(4.0, &[]);
    }
    telemetry.shutdown(LONG).unwrap();
    let text = screen.text();
    let lines: Vec<_> = text.lines().skip(1).collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(text.contains("metrics · 3 instruments\n"), "{text}");
    assert!(lines[0].contains("in each of 2 series"), "{text}");
    assert!(lines[1].ends_with("4  error 4"), "{text}");
    assert!(lines[2].contains("2  mean 4.00 s"), "{text}");
}

#[test]
fn an_exponential_histogram_says_what_it_knows() {
    let screen = Screen::default();
    let telemetry = Telemetry::builder()
        .variables(|_| None)
        .exporter(Exporter::Console)
        .histograms(HistogramAggregation::Base2Exponential)
        .console_writer(screen.clone())
        .build_local()
        .unwrap();
    let meter = telemetry.meter("test");
    let took = meter.f64_histogram("crypto.took").with_unit("s").build();
    took.record(1.0, &[]);
    took.record(3.0, &[]);
    telemetry.shutdown(LONG).unwrap();
    let text = screen.text();
    assert!(text.contains("2  mean 2.00 s  max 3.00 s\n"), "{text}");
}

#[test]
fn what_is_kept_of_a_huge_trace_is_bounded_and_said() {
    let screen = Screen::default();
    let telemetry = Telemetry::builder()
        .variables(|_| None)
        .exporter(Exporter::Console)
        .console_writer(screen.clone())
        .max_queue_size(20_000)
        .build_local()
        .unwrap();
    let tracer = telemetry.tracer("test");
    let tree = Tree { tracer: &tracer };
    let root = tree.start(&Context::new(), "huge", 0, &[]);
    for _ in 0..10_000 {
        end(&tree.start(&root, "tick", 1, &[]), 2);
    }
    end(&root, 3);
    telemetry.shutdown(LONG).unwrap();
    let text = screen.text();
    assert!(text.contains("10001 spans · 5904 not kept"), "{text}");
    assert!(text.lines().count() < 8, "{text}");
    assert_eq!(telemetry.ledger().spans.exported, 10_001);
}
