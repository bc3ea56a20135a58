//! The series of one callsite: its instruments, bound for each outcome and each set of labels.

mod crowd;
mod labelled;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use opentelemetry::metrics::{BoundCounter, BoundHistogram};
use opentelemetry::{KeyValue, Value};

use self::crowd::Crowd;
use self::labelled::{Labelled, Labels};
use super::callbacks::SetAside;
use super::instruments::{BoundInstrument, Instruments, Number};
use super::labels::{ERROR_TYPE, OTHER_ERROR};
use super::table::OVERFLOW;
use super::typed::Given;
use crate::clock::Timestamp;
use crate::pipeline::Pipeline;
use crate::schema::{MetricDefinition, MetricSource, OperationDefinition, Outcome, Recorded};

/// A label that a call gave: its key and its text.
pub(crate) type Label = (&'static str, Recorded);

/// The series of one callsite under one pipeline.
#[derive(Debug)]
pub(crate) struct CallsiteSeries {
    definition: &'static OperationDefinition,
    counts_running: bool,
    constants: Vec<(&'static str, Value)>,
    /// The constants that label metrics only because the callsite asks for it.
    opted_in: &'static [&'static str],
    /// Calls without labels of their own that ended without an error, by outcome: the usual ones.
    plain: [OnceLock<Arc<Series>>; 4],
    /// Calls without labels of their own that failed, by type of error, in the order in which the
    /// types came. As many as the metrics tell apart; they count for each callsite here, and for each metric in its table.
    failed: OnceLock<Box<[OnceLock<Failed>]>>,
    labelled: Labelled,
}

/// The series of one type of error.
#[derive(Debug)]
struct Failed {
    outcome: Outcome,
    error_type: String,
    series: Series,
}

/// Instruments with one set of attributes.
#[derive(Debug)]
pub(crate) struct Series {
    /// Those that get a value each time.
    always: Vec<Entry>,
    /// The same, bound, once the first operation has ended.
    certain: OnceLock<Arc<[Certain]>>,
    crowd: Crowd,
    /// Those that get one where the operation has one for them, or where it was slowed down.
    sometimes: Vec<Entry>,
    /// The opted-in labels whose values are members, which do not count.
    members: Box<[&'static str]>,
}

/// One instrument of a series. It is bound when there is something to record: a bound instrument is
/// exported, and one that never got a value would say that the value is zero.
#[derive(Debug)]
struct Entry {
    source: MetricSource,
    definition: &'static MetricDefinition,
    attributes: Vec<KeyValue>,
    bound: OnceLock<BoundInstrument>,
}

/// An instrument that gets a value each time, and which value that is.
#[derive(Debug)]
enum Certain {
    /// One more.
    One(BoundCounter<u64>),
    /// How long it took.
    Seconds(BoundHistogram<f64>),
    Other(BoundInstrument, MetricSource),
}

/// What an operation that ended records.
#[derive(Debug)]
pub(crate) struct Measured<'a> {
    pub(crate) outcome: Outcome,
    pub(crate) error_type: Option<&'a Cow<'static, str>>,
    pub(crate) rate_limited: bool,
    pub(crate) over_budget: bool,
    /// How long it took, in seconds.
    pub(crate) seconds: f64,
    /// When it ended; where that is not known, nothing has an age.
    pub(crate) ended: Option<Timestamp>,
    pub(crate) measures: &'a [(&'static str, Number)],
}

impl CallsiteSeries {
    pub(crate) fn new(
        definition: &'static OperationDefinition,
        constants: Vec<(&'static str, Value)>,
        opted_in: &'static [&'static str],
    ) -> Self {
        let mut metrics = definition.metrics.iter();
        Self {
            definition,
            counts_running: metrics.any(|metric| metric.source == MetricSource::Active),
            constants,
            opted_in,
            plain: Default::default(),
            failed: OnceLock::new(),
            labelled: Labelled::new(definition),
        }
    }

    /// Whether operations that run are counted.
    #[inline]
    pub(crate) fn counts_running(&self) -> bool {
        self.counts_running
    }

    /// Hands over the instruments of operations that run, for this call.
    pub(crate) fn active(
        &self,
        pipeline: &Pipeline,
        labels: &[Label],
        running: &mut Vec<BoundInstrument>,
    ) {
        if let Some(instruments) = pipeline.instruments()
            && self.counts_running()
        {
            let series = self.labelled_series(None, None, labels);
            let entries = series.always.iter();
            running.extend(entries.map(|entry| entry.bound(instruments, &series.members).clone()));
        }
    }

    /// Records one operation that ended so, after so many seconds, and of which nothing more is known.
    #[inline]
    pub(crate) fn record_plain(&self, pipeline: &Pipeline, outcome: Outcome, seconds: f64) {
        let bound = self.plain[outcome as usize].get();
        match bound.and_then(|series| Some((series, series.certain.get()?))) {
            Some((series, certain)) => series.record_certain(pipeline, certain, outcome, seconds),
            None => self.record_first(pipeline, outcome, seconds),
        }
    }

    #[cold]
    #[inline(never)]
    fn record_first(&self, pipeline: &Pipeline, outcome: Outcome, seconds: f64) {
        self.record(pipeline, &[], &Measured::plain(outcome, seconds));
    }

    /// Records one operation that ended.
    pub(crate) fn record(&self, pipeline: &Pipeline, labels: &[Label], measured: &Measured<'_>) {
        let Some(instruments) = pipeline.instruments() else {
            return;
        };
        let outcome = measured.outcome;
        if labels.is_empty() && measured.error_type.is_none() {
            let plain = self.plain[outcome as usize].get_or_init(|| {
                let labels = Labels::new(Some(outcome), None, &[]);
                Arc::new(self.series(Some(outcome), &labels))
            });
            plain.record(pipeline, instruments, measured);
        } else if let (true, Some(error_type)) = (labels.is_empty(), measured.error_type) {
            match self.failed_series(outcome, error_type) {
                Some(series) => series.record(pipeline, instruments, measured),
                None => self
                    .labelled_series(Some(outcome), Some(OTHER_ERROR), labels)
                    .record(pipeline, instruments, measured),
            }
        } else {
            let error_type = measured.error_type.map(|error_type| &**error_type);
            self.labelled_series(Some(outcome), error_type, labels)
                .record(pipeline, instruments, measured);
        }
    }

    /// The series of a failure without labels; none where there are too many types of error.
    fn failed_series(&self, outcome: Outcome, error_type: &str) -> Option<&Series> {
        let slots = self.failed.get_or_init(|| {
            (0..self.labelled.bound(ERROR_TYPE))
                .map(|_| OnceLock::new())
                .collect()
        });
        slots.iter().find_map(|slot| {
            let failed = slot.get_or_init(|| Failed {
                outcome,
                error_type: error_type.to_owned(),
                series: self.series(
                    Some(outcome),
                    &Labels::new(Some(outcome), Some(error_type), &[]),
                ),
            });
            let found = failed.outcome == outcome && failed.error_type == error_type;
            found.then_some(&failed.series)
        })
    }

    fn labelled_series(
        &self,
        outcome: Option<Outcome>,
        error_type: Option<&str>,
        labels: &[Label],
    ) -> Arc<Series> {
        let labels = Labels::new(outcome, error_type, labels);
        self.labelled
            .get_or_make(labels, |labels| self.series(outcome, labels))
    }

    fn series(&self, outcome: Option<Outcome>, labels: &Labels<'_>) -> Series {
        let metrics = self.definition.metrics.iter();
        let wanted = metrics.filter(|metric| may_record(metric.source, outcome));
        let entries = wanted.map(|metric| Entry {
            source: metric.source,
            definition: metric.definition,
            attributes: self.attributes(metric.definition, outcome, labels),
            bound: OnceLock::new(),
        });
        let (always, sometimes) = entries.partition(|entry| is_certain(entry.source));
        Series {
            always,
            certain: OnceLock::new(),
            crowd: Crowd::default(),
            sometimes,
            members: labels.opted_in_members(self.definition),
        }
    }

    /// The attributes of a metric, of those that it declares.
    fn attributes(
        &self,
        definition: &MetricDefinition,
        outcome: Option<Outcome>,
        labels: &Labels<'_>,
    ) -> Vec<KeyValue> {
        let mut folded = false;
        // A call that gives a value for a label opts in by that.
        let declared = definition.attributes.iter().filter(|attribute| {
            !attribute.opt_in
                || self.opted_in.contains(&attribute.key)
                || labels.label(attribute.key).is_some()
        });
        let mut attributes: Vec<KeyValue> = declared
            .filter_map(|attribute| {
                let key = attribute.key;
                let value = match key {
                    "crypto.operation_type" => self.definition.operation_type.as_str().into(),
                    "crypto.outcome" => Value::from(outcome?.as_str()),
                    "error.type" => Value::from(labels.error_type()?.to_owned()),
                    _ => match labels.label(key) {
                        Some(label) => {
                            folded |= *label == Given::Folded;
                            label.to_value()?
                        }
                        None => self.constant(key)?,
                    },
                };
                Some(KeyValue::new(key, value))
            })
            .collect();
        if folded {
            attributes.push(KeyValue::new(OVERFLOW, true));
        }
        attributes
    }

    fn constant(&self, key: &str) -> Option<Value> {
        let (_, value) = self.constants.iter().find(|(name, _)| *name == key)?;
        Some(value.clone())
    }
}

/// Whether a metric of this source gets a value from every operation that may give it one.
fn is_certain(source: MetricSource) -> bool {
    match source {
        MetricSource::Active
        | MetricSource::Count
        | MetricSource::Successes
        | MetricSource::Errors
        | MetricSource::Duration => true,
        MetricSource::RateLimited
        | MetricSource::OverBudget
        | MetricSource::Attribute(_)
        | MetricSource::Rate(_)
        | MetricSource::Age(_) => false,
    }
}

/// Whether a metric of this source ever gets a value from an operation that ended so.
fn may_record(source: MetricSource, outcome: Option<Outcome>) -> bool {
    let Some(outcome) = outcome else {
        return source == MetricSource::Active;
    };
    match source {
        MetricSource::Active => false,
        MetricSource::Errors => matches!(outcome, Outcome::Error | Outcome::Panicked),
        MetricSource::Duration => outcome != Outcome::Cancelled,
        MetricSource::Rate(_) | MetricSource::Age(_) | MetricSource::Successes => {
            outcome == Outcome::Ok
        }
        MetricSource::Count
        | MetricSource::RateLimited
        | MetricSource::OverBudget
        | MetricSource::Attribute(_) => true,
    }
}

impl Series {
    fn record(&self, pipeline: &Pipeline, instruments: &Instruments, measured: &Measured<'_>) {
        let certain = self.certain.get_or_init(|| {
            let entries = self.always.iter();
            entries
                .map(|entry| entry.certain(instruments, &self.members))
                .collect()
        });
        self.record_certain(pipeline, certain, measured.outcome, measured.seconds);
        if !measured.measures.is_empty() || measured.rate_limited || measured.over_budget {
            for entry in &self.sometimes {
                entry.record(instruments, &self.members, measured);
            }
        }
    }

    /// Records in those that get a value each time.
    #[inline]
    fn record_certain(
        &self,
        pipeline: &Pipeline,
        certain: &Arc<[Certain]>,
        outcome: Outcome,
        seconds: f64,
    ) {
        let announce = |aside: Arc<dyn SetAside>| {
            let instruments = pipeline.instruments();
            instruments.is_some_and(|instruments| instruments.before_collections(&aside))
        };
        if !self.crowd.put_aside(certain, outcome, seconds, announce) {
            for certain in &**certain {
                certain.record(outcome, seconds);
            }
        }
    }
}

impl Certain {
    /// Records operations that ended so, and took so many seconds each.
    fn record_all(&self, outcome: Outcome, seconds: &[f64]) {
        match self {
            Self::One(counter) => counter.add(seconds.len() as u64),
            Self::Seconds(histogram) => {
                for seconds in seconds {
                    histogram.record(*seconds);
                }
            }
            Self::Other(bound, source) => {
                for seconds in seconds {
                    record_other(bound, *source, outcome, *seconds);
                }
            }
        }
    }

    #[inline]
    fn record(&self, outcome: Outcome, seconds: f64) {
        match self {
            Self::One(counter) => counter.add(1),
            Self::Seconds(histogram) => histogram.record(seconds),
            Self::Other(bound, source) => record_other(bound, *source, outcome, seconds),
        }
    }
}

#[cold]
fn record_other(bound: &BoundInstrument, source: MetricSource, outcome: Outcome, seconds: f64) {
    if let Some(number) = Measured::plain(outcome, seconds).number(source) {
        bound.record(number);
    }
}

impl Entry {
    /// The instrument, with what it gets each time; the series has it for outcomes only that give it that.
    fn certain(&self, instruments: &Instruments, members: &[&str]) -> Certain {
        let bound = self.bound(instruments, members);
        match (self.source, bound.as_counter(), bound.as_histogram()) {
            (
                MetricSource::Count | MetricSource::Successes | MetricSource::Errors,
                Some(counter),
                _,
            ) => Certain::One(counter.clone()),
            (MetricSource::Duration, _, Some(histogram)) => Certain::Seconds(histogram.clone()),
            (source, ..) => Certain::Other(bound.clone(), source),
        }
    }

    fn record(&self, instruments: &Instruments, members: &[&str], measured: &Measured<'_>) {
        if let Some(number) = measured.number(self.source) {
            self.bound(instruments, members).record(number);
        }
    }

    #[inline]
    fn bound(&self, instruments: &Instruments, members: &[&str]) -> &BoundInstrument {
        self.bound
            .get_or_init(|| instruments.bind(self.definition, &self.attributes, members))
    }
}

impl Measured<'_> {
    /// One of which nothing is known but how it ended and how long it took.
    pub(crate) const fn plain(outcome: Outcome, seconds: f64) -> Self {
        Self {
            outcome,
            error_type: None,
            rate_limited: false,
            over_budget: false,
            seconds,
            ended: None,
            measures: &[],
        }
    }

    /// What a metric of this source gets, if anything.
    #[inline]
    fn number(&self, source: MetricSource) -> Option<Number> {
        let failed = matches!(self.outcome, Outcome::Error | Outcome::Panicked);
        let one = |counts: bool| counts.then_some(Number::Int(1));
        match source {
            MetricSource::Count => one(true),
            MetricSource::Successes => one(self.outcome == Outcome::Ok),
            MetricSource::Errors => one(failed),
            MetricSource::RateLimited => one(self.rate_limited),
            MetricSource::OverBudget => one(self.over_budget),
            // What it took to be cancelled says nothing of what the work takes.
            MetricSource::Duration => {
                (self.outcome != Outcome::Cancelled).then_some(Number::Double(self.seconds))
            }
            MetricSource::Attribute(key) => self.measure(key),
            MetricSource::Rate(key) => (self.outcome == Outcome::Ok && self.seconds > 0.0)
                .then(|| self.measure(key))?
                .map(|number| Number::Double(number.as_f64() / self.seconds)),
            MetricSource::Age(key) => (self.outcome == Outcome::Ok)
                .then(|| self.measure(key))?
                .and_then(|event| age(event, self.ended?)),
            MetricSource::Active => None,
        }
    }

    #[inline]
    fn measure(&self, key: &str) -> Option<Number> {
        if self.measures.is_empty() {
            return None;
        }
        let (_, number) = self.measures.iter().rev().find(|(name, _)| *name == key)?;
        Some(*number)
    }
}

/// How far a clock may be ahead of ours: as far as exchanges let the time of a request be ahead of theirs.
const SKEW_MILLIS: i64 = 1_000;

/// The seconds since an event, in milliseconds since the Unix epoch; none where it is not known, or yet to come.
fn age(event: Number, now: Timestamp) -> Option<Number> {
    let now = i64::try_from(now.as_nanos() / 1_000_000).unwrap_or(i64::MAX);
    let event = event.as_i64();
    let age = now.checked_sub(event).filter(|_| event > 0)?;
    #[expect(clippy::cast_precision_loss, reason = "exact up to 285,000 years")]
    let seconds = age.max(0) as f64 / 1e3;
    (age >= -SKEW_MILLIS).then_some(Number::Double(seconds))
}
