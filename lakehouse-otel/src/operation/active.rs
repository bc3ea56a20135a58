//! An operation that runs: what it has learned so far, and how it ends.

mod core;
mod facts;

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::atomic::AtomicU8;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry::trace::{TraceContextExt, TraceState};
use opentelemetry::{Context, KeyValue};

use super::bound::Bound;
use super::callsite::Callsite;
use super::hold::Hold;
use super::outcome::{Ended, Verdict, decide};
use super::pool;
use super::returned::ReturnedOutcome;
use crate::clock::Timestamp;
use crate::config::SpanLimits;
use crate::metrics::instruments::Number;
use crate::pipeline::{self, Pipeline};
use crate::schema::{Kept, Recorded};
use crate::trace::identity::Identity;
use crate::trace::sampler::Recording;
use crate::trace::span::{AttributeName, OperationSpan, SetAttribute, SpanRecord};

pub(crate) use self::core::{Core, Mark};
pub(super) use facts::Facts;

/// An operation that runs, or has ended and waits for its export. The operation, its handles and its
/// span share it.
#[derive(Debug)]
pub(crate) struct Active {
    core: Core,
    facts: Mutex<Facts>,
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

fn number(value: &Recorded) -> Option<Number> {
    match value.0 {
        Kept::Int(number) => Some(Number::Int(number)),
        Kept::Double(number) => Some(Number::Double(number)),
        _ => None,
    }
}
