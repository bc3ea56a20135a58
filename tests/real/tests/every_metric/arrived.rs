//! Every metric of the catalogue, over OTLP through a real collector, as a receiver that shares no code
//! with ours decodes it: totals and deltas come to the same numbers, which are the program's own. So do the spans
//! of its operations.

use std::collections::BTreeMap;

use lakehouse_otel::schema::InstrumentKind;
use lakehouse_otel::schema::metrics::ALL;
use serde_json::Value;

use super::program::{Book, Program};
use super::support::collector::{Collector, Systems};

/// What the specification makes of each preference.
const CUMULATIVE: [&str; 4] = [
    "counter cumulative",
    "histogram cumulative",
    "observable counter cumulative",
    "updowncounter cumulative",
];
const DELTA: [&str; 4] = [
    "counter delta",
    "histogram delta",
    "observable counter delta",
    "updowncounter cumulative",
];
const LOW_MEMORY: [&str; 4] = [
    "counter delta",
    "histogram delta",
    "observable counter cumulative",
    "updowncounter cumulative",
];

/// What arrived of one series: its outcome, and its sum or level, or its count and sum.
#[derive(Clone, Debug, Default)]
struct Series {
    /// `crypto.outcome` of its attributes, or nothing.
    outcome: String,
    time: u64,
    sum: f64,
    count: u64,
}

/// What arrived, by the metric's name, and by scope and attributes.
type Arrived = BTreeMap<String, BTreeMap<String, Series>>;

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

/// A 64-bit number, which JSON has as a text.
fn unsigned(value: &Value) -> u64 {
    value.as_str().map_or(0, |text| text.parse().unwrap())
}

/// Each metric of each export, with its scope.
fn metrics(received: &[Value]) -> impl Iterator<Item = (&Value, &Value)> {
    let requests = received
        .iter()
        .filter(|request| request["kind"] == "metrics");
    let resources = requests.flat_map(|request| list(&request["body"], "resourceMetrics"));
    let scopes = resources.flat_map(|resource| list(resource, "scopeMetrics"));
    scopes.flat_map(|scope| list(scope, "metrics").map(move |metric| (&scope["scope"], metric)))
}

fn arrived(received: &[Value]) -> Arrived {
    let mut arrived = Arrived::new();
    for (scope, metric) in metrics(received) {
        let name = metric["name"].as_str().unwrap();
        let of_metric = arrived.entry(name.to_owned()).or_default();
        for kind in ["sum", "gauge", "histogram"] {
            let delta = metric[kind]["aggregationTemporality"] == "AGGREGATION_TEMPORALITY_DELTA";
            for point in list(&metric[kind], "dataPoints") {
                let key = format!("{scope} {}", sorted(point));
                let series = of_metric.entry(key).or_default();
                add(series, &read(kind, point), delta);
            }
        }
    }
    arrived
}

/// The kinds of instrument, each with the temporality in which its metrics arrived, and those metrics.
fn temporalities(received: &[Value]) -> BTreeMap<String, Vec<&str>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (_, metric) in metrics(received) {
        let name = metric["name"].as_str().unwrap();
        let definition = ALL.iter().find(|definition| definition.name == name);
        let definition = definition.unwrap_or_else(|| panic!("{name} is not in the catalogue"));
        let (instrument, kind) = match definition.instrument {
            InstrumentKind::Counter if definition.observable => ("observable counter", "sum"),
            InstrumentKind::Counter => ("counter", "sum"),
            InstrumentKind::UpDownCounter => ("updowncounter", "sum"),
            InstrumentKind::Histogram => ("histogram", "histogram"),
            // A level is in no temporality.
            InstrumentKind::Gauge => continue,
        };
        let temporality = &metric[kind]["aggregationTemporality"];
        let temporality = temporality
            .as_str()
            .and_then(|name| name.strip_prefix("AGGREGATION_TEMPORALITY_"));
        let temporality = temporality.unwrap_or_else(|| panic!("{metric} is no {kind}"));
        let line = format!("{instrument} {}", temporality.to_lowercase());
        found.entry(line).or_default().push(name);
    }
    found
}

/// How many spans of operations ended how, by the operation's type.
fn ended(received: &[Value]) -> BTreeMap<String, BTreeMap<String, u64>> {
    let requests = received
        .iter()
        .filter(|request| request["kind"] == "traces");
    let resources = requests.flat_map(|request| list(&request["body"], "resourceSpans"));
    let scopes = resources.flat_map(|resource| list(resource, "scopeSpans"));
    let mut ended: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for span in scopes.flat_map(|scope| list(scope, "spans")) {
        let of = attribute(span, "crypto.operation_type");
        let outcome = attribute(span, "crypto.outcome");
        *ended.entry(of).or_default().entry(outcome).or_default() += 1;
    }
    ended
}

/// The text of an attribute, or nothing.
fn attribute(of: &Value, key: &str) -> String {
    let found = list(of, "attributes").find(|attribute| attribute["key"] == key);
    let text = found.and_then(|attribute| attribute["value"]["stringValue"].as_str());
    text.unwrap_or_default().to_owned()
}

/// The attributes of a point, in the order of their keys.
fn sorted(point: &Value) -> String {
    let mut attributes: Vec<_> = list(point, "attributes").map(Value::to_string).collect();
    attributes.sort();
    attributes.join(",")
}

fn read(kind: &str, point: &Value) -> Series {
    let sum = match (kind, point["asInt"].as_str()) {
        ("histogram", _) => point["sum"].as_f64().unwrap_or_default(),
        (_, Some(int)) => int.parse().unwrap(),
        (_, None) => point["asDouble"].as_f64().unwrap_or_default(),
    };
    Series {
        outcome: attribute(point, "crypto.outcome"),
        time: unsigned(&point["timeUnixNano"]),
        sum,
        count: unsigned(&point["count"]),
    }
}

/// A delta is added; of totals and levels the last one holds.
fn add(series: &mut Series, point: &Series, delta: bool) {
    if delta {
        series.outcome.clone_from(&point.outcome);
        series.sum += point.sum;
        series.count += point.count;
    } else if point.time >= series.time {
        *series = point.clone();
    }
}

/// What arrives where the program's environment asks for this temporality, and the program's books.
fn through(
    preference: &str,
    protocol: &str,
    port: impl Fn(&Collector) -> u16,
) -> Option<(Vec<Value>, Book)> {
    let systems = Systems::find()?;
    let collector = Collector::start(&systems);
    let endpoint = format!("http://127.0.0.1:{}", port(&collector));
    let program = Program::run(&[
        ("OTEL_METRICS_EXPORTER", "otlp"),
        ("OTEL_TRACES_EXPORTER", "otlp"),
        // So that each operation has a span.
        ("OTEL_TRACES_SAMPLER", "always_on"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
        (
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
            preference,
        ),
        ("OTEL_METRIC_EXPORT_INTERVAL", "50"),
        ("OTEL_METRICS_NEAR_REAL_TIME", "crypto.api.*"),
        ("OTEL_METRICS_NEAR_REAL_TIME_INTERVAL", "20"),
        ("OTEL_SYSTEM_METRICS", "false"),
    ]);
    let book = program.end();
    Some((collector.stop(), book))
}

/// The numbers are the program's own, and came in these temporalities and in no other.
fn arrives(
    preference: &str,
    protocol: &str,
    port: impl Fn(&Collector) -> u16,
    expected: [&str; 4],
) {
    let Some((received, book)) = through(preference, protocol, port) else {
        return;
    };
    let found = temporalities(&received);
    assert!(found.keys().eq(expected), "{found:#?}");
    check(&arrived(&received), &book);
    book.has_every_operation();
    assert_eq!(ended(&received), book.ended);
}

fn check(arrived: &Arrived, book: &Book) {
    let of = |metric: &str| {
        let series = arrived.get(metric);
        series
            .unwrap_or_else(|| panic!("{metric} did not arrive"))
            .values()
    };
    for (metric, by_outcome) in &book.sums {
        let sum: f64 = of(metric).map(|series| series.sum).sum();
        assert!((sum - book.total(metric)).abs() < 1e-9, "{metric}: {sum}");
        for (outcome, expected) in by_outcome.iter().filter(|(outcome, _)| !outcome.is_empty()) {
            let with_it = of(metric).filter(|series| series.outcome == *outcome);
            let sum: f64 = with_it.map(|series| series.sum).sum();
            assert!((sum - expected).abs() < 1e-9, "{metric} {outcome}: {sum}");
        }
    }
    for (metric, level) in &book.levels {
        let sum: f64 = of(metric).map(|series| series.sum).sum();
        assert!((sum - level).abs() < 1e-9, "{metric}: {sum}");
    }
    for (metric, values) in &book.values {
        let count: u64 = of(metric).map(|series| series.count).sum();
        let sum: f64 = of(metric).map(|series| series.sum).sum();
        assert_eq!(count, values.len() as u64, "{metric}");
        assert!(
            (sum - values.iter().sum::<f64>()).abs() < 1e-9,
            "{metric}: {sum}"
        );
    }
}

#[test]
fn totals_over_http() {
    arrives(
        "cumulative",
        "http/protobuf",
        |collector| collector.http,
        CUMULATIVE,
    );
}

#[test]
fn totals_over_grpc() {
    arrives("cumulative", "grpc", |collector| collector.grpc, CUMULATIVE);
}

#[test]
fn deltas_over_http() {
    arrives("delta", "http/protobuf", |collector| collector.http, DELTA);
}

#[test]
fn deltas_over_grpc() {
    arrives("delta", "grpc", |collector| collector.grpc, DELTA);
}

#[test]
fn low_memory_over_http() {
    arrives(
        "lowmemory",
        "http/protobuf",
        |collector| collector.http,
        LOW_MEMORY,
    );
}

#[test]
fn low_memory_over_grpc() {
    arrives("lowmemory", "grpc", |collector| collector.grpc, LOW_MEMORY);
}
