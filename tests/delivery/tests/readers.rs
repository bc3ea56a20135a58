//! Readers: several at once, each at its own time, in its own temporality, and none in another's way.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lakehouse_otel::config::{Exporter, TemporalityPreference};
use lakehouse_otel::telemetry::Builder;
use lakehouse_otel_tests_delivery::http::scrape;
use lakehouse_otel_tests_delivery::metrics::{over_otlp, sums};
use lakehouse_otel_tests_delivery::{Answer, Arrived, Export, Receiver, hung};
use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;
use opentelemetry_proto::tonic::metrics::v1::AggregationTemporality;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;

const LONG: Duration = Duration::from_secs(30);

/// What the console prints.
#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Printed {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn data<'a>(export: &'a Export, metric: &str) -> &'a Data {
    let mut metrics = export.metrics.iter();
    let metric = metrics.find(|it| it.name == metric).unwrap();
    metric.data.as_ref().unwrap()
}

#[test]
fn all_exporters_have_the_same_totals() {
    let receiver = Receiver::start();
    let printed = Printed::default();
    let (builder, said) = over_otlp(&receiver.http());
    let telemetry = builder
        .metrics_exporters([Exporter::Otlp, Exporter::Prometheus, Exporter::Console])
        .prometheus_address("127.0.0.1", 0)
        .console_writer(printed.clone())
        .build_local()
        .unwrap();
    let counter = telemetry.meter("test").u64_counter("test.calls").build();
    let address = telemetry.prometheus_address().unwrap();
    for round in 1..=3 {
        counter.add(1_000, &[]);
        telemetry.force_flush(LONG).unwrap();
        let total = 1_000 * round;
        assert_eq!(sums(&receiver.arrived(), "test.calls").last(), Some(&total));
        let sample = format!("test_calls_total{{otel_scope_name=\"test\"}} {total}\n");
        assert!(scrape(address).contains(&sample));
        let printed = printed.text();
        let line = printed.lines().rfind(|line| line.starts_with("test.calls"));
        let line = line.unwrap().replace(' ', "");
        assert_eq!(line, format!("test.calls{round},000"), "{printed}");
    }
    telemetry.shutdown(LONG).unwrap();
    // 3 flushes and the end over OTLP and on the console, 3 scrapes.
    let points = telemetry.ledger().data_points;
    assert!(points.closes(), "{points}");
    assert_eq!((points.created, points.exported), (11, 11), "{points}");
    assert!(said.lock().unwrap().is_empty(), "{said:?}");
}

#[test]
fn one_that_hangs_holds_no_other_up() {
    let printed = Printed::default();
    let (builder, said) = over_otlp(&hung());
    let telemetry = builder
        .metrics_exporters([Exporter::Otlp, Exporter::Console, Exporter::Prometheus])
        .prometheus_address("127.0.0.1", 0)
        .console_writer(printed.clone())
        .build_local()
        .unwrap();
    let counter = telemetry.meter("test").u64_counter("test.calls").build();
    counter.add(7, &[]);
    let begin = Instant::now();
    let error = telemetry.force_flush(Duration::from_secs(1)).unwrap_err();
    assert!(error.0.timed_out, "{error}");
    assert!(begin.elapsed() < Duration::from_secs(10));
    assert!(printed.text().contains("test.calls"));
    assert!(scrape(telemetry.prometheus_address().unwrap()).contains("test_calls_total"));
    // What is recorded meanwhile is not lost to the others.
    counter.add(1, &[]);
    let begin = Instant::now();
    let error = telemetry.shutdown(Duration::from_secs(1)).unwrap_err();
    assert!(begin.elapsed() < Duration::from_secs(10));
    assert!(error.0.timed_out, "{error}");
    assert!(
        printed
            .text()
            .lines()
            .any(|line| line.starts_with("test.calls  8"))
    );
    let points = telemetry.ledger().data_points;
    assert!(points.closes(), "{points}");
    assert_eq!(said.lock().unwrap().len(), 1, "{said:?}");
}

#[test]
fn delta_exports_what_was_added_since_and_levels_stay_whole() {
    let receiver = Receiver::start();
    let (builder, _) = over_otlp(&receiver.http());
    let telemetry = builder
        .temporality(TemporalityPreference::Delta)
        .build_local()
        .unwrap();
    record(&telemetry.meter("test"), || {
        telemetry.force_flush(LONG).unwrap();
    });
    let arrived = receiver.arrived();
    assert_eq!(sums(&arrived, "test.calls"), [5, 5, 5]);
    assert_eq!(sums(&arrived, "test.open"), [2, 4, 6]);
    assert_eq!(sums(&arrived, "test.seen"), [10, 10, 10]);
    assert_eq!(histogram_counts(&arrived), [4, 4, 4]);
    assert_eq!(
        temporalities(&arrived),
        ["calls Delta", "open Cumulative", "seen Delta", "took Delta"]
    );
}

#[test]
fn low_memory_is_delta_where_nothing_has_to_be_kept_for_it() {
    let receiver = Receiver::start();
    let (builder, _) = over_otlp(&receiver.http());
    let telemetry = builder
        .temporality(TemporalityPreference::LowMemory)
        .build_local()
        .unwrap();
    record(&telemetry.meter("test"), || {
        telemetry.force_flush(LONG).unwrap();
    });
    let arrived = receiver.arrived();
    assert_eq!(sums(&arrived, "test.calls"), [5, 5, 5]);
    assert_eq!(sums(&arrived, "test.seen"), [10, 20, 30]);
    assert_eq!(
        temporalities(&arrived),
        [
            "calls Delta",
            "open Cumulative",
            "seen Cumulative",
            "took Delta"
        ]
    );
}

#[test]
fn prometheus_has_totals_beside_an_otlp_that_has_none() {
    let receiver = Receiver::start();
    let (builder, _) = over_otlp(&receiver.grpc());
    let telemetry = builder
        .protocol(lakehouse_otel::config::Protocol::Grpc)
        .metrics_exporters([Exporter::Prometheus, Exporter::Otlp])
        .prometheus_address("127.0.0.1", 0)
        .temporality(TemporalityPreference::Delta)
        .build_local()
        .unwrap();
    let address = telemetry.prometheus_address().unwrap();
    record(&telemetry.meter("test"), || {
        telemetry.force_flush(LONG).unwrap();
        let _ = scrape(address);
    });
    assert_eq!(sums(&receiver.arrived(), "test.calls"), [5, 5, 5]);
    assert_eq!(sums(&receiver.arrived(), "test.seen"), [10, 10, 10]);
    let page = scrape(address);
    for sample in [
        "test_calls_total{otel_scope_name=\"test\"} 15",
        "test_seen_total{otel_scope_name=\"test\"} 30",
        "test_open{otel_scope_name=\"test\"} 6",
        "test_took_count{otel_scope_name=\"test\"} 12",
    ] {
        assert!(page.contains(sample), "{sample} in {page}");
    }
}

/// Three rounds of one instrument of each kind of sum, and of a histogram.
fn record(meter: &Meter, after_each: impl Fn()) {
    let calls = meter.u64_counter("test.calls").build();
    let open = meter.i64_up_down_counter("test.open").build();
    let took = meter.f64_histogram("test.took").build();
    let rounds = Arc::new(Mutex::new(0));
    let _seen = meter
        .u64_observable_counter("test.seen")
        .with_callback({
            let rounds = Arc::clone(&rounds);
            move |observer| observer.observe(10 * *rounds.lock().unwrap(), &[])
        })
        .build();
    for _ in 0..3 {
        *rounds.lock().unwrap() += 1;
        calls.add(5, &[]);
        open.add(2, &[]);
        for _ in 0..4 {
            took.record(0.5, &[]);
        }
        after_each();
    }
}

fn histogram_counts(arrived: &Arrived) -> Vec<u64> {
    let exports = arrived.metrics.iter();
    exports
        .map(|export| match data(export, "test.took") {
            Data::Histogram(histogram) => histogram.data_points[0].count,
            other => panic!("{other:?}"),
        })
        .collect()
}

fn temporalities(arrived: &Arrived) -> Vec<String> {
    let name = |temporality| AggregationTemporality::try_from(temporality).unwrap();
    ["calls", "open", "seen", "took"]
        .map(|metric| {
            let temporality = match data(&arrived.metrics[0], &format!("test.{metric}")) {
                Data::Sum(sum) => name(sum.aggregation_temporality),
                Data::Histogram(histogram) => name(histogram.aggregation_temporality),
                other => panic!("{other:?}"),
            };
            format!("{metric} {temporality:?}")
        })
        .to_vec()
}

/// How an export went by both lanes.
fn near_real_time(temporality: TemporalityPreference) {
    let receiver = Receiver::start();
    let (builder, _) = over_otlp(&receiver.http());
    let telemetry = builder
        .near_real_time(["test.fast", "test.queue.*"], Duration::from_millis(20))
        .temporality(temporality)
        .build_local()
        .unwrap();
    let meter = telemetry.meter("test");
    let fast = meter.u64_counter("test.fast").build();
    let queue = meter.i64_up_down_counter("test.queue.size").build();
    let slow = meter.u64_counter("test.slow").build();
    for round in 1..=3 {
        fast.add(10, &[KeyValue::new("k", 1)]);
        queue.add(1, &[]);
        slow.add(10, &[]);
        let delta = temporality == TemporalityPreference::Delta;
        let _ = receiver.wait_until(|arrived| {
            let fast = sums(arrived, "test.fast");
            let seen = if delta {
                fast.iter().sum()
            } else {
                fast.last().copied().unwrap_or_default()
            };
            seen == 10 * round && sums(arrived, "test.queue.size").last() == Some(&round)
        });
    }
    // The rest has not come yet; it does at the end, without what came before.
    assert!(sums(&receiver.arrived(), "test.slow").is_empty());
    telemetry.shutdown(LONG).unwrap();
    let arrived = receiver.arrived();
    assert_eq!(sums(&arrived, "test.slow"), [30]);
    for export in &arrived.metrics {
        let slow = export.sums.contains_key("test.slow");
        let fast = export.sums.contains_key("test.fast");
        assert!(!(slow && fast), "{export:?}");
    }
    let points = telemetry.ledger().data_points;
    assert!(points.closes(), "{points}");
    assert_eq!(points.exported, arrived.data_points());
}

#[test]
fn near_real_time_metrics_come_at_their_own_interval_each_point_once() {
    near_real_time(TemporalityPreference::Delta);
}

#[test]
fn near_real_time_totals_too() {
    near_real_time(TemporalityPreference::Cumulative);
}

#[test]
fn prometheus_and_the_console_have_both_lanes() {
    let receiver = Receiver::start();
    let printed = Printed::default();
    let (builder, _) = over_otlp(&receiver.http());
    let telemetry = builder
        .metrics_exporters([Exporter::Otlp, Exporter::Console, Exporter::Prometheus])
        .prometheus_address("127.0.0.1", 0)
        .console_writer(printed.clone())
        .near_real_time(["test.fast"], Duration::from_hours(1))
        .build_local()
        .unwrap();
    for name in ["test.fast", "test.slow"] {
        telemetry
            .meter("test")
            .u64_counter(name)
            .build()
            .add(1, &[]);
    }
    let page = scrape(telemetry.prometheus_address().unwrap());
    assert!(page.contains("test_fast_total{") && page.contains("test_slow_total{"));
    telemetry.shutdown(LONG).unwrap();
    let printed = printed.text();
    assert!(printed.contains("test.fast") && printed.contains("test.slow"));
    assert_eq!(printed.matches("metrics ·").count(), 1, "{printed}");
    assert_eq!(receiver.arrived().data_points(), 2);
}

#[test]
fn a_name_that_no_exporter_reads_so_is_said() {
    let (builder, said) = over_otlp("http://127.0.0.1:1");
    let telemetry = builder
        .metrics_exporter(Exporter::Console)
        .console_writer(Printed::default())
        .near_real_time(["test.fast"], Duration::from_millis(500))
        .build_local()
        .unwrap();
    telemetry.shutdown(LONG).unwrap();
    let said = said.lock().unwrap();
    assert!(
        said[0].contains("OTEL_METRICS_NEAR_REAL_TIME decides nothing"),
        "{said:?}"
    );
}

#[test]
fn the_interval_holds_after_a_failed_export() {
    let receiver = Receiver::start();
    receiver.answer_first([Answer::Refuse(400), Answer::Refuse(400)]);
    let (builder, said) = over_otlp(&receiver.http());
    let telemetry = builder
        .metric_interval(Duration::from_millis(20))
        .build_local()
        .unwrap();
    let counter = telemetry.meter("test").u64_counter("test.calls").build();
    counter.add(3, &[]);
    let arrived = receiver.wait_until(|arrived| !arrived.metrics.is_empty());
    assert_eq!(sums(&arrived, "test.calls").first(), Some(&3));
    telemetry.shutdown(LONG).unwrap();
    let points = telemetry.ledger().data_points;
    assert!(points.closes(), "{points}");
    assert_eq!(points.failed, 2, "{points}");
    assert_eq!(said.lock().unwrap().len(), 1);
}

/// An export that hangs, and the next one, where an export may take so long.
fn bounded(limited: impl Fn(Builder) -> Builder) {
    let receiver = Receiver::start();
    receiver.answer_first([Answer::Hang]);
    let (builder, _) = over_otlp(&receiver.http());
    let telemetry = limited(builder).build_local().unwrap();
    let counter = telemetry.meter("test").u64_counter("test.calls").build();
    counter.add(3, &[]);
    let begin = Instant::now();
    let error = telemetry.force_flush(LONG).unwrap_err();
    // The OTLP timeout is 10 seconds, and says nothing here.
    assert!(begin.elapsed() < Duration::from_secs(5), "{error}");
    assert!(!error.0.timed_out, "{error}");
    assert_eq!(error.0.data_points, 1, "{error}");
    telemetry.force_flush(LONG).unwrap();
    assert_eq!(sums(&receiver.arrived(), "test.calls"), [3]);
}

#[test]
fn an_exporter_that_hangs_is_bounded_by_its_own_timeout() {
    bounded(|builder| builder.metric_export_timeout(Duration::from_millis(200)));
}

#[test]
fn the_variable_bounds_an_exporter_that_hangs() {
    bounded(|builder| {
        builder.variables(|name| (name == "OTEL_METRIC_EXPORT_TIMEOUT").then(|| "200".to_owned()))
    });
}
