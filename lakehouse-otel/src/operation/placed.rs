//! An operation that starts where it was told to: see [`place`](super::place).

use std::panic::{AssertUnwindSafe, catch_unwind};

use opentelemetry::Context;
use opentelemetry::trace::{Link, SpanContext, SpanId, TraceContextExt};

use super::Beginning;
use super::active::Active;
use super::callsite::Callsite;
use super::current;
use super::guard::Operation;
use super::place::{IntoLinks, IntoParent, Kind, Links, Parent};
use crate::pipeline;
use crate::schema::OperationType;

/// Where an operation starts, and what it is linked to.
#[derive(Debug)]
pub(super) struct Place {
    parent: Parent,
    links: Vec<Link>,
}

/// In a context: that the span which is current there was given as the parent. An invocation is under it, also
/// where it is of this process.
#[derive(Debug)]
pub(in crate::operation) struct GivenParent(pub(in crate::operation) SpanId);

impl Operation {
    /// Starts an operation where `begin` says. Where that panics before it does, so did the operation.
    pub(super) fn begin_placed<R>(
        callsite: &'static Callsite,
        begin: impl FnOnce(&mut Beginning<'_>) -> R,
    ) -> (Self, R) {
        let mut operation = Self::of(None);
        let result = catch_unwind(AssertUnwindSafe(|| {
            begin(&mut Beginning::unplaced(&mut operation, callsite))
        }));
        match result {
            Ok(value) => {
                if let Some(active) = operation.active() {
                    active.begun();
                }
                (operation, value)
            }
            Err(payload) => {
                if operation.active().is_none() {
                    operation = Self::of(Active::start(callsite));
                }
                operation.panicked(payload)
            }
        }
    }
}

impl Place {
    pub(super) const fn current() -> Self {
        Self {
            parent: Parent::current(),
            links: Vec::new(),
        }
    }

    pub(super) fn new(
        parent: &(impl IntoParent + ?Sized),
        links: &(impl IntoLinks + ?Sized),
    ) -> Self {
        let mut place = Self::current();
        place.set_parent(parent);
        place.link(links);
        place
    }

    pub(super) fn set_parent(&mut self, parent: &(impl IntoParent + ?Sized)) {
        self.parent = parent.to_parent();
    }

    pub(super) fn link(&mut self, links: &(impl IntoLinks + ?Sized)) {
        let mut more = Links::default();
        links.add_to(&mut more);
        self.links.append(&mut more.into_vec());
    }

    /// Starts an operation here.
    pub(super) fn start(self, callsite: &'static Callsite) -> Operation {
        let operation = match self.context() {
            None => Operation::of(Active::start(callsite)),
            Some(context) => {
                let span = context.span().span_context().span_id();
                let context = if callsite.definition.operation_type == OperationType::Invocation {
                    context.with_value(GivenParent(span))
                } else {
                    context
                };
                let _around = current::hide_unless(|current| current.identity().carrier == span);
                let _attached = context.attach();
                Operation::of(Active::start(callsite)).anywhere()
            }
        };
        if let Some(active) = operation.active() {
            active.add_links(self.links);
        }
        operation
    }

    /// The context to start in; the current one where there is none.
    fn context(&self) -> Option<Context> {
        if Context::map_current(Context::is_telemetry_suppressed) {
            return None;
        }
        let span = |span| Context::map_current(|current| current.with_remote_span_context(span));
        match &self.parent.0 {
            Kind::Current => None,
            Kind::Root => Some(span(SpanContext::NONE)),
            Kind::Span(parent) => Some(span(parent.clone())),
            Kind::Context(parent) => Some(match pipeline::capture() {
                Some(capture) if pipeline::capture_of(parent).is_none() => {
                    capture.attach_to(parent)
                }
                _ => parent.clone(),
            }),
        }
    }
}
