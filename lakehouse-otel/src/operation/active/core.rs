//! What of an operation stands while it runs: where it is from, its place in a trace; and what is
//! done at its end.

use std::borrow::Cow;
use std::mem;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::SystemTime;

use opentelemetry::{Context, KeyValue};

use super::facts::Facts;
use crate::clock::Timestamp;
use crate::config::SpanLimits;
use crate::metrics::instruments::Number;
use crate::metrics::series::Measured;
use crate::operation::bound::Bound;
use crate::operation::callsite::Callsite;
use crate::operation::current;
use crate::operation::hold::Hold;
use crate::operation::keep::{Fate, Keep};
use crate::operation::outcome::{Told, Verdict};
use crate::pipeline::Pipeline;
use crate::schema::{Kept, MetricSource, OperationType, Outcome, Recorded, events};
use crate::trace::ended::EndedOperation;
use crate::trace::identity::Identity;
use crate::trace::sampler::Recording;
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

    /// Records the end in the metrics, exports the span where that is its fate, and keeps nothing of it.
    #[inline]
    pub(in crate::operation) fn conclude(
        &self,
        facts: &mut Facts,
        verdict: &Verdict<'_>,
        told: Option<Box<Told>>,
    ) {
        self.record_end(facts, verdict, told);
        facts.empty();
    }

    #[inline]
    fn record_end(&self, facts: &mut Facts, verdict: &Verdict<'_>, mut told: Option<Box<Told>>) {
        let now = self.now();
        let over_budget = self.callsite.budget.map(|_| self.is_over_budget(now));
        let exceeded = over_budget == Some(true);
        self.record_metrics(now, verdict, exceeded, facts);
        facts.is_over = true;
        let Some(recorder) = self.pipeline.recorder() else {
            self.account_for(facts, now, verdict.outcome, false);
            return;
        };
        let keep = Keep {
            failed: matches!(verdict.outcome, Outcome::Error | Outcome::Panicked),
            over_budget: exceeded,
            rate_limited: verdict.rate_limited,
            measures: &facts.measures,
        };
        let (fate, sampling) = self.fate(recorder, &keep, now);
        let is_exported = matches!(fate, Fate::Exported(_));
        self.account_for(facts, now, verdict.outcome, is_exported);
        match fate {
            Fate::Discarded => {}
            Fate::Thinned => recorder.thinned(),
            Fate::OverBudget => recorder.over_error_budget(),
            Fate::Exported(why) => {
                if exceeded || told.is_some() {
                    self.add_last_events(facts, now, exceeded, told.as_deref_mut());
                }
                recorder.export(&self.identity, why, || EndedOperation {
                    bound: self.bound.clone(),
                    started: self.started,
                    at: now,
                    identity: self.identity.clone(),
                    sampling,
                    outcome: verdict.outcome,
                    over_budget,
                    told,
                    attributes: mem::take(&mut facts.span.attributes),
                    dropped_attributes: facts.span.dropped_attributes,
                    more: facts.span.more.take(),
                });
            }
        }
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

    #[inline]
    fn record_metrics(
        &self,
        now: Timestamp,
        verdict: &Verdict<'_>,
        over_budget: bool,
        facts: &mut Facts,
    ) {
        if !facts.running.is_empty() {
            for running in facts.running.drain(..) {
                running.record(Number::Int(-1));
            }
        }
        if let Some(series) = &self.bound.series {
            let measured = Measured {
                outcome: verdict.outcome,
                error_type: verdict.error_type.as_ref(),
                rate_limited: verdict.rate_limited,
                over_budget,
                seconds: now.seconds_since(self.started),
                measures: &facts.measures,
            };
            series.record(&self.pipeline, &facts.labels, &measured);
        }
    }

    /// The events that tell of the end.
    fn add_last_events(
        &self,
        facts: &mut Facts,
        now: Timestamp,
        over_budget: bool,
        told: Option<&mut Told>,
    ) {
        facts.touch();
        let exception = told.and_then(|told| told.exception.take());
        let Some(limits) = self.limits().filter(|_| !facts.span.is_ended()) else {
            return;
        };
        if let Some(exception) = exception {
            let name = Cow::Borrowed(events::EXCEPTION);
            facts.span.add_event(name, now.into(), exception, limits);
        }
        if over_budget && let Some(budget) = self.callsite.budget {
            let duration = now.since(self.started).as_secs_f64();
            let attributes = vec![
                KeyValue::new("crypto.operation.budget", budget.as_secs_f64()),
                KeyValue::new("crypto.operation.duration", duration),
            ];
            let name = Cow::Borrowed(events::CRYPTO_BUDGET_EXCEEDED);
            facts.span.add_event(name, now.into(), attributes, limits);
        }
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
            facts.measures.push((key, number));
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
        label: Cow<'static, str>,
    ) {
        facts.touch();
        let value = match &label {
            Cow::Borrowed(text) => Recorded::fixed(text),
            Cow::Owned(text) => Recorded::text(text),
        };
        self.put(facts, AttributeName::Declared(key), value);
        facts.labels.retain(|(name, _)| *name != key);
        facts.labels.push((key, label));
    }

    /// An attribute of the span, also of one that is kept only should the operation fail: what was
    /// said of it is what a reader wants to know.
    #[inline]
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
                MetricSource::Attribute(name) | MetricSource::Rate(name) => name == key,
                _ => false,
            })
    }
}

fn number(value: &Recorded) -> Option<Number> {
    match value.0 {
        Kept::Int(number) => Some(Number::Int(number)),
        Kept::Double(number) => Some(Number::Double(number)),
        _ => None,
    }
}
