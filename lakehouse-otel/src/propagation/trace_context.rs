//! `traceparent` and `tracestate`.

use std::borrow::Cow;

use opentelemetry::Context;
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::{SpanContext, TraceContextExt, TraceFlags};
use opentelemetry_sdk::propagation::TraceContextPropagator as SdkPropagator;

use crate::trace::sampler::context::trace_state_of;

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";

/// The flag of Trace Context Level 2 that says that the last seven bytes of the trace id are random. Who makes a trace id so sets it.
pub const RANDOM_FLAG: TraceFlags = TraceFlags::new(0x02);

/// Propagates the trace as W3C Trace Context Level 2 has it.
///
/// It differs from the SDK's propagator, which reads and writes the first level, in this:
///
/// - the random flag is kept, and set for traces that begin here;
/// - `tracestate` says how the operation was sampled (`ot=th:…;rv:…`), before the entries that came in;
/// - an empty `tracestate` is not sent;
/// - several `tracestate` headers are one.
#[derive(Clone, Debug, Default)]
pub struct TraceContextPropagator {
    sdk: SdkPropagator,
}

impl TraceContextPropagator {
    /// The propagator.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl TextMapPropagator for TraceContextPropagator {
    fn inject_context(&self, context: &Context, injector: &mut dyn Injector) {
        let span = context.span();
        let span_context = span.span_context();
        if !span_context.is_valid() {
            return;
        }
        let flags = span_context.trace_flags() & (TraceFlags::SAMPLED | RANDOM_FLAG);
        let (trace_id, span_id) = (span_context.trace_id(), span_context.span_id());
        injector.set(TRACEPARENT, format!("00-{trace_id}-{span_id}-{flags:02x}"));
        let header = trace_state_of(context).header();
        if !header.is_empty() {
            injector.set(TRACESTATE, header);
        }
    }

    fn extract_with_context(&self, context: &Context, extractor: &dyn Extractor) -> Context {
        let extracted = self
            .sdk
            .extract_with_context(&Context::new(), &Whole::of(extractor));
        let span = extracted.span();
        let read = span.span_context();
        if !read.is_valid() {
            return context.clone();
        }
        let random = extractor
            .get(TRACEPARENT)
            .and_then(flags)
            .unwrap_or_default()
            & RANDOM_FLAG;
        context.with_remote_span_context(SpanContext::new(
            read.trace_id(),
            read.span_id(),
            read.trace_flags() | random,
            true,
            read.trace_state().clone(),
        ))
    }

    fn fields(&self) -> FieldIter<'_> {
        self.sdk.fields()
    }
}

/// All flags of a `traceparent` that parses.
fn flags(traceparent: &str) -> Option<TraceFlags> {
    let flags = traceparent.trim().split('-').nth(3)?;
    u8::from_str_radix(flags, 16).ok().map(TraceFlags::new)
}

/// A carrier in which `tracestate` is one header.
struct Whole<'a> {
    carrier: &'a dyn Extractor,
    trace_state: Option<Cow<'a, str>>,
}

impl<'a> Whole<'a> {
    fn of(carrier: &'a dyn Extractor) -> Self {
        let trace_state = match carrier.get_all(TRACESTATE).as_deref() {
            None | Some([]) => None,
            Some([one]) => Some(Cow::Borrowed(*one)),
            Some(several) => Some(Cow::Owned(several.join(","))),
        };
        Self {
            carrier,
            trace_state,
        }
    }
}

impl Extractor for Whole<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        if key == TRACESTATE {
            self.trace_state.as_deref()
        } else {
            self.carrier.get(key)
        }
    }

    fn keys(&self) -> Vec<&str> {
        self.carrier.keys()
    }
}

#[cfg(test)]
mod tests;
