//! A metric that a capture collected, and what a test may say of it.

#![expect(
    clippy::must_use_candidate,
    reason = "an assertion says what it has to say by panicking"
)]

use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, MetricData, ResourceMetrics, ScopeMetrics,
};

use crate::metrics::readers::Source;

/// A metric under a capture.
#[derive(Debug, Clone)]
pub struct CapturedMetric {
    name: String,
    unit: String,
    points: Vec<CapturedPoint>,
}

/// One series of a metric.
#[derive(Debug, Clone)]
pub struct CapturedPoint {
    attributes: Vec<KeyValue>,
    sum: f64,
    count: Option<u64>,
}

impl CapturedMetric {
    /// The metric's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The metric's unit.
    #[must_use]
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// The metric's series.
    #[must_use]
    pub fn points(&self) -> &[CapturedPoint] {
        &self.points
    }

    /// The series whose attribute has this value.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.points
            .retain(|point| point.attribute(key).as_deref() == Some(value));
        self
    }

    /// The sum over the series: of a counter or a histogram what was added, of a gauge its values.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.points.iter().map(CapturedPoint::sum).sum()
    }

    /// How often the series of a histogram were recorded in.
    #[must_use]
    pub fn recordings(&self) -> u64 {
        self.points.iter().filter_map(|point| point.count).sum()
    }

    /// The sum over the series is this.
    ///
    /// # Panics
    ///
    /// Where it is not.
    #[track_caller]
    pub fn sum(&self, expected: impl Into<f64>) -> &Self {
        let (found, expected) = (self.total(), expected.into());
        assert!(
            (found - expected).abs() < 1e-9,
            "{} sums up to {found}, not {expected}: {:#?}",
            self.name,
            self.points
        );
        self
    }

    /// The histogram was recorded in so often.
    ///
    /// # Panics
    ///
    /// Where it was not.
    #[track_caller]
    pub fn count(&self, expected: u64) -> &Self {
        let found = self.recordings();
        assert_eq!(found, expected, "{}: {:#?}", self.name, self.points);
        self
    }
}

impl CapturedPoint {
    /// The series' attributes.
    #[must_use]
    pub fn attributes(&self) -> &[KeyValue] {
        &self.attributes
    }

    /// The value of an attribute.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<String> {
        let attribute = self
            .attributes
            .iter()
            .find(|attribute| attribute.key.as_str() == key)?;
        Some(attribute.value.to_string())
    }

    /// What was added to it, or its last value.
    #[must_use]
    pub const fn sum(&self) -> f64 {
        self.sum
    }

    /// How often it was recorded in, of a histogram.
    #[must_use]
    pub const fn count(&self) -> Option<u64> {
        self.count
    }
}

/// All metrics of a source, as they stand now; none where they cannot be read.
pub(crate) fn read(source: &Source) -> Vec<CapturedMetric> {
    let mut collected = ResourceMetrics::default();
    match source.read(&mut collected) {
        Ok(()) => all(&collected),
        Err(_) => Vec::new(),
    }
}

/// All metrics of a collection. One of several scopes is one here: series with an opted-in label have a scope of their
/// own.
fn all(collected: &ResourceMetrics) -> Vec<CapturedMetric> {
    let mut all: Vec<CapturedMetric> = Vec::new();
    for metric in of_each_scope(collected) {
        match all.iter_mut().find(|other| other.name == metric.name) {
            Some(other) => other.points.extend(metric.points),
            None => all.push(metric),
        }
    }
    all
}

fn of_each_scope(collected: &ResourceMetrics) -> impl Iterator<Item = CapturedMetric> {
    let scopes = collected.scope_metrics();
    let metrics = scopes.flat_map(ScopeMetrics::metrics);
    metrics.map(|metric| CapturedMetric {
        name: metric.name().to_owned(),
        unit: metric.unit().to_owned(),
        points: match metric.data() {
            AggregatedMetrics::U64(data) => points(data, as_f64_u64),
            AggregatedMetrics::I64(data) => points(data, as_f64_i64),
            AggregatedMetrics::F64(data) => points(data, |number| number),
        },
    })
}

#[expect(clippy::cast_precision_loss, reason = "tests count small numbers")]
fn as_f64_u64(number: u64) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "tests count small numbers")]
fn as_f64_i64(number: i64) -> f64 {
    number as f64
}

fn points<T: Copy>(data: &MetricData<T>, number: fn(T) -> f64) -> Vec<CapturedPoint> {
    let point = |attributes: Vec<KeyValue>, value: T, count| CapturedPoint {
        attributes,
        sum: number(value),
        count,
    };
    match data {
        MetricData::Sum(sum) => sum
            .data_points()
            .map(|at| point(at.attributes().cloned().collect(), at.value(), None))
            .collect(),
        MetricData::Gauge(gauge) => gauge
            .data_points()
            .map(|at| point(at.attributes().cloned().collect(), at.value(), None))
            .collect(),
        MetricData::Histogram(histogram) => histogram
            .data_points()
            .map(|at| {
                point(
                    at.attributes().cloned().collect(),
                    at.sum(),
                    Some(at.count()),
                )
            })
            .collect(),
        MetricData::ExponentialHistogram(histogram) => histogram
            .data_points()
            .map(|at| {
                let count = u64::try_from(at.count()).unwrap_or(u64::MAX);
                point(at.attributes().cloned().collect(), at.sum(), Some(count))
            })
            .collect(),
    }
}
