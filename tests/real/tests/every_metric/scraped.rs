//! Every metric of the catalogue, as a real Prometheus scrapes it, and what `PromQL` makes of it.

use std::collections::BTreeMap;

use lakehouse_otel::schema::metrics::ALL;
use lakehouse_otel::schema::{InstrumentKind, MetricDefinition};

use super::program::{Book, Program};
use super::prometheus::{Installed, Metadata, Prometheus, get};
use super::support::root;

pub(crate) const SCRAPED: &[(&str, &str)] = &[
    ("OTEL_METRICS_EXPORTER", "prometheus"),
    ("OTEL_EXPORTER_PROMETHEUS_PORT", "0"),
    // So that there are spans, of which telemetry's own metrics tell.
    ("OTEL_TRACES_EXPORTER", "console"),
    ("OTEL_SERVICE_NAME", "every_metric"),
    // The books have no account of the machine.
    ("OTEL_SYSTEM_METRICS", "false"),
];

/// A metric's name in Prometheus, by the rules that DESIGN goes by, and its unit.
///
/// This is said again here, and not taken from the crate.
fn expected(metric: &MetricDefinition) -> (String, &'static str) {
    let unit = match metric.unit {
        "s" => "seconds",
        "By" => "bytes",
        "1/s" => "per_second",
        "1" if metric.instrument == InstrumentKind::Gauge => "ratio",
        _ => "",
    };
    let words = metric.name.replace('.', "_");
    let words = match words.strip_suffix("_count") {
        // `_count` is a histogram's.
        Some(counted) if metric.instrument != InstrumentKind::Histogram => format!("{counted}s"),
        _ => words,
    };
    let name = if unit.is_empty() {
        words
    } else {
        format!("{words}_{unit}")
    };
    (name, unit)
}

#[test]
fn prometheus_has_every_metric_and_the_programs_own_numbers() {
    let Some(installed) = Installed::find() else {
        return;
    };
    let program = Program::run(SCRAPED);
    let address = program.address.unwrap();
    let (head, page) = get(address, "/metrics");
    assert!(head.contains(" 200 "), "{head}");
    assert_eq!(installed.check(&page), Ok(()));

    let prometheus = Prometheus::scraping(&installed, address);
    names(&prometheus);
    program.book.has_every_operation();
    numbers(&prometheus, &program.book);
    let resource = prometheus.query("target_info");
    assert_eq!(resource.len(), 1);
    assert_eq!(resource[0].0["service_name"], "every_metric");
    program.end();
}

/// Each metric of the catalogue is there.
fn names(prometheus: &Prometheus) {
    let of_machine = ["process.", "system.", "container."];
    let of_program = ALL.iter().filter(|metric| {
        let mut prefixes = of_machine.iter();
        !prefixes.any(|prefix| metric.name.starts_with(prefix))
    });
    let seen = named(prometheus, of_program.collect());
    // The page of the metrics has the same names.
    let page = std::fs::read_to_string(root().join("docs/metrics.md")).unwrap();
    for (metric, sample) in &seen {
        let name = sample.trim_end_matches("_bucket");
        let mut rows = page.lines().filter(|row| row.starts_with('|'));
        let row = rows.find(|row| row.contains(&format!("[`{metric}`]")));
        assert!(row.unwrap().contains(&format!("| `{name}` |")), "{row:?}");
    }
    // The names that operators know.
    for (metric, sample) in [
        ("crypto.api.requests", "crypto_api_requests_total"),
        (
            "crypto.api.request.duration",
            "crypto_api_request_duration_seconds_bucket",
        ),
        (
            "crypto.processing.throughput.records",
            "crypto_processing_throughput_records_per_second",
        ),
        ("crypto.data.volume", "crypto_data_volume_bytes_bucket"),
        (
            "crypto.processing.queue.size",
            "crypto_processing_queue_size",
        ),
    ] {
        assert_eq!(seen[metric], sample);
    }
}

/// These metrics are there, each with its type, help and unit; the names of their samples.
pub(crate) fn named(
    prometheus: &Prometheus,
    metrics: Vec<&'static MetricDefinition>,
) -> BTreeMap<&'static str, String> {
    let metadata = prometheus.metadata();
    let mut seen = BTreeMap::new();
    for metric in metrics {
        let (name, unit) = expected(metric);
        let kind = match metric.instrument {
            InstrumentKind::Counter => "counter",
            InstrumentKind::Histogram => "histogram",
            InstrumentKind::UpDownCounter | InstrumentKind::Gauge => "gauge",
        };
        let wanted = Metadata {
            kind: kind.to_owned(),
            help: metric.description.to_owned(),
            unit: unit.to_owned(),
        };
        assert_eq!(metadata.get(&name), Some(&wanted), "{name}");
        let sample = match metric.instrument {
            InstrumentKind::Counter => format!("{name}_total"),
            InstrumentKind::Histogram => format!("{name}_bucket"),
            InstrumentKind::UpDownCounter | InstrumentKind::Gauge => name,
        };
        assert!(!prometheus.query(&sample).is_empty(), "{sample}");
        seen.insert(metric.name, sample);
    }
    seen
}

/// What `PromQL` says is what the program's books say.
fn numbers(prometheus: &Prometheus, book: &Book) {
    let definition = |name: &str| ALL.iter().find(|metric| metric.name == name).unwrap();
    let same = |query: String, value: f64| {
        let found = prometheus.number(&query);
        let close = (found - value).abs() <= value.abs() * 1e-12;
        assert!(close, "{query} is {found}, and the books have {value}");
    };
    for (metric, by_outcome) in &book.sums {
        let definition = definition(metric);
        let (name, _) = expected(definition);
        let sample = match definition.instrument {
            InstrumentKind::Counter => format!("{name}_total"),
            _ => name,
        };
        same(format!("sum({sample})"), book.total(metric));
        for (outcome, sum) in by_outcome.iter().filter(|(outcome, _)| !outcome.is_empty()) {
            same(
                format!("sum({sample}{{crypto_outcome=\"{outcome}\"}})"),
                *sum,
            );
        }
    }
    for (metric, level) in &book.levels {
        same(format!("sum({})", expected(definition(metric)).0), *level);
    }
    for (metric, values) in &book.values {
        let definition = definition(metric);
        let (name, _) = expected(definition);
        let below = |bound: f64| values.iter().filter(|value| **value <= bound).count();
        same(format!("sum({name}_count)"), number(values.len()));
        same(format!("sum({name}_sum)"), values.iter().sum());
        for bound in definition.boundaries {
            // Prometheus keeps the bound as it was written.
            same(
                format!("sum({name}_bucket{{le=\"{bound:?}\"}})"),
                number(below(*bound)),
            );
        }
        for share in [0.5, 0.95, 0.99] {
            let query = format!("histogram_quantile({share}, sum by (le) ({name}_bucket))");
            same(query, quantile(share, definition.boundaries, values));
        }
    }
    // The share of failures, as an alert would have it.
    let (errors, requests) = (
        book.total("crypto.api.errors"),
        book.total("crypto.api.requests"),
    );
    same(
        "sum(crypto_api_errors_total) / sum(crypto_api_requests_total)".to_owned(),
        errors / requests,
    );
}

/// The quantile of a histogram with these boundaries, as Prometheus defines it.
fn quantile(share: f64, boundaries: &[f64], values: &[f64]) -> f64 {
    let rank = share * number(values.len());
    let (mut lower, mut below) = (0.0, 0.0);
    for bound in boundaries {
        let count = number(values.iter().filter(|value| **value <= *bound).count());
        if count >= rank {
            return lower + (bound - lower) * ((rank - below) / (count - below));
        }
        (lower, below) = (*bound, count);
    }
    lower
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn number(count: usize) -> f64 {
    count as f64
}
