//! An operation that runs: what it has learned so far, and how it ends.

use std::borrow::Cow;
use std::mem;
use std::ops::Deref;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use opentelemetry::trace::{TraceContextExt, TraceState};
use opentelemetry::{Context, KeyValue};

use super::bound::Bound;
use super::callsite::Callsite;
use super::hold::Hold;
use super::keep::{Fate, Keep};
use super::outcome::{Answer, Ended, Told, Verdict, decide};
use super::returned::ReturnedOutcome;
use super::{current, pool};
use crate::clock::Timestamp;
use crate::config::SpanLimits;
use crate::metrics::instruments::{BoundInstrument, Number};
use crate::metrics::series::{Label, Measured};
use crate::performance::Usage;
use crate::pipeline::{self, Pipeline};
use crate::schema::{Kept, MetricSource, OperationType, Outcome, Recorded, events};
use crate::trace::ended::EndedOperation;
use crate::trace::identity::Identity;
use crate::trace::sampler::Recording;
use crate::trace::span::{AttributeName, OperationSpan, SetAttribute, SpanRecord};

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
    pub(super) callsite: &'static Callsite,
    pub(super) bound: Hold<Bound>,
    pub(super) started: Timestamp,
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
pub(crate) struct Facts {
    /// Whether there is anything in it.
    pub(super) is_touched: bool,
    pub(super) span: SpanRecord,
    labels: Vec<Label>,
    pub(super) measures: Vec<(&'static str, Number)>,
    answer: Answer,
    /// What it uses, where that is asked for and somebody may see it.
    pub(super) usage: Option<Usage>,
    /// Where this operation counts as running; taken when it ends.
    running: Vec<BoundInstrument>,
    /// Whether it has ended.
    is_over: bool,
}

/// An operation that has begun, and the context in which its work runs where that is one of its own.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) active: Arc<Active>,
    pub(super) context: Option<Context>,
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

    #[inline(never)]
    fn start_anywhere(callsite: &'static Callsite) -> Option<Begun> {
        let (pipeline, bound) = callsite.resolve()?;
        let started = pipeline.clock().now();
        let mut active = match pool::take() {
            Some(active) => active,
            None => Self::blank(callsite, &pipeline, &bound),
        };
        let context = Context::map_current(|parent| {
            if let Some(Self { core, facts }) = Arc::get_mut(&mut active) {
                core.callsite = callsite;
                core.pipeline = pipeline;
                core.bound = bound;
                core.started = started;
                *core.marks.get_mut() = 0;
                let facts = facts.get_mut().unwrap_or_else(PoisonError::into_inner);
                facts.clear();
                core.identify(parent);
                if core.callsite.resources {
                    core.begin_usage(facts);
                }
            }
            let identity = &active.core.identity;
            if !identity.has_context {
                None
            } else if identity.recording == Recording::Sampled {
                Some(parent.with_span(OperationSpan::new(&active)))
            } else {
                let span = identity.span_context(TraceState::NONE);
                Some(parent.with_remote_span_context(span))
            }
        });
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
            facts.is_touched = true;
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
    pub(super) fn open_facts(&self) -> Option<MutexGuard<'_, Facts>> {
        let mut facts = self.facts();
        if facts.is_over {
            return None;
        }
        facts.is_touched = true;
        Some(facts)
    }

    /// Sets an attribute of the span; where it feeds an instrument, or decides the outcome, that too.
    pub(super) fn set(&self, key: &'static str, value: Recorded) {
        let Some(mut facts) = self.open_facts() else {
            return;
        };
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
        self.put(&mut facts, AttributeName::Declared(key), value);
    }

    /// Sets an attribute of the span that neither feeds an instrument nor decides the outcome.
    pub(super) fn set_plain(&self, key: &'static str, value: Recorded) {
        if self.is_work(key) {
            self.set(key, value);
        } else if let Some(mut facts) = self.open_facts() {
            self.put(&mut facts, AttributeName::Declared(key), value);
        }
    }

    /// Sets an attribute that the registry need not know.
    pub(super) fn set_attribute(&self, attribute: KeyValue) {
        if attribute.key.as_str() == ERROR_TYPE {
            self.set(ERROR_TYPE, attribute.value.into());
        } else if let Some(mut facts) = self.open_facts() {
            let name = AttributeName::other(attribute.key);
            self.put(&mut facts, name, attribute.value.into());
        }
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

    /// Sets an attribute that labels the metrics too.
    pub(super) fn label(&self, key: &'static str, label: Cow<'static, str>) {
        let Some(mut facts) = self.open_facts() else {
            return;
        };
        let value = match &label {
            Cow::Borrowed(text) => Recorded::fixed(text),
            Cow::Owned(text) => Recorded::text(text),
        };
        self.put(&mut facts, AttributeName::Declared(key), value);
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

    /// Ends an operation that returned well, which is how most end.
    #[inline]
    pub(super) fn end_well(mut self: Arc<Self>) {
        let concluded = match Arc::get_mut(&mut self) {
            // Nobody else sees it: no lock is needed.
            Some(Self { core, facts }) => {
                let facts = facts.get_mut().unwrap_or_else(PoisonError::into_inner);
                let plain = facts.answer.is_plain() && !facts.is_over;
                if plain {
                    core.conclude(facts, &Verdict::plain(), None);
                }
                plain
            }
            None => false,
        };
        if !concluded {
            self.conclude(Ended::Returned(ReturnedOutcome::Ok));
        }
        pool::give_back(self);
    }

    /// Ends it; the first end counts.
    pub(super) fn conclude(&self, ended: Ended<'_>) {
        let Some(mut facts) = self.open_facts() else {
            return;
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
        if let Some(mut facts) = self.open_facts() {
            self.core.conclude(&mut facts, &verdict, told);
        }
    }

    /// Lets go of it, when it has ended.
    #[inline]
    pub(super) fn let_go(self: Arc<Self>) {
        pool::give_back(self);
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
    /// Finds the operation's place under this context.
    #[inline]
    fn identify(&mut self, parent: &Context) {
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

    /// Whether a value that feeds an instrument is of use: also without metrics, for a status or a size
    /// says whether the span is kept.
    #[inline]
    pub(super) fn measures(&self) -> bool {
        self.bound.series.is_some() || self.keeps()
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

    pub(super) fn limits(&self) -> Option<&SpanLimits> {
        Some(self.pipeline.recorder()?.limits())
    }

    /// Records the end in the metrics, exports the span where that is its fate, and keeps nothing of it.
    #[inline]
    fn conclude(&self, facts: &mut Facts, verdict: &Verdict<'_>, told: Option<Box<Told>>) {
        self.record_end(facts, verdict, told);
        if facts.is_touched {
            facts.empty();
        }
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
    pub(super) fn now(&self) -> Timestamp {
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
        self.is_over = false;
        if self.is_touched {
            self.empty();
        }
    }

    fn empty(&mut self) {
        self.is_touched = false;
        self.span.clear();
        self.labels.clear();
        self.measures.clear();
        self.running.clear();
        self.answer = Answer::default();
        self.usage = None;
    }
}

fn number(value: &Recorded) -> Option<Number> {
    match value.0 {
        Kept::Int(number) => Some(Number::Int(number)),
        Kept::Double(number) => Some(Number::Double(number)),
        _ => None,
    }
}
