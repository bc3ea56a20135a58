//! Who an operation that starts is under, and what a context says of it.

use std::sync::Arc;

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};

use super::identity::Identity;
use super::sampler::{ParentSampling, Recording, SamplingState};
use super::span::{has_span, operation_of};
use crate::operation::{Active, Mark, current};

/// The parent of an operation that starts.
pub(super) enum Parent<'a> {
    /// It begins a trace.
    None,
    /// The operation that runs on this thread.
    Current(&'a Active),
    /// An operation whose context was carried here.
    Carried(Active),
    /// A span of somebody else's, here or elsewhere, or of an operation that cannot be found from
    /// here.
    Other(&'a SpanContext),
    /// A span of somebody else's that is not recorded and never will be. Who it is under takes its
    /// place, where that is known.
    LeftOut(&'a SpanContext, SpanId),
}

impl<'a> Parent<'a> {
    #[inline]
    pub(super) fn find(
        span: &'a SpanContext,
        context: &Context,
        current: Option<&'a Active>,
        pipeline: u64,
    ) -> Self {
        if !span.is_valid() {
            return Self::None;
        }
        let current = current.filter(|current| {
            current.identity().trace_id() == span.trace_id() && current.pipeline_id() == pipeline
        });
        match current {
            Some(current) if current.identity().carrier == span.span_id() => Self::Current(current),
            _ => Self::find_elsewhere(span, context, current, pipeline),
        }
    }

    fn find_elsewhere(
        span: &'a SpanContext,
        context: &Context,
        current: Option<&'a Active>,
        pipeline: u64,
    ) -> Self {
        if span.is_remote() {
            return Self::Other(span);
        }
        if span.is_sampled() {
            return match operation_of(context) {
                Some(operation) if operation.pipeline_id() == pipeline => Self::Carried(operation),
                _ => Self::Other(span),
            };
        }
        // A span between the two that nobody records is left out.
        match current {
            Some(current) if current.identity().recording == Recording::Unsampled => {
                Self::Current(current)
            }
            // An operation that is not recorded leaves its ids in the context, and no span.
            _ if !has_span(context) => Self::Other(span),
            _ => {
                let around = current.map(|current| current.identity().span_id());
                Self::LeftOut(span, around.unwrap_or(SpanId::INVALID))
            }
        }
    }

    fn identity(&self) -> Option<&Identity> {
        match self {
            Self::Current(operation) => Some(operation.identity()),
            Self::Carried(operation) => Some(operation.identity()),
            Self::None | Self::Other(_) | Self::LeftOut(..) => None,
        }
    }

    #[inline]
    pub(super) fn ids(&self) -> Option<(TraceId, SpanId, TraceFlags)> {
        match (self.identity(), self) {
            (Some(identity), _) => Some(ids_of(&identity.context)),
            (None, Self::Other(span)) => Some(ids_of(span)),
            (None, Self::LeftOut(span, around)) => {
                Some((span.trace_id(), *around, span.trace_flags()))
            }
            (None, _) => None,
        }
    }

    pub(super) fn is_remote(&self) -> bool {
        matches!(self, Self::Other(span) if span.is_remote())
    }

    /// Whether its span is not sure to be exported: it is not sampled, or may be thinned out and is not
    /// [followed](Self::follow).
    pub(super) fn is_uncertain(&self, is_followed: bool) -> bool {
        let uncertain = |operation: &Active| {
            operation.identity().recording == Recording::Unsampled
                || (operation.may_be_thinned() && !is_followed)
        };
        match self {
            Self::Current(operation) => uncertain(operation),
            Self::Carried(operation) => uncertain(operation),
            Self::Other(span) => !span.is_remote() && !span.is_sampled(),
            Self::None | Self::LeftOut(..) => false,
        }
    }

    #[inline]
    pub(super) fn sampling(&self) -> Option<ParentSampling> {
        match (self.identity(), self) {
            (Some(identity), _) => Some(identity.sampling()),
            (None, Self::Other(span) | Self::LeftOut(span, _)) => Some(sampling_of_span(span)),
            (None, _) => None,
        }
    }

    /// The workflow that it is in: under a span of somebody else's that of the operation around it, where
    /// that is of the same trace.
    pub(super) fn workflow(
        &self,
        trace_id: TraceId,
        current: Option<&Active>,
        pipeline: u64,
    ) -> SpanId {
        let around = || {
            let current = current?;
            let identity = current.identity();
            let is_around = identity.trace_id() == trace_id && current.pipeline_id() == pipeline;
            is_around.then_some(identity)
        };
        let identity = self.identity().or_else(around);
        identity.map_or(SpanId::INVALID, |identity| identity.workflow)
    }

    pub(super) fn incoming(&self) -> Option<Arc<TraceState>> {
        match (self.identity(), self) {
            (Some(identity), _) => identity.incoming.clone(),
            (None, Self::Other(span) | Self::LeftOut(span, _))
                if *span.trace_state() != TraceState::NONE =>
            {
                Some(Arc::new(span.trace_state().clone()))
            }
            (None, _) => None,
        }
    }

    /// Tells the parent that a span under it is recorded.
    pub(super) fn follow(&self) {
        let operation: &Active = match self {
            Self::Current(operation) => operation,
            Self::Carried(operation) => operation,
            Self::None | Self::Other(_) | Self::LeftOut(..) => return,
        };
        if operation.may_be_thinned() {
            operation.mark(Mark::Followed);
        }
    }
}

fn ids_of(span: &SpanContext) -> (TraceId, SpanId, TraceFlags) {
    (span.trace_id(), span.span_id(), span.trace_flags())
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
fn operation_in(context: &Context) -> Option<Active> {
    let span = context.span();
    let span = span.span_context();
    if !span.is_valid() || span.is_remote() {
        return None;
    }
    let here = current::with(|current| {
        let identity = current?.identity();
        let own = identity.trace_id() == span.trace_id() && identity.carrier == span.span_id();
        current.filter(|_| own).cloned()
    });
    here.or_else(|| operation_of(context))
}

/// Says that this context goes to other code, which may start a span under it when its operation has ended.
pub(crate) fn handed_out(context: &Context) {
    if let Some(operation) = operation_in(context) {
        operation.mark(Mark::Followed);
    }
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
            Some(operation.identity().sampling())
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
