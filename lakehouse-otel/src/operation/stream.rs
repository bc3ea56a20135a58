//! An operation that runs for as long as a stream does.
//!
//! | the stream | outcome |
//! |---|---|
//! | ended | `ok`; `error` where an item was an error |
//! | was dropped before its end | `cancelled`; `error` where an item was an error |
//! | panicked | `panicked` |
//!
//! A stream of results goes on after an error or does not: that is its business. That the operation failed is
//! said in any case, with the first error, so that a failure never depends on what came after it.

mod items;

use std::any::Any;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use futures_core::{FusedStream, Stream};
use opentelemetry::Context;
use pin_project_lite::pin_project;

use super::Ending;
use super::callsite::Callsite;
use super::error::{Failure, Gone};
use super::future::Prepared;
use super::guard::Operation;
use super::outcome::Ended;
use super::returned::ReturnedOutcome;
use crate::schema::crypto;

pub(super) use items::{BATCH, ITEM};

use items::ItemSpans;

pin_project! {
    /// A stream whose work is an operation.
    ///
    /// The operation starts at the first poll and ends when the stream ends, unwinds, or is dropped. Its
    /// context is attached while the stream is polled and only then, on whatever thread that is.
    #[must_use = "streams do nothing unless polled"]
    pub struct OperationStream<S, O> {
        // It is there until it is dropped.
        #[pin]
        stream: Option<S>,
        phase: Phase,
        tally: Tally,
        observe: O,
        // Boxed, for most streams have none.
        items: Option<Box<ItemSpans>>,
    }

    impl<S, O> PinnedDrop for OperationStream<S, O> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if let Some(items) = this.items {
                items.stop();
            }
            let Phase::Running(mut operation) = mem::replace(this.phase, Phase::Over) else {
                return;
            };
            let Some(active) = operation.active() else {
                return;
            };
            // What the work's locals do when they are dropped belongs to the operation.
            active.resume();
            let entered = operation.enter();
            let dropped = catch_unwind(AssertUnwindSafe(|| this.stream.set(None)));
            operation.leave(entered);
            match dropped {
                Ok(()) => this.tally.end(&mut operation, Ended::Dropped),
                Err(payload) => this.tally.panicked(&mut operation, payload),
            }
        }
    }
}

/// How far the operation is.
#[derive(Debug)]
enum Phase {
    Prepared(Prepared),
    Running(Operation),
    Over,
}

/// What the items were.
#[derive(Debug, Default)]
struct Tally {
    items: u64,
    errors: u64,
    /// The first error.
    failure: Option<Box<Gone>>,
}

/// The stream of an operation that was prepared when it was made.
pub fn prepared_stream<S, O>(prepared: Prepared, stream: S, observe: O) -> OperationStream<S, O>
where
    S: Stream,
    O: for<'a> FnMut(&mut Ending<'a>, &'a S::Item),
{
    OperationStream::new(Phase::Prepared(prepared), stream, observe)
}

/// The stream of an operation that has started.
pub(super) fn started<S, O>(operation: Operation, stream: S, observe: O) -> OperationStream<S, O>
where
    S: Stream,
    O: for<'a> FnMut(&mut Ending<'a>, &'a S::Item),
{
    // It goes on when it is polled, wherever that is.
    if let Some(active) = operation.active() {
        active.suspend();
    }
    OperationStream::new(Phase::Running(operation), stream, observe)
}

impl<S, O> OperationStream<S, O> {
    fn new(phase: Phase, stream: S, observe: O) -> Self {
        Self {
            stream: Some(stream),
            phase,
            tally: Tally::default(),
            observe,
            items: None,
        }
    }

    /// The same stream; what is done with its items, so many at a time, has spans of this callsite.
    pub fn with_items(mut self, callsite: &'static Callsite, together: usize) -> Self {
        self.items = Some(Box::new(ItemSpans::new(callsite, together)));
        self
    }
}

impl Phase {
    /// The operation, which starts at the first poll; `None` where it is over.
    fn operation(&mut self) -> Option<&mut Operation> {
        if let Self::Prepared(_) = self
            && let Self::Prepared(prepared) = mem::replace(self, Self::Over)
        {
            *self = Self::Running(prepared.start());
        }
        match self {
            Self::Running(operation) => Some(operation),
            Self::Prepared(_) | Self::Over => None,
        }
    }

    /// The operation, where it has started.
    fn started(self) -> Operation {
        match self {
            Self::Running(operation) => operation,
            Self::Prepared(_) | Self::Over => Operation::of(None),
        }
    }
}

impl Tally {
    /// Counts an item, and looks at it. Whether it is an error.
    fn count<T>(
        &mut self,
        operation: &mut Operation,
        observe: &mut impl for<'a> FnMut(&mut Ending<'a>, &'a T),
        item: &T,
    ) -> bool {
        self.items += 1;
        if operation.is_none() {
            return false;
        }
        let mut ending = Ending::of(operation);
        observe(&mut ending, item);
        let in_words = ending.keeps();
        let ReturnedOutcome::Error(failure) = ending.into_outcome() else {
            return false;
        };
        self.errors += 1;
        if self.failure.is_none() {
            self.failure = Some(Box::new(failure.into_gone(in_words)));
        }
        true
    }

    /// Ends the operation: with the first error where there was one, otherwise like this.
    fn end(&self, operation: &mut Operation, otherwise: Ended<'_>) {
        self.tell(operation);
        operation.end(match &self.failure {
            Some(gone) => Ended::Returned(ReturnedOutcome::Error(Failure::of_gone(gone))),
            None => otherwise,
        });
    }

    /// Ends it with a panic, which goes on.
    fn panicked(&self, operation: &mut Operation, payload: Box<dyn Any + Send>) -> ! {
        self.tell(operation);
        operation.panicked(payload)
    }

    /// Puts the numbers on the span.
    fn tell(&self, operation: &mut Operation) {
        let Some(active) = operation.active_mut() else {
            return;
        };
        let told = [
            (crypto::STREAM_ITEMS, Some(self.items)),
            (
                crypto::STREAM_ERRORS,
                Some(self.errors).filter(|errors| *errors > 0),
            ),
        ];
        for (key, number) in told {
            if let Some(number) = items::int(&number) {
                active.attribute(key.name(), number);
            }
        }
    }
}

impl<S, O> Stream for OperationStream<S, O>
where
    S: Stream,
    O: for<'a> FnMut(&mut Ending<'a>, &'a S::Item),
{
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        let Some(stream) = this.stream.as_mut().as_pin_mut() else {
            return Poll::Ready(None);
        };
        if let Some(items) = this.items {
            items.asked();
        }
        let Some(operation) = this.phase.operation() else {
            return stream.poll_next(task);
        };
        let Some(active) = operation.active() else {
            // Nothing records it: there is nothing to attach, and nothing to end.
            return stream.poll_next(task);
        };
        let is_watched = active.resume();
        let around = this.items.as_ref().map(|_| Context::current());
        let entered = operation.enter();
        let polled = catch_unwind(AssertUnwindSafe(|| stream.poll_next(task)));
        operation.leave(entered);
        let is_over = !matches!(polled, Ok(Poll::Pending | Poll::Ready(Some(_))));
        if is_watched
            && !is_over
            && let Some(active) = operation.active()
        {
            active.suspend();
        }
        match polled {
            Ok(Poll::Ready(Some(item))) => {
                // An attribute's expression, or the error's own code, may panic. Then so did the operation.
                let tally = &mut *this.tally;
                let counted = catch_unwind(AssertUnwindSafe(|| {
                    tally.count(operation, this.observe, &item)
                }));
                match (counted, this.items, around) {
                    (Ok(failed), Some(items), Some(around)) => {
                        items.delivered(operation, &around, failed);
                    }
                    (Ok(_), ..) => {}
                    (Err(payload), ..) => {
                        let mut operation = mem::replace(this.phase, Phase::Over).started();
                        this.tally.panicked(&mut operation, payload)
                    }
                }
                Poll::Ready(Some(item))
            }
            Ok(Poll::Ready(None)) => {
                // What is done after the last item is no item's.
                if let Some(items) = this.items {
                    items.stop();
                }
                let mut operation = mem::replace(this.phase, Phase::Over).started();
                let well = Ended::Returned(ReturnedOutcome::Ok);
                this.tally.end(&mut operation, well);
                Poll::Ready(None)
            }
            Ok(Poll::Pending) => Poll::Pending,
            Err(payload) => {
                let mut operation = mem::replace(this.phase, Phase::Over).started();
                this.tally.panicked(&mut operation, payload)
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.as_ref().map_or((0, Some(0)), Stream::size_hint)
    }
}

impl<S, O> FusedStream for OperationStream<S, O>
where
    S: FusedStream,
    O: for<'a> FnMut(&mut Ending<'a>, &'a S::Item),
{
    fn is_terminated(&self) -> bool {
        self.stream.as_ref().is_none_or(FusedStream::is_terminated)
    }
}

impl<S, O> fmt::Debug for OperationStream<S, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperationStream")
            .field("phase", &self.phase)
            .field("items", &self.tally.items)
            .finish_non_exhaustive()
    }
}
