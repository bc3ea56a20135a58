//! What of an operation stands while it runs: where it is from, and its place in a trace.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::SystemTime;

use opentelemetry::{Context, KeyValue};

use super::facts::Facts;
use crate::clock::Timestamp;
use crate::config::SpanLimits;
use crate::metrics::instruments::Number;
use crate::operation::bound::Bound;
use crate::operation::callsite::Callsite;
use crate::operation::current;
use crate::operation::hold::Hold;
use crate::pipeline::Pipeline;
use crate::schema::{Kept, MetricSource, OperationType, Recorded};
use crate::trace::identity::Identity;
use crate::trace::sampler::{OperationSampling, Recording};
use crate::trace::span::{AttributeName, SetAttribute};

// What decides the outcome, or its class.
const STATUS: &str = "http.response.status_code";
const EXCHANGE_ERROR: &str = "crypto.exchange_error";
const ERROR_TYPE: &str = "error.type";

/// What of an operation stands while it runs.
#[derive(Debug)]
pub(crate) struct Core {
    pub(in crate::operation) pipeline: Hold<Pipeline>,
    pub(in crate::operation) callsite: &'static Callsite,
    pub(in crate::operation) bound: Hold<Bound>,
    pub(in crate::operation) started: Timestamp,
    pub(in crate::operation) identity: Identity,
    /// What others tell it: see [`Mark`].
    pub(in crate::operation) marks: AtomicU8,
}

/// What others tell an operation that runs.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(crate) enum Mark {
    /// An operation under it is exported, so that its own span must be there too.
    Needed = 1,
    /// An operation under it is sampled, or somebody else may have made a span under it.
    Followed = 2,
}

impl Core {
    /// Finds the operation's place under this context.
    #[inline]
    pub(in crate::operation) fn identify(&mut self, parent: &Context) {
        let pipeline = &self.pipeline;
        let (Some(recorder), Some(sampling)) = (pipeline.recorder(), &self.bound.sampling) else {
            self.identity = Identity::none();
            return;
        };
        let identity = &mut self.identity;
        let found = current::with(|current| {
            recorder.identify_here(identity, sampling, parent, current, pipeline.id())
        });
        if !found {
            // Spans of other makers are asked, whose code may start operations itself.
            let current = current::get();
            recorder.identify(identity, sampling, parent, current.as_ref(), pipeline.id());
        }
    }

    /// Whether the operation has a place in a trace, recorded or not.
    pub(in crate::operation) fn is_traced(&self) -> bool {
        self.identity.recording != Recording::Off
    }

    #[inline]
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    #[inline]
    pub(crate) fn pipeline_id(&self) -> u64 {
        self.pipeline.id()
    }

    pub(crate) fn bound(&self) -> &Bound {
        &self.bound
    }

    #[inline]
    pub(crate) fn operation_type(&self) -> OperationType {
        self.callsite.definition.operation_type
    }

    /// Whether it may be thinned out when it ends, although it is sampled.
    #[inline]
    pub(crate) fn may_be_thinned(&self) -> bool {
        let sampling = self.bound.sampling.as_ref();
        sampling.is_some_and(OperationSampling::is_thinned)
    }

    /// Whether the span keeps what is set on it.
    #[inline]
    pub(in crate::operation) fn records(&self) -> bool {
        self.identity.recording == Recording::Sampled
    }

    /// Whether a value is of use to the span of an error.
    #[inline]
    pub(in crate::operation) fn keeps(&self) -> bool {
        match self.identity.recording {
            Recording::Sampled => true,
            Recording::Unsampled => self.rescues(),
            Recording::Off => false,
        }
    }

    fn rescues(&self) -> bool {
        let recorder = self.pipeline.recorder();
        recorder.is_some_and(|recorder| recorder.sampler().rescues())
    }

    /// Whether the span will be exported should the operation end now, and well.
    pub(in crate::operation) fn will_be_kept(&self) -> bool {
        self.records()
            || (self.keeps() && (self.is_marked(Mark::Needed) || self.is_over_budget(self.now())))
    }

    /// Whether a value that feeds an instrument is of use: also without metrics, for a status or a size
    /// says whether the span is kept.
    #[inline]
    pub(in crate::operation) fn measures(&self) -> bool {
        self.bound.series.is_some() || self.keeps()
    }

    /// Tells the operation something. Whether that was new to it.
    pub(crate) fn mark(&self, mark: Mark) -> bool {
        let mark = mark as u8;
        self.marks.fetch_or(mark, Ordering::AcqRel) & mark == 0
    }

    #[inline]
    pub(in crate::operation) fn is_marked(&self, mark: Mark) -> bool {
        self.marks.load(Ordering::Acquire) & mark as u8 != 0
    }

    pub(in crate::operation) fn limits(&self) -> Option<&SpanLimits> {
        Some(self.pipeline.recorder()?.limits())
    }

    /// The time, as the operation's own beginning and what has passed since: the clock may be set
    /// while it runs.
    #[inline]
    pub(in crate::operation) fn now(&self) -> Timestamp {
        self.started.until(self.pipeline.clock().now())
    }

    /// The time of day by the operation's clock.
    pub(crate) fn time(&self) -> SystemTime {
        self.now().into()
    }

    pub(in crate::operation) fn is_over_budget(&self, now: Timestamp) -> bool {
        let budget = self.callsite.budget;
        budget.is_some_and(|budget| now.since(self.started) > budget)
    }

    /// Sets an attribute of the span; where it feeds an instrument, or decides the outcome, that too.
    pub(in crate::operation) fn set(&self, facts: &mut Facts, key: &'static str, value: Recorded) {
        facts.touch();
        if let Some(number) = number(&value)
            && (self.feeds_on(key) || self.is_work(key))
        {
            facts.measures.retain(|(name, _)| *name != key);
            // What is not so is not counted as zero.
            if !matches!(value.0, Kept::Bool(false)) {
                facts.measures.push((key, number));
            }
        }
        match (key, &value.0) {
            (STATUS, Kept::Int(status)) => facts.answer.status = u16::try_from(*status).ok(),
            (EXCHANGE_ERROR, _) => {
                facts.answer.exchange_error = value.as_text().map(str::to_owned);
            }
            (ERROR_TYPE, _) => {
                facts.answer.error_type = value.as_text().map(str::to_owned);
                return;
            }
            _ => {}
        }
        self.put(facts, AttributeName::Declared(key), value);
    }

    /// Adds to an attribute of the span; where it feeds an instrument, to that too.
    pub(in crate::operation) fn add(&self, facts: &mut Facts, key: &'static str, value: Recorded) {
        let measured = facts.measures.iter().find(|(name, _)| *name == key);
        let set = || {
            let mut set = facts.span.attributes.iter();
            let set = set.find(|set| set.name.as_str() == key);
            set.and_then(|set| number(&set.value))
        };
        let before = measured.map(|(_, number)| *number).or_else(set);
        let total = match (before, &value.0) {
            (Some(Number::Int(before)), Kept::Int(more)) => Kept::Int(before.saturating_add(*more)),
            (Some(Number::Double(before)), Kept::Double(more)) => Kept::Double(before + more),
            _ => return self.set(facts, key, value),
        };
        self.set(facts, key, Recorded(total));
    }

    /// Sets an attribute of the span that neither feeds an instrument nor decides the outcome.
    #[inline]
    pub(in crate::operation) fn set_plain(
        &self,
        facts: &mut Facts,
        key: &'static str,
        value: Recorded,
    ) {
        if self.is_work(key) {
            self.set(facts, key, value);
        } else {
            self.put(facts, AttributeName::Declared(key), value);
        }
    }

    /// Sets an attribute that the registry need not know.
    pub(in crate::operation) fn set_other(&self, facts: &mut Facts, attribute: KeyValue) {
        if attribute.key.as_str() == ERROR_TYPE {
            self.set(facts, ERROR_TYPE, attribute.value.into());
        } else {
            let name = AttributeName::other(attribute.key);
            self.put(facts, name, attribute.value.into());
        }
    }

    /// Sets an attribute that labels the metrics too.
    pub(in crate::operation) fn label(
        &self,
        facts: &mut Facts,
        key: &'static str,
        mut label: Recorded,
    ) {
        facts.touch();
        self.pipeline.redactor().label(&mut label);
        self.put(facts, AttributeName::Declared(key), label.clone());
        facts.labels.retain(|(name, _)| *name != key);
        facts.labels.push((key, label));
    }

    /// An attribute of the span, also of one that is kept only should the operation fail: what was
    /// said of it is what a reader wants to know.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "a value would be copied for each call on its way"
    )]
    fn put(&self, facts: &mut Facts, name: AttributeName, value: Recorded) {
        if self.keeps()
            && !facts.span.is_ended()
            && let Some(limits) = self.limits()
        {
            facts.span.set(SetAttribute { name, value }, limits);
        }
    }

    pub(in crate::operation) fn feeds_on(&self, key: &str) -> bool {
        self.callsite
            .definition
            .metrics
            .iter()
            .any(|metric| match metric.source {
                MetricSource::Attribute(name)
                | MetricSource::Rate(name)
                | MetricSource::Age(name) => name == key,
                _ => false,
            })
    }
}

fn number(value: &Recorded) -> Option<Number> {
    match value.0 {
        Kept::Int(number) => Some(Number::Int(number)),
        Kept::Double(number) => Some(Number::Double(number)),
        Kept::Bool(truth) => Some(Number::Int(truth.into())),
        _ => None,
    }
}
