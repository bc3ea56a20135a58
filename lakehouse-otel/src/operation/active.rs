//! An operation that runs: what it has learned so far, and how it ends.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use opentelemetry::trace::{TraceContextExt, TraceState};
use opentelemetry::{Context, Key, KeyValue};

use super::bound::Bound;
use super::callsite::Callsite;
use super::hold::Hold;
use super::keep::Keep;
use super::outcome::{Answer, Ended, Told, Verdict, decide};
use super::returned::ReturnedOutcome;
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
    core: Core,
    facts: Mutex<Facts>,
}

/// What of an operation stands while it runs.
#[derive(Debug)]
pub(crate) struct Core {
    pub(super) pipeline: Hold<Pipeline>,
    callsite: &'static Callsite,
    bound: Hold<Bound>,
    started: Timestamp,
    pub(super) identity: Identity,
    /// What others tell it: see [`Mark`].
    marks: AtomicU8,
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
        let mut active = match pool::take() {
            Some(active) => active,
            None => Self::blank(callsite, &pipeline, &bound),
        };
        let context = match Arc::get_mut(&mut active) {
            None => None,
            Some(Self { core, facts }) => {
                core.callsite = callsite;
                core.pipeline = pipeline;
                core.bound = bound;
                core.started = started;
                *core.marks.get_mut() = 0;
                let facts = facts.get_mut().unwrap_or_else(PoisonError::into_inner);
                facts.clear();
                Context::map_current(|parent| core.identify(parent))
            }
        };
        let context = match (active.core.identity.recording, context) {
            (Recording::Sampled, Some(parent)) => {
                Some(parent.with_span(OperationSpan::new(&active)))
            }
            (Recording::Unsampled, Some(parent)) => {
                let span = active.core.identity.span_context(TraceState::NONE);
                Some(parent.with_remote_span_context(span))
            }
            _ => None,
        };
        Some(Begun { active, context })
    }

    #[cold]
    fn blank(
        callsite: &'static Callsite,
        pipeline: &Hold<Pipeline>,
        bound: &Hold<Bound>,
    ) -> Arc<Self> {
        Arc::new(Self {
            core: Core {
                pipeline: pipeline.clone(),
                callsite,
                bound: bound.clone(),
                started: Timestamp::from_nanos(0),
                identity: Identity::none(),
                marks: AtomicU8::new(0),
            },
            facts: Mutex::default(),
        })
    }

    /// Whether it may be used again: what belongs to a capture goes with it.
    pub(super) fn is_reusable(&self) -> bool {
        matches!(self.core.pipeline, Hold::Program(_))
    }

    /// Counts the operation as running, once its labels are known.
    #[inline]
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

    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the operation has learned, while there is still more to learn.
    fn open_facts(&self) -> Option<MutexGuard<'_, Facts>> {
        Some(self.facts()).filter(|facts| !facts.is_over)
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

    /// Ends an operation that returned well, which is how most end.
    #[inline]
    pub(super) fn end_well(mut self: Arc<Self>) {
        let fate = match Arc::get_mut(&mut self) {
            // Nobody else sees it: no lock is needed.
            Some(Self { core, facts }) => {
                let facts = facts.get_mut().unwrap_or_else(PoisonError::into_inner);
                (facts.answer.is_plain() && !facts.is_over)
                    .then(|| core.conclude(facts, &Verdict::plain(), None))
            }
            None => None,
        };
        let fate = fate.unwrap_or_else(|| self.conclude(Ended::Returned(ReturnedOutcome::Ok)));
        self.meet(fate);
    }

    /// Decides how it ended, and records its metrics. What it comes to is for [`meet`](Self::meet).
    /// The first end counts.
    pub(super) fn conclude(&self, ended: Ended<'_>) -> Fate {
        let Some(mut facts) = self.open_facts() else {
            return Fate::Over;
        };
        if ended.is_plain() && facts.answer.is_plain() {
            return self.core.conclude(&mut facts, &Verdict::plain(), None);
        }
        let answer = facts.answer.clone();
        drop(facts);
        let verdict = decide(ended, self.operation_type(), &answer);
        // The error's own code runs here. Where it panics the operation has not ended, and the panic
        // is what it ends with.
        let told = verdict.tells_more() && self.keeps();
        let told = told.then(|| Box::new(verdict.tell()));
        match self.open_facts() {
            Some(mut facts) => self.core.conclude(&mut facts, &verdict, told),
            None => Fate::Over,
        }
    }

    /// Lets the operation go where it belongs.
    #[inline]
    pub(super) fn meet(self: Arc<Self>, fate: Fate) {
        match (fate, &self.core.pipeline) {
            (Fate::Over, _) => {}
            (Fate::Discarded, _) => pool::give_back(self),
            (_, Hold::Program(pipeline)) => {
                let pipeline: &'static Pipeline = pipeline;
                self.dispose(pipeline, fate);
            }
            (_, Hold::Capture(pipeline)) => {
                let pipeline = Arc::clone(pipeline);
                self.dispose(&pipeline, fate);
            }
        }
    }

    fn dispose(self: Arc<Self>, pipeline: &Pipeline, fate: Fate) {
        if let Some(recorder) = pipeline.recorder() {
            recorder.dispose(self, fate);
        }
    }
}

impl Deref for Active {
    type Target = Core;

    #[inline]
    fn deref(&self) -> &Core {
        &self.core
    }
}

impl Core {
    /// Finds the operation's place under this context; a copy of that where its work is to run in a
    /// context of its own.
    #[inline]
    fn identify(&mut self, parent: &Context) -> Option<Context> {
        let pipeline = &self.pipeline;
        let (Some(recorder), Some(sampling)) = (pipeline.recorder(), &self.bound.sampling) else {
            self.identity = Identity::none();
            return None;
        };
        let identity = &mut self.identity;
        current::with(|current| {
            recorder.identify(identity, sampling, parent, current, pipeline.id());
        });
        identity.has_context.then(|| parent.clone())
    }

    /// Whether the operation has a place in a trace, recorded or not.
    pub(super) fn is_traced(&self) -> bool {
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

    pub(crate) fn started(&self) -> Timestamp {
        self.started
    }

    #[inline]
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

    /// Tells the operation something. Whether that was new to it.
    pub(crate) fn mark(&self, mark: Mark) -> bool {
        let mark = mark as u8;
        self.marks.fetch_or(mark, Ordering::AcqRel) & mark == 0
    }

    #[inline]
    pub(super) fn is_marked(&self, mark: Mark) -> bool {
        self.marks.load(Ordering::Acquire) & mark as u8 != 0
    }

    fn limits(&self) -> Option<&SpanLimits> {
        Some(self.pipeline.recorder()?.limits())
    }

    /// Records the end in the metrics, and decides what becomes of the span.
    #[inline]
    fn conclude(
        &self,
        facts: &mut Facts,
        verdict: &Verdict<'_>,
        told: Option<Box<Told>>,
    ) -> Fate {
        let now = self.now();
        let over_budget = self.callsite.budget.map(|_| self.is_over_budget(now));
        let exceeded = over_budget == Some(true);
        self.record_metrics(now, verdict, exceeded, facts);
        let keep = Keep {
            failed: matches!(verdict.outcome, Outcome::Error | Outcome::Panicked),
            over_budget: exceeded,
            rate_limited: verdict.rate_limited,
            measures: &facts.measures,
        };
        let (fate, sampling) = self.fate(&keep, now);
        facts.is_over = true;
        if let Fate::Exported(_) = fate {
            self.add_last_events(facts, now, exceeded, told.as_deref());
            facts.end = Some(End {
                at: now,
                outcome: verdict.outcome,
                over_budget,
                told,
                sampling,
            });
        }
        fate
    }

    /// The time, as the operation's own beginning and what has passed since: the clock may be set
    /// while it runs.
    #[inline]
    fn now(&self) -> Timestamp {
        let now = self.pipeline.clock().now();
        self.started.plus(now.since(self.started))
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
    ) {
        let exception = told.and_then(|told| told.exception.as_ref());
        if exception.is_none() && !over_budget {
            return;
        }
        let Some(limits) = self.limits().filter(|_| !facts.span.is_ended()) else {
            return;
        };
        if let Some(exception) = exception.cloned() {
            let name = Cow::Borrowed(events::EXCEPTION);
            facts.span.add_event(name, now.into(), exception, limits);
        }
        if over_budget
            && let Some(budget) = self.callsite.budget
        {
            let duration = now.since(self.started).as_secs_f64();
            let attributes = vec![
                KeyValue::new("crypto.operation.budget", budget.as_secs_f64()),
                KeyValue::new("crypto.operation.duration", duration),
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

impl Facts {
    /// Empties it, and keeps its room.
    #[inline]
    fn clear(&mut self) {
        self.span.clear();
        self.labels.clear();
        self.measures.clear();
        self.running.clear();
        if !self.answer.is_plain() {
            self.answer = Answer::default();
        }
        self.is_over = false;
        if self.end.is_some() {
            self.end = None;
        }
    }
}

fn number(value: &Recorded) -> Option<Number> {
    match value.0 {
        Kept::Int(number) => Some(Number::Int(number)),
        Kept::Double(number) => Some(Number::Double(number)),
        _ => None,
    }
}
