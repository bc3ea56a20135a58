//! All series of a metric, in one line.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, Metric, MetricData};

use super::format::{number, value};

/// A metric's line.
pub(super) struct Row {
    pub(super) value: String,
    pub(super) rest: String,
}

impl Row {
    fn new(value: String, rest: impl Into<String>) -> Self {
        Self {
            value,
            rest: rest.into(),
        }
    }
}

/// All series of a metric together.
pub(super) enum Series {
    Sum {
        total: f64,
        by_outcome: BTreeMap<String, f64>,
    },
    Levels(Vec<f64>),
    Distribution(Distribution),
}

impl Series {
    /// Those of one metric in one scope.
    pub(super) fn of(metric: &Metric) -> Self {
        match metric.data() {
            AggregatedMetrics::F64(data) => of(data, |it| it),
            #[allow(clippy::cast_precision_loss, reason = "three digits are printed")]
            AggregatedMetrics::U64(data) => of(data, |it| it as f64),
            #[allow(clippy::cast_precision_loss, reason = "three digits are printed")]
            AggregatedMetrics::I64(data) => of(data, |it| it as f64),
        }
    }

    /// Takes those of another scope. What is of another kind, and has the same name, is left out.
    pub(super) fn join(&mut self, other: Self) {
        match (self, other) {
            (
                Self::Sum { total, by_outcome },
                Self::Sum {
                    total: more,
                    by_outcome: others,
                },
            ) => {
                *total += more;
                for (outcome, count) in others {
                    *by_outcome.entry(outcome).or_default() += count;
                }
            }
            (Self::Levels(levels), Self::Levels(more)) => levels.extend(more),
            (Self::Distribution(all), Self::Distribution(more)) => all.join(more),
            _ => {}
        }
    }

    /// The line; none where the metric stands at zero.
    pub(super) fn row(&self, unit: &str) -> Option<Row> {
        match self {
            Self::Sum { total, by_outcome } => {
                (*total != 0.0).then(|| Row::new(value(*total, unit), parts(by_outcome)))
            }
            Self::Levels(levels) => {
                let (least, most) = extremes(levels).filter(|range| *range != (0.0, 0.0))?;
                let (least, most) = (value(least, unit), value(most, unit));
                let rest = match levels.len() {
                    1 => String::new(),
                    series if least == most => format!("in each of {series} series"),
                    series => format!("… {most} in {series} series"),
                };
                Some(Row::new(least, rest))
            }
            Self::Distribution(distribution) => distribution.row(unit),
        }
    }
}

fn of<T: Copy>(data: &MetricData<T>, float: impl Fn(T) -> f64) -> Series {
    match data {
        MetricData::Sum(sum) => {
            let mut total = 0.0;
            let mut by_outcome: BTreeMap<String, f64> = BTreeMap::new();
            for point in sum.data_points() {
                let value = float(point.value());
                total += value;
                if let Some(outcome) = outcome(point.attributes())
                    && value != 0.0
                {
                    *by_outcome.entry(outcome).or_default() += value;
                }
            }
            Series::Sum { total, by_outcome }
        }
        MetricData::Gauge(gauge) => {
            let levels = gauge.data_points().map(|point| float(point.value()));
            Series::Levels(levels.collect())
        }
        MetricData::Histogram(histogram) => {
            let mut all = Distribution::default();
            for point in histogram.data_points() {
                all.join(Distribution {
                    bounds: point.bounds().collect(),
                    counts: point.bucket_counts().collect(),
                    total: point.count(),
                    sum: float(point.sum()),
                    most: point.max().map(&float),
                });
            }
            Series::Distribution(all)
        }
        MetricData::ExponentialHistogram(histogram) => {
            let mut all = Distribution::default();
            for point in histogram.data_points() {
                all.join(Distribution {
                    total: point.count() as u64,
                    sum: float(point.sum()),
                    most: point.max().map(&float),
                    ..Distribution::default()
                });
            }
            Series::Distribution(all)
        }
    }
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

#[allow(clippy::cast_precision_loss, reason = "counts beyond 2^53 are not met")]
fn group(count: u64) -> String {
    number(count as f64)
}

fn extremes(values: &[f64]) -> Option<(f64, f64)> {
    let least = values.iter().copied().reduce(f64::min)?;
    let most = values.iter().copied().reduce(f64::max)?;
    Some((least, most))
}

/// A histogram; an exponential one has no buckets here.
#[derive(Default)]
pub(super) struct Distribution {
    bounds: Vec<f64>,
    counts: Vec<u64>,
    total: u64,
    sum: f64,
    most: Option<f64>,
}

impl Distribution {
    fn join(&mut self, other: Self) {
        if self.counts.is_empty() {
            self.bounds = other.bounds;
            self.counts = other.counts;
        } else {
            for (sum, count) in self.counts.iter_mut().zip(other.counts) {
                *sum += count;
            }
        }
        self.total += other.total;
        self.sum += other.sum;
        self.most = match (self.most, other.most) {
            (Some(most), Some(other)) => Some(most.max(other)),
            (most, other) => most.or(other),
        };
    }

    fn row(&self, unit: &str) -> Option<Row> {
        if self.total == 0 {
            return None;
        }
        #[allow(clippy::cast_precision_loss, reason = "three digits are printed")]
        let mean = self.sum / self.total as f64;
        let mut text = format!("mean {}", value(mean, unit));
        for (name, share) in [("p50", 0.5), ("p95", 0.95)] {
            // Writing to a string cannot fail.
            let _ = match self.quantile(share) {
                Some(Quantile::About(estimate)) => {
                    write!(text, "  {name} {}", value(estimate, unit))
                }
                Some(Quantile::AtMost(bound)) => {
                    // A bound is a round number, and not a measured one.
                    let bound = value(bound, unit).replace(".00 ", " ").replace(".0 ", " ");
                    write!(text, "  {name} ≤ {bound}")
                }
                None => Ok(()),
            };
        }
        if let Some(most) = self.most {
            let _ = write!(text, "  max {}", value(most, unit));
        }
        Some(Row::new(group(self.total), text))
    }

    /// The value that this share lies below, on a straight line through its bucket. In the first bucket
    /// of durations or sizes a line would say anything: only the bound is sure, and where the most lies
    /// below that, it says more.
    #[allow(clippy::cast_precision_loss, reason = "three digits are printed")]
    fn quantile(&self, share: f64) -> Option<Quantile> {
        let most = self.most.unwrap_or(f64::NEG_INFINITY);
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
