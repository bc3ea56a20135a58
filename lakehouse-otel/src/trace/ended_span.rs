//! A span that has ended, whoever made it, and what a cap makes of it.

use std::fmt;

use opentelemetry::trace::SpanContext;
use opentelemetry_sdk::trace::SpanData;

use super::ended::EndedOperation;
use super::sampler::{Randomness, SamplingState, Threshold};
use crate::config::SpanLimits;
use crate::redact::Redactor;

/// A span that has ended.
pub(crate) enum EndedSpan {
    /// Most of them: they lie in their lane without an allocation.
    Operation(EndedOperation<'static>),
    /// Made through OpenTelemetry's own API.
    Foreign(Box<SpanData>),
}

impl fmt::Debug for EndedSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation(_) => f.write_str("Operation"),
            Self::Foreign(span) => f.debug_tuple("Foreign").field(&span.name).finish(),
        }
    }
}

/// What of a span the cap goes by.
pub(super) struct Standing {
    pub(super) randomness: Randomness,
    pub(super) threshold: Option<Threshold>,
}

impl EndedSpan {
    /// `None` for one that no cap holds back.
    pub(super) fn standing(&self) -> Option<Standing> {
        match self {
            Self::Operation(ended) => {
                let sampled = ended.flags.is_sampled();
                sampled.then(|| Standing {
                    randomness: ended.own_randomness(),
                    // With what its head was kept, also where it is now kept in any case. Where that is not known, as if nothing
                    // had been left out: `restate` can tell then whether the cap does.
                    threshold: ended.head.or(Some(Threshold::ALWAYS)),
                })
            }
            Self::Foreign(span) => {
                let context = &span.span_context;
                let state = SamplingState::parse(context.trace_state());
                let of_trace = || Randomness::from_trace_id(context.trace_id());
                Some(Standing {
                    randomness: state.randomness.unwrap_or_else(of_trace),
                    threshold: state.threshold,
                })
            }
        }
    }

    /// The span as the cap let it through.
    pub(super) fn chosen((mut span, threshold): (Self, Option<Threshold>)) -> Self {
        match &mut span {
            Self::Operation(ended) => ended.restate(threshold),
            Self::Foreign(span) => restate(span, threshold),
        }
        span
    }

    /// Takes out what must not leave the process.
    pub(super) fn redact(&mut self, redactor: &Redactor) {
        match self {
            Self::Operation(ended) => redactor.operation(ended),
            Self::Foreign(span) => redactor.span(span),
        }
    }

    pub(crate) fn into_span(self, limits: &SpanLimits) -> SpanData {
        match self {
            Self::Operation(ended) => ended.into_span(limits),
            Self::Foreign(span) => *span,
        }
    }
}

/// Cuts the texts that are too long.
pub(super) fn cut(span: &mut SpanData, limits: &SpanLimits) {
    if limits.value_length.is_none() {
        return;
    }
    let of_events = span.events.events.iter_mut();
    let of_links = span.links.links.iter_mut();
    let attributes = span
        .attributes
        .iter_mut()
        .chain(of_events.flat_map(|event| &mut event.attributes))
        .chain(of_links.flat_map(|link| &mut link.attributes));
    for attribute in attributes {
        limits.cut(&mut attribute.value);
    }
}

/// Sets another threshold in a span's trace state, where it is another.
fn restate(span: &mut SpanData, threshold: Option<Threshold>) {
    let context = &span.span_context;
    let mut state = SamplingState::parse(context.trace_state());
    if state.threshold == threshold {
        return;
    }
    state.threshold = threshold;
    span.span_context = SpanContext::new(
        context.trace_id(),
        context.span_id(),
        context.trace_flags(),
        context.is_remote(),
        state.merge_into(Some(context.trace_state())),
    );
}
