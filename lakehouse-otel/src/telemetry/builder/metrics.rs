//! Where metrics go, and what of them.

use std::time::Duration;

use super::Builder;
use crate::config::{Exporter, HistogramAggregation, TemporalityPreference};
use crate::metrics::views::View;

impl Builder {
    /// Where metrics go; over `OTEL_METRICS_EXPORTER`.
    pub fn metrics_exporter(self, exporter: Exporter) -> Self {
        self.metrics_exporters([exporter])
    }

    /// Where metrics go, all of these places; over `OTEL_METRICS_EXPORTER`. With none they go nowhere.
    ///
    /// ```no_run
    /// use lakehouse_otel::Telemetry;
    /// use lakehouse_otel::config::Exporter;
    ///
    /// let telemetry = Telemetry::builder()
    ///     .metrics_exporters([Exporter::Otlp, Exporter::Console])
    ///     .init()?;
    /// # Ok::<(), lakehouse_otel::telemetry::InitError>(())
    /// ```
    pub fn metrics_exporters(self, exporters: impl IntoIterator<Item = Exporter>) -> Self {
        let names: Vec<_> = exporters.into_iter().map(Exporter::as_str).collect();
        let list = if names.is_empty() {
            Exporter::None.to_string()
        } else {
            names.join(",")
        };
        self.set("OTEL_METRICS_EXPORTER", list)
    }

    /// Where Prometheus finds the metrics, under `/metrics`; over `OTEL_EXPORTER_PROMETHEUS_HOST`, `127.0.0.1` by default, and
    /// `OTEL_EXPORTER_PROMETHEUS_PORT`, 9464 by default. Port 0 lets the system choose one, which
    /// [`Telemetry::prometheus_address`](crate::Telemetry::prometheus_address) says.
    pub fn prometheus_address(self, host: impl Into<String>, port: u16) -> Self {
        self.set("OTEL_EXPORTER_PROMETHEUS_HOST", host)
            .set("OTEL_EXPORTER_PROMETHEUS_PORT", port.to_string())
    }

    /// How often metrics are exported; over `OTEL_METRIC_EXPORT_INTERVAL`.
    pub fn metric_interval(self, interval: Duration) -> Self {
        self.set(
            "OTEL_METRIC_EXPORT_INTERVAL",
            interval.as_millis().to_string(),
        )
    }

    /// How long one export of metrics may take; over `OTEL_METRIC_EXPORT_TIMEOUT`, 30 seconds by default. The smaller of
    /// this and [`export_timeout`](Self::export_timeout) holds.
    pub fn metric_export_timeout(self, timeout: Duration) -> Self {
        self.set(
            "OTEL_METRIC_EXPORT_TIMEOUT",
            timeout.as_millis().to_string(),
        )
    }

    /// Whether sums and histograms that go over OTLP go on from the start; over
    /// `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`, [`TemporalityPreference::Cumulative`] by default. Prometheus and
    /// the console have totals in any case.
    pub fn temporality(self, preference: TemporalityPreference) -> Self {
        self.set(
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
            preference.as_str(),
        )
    }

    /// The buckets of all histograms, where no view says otherwise; over
    /// `OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION`, [`HistogramAggregation::ExplicitBucket`] by default.
    pub fn histograms(self, aggregation: HistogramAggregation) -> Self {
        self.set(
            "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
            aggregation.as_str(),
        )
    }

    /// Metrics that go over OTLP at an interval of their own, and not with the rest; over `OTEL_METRICS_NEAR_REAL_TIME`, none
    /// by default, and `OTEL_METRICS_NEAR_REAL_TIME_INTERVAL`, 500 ms by default. In a name `*` stands for any text.
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use lakehouse_otel::Telemetry;
    ///
    /// let telemetry = Telemetry::builder()
    ///     .near_real_time(["crypto.processing.queue.size", "crypto.api.rate_limit.*"], Duration::from_millis(500))
    ///     .metric_interval(Duration::from_secs(60))
    ///     .init()?;
    /// # Ok::<(), lakehouse_otel::telemetry::InitError>(())
    /// ```
    pub fn near_real_time<N: AsRef<str>>(
        self,
        metrics: impl IntoIterator<Item = N>,
        interval: Duration,
    ) -> Self {
        let mut names = String::new();
        for name in metrics {
            names.extend([name.as_ref(), ","]);
        }
        self.set("OTEL_METRICS_NEAR_REAL_TIME", names).set(
            "OTEL_METRICS_NEAR_REAL_TIME_INTERVAL",
            interval.as_millis().to_string(),
        )
    }

    /// Whether the machine, the process and its container are observed: CPU, memory, open files, threads, disks, network,
    /// pressure, limits; over `OTEL_SYSTEM_METRICS`, `true` by default, but `false` where metrics go to the console alone.
    pub fn system_metrics(self, observed: bool) -> Self {
        self.set("OTEL_SYSTEM_METRICS", observed.to_string())
    }

    /// How often they are read, on a thread of their own; over `OTEL_SYSTEM_METRICS_INTERVAL`, 10 seconds by default. A
    /// flush and the end read once more, where the latest reading is a second old.
    pub fn system_metrics_interval(self, interval: Duration) -> Self {
        self.set(
            "OTEL_SYSTEM_METRICS_INTERVAL",
            interval.as_millis().to_string(),
        )
    }

    /// What is done with single metrics: renamed, dropped, their attributes, buckets and limits. Over
    /// `OTEL_METRICS_VIEWS`, and over the views that were given before.
    pub fn view(mut self, view: View) -> Self {
        self.views.push(view);
        self
    }

    /// Whether metrics use as little memory as can be; over `OTEL_METRICS_SMALL_MEMORY`, `false` by default. Then they go over
    /// OTLP each minute where no interval is set, have at most 100 attribute sets each, and those that need the most
    /// memory are left out; `docs/metric-readers.md` has the list.
    pub fn small_memory(self, small: bool) -> Self {
        self.set("OTEL_METRICS_SMALL_MEMORY", small.to_string())
    }
}
