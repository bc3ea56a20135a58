//! What a context says of sampling.

use opentelemetry::Context;
use opentelemetry::trace::{TraceContextExt, TraceState};

use super::{ParentSampling, SamplingState};

/// What is known of the span in a context, as the parent of another.
pub(crate) fn sampling_of(context: &Context) -> Option<ParentSampling> {
    let span = context.span();
    let span_context = span.span_context();
    span_context.is_valid().then(|| ParentSampling {
        sampled: span_context.is_sampled(),
        is_remote: span_context.is_remote(),
        state: SamplingState::parse(span_context.trace_state()),
    })
}

/// The tracestate of the span in a context, for whom it calls.
pub(crate) fn trace_state_of(context: &Context) -> Option<TraceState> {
    let span = context.span();
    let span_context = span.span_context();
    span_context
        .is_valid()
        .then(|| span_context.trace_state().clone())
}
