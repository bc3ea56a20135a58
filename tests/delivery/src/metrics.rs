//! Telemetry of metrics alone, and what of them arrived.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lakehouse_otel::Telemetry;
use lakehouse_otel::config::Exporter;
use lakehouse_otel::telemetry::Builder;

use crate::Arrived;

/// What the diagnostics said.
pub type Said = Arc<Mutex<Vec<String>>>;

/// Metrics over OTLP, exported when they are asked for.
pub fn over_otlp(url: &str) -> (Builder, Said) {
    let said = Said::default();
    let builder = Telemetry::builder()
        .variables(|_| None)
        .traces_exporter(Exporter::None)
        .metrics_exporter(Exporter::Otlp)
        .endpoint(url)
        .metric_interval(Duration::from_hours(1))
        .diagnostics({
            let said = Arc::clone(&said);
            move |line: &str| {
                said.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(line.to_owned());
            }
        });
    (builder, said)
}

/// The sum of each export that has this metric.
#[must_use]
pub fn sums(arrived: &Arrived, metric: &str) -> Vec<i64> {
    let exports = arrived.metrics.iter();
    exports
        .filter_map(|export| export.sums.get(metric).copied())
        .collect()
}
