//! An operation that runs: what it has learned so far, and how it ends.

mod core;
mod end;
mod facts;
mod invocation;
mod response;

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::atomic::AtomicU8;
use std::sync::{Mutex, MutexGuard, PoisonError};

use opentelemetry::trace::{Link, SpanId, TraceContextExt};
use opentelemetry::{Context, ContextGuard, KeyValue};
use triomphe::Arc;

use super::bound::Bound;
use super::callsite::Callsite;
use super::dependencies::Part;
use super::hold::Hold;
use super::outcome::{Ended, Verdict, decide};
use super::pool;
use super::returned::ReturnedOutcome;
use crate::clock::Timestamp;
use crate::config::SpanLimits;
use crate::metrics::instruments::Number;
use crate::metrics::series::CallsiteSeries;
use crate::pipeline::{self, Pipeline};
use crate::schema::{OperationType, Recorded};
use crate::trace::identity::Identity;
use crate::trace::sampler::Recording;
use crate::trace::span::{OperationSpan, SpanRecord};

pub(crate) use self::core::{Core, Mark};
pub(super) use facts::Facts;

/// An operation that runs, or has ended and waits for its export. The operation, its handles and its
/// span share it.
///
/// The pointer knows no weak ones, so that it costs a look, and no step that other cores see, to find out that nobody
/// else holds it.
#[derive(Debug, Clone)]
pub(crate) struct Active(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    core: Core,
    facts: Mutex<Facts>,
}

impl Active {
    /// Starts an operation under the current context, where there is a pipeline to record it.
    #[inline]
    pub(super) fn start(callsite: &'static Callsite) -> Option<Self> {
        if pipeline::any() {
            Self::start_anywhere(callsite)
        } else {
            None
        }
    }

    #[inline(never)]
    fn start_anywhere(callsite: &'static Callsite) -> Option<Self> {
        let (pipeline, bound) = callsite.resolve()?;
        let started = pipeline.clock().now();
        Some(Self::start_at(callsite, pipeline, bound, started))
    }

    /// Starts an operation under the current context that began then.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "what it is given would be written and read again"
    )]
    pub(super) fn start_at(
        callsite: &'static Callsite,
        pipeline: Hold<Pipeline>,
        bound: Hold<Bound>,
        started: Timestamp,
    ) -> Self {
        let mut active = match pool::take() {
            Some(active) => active,
            None => Self::blank(callsite, &pipeline, &bound),
        };
        if let Some(Parts { core, facts }) = Arc::get_mut(&mut active.0) {
            core.callsite = callsite;
            core.pipeline = pipeline;
            core.bound = bound;
            core.started = started;
            *core.marks.get_mut() = 0;
            let facts = facts.get_mut().unwrap_or_else(PoisonError::into_inner);
            // It came empty.
            facts.is_over = false;
            if core.operation_type() == OperationType::Invocation {
                core.begin_invocation(facts);
            } else {
                Context::map_current(|parent| core.identify(parent));
            }
            if let Some(part) = &core.bound.part {
                let is_workflow = matches!(part, Part::Workflow);
                core.begin_part(is_workflow);
            }
            if core.callsite.resources {
                core.begin_usage(facts);
            }
        }
        active
    }

    /// Puts a span that has just begun under another one of its trace, which is sure to be there.
    pub(super) fn put_under(&mut self, parent: SpanId) {
        if let Some(parts) = Arc::get_mut(&mut self.0) {
            let identity = &mut parts.core.identity;
            identity.parent_span_id = parent;
            identity.parent_is_uncertain = false;
        }
    }

    /// A context for the operation's work, under the current one, where it has one of its own.
    pub(super) fn make_context(&self) -> Option<Context> {
        let has_context = self.identity.has_context;
        has_context.then(|| self.own_context())
    }

    /// The same, as the current one.
    #[inline]
    pub(super) fn attach_context(&self) -> Option<ContextGuard> {
        let has_context = self.identity.has_context;
        has_context.then(|| self.own_context().attach())
    }

    #[inline]
    fn own_context(&self) -> Context {
        let identity = &self.identity;
        if identity.recording == Recording::Sampled {
            Context::current_with_span(OperationSpan::new(self))
        } else {
            let context = identity.context.clone();
            Context::map_current(|parent| parent.with_remote_span_context(context))
        }
    }

    #[cold]
    fn blank(callsite: &'static Callsite, pipeline: &Hold<Pipeline>, bound: &Hold<Bound>) -> Self {
        Self(Arc::new(Parts {
            core: Core {
                pipeline: pipeline.clone(),
                callsite,
                bound: bound.clone(),
                started: Timestamp::from_nanos(0),
                identity: Identity::none(),
                marks: AtomicU8::new(0),
            },
            facts: Mutex::default(),
        }))
    }

    /// Whether it may be used again: what belongs to a capture goes with it.
    pub(super) fn is_reusable(&self) -> bool {
        matches!(self.pipeline, Hold::Program(_))
    }

    /// Takes note that it has begun, once all is known that is said of it then.
    #[inline]
    pub(super) fn begun(&self) {
        if let Some(part) = &self.bound.part {
            self.link_part(part);
        }
        self.count_running();
    }

    /// Counts the operation as running, once its labels are known.
    #[inline]
    fn count_running(&self) {
        if let Some(series) = &self.bound.series
            && series.counts_running()
        {
            self.count_running_in(series);
        }
    }

    #[inline(never)]
    fn count_running_in(&self, series: &CallsiteSeries) {
        let mut facts = self.facts();
        facts.touch();
        let Facts {
            labels, running, ..
        } = &mut *facts;
        series.active(&self.pipeline, labels, running);
        for running in &facts.running {
            running.record(Number::Int(1));
        }
    }

    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.0.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the operation has learned, while there is still more to learn.
    pub(super) fn open_facts(&self) -> Option<MutexGuard<'_, Facts>> {
        let facts = self.facts();
        (!facts.is_over).then_some(facts)
    }

    /// Tells the operation something while there is more to learn: without a lock where nobody else
    /// holds it yet.
    pub(super) fn tell(&mut self, tell: impl FnOnce(&Core, &mut Facts)) {
        match self.unshared() {
            Some((core, facts)) if !facts.is_over => tell(core, facts),
            Some(_) => {}
            None => self.tell_shared(tell),
        }
    }

    /// Its parts, where nobody else holds it: no lock is needed.
    #[inline]
    pub(super) fn unshared(&mut self) -> Option<(&Core, &mut Facts)> {
        let Parts { core, facts } = Arc::get_mut(&mut self.0)?;
        let facts = facts.get_mut().unwrap_or_else(PoisonError::into_inner);
        Some((core, facts))
    }

    /// Sets an attribute of the span that neither feeds an instrument nor decides the outcome, as most
    /// operations do when they begin: the way where nobody else holds it is short.
    #[inline(never)]
    pub(super) fn attribute(&mut self, key: &'static str, value: Recorded) {
        match self.unshared() {
            Some((core, facts)) if !facts.is_over => core.set_plain(facts, key, value),
            Some(_) => {}
            None => self.attribute_shared(key, value),
        }
    }

    #[cold]
    fn attribute_shared(&self, key: &'static str, value: Recorded) {
        self.tell_shared(|core, facts| core.set_plain(facts, key, value));
    }

    /// The same, where others may hold it.
    pub(super) fn tell_shared(&self, tell: impl FnOnce(&Core, &mut Facts)) {
        if let Some(mut facts) = self.open_facts() {
            tell(&self.0.core, &mut facts);
        }
    }

    /// Sets an attribute of the span; where it feeds an instrument, or decides the outcome, that too.
    pub(super) fn set(&self, key: &'static str, value: Recorded) {
        self.tell_shared(|core, facts| core.set(facts, key, value));
    }

    /// Sets an attribute that labels the metrics too.
    pub(super) fn label(&self, key: &'static str, label: Recorded) {
        self.tell_shared(|core, facts| core.label(facts, key, label));
    }

    /// Sets an attribute that the registry need not know.
    pub(super) fn set_attribute(&self, attribute: KeyValue) {
        self.tell_shared(|core, facts| core.set_other(facts, attribute));
    }

    pub(super) fn add_event(&self, name: impl Into<Cow<'static, str>>, attributes: Vec<KeyValue>) {
        if self.records() {
            let now = self.time();
            let name = name.into();
            self.change_span(|span, limits| span.add_event(name, now, attributes, limits));
        }
    }

    /// Links its span to others, also where it is kept only should the operation fail.
    pub(super) fn add_links(&self, links: Vec<Link>) {
        if !links.is_empty() && self.keeps() {
            self.change_span(|span, limits| {
                for link in links {
                    span.add_link(link.span_context, link.attributes, limits);
                }
            });
        }
    }

    /// Changes the span, while it is open.
    pub(crate) fn change_span(&self, change: impl FnOnce(&mut SpanRecord, &SpanLimits)) {
        if let Some(limits) = self.limits()
            && let Some(mut facts) = self.open_facts()
            && !facts.span.is_ended()
        {
            facts.touch();
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
    pub(super) fn end_well(mut self) {
        if let Some((core, facts)) = self.unshared()
            && core.is_plain(facts)
        {
            core.conclude_plain(facts);
            return pool::give_back_empty(self);
        }
        self.end_well_told();
    }

    /// The same, where more was said of it than attributes of its span, or others hold it.
    #[inline(never)]
    fn end_well_told(self) {
        self.conclude(Ended::Returned(ReturnedOutcome::Ok));
        pool::give_back(self);
    }

    /// Ends it; the first end counts.
    pub(super) fn conclude(&self, ended: Ended<'_>) {
        let Some(mut facts) = self.open_facts() else {
            return;
        };
        if ended.is_plain() && facts.answer.is_plain() {
            return self.0.core.conclude(&mut facts, &Verdict::plain(), None);
        }
        self.judge(&mut facts);
        let answer = facts.answer.clone();
        drop(facts);
        let mut verdict = decide(ended, self.operation_type(), &answer);
        verdict.redact(self.pipeline.redactor());
        // The error's own code runs here. Where it panics the operation has not ended, and the panic
        // is what it ends with.
        let told = verdict.tells_more() && self.keeps();
        let told = told.then(|| Box::new(verdict.tell()));
        if let Some(mut facts) = self.open_facts() {
            self.0.core.conclude(&mut facts, &verdict, told);
        }
    }

    /// Lets go of it, when it has ended.
    #[inline]
    pub(super) fn let_go(self) {
        pool::give_back(self);
    }
}

impl Deref for Active {
    type Target = Core;

    #[inline]
    fn deref(&self) -> &Core {
        &self.0.core
    }
}
