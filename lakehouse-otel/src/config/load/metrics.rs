//! How the configuration of metrics is read.

use std::time::Duration;

use super::otlp;
use crate::config::lookup::Lookup;
use crate::config::{
    Exporter, HistogramAggregation, MetricsConfig, NearRealTimeConfig, PrometheusConfig,
    TemporalityPreference, parse,
};
use crate::metrics::views::{self, View};

/// How often the machine and the process are read where nothing is set.
const SYSTEM_INTERVAL: Duration = Duration::from_secs(10);

/// Reads it; `local` says that somebody sits before the console, `production` that nobody looks for
/// mistakes.
pub(super) fn metrics(lookup: &Lookup<'_>, local: bool, production: bool) -> MetricsConfig {
    let otlp = otlp::otlp(lookup, &otlp::METRICS);
    let exporters = lookup
        .parsed(otlp::METRICS.exporter, exporters)
        .unwrap_or_else(|| {
            vec![if local && !otlp.endpoint_is_set {
                Exporter::Console
            } else {
                Exporter::Otlp
            }]
        });
    let over_otlp = exporters.contains(&Exporter::Otlp);
    if over_otlp {
        otlp.check_features(lookup);
    }
    if exporters.contains(&Exporter::Prometheus) && !cfg!(feature = "prometheus") {
        lookup.problem(
            otlp::METRICS.exporter,
            Exporter::Prometheus.to_string(),
            "needs lakehouse-otel's cargo feature `prometheus`".to_owned(),
        );
    }
    let small_memory = lookup
        .parsed("OTEL_METRICS_SMALL_MEMORY", parse::switch)
        .unwrap_or(false);
    MetricsConfig {
        otlp: otlp.config,
        prometheus: prometheus(lookup),
        interval: lookup.parsed("OTEL_METRIC_EXPORT_INTERVAL", parse::millis),
        near_real_time: near_real_time(lookup, over_otlp),
        temporality: lookup
            .parsed(
                "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
                |text| text.parse().ok(),
            )
            .unwrap_or(TemporalityPreference::Cumulative),
        histograms: lookup
            .parsed(
                "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
                |text| text.parse().ok(),
            )
            .unwrap_or(HistogramAggregation::ExplicitBucket),
        small_memory,
        views: views(lookup, production, small_memory),
        system: lookup
            .parsed("OTEL_SYSTEM_METRICS", parse::switch)
            .unwrap_or(exporters != [Exporter::Console]),
        system_interval: lookup
            .parsed("OTEL_SYSTEM_METRICS_INTERVAL", parse::millis)
            .unwrap_or(SYSTEM_INTERVAL),
        exporters,
    }
}

/// `none`, or other places with commas between, each once.
fn exporters(text: &str) -> Option<Vec<Exporter>> {
    let mut exporters = Vec::new();
    for name in parse::list(text)? {
        let exporter: Exporter = name.parse().ok()?;
        if !exporters.contains(&exporter) {
            exporters.push(exporter);
        }
    }
    if exporters == [Exporter::None] {
        exporters.clear();
    }
    (!exporters.contains(&Exporter::None)).then_some(exporters)
}

fn prometheus(lookup: &Lookup<'_>) -> PrometheusConfig {
    let unset = PrometheusConfig::default();
    PrometheusConfig {
        host: lookup
            .text("OTEL_EXPORTER_PROMETHEUS_HOST")
            .unwrap_or(unset.host),
        port: lookup
            .parsed("OTEL_EXPORTER_PROMETHEUS_PORT", parse::port)
            .unwrap_or(unset.port),
    }
}

fn near_real_time(lookup: &Lookup<'_>, over_otlp: bool) -> NearRealTimeConfig {
    const METRICS: &str = "OTEL_METRICS_NEAR_REAL_TIME";
    let unset = NearRealTimeConfig::default();
    let config = NearRealTimeConfig {
        metrics: lookup.parsed(METRICS, parse::list).unwrap_or(unset.metrics),
        interval: lookup
            .parsed("OTEL_METRICS_NEAR_REAL_TIME_INTERVAL", parse::millis)
            .unwrap_or(unset.interval),
    };
    if !config.metrics.is_empty() && !over_otlp {
        lookup.warn(format!(
            "{METRICS} decides nothing: metrics do not go over OTLP, and no other exporter has an interval for some of them"
        ));
    }
    config
}

/// The views that hold without a word, then those of the variable.
fn views(lookup: &Lookup<'_>, production: bool, small_memory: bool) -> Vec<View> {
    const VIEWS: &str = "OTEL_METRICS_VIEWS";
    let mut views = Vec::new();
    if production {
        views.push(View::of("crypto.debug.*").dropped());
    }
    if small_memory {
        views.extend(views::small_memory());
    }
    if let Some(text) = lookup.text(VIEWS) {
        match views::parse(&text) {
            Ok(parsed) => {
                for warning in parsed.iter().filter_map(View::warning) {
                    lookup.warn(warning);
                }
                if let Some((_, advice)) = views::one_name_for_two(&parsed) {
                    lookup.problem(VIEWS, text, advice);
                }
                views.extend(parsed);
            }
            Err(advice) => lookup.problem(VIEWS, text, advice),
        }
    }
    views
}
