//! What a context hands to a span that starts under it, and to a request that leaves under it.

use opentelemetry::Context;
use opentelemetry::trace::{TraceContextExt, TraceState};

use super::ParentSampling;
use crate::trace::parent;

/// What is known of the sampling of the context's span, and what came in with it from elsewhere.
pub(super) fn parent_of(context: &Context) -> Option<(ParentSampling, TraceState)> {
    let parent = parent::sampling_of(context)?;
    let incoming = match parent::outgoing_state(context) {
        Some((_, incoming)) => incoming.unwrap_or_default(),
        None => of_span(context),
    };
    Some((parent, incoming))
}

/// The tracestate of a request: how the context's span was sampled, and what came in.
pub(crate) fn trace_state_of(context: &Context) -> TraceState {
    match parent::outgoing_state(context) {
        Some((state, incoming)) => state.merge_into(incoming.as_ref()),
        None => of_span(context),
    }
}

fn of_span(context: &Context) -> TraceState {
    context.span().span_context().trace_state().clone()
}
