//! Where an operation stands in its trace.

use std::sync::Arc;

use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

use super::sampler::{ParentSampling, Recording, SamplingState};

/// Where an operation stands in its trace, and whether its span is recorded: decided when it starts.
///
/// Its context has no trace state: that is made where it leaves the program, for it would cost
/// allocations here.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) recording: Recording,
    pub(crate) parent_is_remote: bool,
    /// Whether the operation around it runs in this program and its span is not sure to be there.
    pub(crate) parent_is_uncertain: bool,
    /// Whether its work runs in a context of its own.
    pub(crate) has_context: bool,
    /// What OpenTelemetry knows of its span, which the span lends out.
    pub(crate) context: SpanContext,
    pub(crate) parent_span_id: SpanId,
    /// The span that is current where the work runs: the operation's own or, where it has no context
    /// of its own, the one around it.
    pub(crate) carrier: SpanId,
    /// The span of the workflow that it is in, or is; the invalid one where none is known.
    pub(crate) workflow: SpanId,
    /// What its span stands for, and which randomness holds under it.
    pub(crate) state: SamplingState,
    /// The trace state that came from elsewhere.
    pub(crate) incoming: Option<Arc<TraceState>>,
}

impl Identity {
    /// Of an operation that is in no trace.
    pub(crate) const fn none() -> Self {
        Self {
            recording: Recording::Off,
            parent_is_remote: false,
            parent_is_uncertain: false,
            has_context: false,
            context: SpanContext::NONE,
            parent_span_id: SpanId::INVALID,
            carrier: SpanId::INVALID,
            workflow: SpanId::INVALID,
            state: SamplingState::new(None, None),
            incoming: None,
        }
    }

    /// Whether its parent is a span of this program.
    pub(crate) fn has_parent_here(&self) -> bool {
        self.parent_span_id != SpanId::INVALID && !self.parent_is_remote
    }

    #[inline]
    pub(crate) fn trace_id(&self) -> TraceId {
        self.context.trace_id()
    }

    #[inline]
    pub(crate) fn span_id(&self) -> SpanId {
        self.context.span_id()
    }

    /// Sets the ids and the flags of the span.
    #[inline]
    pub(crate) fn set_context(&mut self, trace_id: TraceId, span_id: SpanId, flags: TraceFlags) {
        self.context = SpanContext::new(trace_id, span_id, flags, false, TraceState::NONE);
    }

    /// What the sampler is told of it, for an operation under it.
    pub(crate) fn sampling(&self) -> ParentSampling {
        ParentSampling {
            sampled: self.recording == Recording::Sampled,
            is_remote: false,
            state: self.state,
        }
    }
}
