//! Metrics put together by the name under which they are scraped: one family a name.

use std::collections::{BTreeMap, HashSet};

use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, ExponentialHistogramDataPoint, HistogramDataPoint, Metric, MetricData,
    ResourceMetrics,
};

use super::names::{self, Name};

/// The kinds of family that there are here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// The names of what is known of the program.
const TARGET: [&str; 2] = ["target", "target_info"];

impl Kind {
    /// The names under which a family of this base stands in Prometheus's own text, and those of its samples.
    fn names(self, base: &str) -> Vec<String> {
        let suffixes: &[_] = match self {
            Self::Counter => &["_total"],
            Self::Gauge => &[""],
            Self::Histogram => &["", "_bucket", "_sum", "_count"],
        };
        suffixes.iter().map(|it| format!("{base}{it}")).collect()
    }
}

/// Everything of one name.
#[derive(Debug)]
pub(super) struct Family {
    pub(super) kind: Kind,
    pub(super) unit: Option<String>,
    pub(super) help: String,
    pub(super) points: Vec<Point>,
    seen: HashSet<Labels>,
}

/// Names and values, in the order of the names.
pub(super) type Labels = Vec<(String, String)>;

/// One series.
#[derive(Debug)]
pub(super) struct Point {
    pub(super) labels: Labels,
    pub(super) value: Value,
}

#[derive(Debug)]
pub(super) enum Value {
    Number(Number),
    Histogram {
        /// Each bucket's upper bound, and how many values are not above it; the last, endless one is
        /// not among them.
        buckets: Vec<(f64, u64)>,
        count: u64,
        sum: Number,
    },
}

/// A number, exact in each of the types in which there are measurements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
}

/// Series that could not be put into a family: how many, and why.
#[derive(Debug)]
pub(super) struct LeftOut {
    pub(super) points: usize,
    pub(super) reason: String,
}

/// The families by name, and what could not be put into one.
pub(super) fn families(metrics: &[ResourceMetrics]) -> (BTreeMap<String, Family>, Vec<LeftOut>) {
    let mut page = Families::default();
    let mut left_out = Vec::new();
    for scope in metrics.iter().flat_map(ResourceMetrics::scope_metrics) {
        for metric in scope.metrics() {
            page.add(scope.scope(), metric, &mut left_out);
        }
    }
    (page.families, left_out)
}

/// The families of a page, and the names that stand in it.
#[derive(Debug, Default)]
struct Families {
    families: BTreeMap<String, Family>,
    taken: HashSet<String>,
}

impl Families {
    /// The family of this name, which is made where the page has room for its names; the name of what stands in its
    /// way where it has none.
    fn of(&mut self, name: Name, kind: Kind, help: &str) -> Result<&mut Family, String> {
        let Name { base, unit } = name;
        if let Some(family) = self.families.get(&base)
            && family.kind != kind
        {
            return Err(base);
        }
        if !self.families.contains_key(&base) {
            let names = kind.names(&base);
            // OpenMetrics has the base as a family's name, whatever its samples are called.
            let all = || names.iter().chain([&base]);
            let of_target = all().find(|name| TARGET.contains(&name.as_str()));
            let of_others = || names.iter().find(|name| self.taken.contains(*name));
            if let Some(name) = of_target.or_else(of_others) {
                return Err(name.clone());
            }
            self.taken.extend(names);
        }
        Ok(self.families.entry(base).or_insert_with(|| Family {
            kind,
            unit,
            help: help.to_owned(),
            points: Vec::new(),
            seen: HashSet::new(),
        }))
    }

    fn add(&mut self, scope: &InstrumentationScope, metric: &Metric, left_out: &mut Vec<LeftOut>) {
        let (kind, points) = match metric.data() {
            AggregatedMetrics::F64(data) => points(data, metric.unit(), Number::Float),
            AggregatedMetrics::U64(data) => points(data, metric.unit(), Number::Unsigned),
            AggregatedMetrics::I64(data) => points(data, metric.unit(), Number::Signed),
        };
        let name = names::metric(metric.name(), metric.unit(), kind);
        let family = match self.of(name, kind, metric.description()) {
            Ok(family) => family,
            Err(taken) => {
                left_out.push(LeftOut {
                    points: points.len(),
                    reason: format!(
                        "the metric {} of {} is not scraped: another has the name {taken} already; rename one of them by OTEL_METRICS_VIEWS",
                        metric.name(),
                        scope.name()
                    ),
                });
                return;
            }
        };
        for (attributes, value) in points {
            let labels = labels(&attributes, scope);
            if family.seen.insert(labels.clone()) {
                family.points.push(Point { labels, value });
            } else {
                left_out.push(LeftOut {
                    points: 1,
                    reason: format!(
                        "a series of the metric {} of {} is not scraped: another one has its name and labels",
                        metric.name(),
                        scope.name()
                    ),
                });
            }
        }
    }
}

type Points = (Kind, Vec<(Vec<KeyValue>, Value)>);

fn points<T: Copy>(data: &MetricData<T>, unit: &str, number: impl Fn(T) -> Number) -> Points {
    let owned = |attributes: &mut dyn Iterator<Item = &KeyValue>| attributes.cloned().collect();
    match data {
        MetricData::Gauge(gauge) => {
            let points = gauge.data_points().map(|point| {
                let value = Value::Number(number(point.value()));
                (owned(&mut point.attributes()), value)
            });
            (Kind::Gauge, points.collect())
        }
        MetricData::Sum(sum) => {
            let points = sum.data_points().map(|point| {
                let value = Value::Number(number(point.value()));
                (owned(&mut point.attributes()), value)
            });
            let kind = if sum.is_monotonic() {
                Kind::Counter
            } else {
                Kind::Gauge
            };
            (kind, points.collect())
        }
        MetricData::Histogram(histogram) => {
            let points = histogram.data_points().map(|point| {
                let value = Value::Histogram {
                    buckets: explicit(point),
                    count: point.count(),
                    sum: number(point.sum()),
                };
                (owned(&mut point.attributes()), value)
            });
            (Kind::Histogram, points.collect())
        }
        MetricData::ExponentialHistogram(histogram) => {
            let points = histogram.data_points().map(|point| {
                let value = Value::Histogram {
                    buckets: powers_of_two(point, unit),
                    count: point.count() as u64,
                    sum: number(point.sum()),
                };
                (owned(&mut point.attributes()), value)
            });
            (Kind::Histogram, points.collect())
        }
    }
}

fn explicit<T>(point: &HistogramDataPoint<T>) -> Vec<(f64, u64)> {
    let buckets = point.bounds().zip(point.bucket_counts());
    buckets
        .scan(0, |below, (bound, count)| {
            *below += count;
            Some((bound, *below))
        })
        .collect()
}

/// An exponential histogram in buckets that the text formats know. Their bounds are powers of two, the
/// same ones in each series and at each scrape, so that series can be summed; no value is counted below
/// where it lies.
fn powers_of_two<T>(point: &ExponentialHistogramDataPoint<T>, unit: &str) -> Vec<(f64, u64)> {
    let exponents = match unit {
        // 61 µs to 34 minutes, 1 B to 1 TiB.
        "s" => -14..=11,
        "By" => 0..=40,
        _ => -10..=40,
    };
    // Below the first bound lies what is not positive, too.
    let negative: u64 = point.negative_bucket().counts().sum();
    let positive = point.positive_bucket();
    let mut counts: Vec<(i64, u64)> = Vec::new();
    for (index, count) in (i64::from(positive.offset())..).zip(positive.counts()) {
        // The bucket's upper bound is 2^((index + 1) / 2^scale).
        let upper = index + 1;
        let exponent = match u32::try_from(point.scale()) {
            Ok(scale) => -((-upper) >> scale),
            Err(_) => upper << point.scale().unsigned_abs(),
        };
        counts.push((exponent, count));
    }
    let mut below = negative + point.zero_count();
    let mut counts = counts.into_iter().peekable();
    exponents
        .map(|exponent: i32| {
            while let Some((_, count)) = counts.next_if(|(of, _)| *of <= i64::from(exponent)) {
                below += count;
            }
            (f64::from(exponent).exp2(), below)
        })
        .collect()
}

/// The labels of a series: its attributes, and what it is of.
fn labels(attributes: &[KeyValue], scope: &InstrumentationScope) -> Labels {
    let mut labels = Labels::new();
    for attribute in attributes {
        let name = names::label(attribute.key.as_str());
        push(&mut labels, name, attribute.value.as_str().as_ref());
    }
    let of_scope = [
        ("otel_scope_name", Some(scope.name())),
        ("otel_scope_version", scope.version()),
        ("otel_scope_schema_url", scope.schema_url()),
    ];
    for (name, value) in of_scope {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            push(&mut labels, name.to_owned(), value);
        }
    }
    for attribute in scope.attributes() {
        let name = format!("otel_scope_{}", names::label(attribute.key.as_str()));
        push(&mut labels, name, attribute.value.as_str().as_ref());
    }
    labels.sort();
    labels
}

/// The labels of the program itself.
pub(super) fn of_resource<'a>(
    attributes: impl Iterator<Item = (&'a opentelemetry::Key, &'a opentelemetry::Value)>,
) -> Labels {
    let mut labels = Labels::new();
    for (key, value) in attributes {
        push(&mut labels, names::label(key.as_str()), &value.as_str());
    }
    labels.sort();
    labels
}

/// Adds a label. Where two keys become one name, both values are there, as the specification has it.
fn push(labels: &mut Labels, name: String, value: &str) {
    match labels.iter_mut().find(|(other, _)| *other == name) {
        Some((_, values)) => {
            values.push(';');
            values.push_str(value);
        }
        None => labels.push((name, value.to_owned())),
    }
}
