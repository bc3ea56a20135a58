//! An operation that runs for as long as a future does.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use pin_project_lite::pin_project;

use super::active::Active;
use super::callsite::Callsite;
use super::capture::Captured;
use super::guard::Operation;
use super::handle::{Handle, Later, Running};
use super::outcome::Ended;
use super::{Beginning, Ending};

pin_project! {
    /// A future whose work is an operation.
    ///
    /// The operation starts at the first poll and ends when the future is ready, unwinds, or is
    /// dropped. Its context is attached while the future is polled and only then, on whatever thread
    /// that is.
    #[must_use = "futures do nothing unless polled"]
    pub struct OperationFuture<C, F, O> {
        #[pin]
        state: State<C, F>,
        observe: Option<O>,
    }

    impl<C, F, O> PinnedDrop for OperationFuture<C, F, O> {
        fn drop(this: Pin<&mut Self>) {
            let mut state = this.project().state;
            // What the work's locals do when they are dropped belongs to the operation.
            if let StateProjection::Running { operation, .. } = state.as_mut().project() {
                let mut operation = operation.take();
                if let Some(active) = operation.as_ref().and_then(Operation::active) {
                    active.resume();
                }
                let entered = operation.as_mut().and_then(Operation::enter);
                let dropped = state.drop_work();
                if let Some(operation) = &mut operation {
                    operation.leave(entered);
                }
                match (operation, dropped) {
                    // A panic of the work's own ends in `poll`: one that unwinds here is somebody else's.
                    (Some(mut operation), Ok(())) => operation.end(Ended::Dropped),
                    (Some(mut operation), Err(payload)) => operation.panicked(payload),
                    (None, Ok(())) => {}
                    (None, Err(payload)) => resume_unwind(payload),
                }
            }
        }
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<C, F> {
        /// Not polled yet. The arguments are in the closure that makes the future, and move into it,
        /// so that they are stored once.
        Unstarted { callsite: &'static Callsite, construct: Option<C> },
        /// The same, where the closure says where the operation starts.
        Unplaced { callsite: &'static Callsite, construct: Option<C> },
        /// Not polled yet, and made already.
        Prepared { prepared: Option<Prepared>, future: Option<F> },
        Running { #[pin] future: F, operation: Option<Operation> },
        Done,
    }
}

/// What was captured for an operation whose future is returned, and starts when that is polled.
#[derive(Debug)]
pub struct Prepared {
    callsite: &'static Callsite,
    captured: Captured,
    started: Later,
}

/// The future of an operation: `construct` makes it, at the first poll.
pub fn future<C, F, O>(
    callsite: &'static Callsite,
    construct: C,
    observe: O,
) -> OperationFuture<C, F, O>
where
    C: FnOnce(&mut Beginning<'_>) -> F,
    F: Future,
    O: for<'a> FnOnce(&mut Ending<'a>, &'a F::Output),
{
    let construct = Some(construct);
    OperationFuture {
        state: State::Unstarted {
            callsite,
            construct,
        },
        observe: Some(observe),
    }
}

/// The same, where `construct` says first where the operation starts.
pub fn future_placed<C, F, O>(
    callsite: &'static Callsite,
    construct: C,
    observe: O,
) -> OperationFuture<C, F, O>
where
    C: FnOnce(&mut Beginning<'_>) -> F,
    F: Future,
    O: for<'a> FnOnce(&mut Ending<'a>, &'a F::Output),
{
    let construct = Some(construct);
    OperationFuture {
        state: State::Unplaced {
            callsite,
            construct,
        },
        observe: Some(observe),
    }
}

/// Captures the attributes of an operation that starts later.
///
/// Whether anything will record it is not known yet; they are captured where anything could.
pub fn prepare(callsite: &'static Callsite, capture: impl FnOnce(&mut Beginning<'_>)) -> Prepared {
    let mut captured = Captured::default();
    if crate::pipeline::any() {
        capture(&mut Beginning::later(&mut captured));
    }
    Prepared {
        callsite,
        captured,
        started: Later::default(),
    }
}

impl Prepared {
    /// The handle of the operation, which does nothing until the future is polled.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle::later(&self.started)
    }

    pub(super) fn start(mut self) -> Operation {
        let operation = match self.captured.take_place() {
            Some(place) => place.start(self.callsite),
            None => Operation::of(Active::start(self.callsite)),
        };
        let operation = operation.anywhere();
        if let Some(active) = operation.active() {
            self.captured.apply(active);
            active.begun();
            let running = Running::new(active, operation.own_context());
            let _ = self.started.set(running);
        }
        operation
    }
}

/// How a future is made that is made already.
pub(crate) type Constructed<F> = fn(&mut Beginning<'_>) -> F;

/// The future of an operation that was prepared when it was made.
pub fn prepared_future<F, O>(
    prepared: Prepared,
    future: F,
    observe: O,
) -> OperationFuture<Constructed<F>, F, O>
where
    F: Future,
    O: for<'a> FnOnce(&mut Ending<'a>, &'a F::Output),
{
    OperationFuture {
        state: State::Prepared {
            prepared: Some(prepared),
            future: Some(future),
        },
        observe: Some(observe),
    }
}

/// The future of an operation that has started.
pub(super) fn started<F, O>(
    operation: Operation,
    future: F,
    observe: O,
) -> OperationFuture<Constructed<F>, F, O>
where
    F: Future,
    O: for<'a> FnOnce(&mut Ending<'a>, &'a F::Output),
{
    // It goes on when it is polled, wherever that is.
    if let Some(active) = operation.active() {
        active.suspend();
    }
    OperationFuture {
        state: State::Running {
            future,
            operation: Some(operation),
        },
        observe: Some(observe),
    }
}

impl<C, F> State<C, F>
where
    C: FnOnce(&mut Beginning<'_>) -> F,
{
    /// Starts the operation, at the first poll.
    fn start(mut self: Pin<&mut Self>) {
        let (future, operation) = match self.as_mut().project() {
            StateProjection::Unstarted {
                callsite,
                construct,
            } => {
                let Some(construct) = construct.take() else {
                    return;
                };
                let mut operation = Operation::of(Active::start(callsite));
                let constructed = catch_unwind(AssertUnwindSafe(|| {
                    construct(&mut Beginning::of(&mut operation))
                }));
                let future = constructed.unwrap_or_else(|payload| operation.panicked(payload));
                if let Some(active) = operation.active() {
                    active.begun();
                }
                (future, operation.anywhere())
            }
            StateProjection::Unplaced {
                callsite,
                construct,
            } => {
                let Some(construct) = construct.take() else {
                    return;
                };
                let (operation, future) = Operation::begin_placed(callsite, construct);
                (future, operation.anywhere())
            }
            StateProjection::Prepared { prepared, future } => {
                let (Some(prepared), Some(future)) = (prepared.take(), future.take()) else {
                    return;
                };
                (future, prepared.start())
            }
            StateProjection::Running { .. } | StateProjection::Done => return,
        };
        let operation = Some(operation);
        self.set(Self::Running { future, operation });
    }
}

impl<C, F> State<C, F> {
    /// Drops the work, with what it still holds; the panic where that panics.
    fn drop_work(mut self: Pin<&mut Self>) -> Result<(), Box<dyn Any + Send>> {
        catch_unwind(AssertUnwindSafe(|| self.set(Self::Done)))
    }
}

impl<C, F, O> Future for OperationFuture<C, F, O>
where
    C: FnOnce(&mut Beginning<'_>) -> F,
    F: Future,
    O: for<'a> FnOnce(&mut Ending<'a>, &'a F::Output),
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        this.state.as_mut().start();
        let StateProjection::Running { future, operation } = this.state.as_mut().project() else {
            panic!("an operation's future was polled after it was ready");
        };
        let Some(active) = operation.as_ref().and_then(Operation::active) else {
            // Nothing records it: there is nothing to attach, and nothing to end.
            let polled = future.poll(task);
            if polled.is_ready() {
                this.state.set(State::Done);
            }
            return polled;
        };
        let is_watched = active.resume();
        let entered = operation.as_mut().and_then(Operation::enter);
        let polled = catch_unwind(AssertUnwindSafe(|| future.poll(task)));
        if matches!(polled, Ok(Poll::Pending)) {
            if let Some(operation) = operation {
                operation.leave(entered);
                if is_watched && let Some(active) = operation.active() {
                    active.suspend();
                }
            }
            return Poll::Pending;
        }
        let mut operation = operation.take();
        // The work's last locals go while its context is attached. Where that panics, so did the work.
        let dropped = this.state.drop_work();
        if let Some(operation) = &mut operation {
            operation.leave(entered);
        }
        let polled = match (polled, dropped) {
            (Ok(_), Err(payload)) => Err(payload),
            (polled, _) => polled,
        };
        match polled {
            Ok(Poll::Ready(value)) => {
                if let (Some(mut operation), Some(observe)) = (operation, this.observe.take()) {
                    operation.finish(observe, &value);
                }
                Poll::Ready(value)
            }
            Ok(Poll::Pending) => Poll::Pending,
            Err(payload) => {
                if let Some(mut operation) = operation {
                    operation.panicked(payload)
                } else {
                    resume_unwind(payload)
                }
            }
        }
    }
}

impl<C, F, O> fmt::Debug for OperationFuture<C, F, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Unstarted { .. } | State::Unplaced { .. } | State::Prepared { .. } => {
                "not started"
            }
            State::Running { .. } => "running",
            State::Done => "done",
        };
        f.debug_struct("OperationFuture")
            .field("state", &state)
            .finish_non_exhaustive()
    }
}
