//! How the configuration of metrics is read.

#![cfg(feature = "enabled")]

use std::time::Duration;

use lakehouse_otel::Telemetry;
use lakehouse_otel::config::{
    Config, ConfigError, Exporter, HistogramAggregation, TemporalityPreference,
};
use lakehouse_otel::metrics::views::View;

fn load(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_lookup(|name| {
        let mut variables = variables.iter();
        let (_, value) = variables.find(|(variable, _)| *variable == name)?;
        Some((*value).to_owned())
    })
}

#[track_caller]
fn refused(variable: &str, value: &str) -> String {
    let error = load(&[(variable, value)]).unwrap_err();
    let [problem] = error.problems() else {
        panic!("{error}");
    };
    assert_eq!(problem.variable, variable);
    problem.advice.clone()
}

#[test]
fn exporters_are_a_list() {
    let exporters = |text| {
        let config = load(&[("OTEL_METRICS_EXPORTER", text)]).unwrap();
        config.metrics.exporters
    };
    assert_eq!(exporters("none"), []);
    assert_eq!(exporters("otlp"), [Exporter::Otlp]);
    assert_eq!(
        exporters(" OTLP, console ,otlp,"),
        [Exporter::Otlp, Exporter::Console]
    );
    for wrong in ["otlp,none", "otlp,jaeger", ","] {
        let advice = refused("OTEL_METRICS_EXPORTER", wrong);
        assert!(advice.contains("prometheus, console"), "{advice}");
    }
    // Spans go to one place, and Prometheus takes none.
    for wrong in ["otlp,console", "prometheus"] {
        refused("OTEL_TRACES_EXPORTER", wrong);
    }
}

#[cfg(feature = "prometheus")]
#[test]
fn prometheus_has_an_address() {
    let config = load(&[("OTEL_METRICS_EXPORTER", "prometheus,otlp")]).unwrap();
    assert_eq!(
        config.metrics.exporters,
        [Exporter::Prometheus, Exporter::Otlp]
    );
    let prometheus = config.metrics.prometheus;
    assert_eq!((&*prometheus.host, prometheus.port), ("127.0.0.1", 9464));
    let config = load(&[
        ("OTEL_EXPORTER_PROMETHEUS_HOST", "0.0.0.0"),
        ("OTEL_EXPORTER_PROMETHEUS_PORT", "0"),
    ]);
    let prometheus = config.unwrap().metrics.prometheus;
    assert_eq!((&*prometheus.host, prometheus.port), ("0.0.0.0", 0));
    for wrong in ["65536", "-1", "http"] {
        refused("OTEL_EXPORTER_PROMETHEUS_PORT", wrong);
    }
}

#[cfg(not(feature = "prometheus"))]
#[test]
fn prometheus_needs_its_feature() {
    let advice = refused("OTEL_METRICS_EXPORTER", "prometheus");
    assert!(advice.contains("cargo feature `prometheus`"), "{advice}");
}

#[test]
fn what_is_unset_has_its_default() {
    let metrics = load(&[]).unwrap().metrics;
    assert_eq!(metrics.near_real_time.metrics, Vec::<String>::new());
    assert_eq!(metrics.near_real_time.interval, Duration::from_millis(500));
    assert_eq!(metrics.temporality, TemporalityPreference::Cumulative);
    assert_eq!(metrics.histograms, HistogramAggregation::ExplicitBucket);
    assert_eq!(metrics.views, []);
    assert!(!metrics.small_memory);
}

#[test]
fn every_variable_is_read() {
    let metrics = load(&[
        ("OTEL_METRICS_EXPORTER", "otlp"),
        ("OTEL_METRICS_NEAR_REAL_TIME", "a.*, b"),
        ("OTEL_METRICS_NEAR_REAL_TIME_INTERVAL", "250"),
        (
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
            "LowMemory",
        ),
        (
            "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
            "base2_exponential_bucket_histogram",
        ),
        ("OTEL_METRICS_VIEWS", "a.* drop"),
    ]);
    let metrics = metrics.unwrap().metrics;
    assert_eq!(metrics.near_real_time.metrics, ["a.*", "b"]);
    assert_eq!(metrics.near_real_time.interval, Duration::from_millis(250));
    assert_eq!(metrics.temporality, TemporalityPreference::LowMemory);
    assert_eq!(metrics.histograms, HistogramAggregation::Base2Exponential);
    assert_eq!(metrics.views, [View::of("a.*").dropped()]);
}

#[test]
fn views_come_over_those_of_the_environment_and_of_the_preset() {
    let config = load(&[
        ("DEPLOYMENT_ENV", "production"),
        ("OTEL_METRICS_SMALL_MEMORY", "true"),
        ("OTEL_METRICS_VIEWS", "x limit=7"),
    ]);
    let views = config.unwrap().metrics.views;
    assert_eq!(views[0], View::of("crypto.debug.*").dropped());
    assert_eq!(views[1], View::of("*").limit(100));
    assert_eq!(views.last(), Some(&View::of("x").limit(7)));
}

#[test]
fn mistakes_are_said_all_at_once() {
    let error = load(&[
        ("OTEL_METRICS_EXPORTER", "otlp"),
        ("OTEL_METRICS_NEAR_REAL_TIME", ","),
        ("OTEL_METRICS_NEAR_REAL_TIME_INTERVAL", "0"),
        ("OTEL_METRICS_SMALL_MEMORY", "a bit"),
        (
            "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
            "buckets",
        ),
        ("OTEL_METRICS_VIEWS", "a sing"),
    ]);
    assert_eq!(error.unwrap_err().problems().len(), 5);
}

#[test]
fn several_exporters_of_a_builder_are_a_list_too() {
    // Nothing is built where it is switched off, and the list is read all the same when it is on.
    for (exporters, refused) in [
        (vec![], false),
        (vec![Exporter::None], false),
        (vec![Exporter::None, Exporter::Console], true),
    ] {
        let telemetry = Telemetry::builder()
            .variables(|_| None)
            .traces_exporter(Exporter::None)
            .metrics_exporters(exporters)
            .build_local();
        assert_eq!(telemetry.is_err(), refused);
    }
}

#[test]
fn the_system_is_read_every_ten_seconds_unless_somebody_says_otherwise() {
    let interval = |variables: &[_]| load(variables).unwrap().metrics.system_interval;
    assert_eq!(interval(&[]), Duration::from_secs(10));
    let often = [("OTEL_SYSTEM_METRICS_INTERVAL", "2500")];
    assert_eq!(interval(&often), Duration::from_millis(2_500));
    for wrong in ["0", "10s"] {
        refused("OTEL_SYSTEM_METRICS_INTERVAL", wrong);
    }
}
