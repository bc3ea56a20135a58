//! Where an operation stands in its trace.

use std::sync::Arc;

use opentelemetry::trace::{SpanContext, SpanId, TraceState};

use super::sampler::{Recording, SamplingState};

/// Where an operation stands in its trace, and whether its span is recorded: decided when it starts.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) recording: Recording,
    /// What its span stands for, and which randomness holds under it.
    pub(crate) state: SamplingState,
    /// Without a trace state: that is made where it is needed, for it would cost allocations here.
    pub(crate) span_context: SpanContext,
    pub(crate) parent_span_id: SpanId,
    pub(crate) parent_is_remote: bool,
    /// The trace state that came from elsewhere.
    pub(crate) incoming: Option<Arc<TraceState>>,
    /// The span that is current where the work runs: the operation's own or, where it has no context
    /// of its own, the one around it.
    pub(crate) carrier: SpanId,
    pub(crate) has_context: bool,
}

impl Identity {
    /// Of an operation that is in no trace.
    pub(crate) const fn none() -> Self {
        Self {
            recording: Recording::Off,
            state: SamplingState::new(None, None),
            span_context: SpanContext::NONE,
            parent_span_id: SpanId::INVALID,
            parent_is_remote: false,
            incoming: None,
            carrier: SpanId::INVALID,
            has_context: false,
        }
    }

    /// Lets go of what it holds.
    pub(crate) fn forget(&mut self) {
        self.incoming = None;
    }
}
