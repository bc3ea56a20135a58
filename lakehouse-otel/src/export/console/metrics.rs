//! Metrics as a table, a line an instrument.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, ExponentialHistogramDataPoint, Histogram, Metric, MetricData,
    ResourceMetrics, ScopeMetrics,
};

use super::format::{Style, fit, number, value};
use super::{MAX_TABLE_ROWS, Output};
use crate::export::sink::{ExportFailure, Exported, MetricSink, Rejected};

const NAME_WIDTH: usize = 44;

/// Prints metrics, all series of an instrument in one line.
#[derive(Debug)]
pub(crate) struct ConsoleMetrics {
    output: Output,
    /// What was printed last: the same again is not.
    last: Mutex<String>,
}

impl ConsoleMetrics {
    pub(crate) fn new(output: Output) -> Self {
        Self {
            output,
            last: Mutex::default(),
        }
    }
}

impl MetricSink for ConsoleMetrics {
    fn export(&self, metrics: &ResourceMetrics) -> Exported {
        let table = table(
            metrics,
            Style {
                colour: self.output.colour,
            },
        );
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != table {
            self.output
                .print(&table)
                .map_err(|error| ExportFailure::new(error.to_string()))?;
            *last = table;
        }
        Ok(Rejected(0))
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}

fn table(metrics: &ResourceMetrics, style: Style) -> String {
    let mut rows: BTreeMap<(bool, String), String> = BTreeMap::new();
    let mut at_zero = 0;
    for metric in metrics.scope_metrics().flat_map(ScopeMetrics::metrics) {
        // The SDK's counts of itself are the ledger's matter.
        if metric.name().starts_with("otel.sdk.") {
            continue;
        }
        let Some(text) = row(metric) else {
            at_zero += 1;
            continue;
        };
        let ours = ["crypto.", "lakehouse."];
        let others = !ours.iter().any(|prefix| metric.name().starts_with(prefix));
        rows.insert((others, metric.name().to_owned()), text);
    }
    if rows.is_empty() {
        return String::new();
    }
    let mut head = format!("metrics · {} instruments", rows.len() + at_zero);
    // Writing to a string cannot fail.
    if at_zero > 0 {
        let _ = write!(head, ", {at_zero} of them at zero");
    }
    let mut text = format!("{}\n", style.dim(&head));
    let left_out = rows.len().saturating_sub(MAX_TABLE_ROWS);
    for ((_, name), row) in rows.iter().take(MAX_TABLE_ROWS) {
        let name = format!("{:NAME_WIDTH$}", fit(name, NAME_WIDTH));
        let _ = writeln!(text, "{} {row}", style.bold(&name));
    }
    if left_out > 0 {
        text += &style.dim(&format!("… and {left_out} more\n"));
    }
    text
}

/// An instrument's line; none where it stands at zero.
fn row(metric: &Metric) -> Option<String> {
    match metric.data() {
        AggregatedMetrics::F64(data) => of(data, metric.unit(), |it| it),
        #[allow(clippy::cast_precision_loss, reason = "three digits are printed")]
        AggregatedMetrics::U64(data) => of(data, metric.unit(), |it| it as f64),
        #[allow(clippy::cast_precision_loss, reason = "three digits are printed")]
        AggregatedMetrics::I64(data) => of(data, metric.unit(), |it| it as f64),
    }
}

fn of<T: Copy>(data: &MetricData<T>, unit: &str, float: impl Fn(T) -> f64) -> Option<String> {
    match data {
        MetricData::Sum(sum) => {
            let points = sum.data_points();
            total(
                points.map(|it| (float(it.value()), outcome(it.attributes()))),
                unit,
            )
        }
        MetricData::Gauge(gauge) => {
            let values: Vec<f64> = gauge
                .data_points()
                .map(|point| float(point.value()))
                .collect();
            let (least, most) = extremes(&values).filter(|range| *range != (0.0, 0.0))?;
            Some(match values.len() {
                1 => format!("{:>12}", value(least, unit)),
                series => format!(
                    "{:>12}  … {} in {series} series",
                    value(least, unit),
                    value(most, unit)
                ),
            })
        }
        MetricData::Histogram(histogram) => distribution(histogram, unit, float),
        MetricData::ExponentialHistogram(histogram) => {
            let count: usize = histogram
                .data_points()
                .map(ExponentialHistogramDataPoint::count)
                .sum();
            Some(format!("{count:>12}"))
        }
    }
}

fn total(points: impl Iterator<Item = (f64, Option<String>)>, unit: &str) -> Option<String> {
    let mut total = 0.0;
    let mut by_outcome: BTreeMap<String, f64> = BTreeMap::new();
    for (value, outcome) in points {
        total += value;
        if let Some(outcome) = outcome
            && value != 0.0
        {
            *by_outcome.entry(outcome).or_default() += value;
        }
    }
    (total != 0.0).then(|| format!("{:>12}{}", value(total, unit), parts(&by_outcome)))
}

fn outcome<'a>(mut attributes: impl Iterator<Item = &'a KeyValue>) -> Option<String> {
    let found = attributes.find(|attribute| attribute.key.as_str() == "crypto.outcome");
    found.map(|attribute| attribute.value.to_string())
}

/// The outcomes, where there is another than `ok`.
fn parts(by_outcome: &BTreeMap<String, f64>) -> String {
    if by_outcome.keys().all(|outcome| outcome == "ok") {
        return String::new();
    }
    let parts: Vec<_> = by_outcome
        .iter()
        .map(|(outcome, count)| format!("{outcome} {}", number(*count)))
        .collect();
    format!("  {}", parts.join(", "))
}

fn distribution<T: Copy>(
    histogram: &Histogram<T>,
    unit: &str,
    float: impl Fn(T) -> f64,
) -> Option<String> {
    let mut merged = Buckets::default();
    let mut sum = 0.0;
    let mut least = f64::INFINITY;
    let mut most = f64::NEG_INFINITY;
    for point in histogram.data_points() {
        merged.add(point.bounds(), point.bucket_counts(), point.count());
        sum += float(point.sum());
        least = least.min(point.min().map_or(0.0, &float));
        most = most.max(point.max().map_or(f64::NEG_INFINITY, &float));
    }
    if merged.total == 0 {
        return None;
    }
    #[allow(clippy::cast_precision_loss, reason = "three digits are printed")]
    let mean = sum / merged.total as f64;
    let mut text = format!("{:>12}  mean {}", group(merged.total), value(mean, unit));
    for (name, quantile) in [("p50", 0.5), ("p95", 0.95)] {
        if let Some(estimate) = merged.quantile(quantile, least, most) {
            // Writing to a string cannot fail.
            let _ = write!(text, "  {name} {}", value(estimate, unit));
        }
    }
    if most.is_finite() {
        let _ = write!(text, "  max {}", value(most, unit));
    }
    Some(text)
}

#[allow(clippy::cast_precision_loss, reason = "counts beyond 2^53 are not met")]
fn group(count: u64) -> String {
    number(count as f64)
}

fn extremes(values: &[f64]) -> Option<(f64, f64)> {
    let least = values.iter().copied().reduce(f64::min)?;
    let most = values.iter().copied().reduce(f64::max)?;
    Some((least, most))
}

/// The buckets of all series together.
#[derive(Default)]
struct Buckets {
    bounds: Vec<f64>,
    counts: Vec<u64>,
    total: u64,
}

impl Buckets {
    fn add(
        &mut self,
        bounds: impl Iterator<Item = f64>,
        counts: impl Iterator<Item = u64>,
        total: u64,
    ) {
        if self.counts.is_empty() {
            self.bounds = bounds.collect();
            self.counts = counts.collect();
        } else {
            for (sum, count) in self.counts.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        self.total += total;
    }

    /// The value that this share lies below, on a straight line through its bucket, as
    /// far as that lies between the least and the most.
    #[allow(clippy::cast_precision_loss, reason = "three digits are printed")]
    fn quantile(&self, share: f64, least: f64, most: f64) -> Option<f64> {
        if self.bounds.is_empty() {
            return None;
        }
        let rank = share * self.total as f64;
        let mut below = 0.0;
        for (index, count) in self.counts.iter().enumerate() {
            let count = *count as f64;
            if count > 0.0 && below + count >= rank {
                let lower = index
                    .checked_sub(1)
                    .map_or(least, |index| self.bounds[index]);
                let lower = lower.max(least);
                let upper = self.bounds.get(index).copied().unwrap_or(most).min(most);
                return Some(lower + (upper - lower).max(0.0) * (rank - below) / count);
            }
            below += count;
        }
        None
    }
}
