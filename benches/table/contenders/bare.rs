//! The function without any annotation, and floors: what two clock reads and two bound instruments cost, and OpenTelemetry's
//! context with them.

use std::borrow::Cow;
use std::time::SystemTime;

use opentelemetry::trace::{
    Span, SpanContext, SpanId, Status, TraceContextExt, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{Context, KeyValue};

use super::measured::{self, Bound};
use super::{Contender, Parent, Setup};
use crate::work::{Outcome, Pauses, body};

pub(crate) struct Bare;

#[inline(never)]
fn bare(symbol: &str) -> Outcome {
    body(symbol)
}

async fn bare_async(symbol: &str, pauses: u32) -> Outcome {
    Pauses(pauses).await;
    body(symbol)
}

impl Contender for Bare {
    type Running = ();
    const EXPORTS: bool = false;

    fn start(_setup: &Setup) {}

    fn call(symbol: &str) -> Outcome {
        bare(symbol)
    }

    fn call_async(symbol: &str, pauses: u32) -> impl Future<Output = Outcome> {
        bare_async(symbol, pauses)
    }

    fn under(_parent: Parent, work: &mut dyn FnMut()) {
        work();
    }
}

/// The least that a counter and a histogram of a duration can cost: two reads of the cheapest clock there
/// is (the processor's own counter), one bound add, one bound record.
pub(crate) struct Floor;

#[inline(never)]
fn floor(symbol: &str) -> Outcome {
    let started = fastant::Instant::now();
    let outcome = body(symbol);
    measured::instruments().bound(outcome.is_ok(), started.elapsed());
    outcome
}

async fn floor_async(symbol: &str, pauses: u32) -> Outcome {
    let started = fastant::Instant::now();
    Pauses(pauses).await;
    let outcome = body(symbol);
    measured::instruments().bound(outcome.is_ok(), started.elapsed());
    outcome
}

impl Contender for Floor {
    type Running = measured::Provider;
    const EXPORTS: bool = false;

    fn start(setup: &Setup) -> measured::Provider {
        measured::start::<Bound>(setup)
    }

    fn call(symbol: &str) -> Outcome {
        floor(symbol)
    }

    fn call_async(symbol: &str, pauses: u32) -> impl Future<Output = Outcome> {
        floor_async(symbol, pauses)
    }

    fn under(_parent: Parent, work: &mut dyn FnMut()) {
        work();
    }
}

/// The least that a sampled call can cost which has a counter and a histogram, and whose span others find in OpenTelemetry's
/// context: the floor, and a context with a span that has ids and keeps nothing.
pub(crate) struct FloorContext;

#[inline(never)]
fn floor_context(symbol: &str) -> Outcome {
    let started = fastant::Instant::now();
    let attached = Context::current_with_span(Nothing::new()).attach();
    let outcome = body(symbol);
    drop(attached);
    measured::instruments().bound(outcome.is_ok(), started.elapsed());
    outcome
}

impl Contender for FloorContext {
    type Running = measured::Provider;
    const EXPORTS: bool = false;

    fn start(setup: &Setup) -> measured::Provider {
        measured::start::<Bound>(setup)
    }

    fn call(symbol: &str) -> Outcome {
        floor_context(symbol)
    }

    fn call_async(symbol: &str, pauses: u32) -> impl Future<Output = Outcome> {
        floor_async(symbol, pauses)
    }

    fn under(_parent: Parent, work: &mut dyn FnMut()) {
        let _attached = Context::current_with_span(Nothing::new()).attach();
        work();
    }
}

/// A span that has ids, and keeps nothing.
#[derive(Debug)]
struct Nothing(SpanContext);

impl Nothing {
    fn new() -> Self {
        let (trace, span) = (TraceId::from(0xfeed), SpanId::from(0xbeef));
        let flags = TraceFlags::SAMPLED;
        Self(SpanContext::new(
            trace,
            span,
            flags,
            false,
            TraceState::NONE,
        ))
    }
}

impl Span for Nothing {
    fn add_event_with_timestamp<T: Into<Cow<'static, str>>>(
        &mut self,
        _name: T,
        _timestamp: SystemTime,
        _attributes: Vec<KeyValue>,
    ) {
    }

    fn span_context(&self) -> &SpanContext {
        &self.0
    }

    fn is_recording(&self) -> bool {
        true
    }

    fn set_attribute(&mut self, _attribute: KeyValue) {}

    fn set_status(&mut self, _status: Status) {}

    fn update_name<T: Into<Cow<'static, str>>>(&mut self, _new_name: T) {}

    fn add_link(&mut self, _span_context: SpanContext, _attributes: Vec<KeyValue>) {}

    fn end_with_timestamp(&mut self, _timestamp: SystemTime) {}
}
