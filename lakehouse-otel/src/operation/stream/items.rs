//! What is done with a stream's items, as spans of its own.

use opentelemetry::Context;
use opentelemetry::trace::{SpanKind, TraceContextExt};

use super::super::active::Active;
use super::super::callsite::Callsite;
use super::super::current::Scope;
use super::super::guard::Operation;
use super::super::outcome::Ended;
use super::super::returned::ReturnedOutcome;
use crate::schema::{IntoValue, OperationDefinition, OperationType, Recorded, crypto, kind};
use crate::trace::parent::sampling_of;

/// What is done with one item.
pub(in crate::operation) static ITEM: OperationDefinition = definition("item");

/// What is done with several.
pub(in crate::operation) static BATCH: OperationDefinition = definition("batch");

const fn definition(span_name: &'static str) -> OperationDefinition {
    OperationDefinition {
        operation_type: OperationType::Custom,
        span_type: "crypto.stream.item",
        macro_name: "",
        kind: SpanKind::Internal,
        span_name,
        metrics: &[],
    }
}

/// The spans of a stream's items: each from the delivery of its first item until the stream is asked for the
/// one after its last.
///
/// There is one only where the stream's span records. It stands for as many as that does, is kept where that
/// is kept, and links to it. Its parent is the span under which the stream was asked for the item, where that
/// is recorded and of the same trace: it is the consumer's work. Otherwise the stream's span is the parent.
#[derive(Debug)]
pub(super) struct ItemSpans {
    callsite: &'static Callsite,
    /// How many items one span is for.
    together: usize,
    /// How many items there were.
    position: u64,
    open: Option<Open>,
}

/// A span that has begun.
#[derive(Debug)]
struct Open {
    operation: Operation,
    position: u64,
    items: usize,
    errors: usize,
}

impl ItemSpans {
    pub(super) fn new(callsite: &'static Callsite, together: usize) -> Self {
        Self {
            callsite,
            together,
            position: 0,
            open: None,
        }
    }

    /// The stream gave an item to who polled it in this context.
    pub(super) fn delivered(&mut self, stream: &Operation, around: &Context, failed: bool) {
        let position = self.position;
        self.position += 1;
        if self.open.is_none() {
            self.open = start(self.callsite, stream, around).map(|operation| Open {
                operation,
                position,
                items: 0,
                errors: 0,
            });
        }
        if let Some(open) = &mut self.open {
            open.items += 1;
            open.errors += usize::from(failed);
        }
    }

    /// The stream is asked for the next item: the one before is done with.
    pub(super) fn asked(&mut self) {
        if self
            .open
            .as_ref()
            .is_some_and(|open| open.items >= self.together)
        {
            self.stop();
        }
    }

    /// Nothing more is done with what was given.
    pub(super) fn stop(&mut self) {
        if let Some(open) = self.open.take() {
            open.end();
        }
    }
}

/// Starts a span for an item of this stream.
fn start(callsite: &'static Callsite, stream: &Operation, around: &Context) -> Option<Operation> {
    let active = stream.active().filter(|active| active.records())?;
    let scope = Scope::new(active.clone(), stream.own_context());
    let item = Active::start(callsite);
    drop(scope);
    let mut item = item?;
    let consumer = around.span();
    let consumer = consumer.span_context();
    let of_stream = &active.identity().context;
    if consumer.is_sampled()
        && !consumer.is_remote()
        && consumer.trace_id() == of_stream.trace_id()
        && sampling_of(around).is_some()
    {
        item.put_under(consumer.span_id());
    }
    item.change_span(|span, limits| span.add_link(of_stream.clone(), Vec::new(), limits));
    Some(Operation::of(Some(item)))
}

impl Open {
    fn end(self) {
        let Self {
            mut operation,
            position,
            items,
            errors,
        } = self;
        if let Some(active) = operation.active_mut() {
            let errors = (errors > 0).then_some(errors);
            let told = [
                (crypto::STREAM_POSITION, int(&position)),
                (crypto::STREAM_ITEMS, int(&items)),
                (crypto::STREAM_ERRORS, int(&errors)),
            ];
            for (key, number) in told {
                if let Some(number) = number {
                    active.attribute(key.name(), number);
                }
            }
        }
        if std::thread::panicking() {
            // It says itself what that means.
            drop(operation);
        } else {
            operation.end(Ended::Returned(ReturnedOutcome::Ok));
        }
    }
}

/// A number of items.
pub(super) fn int(number: &impl IntoValue<kind::Int>) -> Option<Recorded> {
    number.to_recorded()
}
