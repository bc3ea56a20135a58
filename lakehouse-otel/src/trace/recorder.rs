//! The recorder: decides where an operation stands in its trace, and takes those that have ended.
//!
//! ```text
//! Active::start ── identify ──► parent, ids, head decision ──► Identity, Context
//! Active::end   ── dispose  ──► the thread's lane ──► worker ──► exporter
//!                                (a capture keeps it at once)
//! ```

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry::Context;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState,
};
use opentelemetry_sdk::trace::SpanData;

use super::convert;
use super::identity::Identity;
use super::ids::Ids;
use super::processor::{BatchSpanProcessor, EndedSpan};
use super::sampler::{
    ErrorBudget, OperationSampling, ParentSampling, Recording, Sampler, SamplingState,
};
use super::span::operation_of;
use crate::clock::Timestamp;
use crate::config::SpanLimits;
use crate::operation::{Active, Enclosing, Fate, Mark, Why, current, give_back};
use crate::schema::OperationType;

/// The flag of a trace id whose low 56 bits are random (W3C Trace Context, level 2).
const RANDOM: TraceFlags = TraceFlags::new(0x02);

/// How many spans that others miss are remembered.
const MISSED: usize = 1_024;

/// Starts the spans of operations, and takes those that have ended.
pub(crate) struct Recorder {
    sampler: Arc<Sampler>,
    limits: SpanLimits,
    ids: Ids,
    errors: ErrorBudget,
    target: Target,
    /// Spans that are not recorded, and must be there because one under them is.
    missed: Mutex<VecDeque<(TraceId, SpanId)>>,
    /// How many these are, to be asked without a lock.
    missed_count: AtomicUsize,
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
}

/// The parent of an operation that starts.
enum Parent<'a> {
    /// It begins a trace.
    None,
    /// The operation that runs on this thread.
    Current(&'a Arc<Active>),
    /// An operation whose context was carried here.
    Carried(Arc<Active>),
    /// A span of somebody else's, here or elsewhere.
    Foreign(&'a SpanContext),
    /// A span that is not recorded, of an operation that cannot be found from here.
    Unknown(&'a SpanContext),
}

impl Recorder {
    pub(crate) fn new(settings: RecorderSettings) -> Self {
        Self {
            sampler: settings.sampler,
            limits: settings.limits,
            ids: settings.ids,
            errors: settings.errors,
            target: settings.target,
            missed: Mutex::default(),
            missed_count: AtomicUsize::new(0),
        }
    }

    pub(crate) fn sampler(&self) -> &Sampler {
        &self.sampler
    }

    pub(crate) fn limits(&self) -> &SpanLimits {
        &self.limits
    }

    /// Finds the parent of an operation that starts in this context, and decides whether it is
    /// recorded.
    pub(crate) fn identify(
        &self,
        sampling: &OperationSampling,
        context: &Context,
        current: Option<&Arc<Active>>,
        pipeline: u64,
    ) -> (Identity, Enclosing) {
        if context.is_telemetry_suppressed() {
            return (Identity::none(), Enclosing::None);
        }
        let current = current.filter(|current| current.pipeline_id() == pipeline);
        let span = context.span();
        let parent = Parent::find(span.span_context(), context, current, pipeline);
        let (trace_id, flags) = match parent.span_context() {
            Some(parent) => (parent.trace_id(), parent.trace_flags() & RANDOM),
            None => (self.ids.trace_id(), RANDOM),
        };
        let decision = self
            .sampler
            .decide(sampling, trace_id, parent.sampling(), || self.ids.bits());
        let recording = decision.recording;
        if recording == Recording::Off {
            return (Identity::none(), Enclosing::None);
        }
        let span_id = self.ids.span_id();
        // Under a span that is not recorded there is nothing more to say to those under this one.
        let has_context = recording == Recording::Sampled
            || span.span_context().is_sampled()
            || !span.span_context().is_valid();
        if recording == Recording::Sampled {
            if let Target::Processor(processor) = &self.target {
                processor.started();
            }
            parent.follow();
        }
        let identity = Identity {
            recording,
            state: decision.state,
            span_context: SpanContext::new(
                trace_id,
                span_id,
                flags.with_sampled(recording == Recording::Sampled),
                false,
                TraceState::NONE,
            ),
            parent_span_id: parent.span_id(),
            parent_is_remote: parent.is_remote(),
            incoming: parent.incoming(),
            carrier: if has_context {
                span_id
            } else {
                span.span_context().span_id()
            },
            has_context,
        };
        (identity, parent.enclosing())
    }

    /// Whether an operation that was not sampled may be exported all the same: there is a bound on
    /// how many a second.
    pub(crate) fn may_rescue(&self, now: Timestamp) -> bool {
        self.errors.take(now.ticks())
    }

    /// Remembers that a span must be there, for whoever runs its operation.
    pub(crate) fn miss(&self, trace_id: TraceId, span_id: SpanId) {
        let mut missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        if missed.contains(&(trace_id, span_id)) {
            return;
        }
        if missed.len() == MISSED {
            missed.pop_front();
        }
        missed.push_back((trace_id, span_id));
        self.missed_count.store(missed.len(), Ordering::Release);
    }

    /// Whether this span must be there; it is asked once.
    pub(crate) fn is_missed(&self, trace_id: TraceId, span_id: SpanId) -> bool {
        if self.missed_count.load(Ordering::Acquire) == 0 {
            return false;
        }
        let mut missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        let found = missed.iter().position(|one| *one == (trace_id, span_id));
        if let Some(found) = found {
            missed.remove(found);
            self.missed_count.store(missed.len(), Ordering::Release);
        }
        found.is_some()
    }

    /// Lets an operation that has ended go where it belongs.
    pub(crate) fn dispose(&self, operation: Arc<Active>, fate: Fate) {
        match (fate, &self.target) {
            (Fate::Exported(why), target) => {
                operation.need_enclosing(self);
                match target {
                    Target::Processor(processor) => {
                        let urgent = why != Why::Sampled;
                        let started = operation.identity().recording == Recording::Sampled;
                        processor.push(EndedSpan::Operation(operation), urgent, started);
                    }
                    Target::Capture(spans) => {
                        if let Some(span) = convert::span_data(&operation, &self.limits, None) {
                            spans
                                .lock()
                                .unwrap_or_else(PoisonError::into_inner)
                                .push(span);
                        }
                    }
                }
            }
            (Fate::Thinned, Target::Processor(processor)) => {
                processor.thinned();
                give_back(operation);
            }
            (Fate::OverBudget, Target::Processor(processor)) => {
                processor.over_error_budget();
                give_back(operation);
            }
            (_, _) => give_back(operation),
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

impl<'a> Parent<'a> {
    fn find(
        span: &'a SpanContext,
        context: &Context,
        current: Option<&'a Arc<Active>>,
        pipeline: u64,
    ) -> Self {
        if !span.is_valid() {
            return Self::None;
        }
        let same_trace =
            |current: &&Arc<Active>| current.span_context().trace_id() == span.trace_id();
        let current = current.filter(same_trace);
        if let Some(current) = current
            && current.identity().carrier == span.span_id()
        {
            return Self::Current(current);
        }
        if span.is_remote() {
            return Self::Foreign(span);
        }
        if span.is_sampled() {
            return match operation_of(context) {
                Some(operation) if operation.pipeline_id() == pipeline => Self::Carried(operation),
                _ => Self::Foreign(span),
            };
        }
        // A span between the two that nobody records is left out.
        match current {
            Some(current) if current.identity().recording == Recording::Unsampled => {
                Self::Current(current)
            }
            _ => Self::Unknown(span),
        }
    }

    fn operation(&self) -> Option<&Arc<Active>> {
        match self {
            Self::Current(operation) => Some(operation),
            Self::Carried(operation) => Some(operation),
            Self::None | Self::Foreign(_) | Self::Unknown(_) => None,
        }
    }

    fn span_context(&self) -> Option<&SpanContext> {
        match self {
            Self::None => None,
            Self::Current(operation) => Some(operation.span_context()),
            Self::Carried(operation) => Some(operation.span_context()),
            Self::Foreign(span) | Self::Unknown(span) => Some(span),
        }
    }

    fn span_id(&self) -> SpanId {
        self.span_context()
            .map_or(SpanId::INVALID, SpanContext::span_id)
    }

    fn is_remote(&self) -> bool {
        self.span_context().is_some_and(SpanContext::is_remote)
    }

    fn sampling(&self) -> Option<ParentSampling> {
        if let Some(operation) = self.operation() {
            let identity = operation.identity();
            return Some(ParentSampling {
                sampled: identity.recording == Recording::Sampled,
                is_remote: false,
                state: identity.state,
            });
        }
        self.span_context().map(sampling_of_span)
    }

    fn incoming(&self) -> Option<Arc<TraceState>> {
        match self.operation() {
            Some(operation) => operation.identity().incoming.clone(),
            None => self
                .span_context()
                .map(SpanContext::trace_state)
                .filter(|state| **state != TraceState::NONE)
                .map(|state| Arc::new(state.clone())),
        }
    }

    fn enclosing(self) -> Enclosing {
        let unsampled = |operation: &Active| {
            operation.identity().recording == Recording::Unsampled
                || !matches!(operation.enclosing(), Enclosing::None)
        };
        match self {
            Self::Current(operation) if unsampled(operation) => {
                Enclosing::Operation(Arc::clone(operation))
            }
            Self::Carried(operation) if unsampled(&operation) => Enclosing::Operation(operation),
            Self::Unknown(_) => Enclosing::Unknown,
            _ => Enclosing::None,
        }
    }

    /// Tells the parent that a span under it is recorded.
    fn follow(&self) {
        if let Some(operation) = self.operation()
            && operation.operation_type() == OperationType::Ingestion
        {
            operation.mark(Mark::Followed);
        }
    }
}

fn sampling_of_span(span: &SpanContext) -> ParentSampling {
    ParentSampling {
        sampled: span.is_sampled(),
        is_remote: span.is_remote(),
        state: SamplingState::parse(span.trace_state()),
    }
}

/// The operation whose span is this context's: the one that runs on this thread, or one whose
/// context was carried here.
fn operation_in(context: &Context) -> Option<Arc<Active>> {
    let span = context.span();
    let span = span.span_context();
    if !span.is_valid() || span.is_remote() {
        return None;
    }
    let here = current::with(|current| {
        let identity = current?.identity();
        let own = identity.span_context.trace_id() == span.trace_id()
            && identity.carrier == span.span_id();
        current.filter(|_| own).cloned()
    });
    here.or_else(|| operation_of(context))
}

/// What is known of the sampling of this context's span, for a span that starts under it.
pub(crate) fn sampling_of(context: &Context) -> Option<ParentSampling> {
    let span = context.span();
    let span = span.span_context();
    if !span.is_valid() {
        return None;
    }
    match operation_in(context) {
        Some(operation) => {
            operation.mark(Mark::Followed);
            let identity = operation.identity();
            Some(ParentSampling {
                sampled: identity.recording == Recording::Sampled,
                is_remote: false,
                state: identity.state,
            })
        }
        None => Some(sampling_of_span(span)),
    }
}

/// What goes into the trace state of a request that leaves under this context, where its span is an
/// operation's: the sampling, and what came in from elsewhere.
pub(crate) fn outgoing_state(context: &Context) -> Option<(SamplingState, Option<TraceState>)> {
    let operation = operation_in(context)?;
    operation.mark(Mark::Followed);
    let identity = operation.identity();
    let incoming = identity.incoming.as_deref().cloned();
    Some((identity.state, incoming))
}
