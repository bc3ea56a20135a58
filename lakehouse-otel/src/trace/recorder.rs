//! The recorder: decides where an operation stands in its trace, and takes those that have ended.
//!
//! ```text
//! Active::start ── identify ──► parent, ids, head decision ──► Identity, Context
//! Active::end   ── export   ──► the thread's lane ──► worker ──► exporter
//!                                (a capture keeps it at once)
//! ```

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceState};
use opentelemetry_sdk::trace::SpanData;

use super::ended::EndedOperation;
use super::ended_span::EndedSpan;
use super::identity::Identity;
use super::ids::Ids;
use super::missed::Missed;
use super::parent::Parent;
use super::processor::BatchSpanProcessor;
use super::sampler::{ErrorBudget, OperationSampling, Recording, Sampler, SamplingState};
use super::stages::Stages;
use crate::clock::Timestamp;
use crate::config::SpanLimits;
use crate::operation::{Active, Bound, Hold, Mark, Why, current};
use crate::propagation::RANDOM_FLAG;
use crate::redact::Redactor;

/// Starts the spans of operations, and takes those that have ended.
pub(crate) struct Recorder {
    sampler: Arc<Sampler>,
    limits: SpanLimits,
    ids: Ids,
    errors: ErrorBudget,
    target: Target,
    missed: Missed,
    stages: Stages,
    redactor: Redactor,
    is_capped: bool,
}

/// Where ended operations go.
pub(crate) enum Target {
    /// Into the queue of a worker.
    Processor(BatchSpanProcessor),
    /// To a capture, converted at once.
    Capture(Arc<Mutex<Vec<SpanData>>>),
}

/// How a recorder is made.
pub(crate) struct RecorderSettings {
    pub(crate) sampler: Arc<Sampler>,
    pub(crate) limits: SpanLimits,
    pub(crate) ids: Ids,
    pub(crate) errors: ErrorBudget,
    pub(crate) target: Target,
    pub(crate) redactor: Redactor,
    /// Whether so many spans a second leave at most.
    pub(crate) is_capped: bool,
}

impl Recorder {
    pub(crate) fn new(settings: RecorderSettings) -> Self {
        Self {
            sampler: settings.sampler,
            limits: settings.limits,
            ids: settings.ids,
            errors: settings.errors,
            target: settings.target,
            missed: Missed::default(),
            stages: Stages::default(),
            redactor: settings.redactor,
            is_capped: settings.is_capped,
        }
    }

    /// Whether sampled operations may be dropped at their end, for there are too many.
    #[inline]
    pub(crate) fn is_capped(&self) -> bool {
        self.is_capped
    }

    pub(crate) fn sampler(&self) -> &Sampler {
        &self.sampler
    }

    /// The stages that have ended in the workflows that run.
    pub(crate) fn stages(&self) -> &Stages {
        &self.stages
    }

    /// 64 random bits.
    pub(crate) fn draw(&self) -> u64 {
        self.ids.bits()
    }

    pub(crate) fn limits(&self) -> &SpanLimits {
        &self.limits
    }

    /// Does what [`identify`](Self::identify) does, for an operation under the one that runs on this thread:
    /// the usual case. `false` where it is another.
    #[inline]
    pub(crate) fn identify_here(
        &self,
        identity: &mut Identity,
        sampling: &OperationSampling,
        context: &Context,
        current: Option<&Active>,
        pipeline: u64,
    ) -> bool {
        let span = context.span();
        let span = span.span_context();
        let Some(parent) = current else {
            return self.identify_under_dropped(identity, sampling, context, span);
        };
        let around = parent.identity();
        let is_here = around.carrier == span.span_id()
            && around.trace_id() == span.trace_id()
            && parent.pipeline_id() == pipeline
            && !context.is_telemetry_suppressed();
        if !is_here {
            return false;
        }
        let was_sampled = around.recording == Recording::Sampled;
        if self.sampler.inherits(sampling, was_sampled, &around.state) {
            identity.recording = around.recording;
            identity.state = around.state;
        } else {
            let draw = || self.ids.bits();
            let sampler = &self.sampler;
            let decision =
                sampler.decide(sampling, around.trace_id(), Some(around.sampling()), draw);
            identity.recording = decision.recording;
            identity.state = decision.state;
        }
        let sampled = identity.recording == Recording::Sampled;
        identity.parent_is_remote = false;
        // One that may yet be thinned out stays where it is followed.
        let may_be_thinned = parent.may_be_thinned();
        identity.parent_is_uncertain = !was_sampled || (may_be_thinned && !sampled);
        let flags = around.context.trace_flags().with_sampled(sampled);
        identity.set_context(around.trace_id(), self.ids.span_id(), flags);
        identity.parent_span_id = around.span_id();
        identity.has_context = (sampled || was_sampled) && identity.recording != Recording::Off;
        identity.carrier = if identity.has_context {
            identity.span_id()
        } else {
            around.carrier
        };
        identity.workflow = around.workflow;
        if around.incoming.is_some() || identity.incoming.is_some() {
            identity.incoming.clone_from(&around.incoming);
        }
        if sampled {
            self.start();
            if may_be_thinned {
                parent.mark(Mark::Followed);
            }
        }
        true
    }

    /// The same under a span that another process did not sample, where that says it all.
    #[inline]
    fn identify_under_dropped(
        &self,
        identity: &mut Identity,
        sampling: &OperationSampling,
        context: &Context,
        span: &SpanContext,
    ) -> bool {
        let nothing = SamplingState::new(None, None);
        let says_it_all = span.is_remote()
            && !span.is_sampled()
            && *span.trace_state() == TraceState::NONE
            && self.sampler.inherits(sampling, false, &nothing)
            && !context.is_telemetry_suppressed();
        if says_it_all {
            identity.recording = Recording::Unsampled;
            identity.state = nothing;
            identity.parent_is_remote = true;
            identity.parent_is_uncertain = false;
            identity.has_context = false;
            let flags = span.trace_flags() & RANDOM_FLAG;
            identity.set_context(span.trace_id(), self.ids.span_id(), flags);
            identity.parent_span_id = span.span_id();
            identity.carrier = span.span_id();
            identity.workflow = SpanId::INVALID;
            identity.incoming = None;
        }
        says_it_all
    }

    /// Counts a span as begun.
    #[inline]
    fn start(&self) {
        if let Target::Processor(processor) = &self.target {
            processor.started();
        }
    }

    /// Finds the parent of an operation that starts in this context, and decides whether it is
    /// recorded.
    pub(crate) fn identify(
        &self,
        identity: &mut Identity,
        sampling: &OperationSampling,
        context: &Context,
        current: Option<&Active>,
        pipeline: u64,
    ) {
        if context.is_telemetry_suppressed() {
            *identity = Identity::none();
            return;
        }
        let span = context.span();
        let span = span.span_context();
        let parent = Parent::find(span, context, current, pipeline);
        let (trace_id, parent_span_id, flags) = parent
            .ids()
            .unwrap_or_else(|| (self.ids.trace_id(), SpanId::INVALID, RANDOM_FLAG));
        identity.parent_span_id = parent_span_id;
        let draw = || self.ids.bits();
        let decision = self
            .sampler
            .decide(sampling, trace_id, parent.sampling(), draw);
        if decision.recording == Recording::Off {
            *identity = Identity::none();
            return;
        }
        let sampled = decision.recording == Recording::Sampled;
        identity.recording = decision.recording;
        identity.state = decision.state;
        let flags = (flags & RANDOM_FLAG).with_sampled(sampled);
        identity.set_context(trace_id, self.ids.span_id(), flags);
        identity.parent_is_remote = parent.is_remote();
        identity.parent_is_uncertain = parent.is_uncertain(sampled);
        identity.incoming = parent.incoming();
        identity.workflow = parent.workflow(trace_id, current, pipeline);
        // Under a span that is not recorded there is nothing more to say to those under this one.
        identity.has_context = sampled || span.is_sampled() || !span.is_valid();
        identity.carrier = if identity.has_context {
            identity.span_id()
        } else {
            span.span_id()
        };
        if sampled {
            self.start();
            parent.follow();
        }
    }

    /// Whether an operation that was not sampled may be exported all the same: there is a bound on
    /// how many a second.
    pub(crate) fn may_rescue(&self, now: Timestamp) -> bool {
        self.errors.take(now.ticks())
    }

    /// Tells the operation around this one, which is exported and is not recorded itself, that its span
    /// must be there.
    #[inline(never)]
    fn need_parent(&self, identity: &Identity) {
        let parent = (identity.trace_id(), identity.parent_span_id);
        let told = current::with(|current| {
            let around = current.filter(|current| {
                let identity = current.identity();
                (identity.trace_id(), identity.span_id()) == parent
            });
            around.map(|around| around.mark(Mark::Needed)).is_some()
        });
        if !told {
            self.missed.add(parent);
        }
    }

    /// Whether this span must be there, for one that ended elsewhere; it is asked once.
    #[inline]
    pub(crate) fn is_missed(&self, identity: &Identity) -> bool {
        let span = (identity.trace_id(), identity.span_id());
        self.missed.may_hold(span) && self.missed.take(span)
    }

    /// Takes an operation that has ended; what is said of it is put together where there is room.
    #[inline]
    pub(crate) fn export(
        &self,
        identity: &Identity,
        why: Why,
        passes_cap: bool,
        bound: &Hold<Bound>,
        ended: impl for<'a> FnOnce(&'a Bound) -> EndedOperation<'a>,
    ) {
        // What passes the cap has a parent that does.
        if identity.parent_is_uncertain || (passes_cap && identity.has_parent_here()) {
            self.need_parent(identity);
        }
        match &self.target {
            Target::Processor(processor) => {
                let urgent = why != Why::Sampled;
                let started = identity.recording == Recording::Sampled;
                processor.push(urgent, started, || match bound {
                    Hold::Program(bound) => EndedSpan::Operation(ended(bound)),
                    // A capture may be gone before the worker comes.
                    Hold::Capture(bound) => {
                        EndedSpan::Foreign(Box::new(ended(bound).into_span(&self.limits)))
                    }
                });
            }
            Target::Capture(spans) => {
                let mut ended = ended(bound);
                self.redactor.operation(&mut ended);
                let span = ended.into_span(&self.limits);
                spans
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(span);
            }
        }
    }

    /// Counts a span as ended that is not exported, for there are enough of its kind.
    pub(crate) fn thinned(&self) {
        if let Target::Processor(processor) = &self.target {
            processor.thinned();
        }
    }

    /// Counts a span as dropped because errors were too many.
    pub(crate) fn over_error_budget(&self) {
        if let Target::Processor(processor) = &self.target {
            processor.over_error_budget();
        }
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("sampler", &self.sampler)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
