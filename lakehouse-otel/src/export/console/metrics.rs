//! Metrics as a table, a line an instrument.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, ExponentialHistogramDataPoint, Histogram, Metric, MetricData,
    ResourceMetrics, ScopeMetrics,
};

use super::format::{Style, fit, number, value};
use super::{MAX_TABLE_ROWS, Output};
use crate::export::sink::{ExportFailure, Exported, MetricSink, Rejected};

const MAX_NAME: usize = 44;

/// Prints metrics, all series of an instrument in one line.
#[derive(Debug)]
pub(crate) struct ConsoleMetrics {
    output: Output,
    /// What was printed last: the same again is not.
    last: String,
}

impl ConsoleMetrics {
    pub(crate) fn new(output: Output) -> Self {
        Self {
            output,
            last: String::new(),
        }
    }
}

impl MetricSink for ConsoleMetrics {
    fn export(&mut self, metrics: &[ResourceMetrics]) -> Exported {
        let table = table(
            metrics,
            Style {
                colour: self.output.colour,
            },
        );
        if self.last != table {
            self.output
                .print(&table)
                .map_err(|error| ExportFailure::new(error.to_string()))?;
            self.last = table;
        }
        Ok(Rejected(0))
    }
}

fn table(metrics: &[ResourceMetrics], style: Style) -> String {
    let mut rows: BTreeMap<(bool, String), Row> = BTreeMap::new();
    let mut at_zero = 0;
    let scopes = metrics.iter().flat_map(ResourceMetrics::scope_metrics);
    for metric in scopes.flat_map(ScopeMetrics::metrics) {
        // The SDK's counts of itself are the ledger's matter.
        if metric.name().starts_with("otel.sdk.") {
            continue;
        }
        let Some(row) = row(metric) else {
            at_zero += 1;
            continue;
        };
        let ours = ["crypto.", "lakehouse."];
        let others = !ours.iter().any(|prefix| metric.name().starts_with(prefix));
        rows.insert((others, metric.name().to_owned()), row);
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
    let shown = || rows.iter().take(MAX_TABLE_ROWS);
    let widest = |of: fn((&(bool, String), &Row)) -> usize| shown().map(of).max().unwrap_or(0);
    let names = widest(|((_, name), _)| name.chars().count()).min(MAX_NAME);
    let values = widest(|(_, row)| row.value.chars().count());
    for ((_, name), Row { value, rest }) in shown() {
        let name = style.bold(&format!("{:names$}", fit(name, MAX_NAME)));
        let line = format!("{name}  {value:>values$}  {rest}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if left_out > 0 {
        text += &style.dim(&format!("… and {left_out} more\n"));
    }
    text
}

/// An instrument's line.
struct Row {
    value: String,
    rest: String,
}

impl Row {
    fn new(value: String, rest: impl Into<String>) -> Self {
        Self {
            value,
            rest: rest.into(),
        }
    }
}

/// An instrument's line; none where it stands at zero.
fn row(metric: &Metric) -> Option<Row> {
    match metric.data() {
        AggregatedMetrics::F64(data) => of(data, metric.unit(), |it| it),
        #[allow(clippy::cast_precision_loss, reason = "three digits are printed")]
        AggregatedMetrics::U64(data) => of(data, metric.unit(), |it| it as f64),
        #[allow(clippy::cast_precision_loss, reason = "three digits are printed")]
        AggregatedMetrics::I64(data) => of(data, metric.unit(), |it| it as f64),
    }
}

fn of<T: Copy>(data: &MetricData<T>, unit: &str, float: impl Fn(T) -> f64) -> Option<Row> {
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
            let (least, most) = (value(least, unit), value(most, unit));
            let rest = match values.len() {
                1 => String::new(),
                series if least == most => format!("in each of {series} series"),
                series => format!("… {most} in {series} series"),
            };
            Some(Row::new(least, rest))
        }
        MetricData::Histogram(histogram) => distribution(histogram, unit, float),
        MetricData::ExponentialHistogram(histogram) => {
            let count: usize = histogram
                .data_points()
                .map(ExponentialHistogramDataPoint::count)
                .sum();
            Some(Row::new(group(count as u64), ""))
        }
    }
}

fn total(points: impl Iterator<Item = (f64, Option<String>)>, unit: &str) -> Option<Row> {
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
    (total != 0.0).then(|| Row::new(value(total, unit), parts(&by_outcome)))
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
    parts.join(", ")
}

fn distribution<T: Copy>(
    histogram: &Histogram<T>,
    unit: &str,
    float: impl Fn(T) -> f64,
) -> Option<Row> {
    let mut merged = Buckets::default();
    let mut sum = 0.0;
    let mut most = f64::NEG_INFINITY;
    for point in histogram.data_points() {
        merged.add(point.bounds(), point.bucket_counts(), point.count());
        sum += float(point.sum());
        most = most.max(point.max().map_or(f64::NEG_INFINITY, &float));
    }
    if merged.total == 0 {
        return None;
    }
    #[allow(clippy::cast_precision_loss, reason = "three digits are printed")]
    let mean = sum / merged.total as f64;
    let mut text = format!("mean {}", value(mean, unit));
    for (name, share) in [("p50", 0.5), ("p95", 0.95)] {
        // Writing to a string cannot fail.
        let _ = match merged.quantile(share, most) {
            Some(Quantile::About(estimate)) => write!(text, "  {name} {}", value(estimate, unit)),
            Some(Quantile::AtMost(bound)) => {
                // A bound is a round number, and not a measured one.
                let bound = value(bound, unit).replace(".00 ", " ").replace(".0 ", " ");
                write!(text, "  {name} ≤ {bound}")
            }
            None => Ok(()),
        };
    }
    if most.is_finite() {
        let _ = write!(text, "  max {}", value(most, unit));
    }
    Some(Row::new(group(merged.total), text))
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

    /// The value that this share lies below, on a straight line through its bucket. In the first bucket
    /// of durations or sizes a line would say anything: only the bound is sure, and where the most lies
    /// below that, it says more.
    #[allow(clippy::cast_precision_loss, reason = "three digits are printed")]
    fn quantile(&self, share: f64, most: f64) -> Option<Quantile> {
        if self.total == 1 && most.is_finite() {
            return Some(Quantile::About(most));
        }
        let rank = share * self.total as f64;
        let mut below = 0.0;
        for (index, count) in self.counts.iter().enumerate() {
            let count = *count as f64;
            if count > 0.0 && below + count >= rank {
                let bound = self.bounds.get(index).copied();
                let lower = index.checked_sub(1).map(|index| self.bounds[index]);
                let Some(lower) = lower.filter(|lower| *lower > 0.0) else {
                    let sure = bound.filter(|bound| !most.is_finite() || *bound <= most);
                    return sure.map(Quantile::AtMost);
                };
                let upper = match bound {
                    Some(bound) if most.is_finite() => bound.min(most),
                    Some(bound) => bound,
                    None if most.is_finite() => most,
                    None => return None,
                };
                let estimate = lower + (upper - lower).max(0.0) * (rank - below) / count;
                return Some(Quantile::About(estimate));
            }
            below += count;
        }
        None
    }
}

/// What a histogram tells about a quantile.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Quantile {
    About(f64),
    AtMost(f64),
}
