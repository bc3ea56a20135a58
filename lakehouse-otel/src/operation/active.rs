//! An operation that runs: what it has learned so far, and how it ends.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry::{Context, Key, KeyValue};

use super::bound::Bound;
use super::callsite::Callsite;
use super::hold::Hold;
use super::keep::{Enclosing, Keep};
use super::outcome::{Answer, Ended, Told, Verdict, decide};
use super::{current, pool};
use crate::clock::Timestamp;
use crate::config::SpanLimits;
use crate::metrics::instruments::{BoundInstrument, Number};
use crate::metrics::series::{Label, Measured};
use crate::pipeline::{self, Pipeline};
use crate::schema::{Kept, MetricSource, OperationType, Outcome, Recorded, events};
use crate::trace::identity::Identity;
use crate::trace::sampler::{Recording, SamplingState};
use crate::trace::span::{OperationSpan, SetAttribute, SpanRecord};

/// An operation that runs, or has ended and waits for its export. The operation, its handles and its
/// span share it.
#[derive(Debug)]
pub(crate) struct Active {
    pipeline: Hold<Pipeline>,
    callsite: &'static Callsite,
    bound: Hold<Bound>,
    started: Timestamp,
    identity: Identity,
    enclosing: Enclosing,
    /// What others tell it: see [`Mark`].
    marks: AtomicU8,
    facts: Mutex<Facts>,
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

/// What an operation has learned so far.
#[derive(Debug, Default)]
struct Facts {
    span: SpanRecord,
    labels: Vec<Label>,
    measures: Vec<(&'static str, Number)>,
    answer: Answer,
    /// Where this operation counts as running; taken when it ends.
    running: Vec<BoundInstrument>,
    /// Whether it has ended: it stays so when its end has been read.
    is_over: bool,
    end: Option<End>,
}

/// How an operation ended.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) at: Timestamp,
    pub(crate) outcome: Outcome,
    pub(crate) over_budget: Option<bool>,
    /// What the span says of an end that was not simply good.
    pub(crate) told: Option<Box<Told>>,
    /// What the span stands for.
    pub(crate) sampling: SamplingState,
}

/// An operation that has begun, and the context in which its work runs where that is one of its own.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) active: Arc<Active>,
    pub(super) context: Option<Context>,
}

/// What becomes of an operation that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nobody will see its span.
    Discarded,
    /// Its span was counted at the beginning and is not exported.
    Thinned,
    /// Its span is exported.
    Exported(super::keep::Why),
    /// Its span would be exported for an error, were there not so many.
    OverBudget,
    /// It had ended before.
    Over,
}

// What decides the outcome, or its class.
const STATUS: &str = "http.response.status_code";
const EXCHANGE_ERROR: &str = "crypto.exchange_error";
const ERROR_TYPE: &str = "error.type";

impl Active {
    /// Starts an operation under the current context, where there is a pipeline to record it.
    #[inline]
    pub(super) fn start(callsite: &'static Callsite) -> Option<Begun> {
        if pipeline::any() {
            Self::start_anywhere(callsite)
        } else {
            None
        }
    }

    fn start_anywhere(callsite: &'static Callsite) -> Option<Begun> {
        let (pipeline, bound) = callsite.resolve()?;
        let started = pipeline.clock().now();
        if pipeline.recorder().is_none() {
            let identity = Identity::none();
            let active = Self::make(pipeline, callsite, bound, started, identity, Enclosing::None);
            return Some(Begun {
                active,
                context: None,
            });
        }
        Context::map_current(|parent| {
            let (identity, enclosing) = match (pipeline.recorder(), &bound.sampling) {
                (Some(recorder), Some(sampling)) => current::with(|current| {
                    recorder.identify(sampling, parent, current, pipeline.id())
                }),
                _ => (Identity::none(), Enclosing::None),
            };
            let recording = identity.recording;
            let own = identity.has_context;
            let active = Self::make(pipeline, callsite, bound, started, identity, enclosing);
            let context = match recording {
                Recording::Sampled => Some(parent.with_span(OperationSpan::new(&active))),
                Recording::Unsampled if own => {
                    Some(parent.with_remote_span_context(active.span_context().clone()))
                }
                Recording::Unsampled | Recording::Off => None,
            };
            Some(Begun { active, context })
        })
    }

    fn make(
        pipeline: Hold<Pipeline>,
        callsite: &'static Callsite,
        bound: Hold<Bound>,
        started: Timestamp,
        identity: Identity,
        enclosing: Enclosing,
    ) -> Arc<Self> {
        if let Some(mut pooled) = pool::take()
            && let Some(active) = Arc::get_mut(&mut pooled)
        {
            active.pipeline = pipeline;
            active.callsite = callsite;
            active.bound = bound;
            active.started = started;
            active.identity = identity;
            active.enclosing = enclosing;
            return pooled;
        }
        Arc::new(Self {
            pipeline,
            callsite,
            bound,
            started,
            identity,
            enclosing,
            marks: AtomicU8::new(0),
            facts: Mutex::default(),
        })
    }

    /// Empties it, to be used again. `false` where it holds what must go.
    pub(super) fn reset(&mut self) -> bool {
        if matches!(self.pipeline, Hold::Capture(_)) {
            return false;
        }
        self.enclosing = Enclosing::None;
        self.identity.forget();
        *self.marks.get_mut() = 0;
        let facts = self.facts.get_mut().unwrap_or_else(PoisonError::into_inner);
        facts.span.clear();
        facts.labels.clear();
        facts.measures.clear();
        facts.running.clear();
        facts.answer = Answer::default();
        facts.is_over = false;
        facts.end = None;
        true
    }

    /// Counts the operation as running, once its labels are known.
    pub(super) fn count_running(&self) {
        if let Some(series) = &self.bound.series
            && series.counts_running()
        {
            let mut facts = self.facts();
            facts.running = series.active(&self.pipeline, &facts.labels);
            for running in &facts.running {
                running.record(Number::Int(1));
            }
        }
    }

    /// Whether the operation has a place in a trace, recorded or not.
    pub(super) fn is_traced(&self) -> bool {
        self.identity.recording != Recording::Off
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(crate) fn pipeline_id(&self) -> u64 {
        self.pipeline.id()
    }

    pub(crate) fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    pub(crate) fn bound(&self) -> &Bound {
        &self.bound
    }

    pub(crate) fn started(&self) -> Timestamp {
        self.started
    }

    pub(crate) fn span_context(&self) -> &SpanContext {
        &self.identity.span_context
    }

    pub(crate) fn enclosing(&self) -> &Enclosing {
        &self.enclosing
    }

    pub(crate) fn operation_type(&self) -> OperationType {
        self.callsite.definition.operation_type
    }

    /// Whether the span keeps what is set on it.
    #[inline]
    pub(super) fn records(&self) -> bool {
        self.identity.recording == Recording::Sampled
    }

    /// Whether a value is of use to the span of an error.
    #[inline]
    pub(super) fn keeps(&self) -> bool {
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
    pub(super) fn will_be_kept(&self) -> bool {
        self.records()
            || (self.keeps() && (self.is_marked(Mark::Needed) || self.is_over_budget(self.now())))
    }

    /// Whether a value that feeds an instrument is of use.
    #[inline]
    pub(super) fn measures(&self) -> bool {
        self.bound.series.is_some() || self.records()
    }

    pub(crate) fn mark(&self, mark: Mark) -> bool {
        let mark = mark as u8;
        self.marks.fetch_or(mark, Ordering::AcqRel) & mark == 0
    }

    pub(super) fn is_marked(&self, mark: Mark) -> bool {
        self.marks.load(Ordering::Acquire) & mark as u8 != 0
    }

    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the operation has learned, while there is still more to learn.
    fn open_facts(&self) -> Option<MutexGuard<'_, Facts>> {
        Some(self.facts()).filter(|facts| !facts.is_over)
    }

    fn limits(&self) -> Option<&SpanLimits> {
        Some(self.pipeline.recorder()?.limits())
    }

    /// Sets an attribute of the span; where it feeds an instrument, or decides the outcome, that too.
    pub(super) fn set(&self, key: &'static str, value: Recorded) {
        let Some(mut facts) = self.open_facts() else {
            return;
        };
        if let Some(number) = number(&value)
            && self.feeds_on(key)
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
        self.put(&mut facts, Key::from_static_str(key), value);
    }

    /// Sets an attribute that the registry need not know.
    pub(super) fn set_attribute(&self, attribute: KeyValue) {
        if attribute.key.as_str() == ERROR_TYPE {
            self.set(ERROR_TYPE, attribute.value.into());
        } else if let Some(mut facts) = self.open_facts() {
            self.put(&mut facts, attribute.key, attribute.value.into());
        }
    }

    /// An attribute of the span, also of one that is kept only should the operation fail: what was
    /// said of it is what a reader wants to know.
    fn put(&self, facts: &mut Facts, key: Key, value: Recorded) {
        if self.keeps()
            && !facts.span.is_ended()
            && let Some(limits) = self.limits()
        {
            let attribute = SetAttribute {
                key,
                value,
                overrides: false,
            };
            facts.span.set(attribute, limits);
        }
    }

    /// Sets an attribute that labels the metrics too.
    pub(super) fn label(&self, key: &'static str, label: Cow<'static, str>) {
        let Some(mut facts) = self.open_facts() else {
            return;
        };
        let value = match &label {
            Cow::Borrowed(text) => Recorded::fixed(text),
            Cow::Owned(text) => Recorded::text(text),
        };
        self.put(&mut facts, Key::from_static_str(key), value);
        facts.labels.retain(|(name, _)| *name != key);
        facts.labels.push((key, label));
    }

    pub(super) fn add_event(&self, name: impl Into<Cow<'static, str>>, attributes: Vec<KeyValue>) {
        if self.records() {
            let now = self.time();
            let name = name.into();
            self.change_span(|span, limits| span.add_event(name, now, attributes, limits));
        }
    }

    /// Changes the span, while it is open.
    pub(crate) fn change_span(&self, change: impl FnOnce(&mut SpanRecord, &SpanLimits)) {
        if let Some(limits) = self.limits()
            && let Some(mut facts) = self.open_facts()
            && !facts.span.is_ended()
        {
            change(&mut facts.span, limits);
        }
    }

    /// Whether the span takes changes.
    pub(crate) fn span_is_open(&self) -> bool {
        self.open_facts()
            .is_some_and(|facts| !facts.span.is_ended())
    }

    /// What the span of an operation that has ended stands for, and when it ended.
    pub(crate) fn ended_as(&self) -> Option<(SamplingState, Timestamp)> {
        self.facts().end.as_ref().map(|end| (end.sampling, end.at))
    }

    /// Reads the span of an operation that has ended.
    pub(crate) fn read_ended<R>(&self, read: impl FnOnce(&mut SpanRecord, End) -> R) -> Option<R> {
        let mut facts = self.facts();
        let end = facts.end.take()?;
        let read = read(&mut facts.span, end);
        Some(read)
    }

    /// Decides how it ended, and records its metrics. What it comes to is for [`meet`](Self::meet).
    pub(super) fn conclude(&self, ended: Ended<'_>) -> Fate {
        let Some(mut facts) = self.open_facts() else {
            return Fate::Over;
        };
        let (verdict, told) = if ended.is_plain() && facts.answer.is_plain() {
            (Verdict::plain(), None)
        } else {
            let answer = facts.answer.clone();
            drop(facts);
            let verdict = decide(ended, self.operation_type(), &answer);
            // The error's own code runs here. Where it panics the operation has not ended, and the
            // panic is what it ends with.
            let told = verdict.tells_more() && self.keeps();
            let told = told.then(|| Box::new(verdict.tell()));
            match self.open_facts() {
                Some(again) => facts = again,
                None => return Fate::Over,
            }
            (verdict, told)
        };
        let now = self.now();
        self.record_metrics(now, &verdict, &mut facts);
        let over_budget = self.callsite.budget.map(|_| self.is_over_budget(now));
        let keep = Keep {
            failed: matches!(verdict.outcome, Outcome::Error | Outcome::Panicked),
            over_budget: over_budget == Some(true),
            rate_limited: verdict.rate_limited,
            measures: &facts.measures,
        };
        let (fate, sampling) = self.fate(&keep, now);
        if let (Fate::Exported(_), Some(limits)) = (fate, self.limits()) {
            let exceeded = over_budget == Some(true);
            self.add_last_events(&mut facts, now, exceeded, told.as_deref(), limits);
        }
        facts.is_over = true;
        facts.end = Some(End {
            at: now,
            outcome: verdict.outcome,
            over_budget,
            told,
            sampling,
        });
        fate
    }

    /// Lets the operation go where it belongs.
    pub(super) fn meet(self: Arc<Self>, fate: Fate) {
        if fate == Fate::Over {
            return;
        }
        match &self.pipeline {
            Hold::Program(pipeline) => {
                let pipeline: &'static Pipeline = pipeline;
                Self::dispose(self, pipeline, fate);
            }
            Hold::Capture(pipeline) => {
                let pipeline = Arc::clone(pipeline);
                Self::dispose(self, &pipeline, fate);
            }
        }
    }

    fn dispose(self: Arc<Self>, pipeline: &Pipeline, fate: Fate) {
        match pipeline.recorder() {
            None => pool::give_back(self),
            Some(recorder) => recorder.dispose(self, fate),
        }
    }

    /// The time, as the operation's own beginning and what has passed since: the clock may be set
    /// while it runs.
    fn now(&self) -> Timestamp {
        let now = self.pipeline.clock().now();
        self.started.plus(now.since(self.started))
    }

    /// The time of day by the operation's clock.
    pub(crate) fn time(&self) -> SystemTime {
        self.now().into()
    }

    fn record_metrics(&self, now: Timestamp, verdict: &Verdict<'_>, facts: &mut Facts) {
        for running in facts.running.drain(..) {
            running.record(Number::Int(-1));
        }
        if let Some(series) = &self.bound.series {
            let measured = Measured {
                outcome: verdict.outcome,
                error_type: verdict.error_type.as_ref(),
                rate_limited: verdict.rate_limited,
                over_budget: self.is_over_budget(now),
                duration: now.since(self.started),
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
        told: Option<&Told>,
        limits: &SpanLimits,
    ) {
        if facts.span.is_ended() {
            return;
        }
        if let Some(exception) = told.and_then(|told| told.exception.clone()) {
            let name = Cow::Borrowed(events::EXCEPTION);
            facts.span.add_event(name, now.into(), exception, limits);
        }
        if over_budget
            && let Some(budget) = self.callsite.budget
        {
            let attributes = vec![
                KeyValue::new("crypto.operation.budget", budget.as_secs_f64()),
                KeyValue::new(
                    "crypto.operation.duration",
                    now.since(self.started).as_secs_f64(),
                ),
            ];
            let name = Cow::Borrowed(events::CRYPTO_BUDGET_EXCEEDED);
            facts.span.add_event(name, now.into(), attributes, limits);
        }
    }

    fn is_over_budget(&self, now: Timestamp) -> bool {
        let budget = self.callsite.budget;
        budget.is_some_and(|budget| now.since(self.started) > budget)
    }

    fn feeds_on(&self, key: &str) -> bool {
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
