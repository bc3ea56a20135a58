//! An operation that runs for as long as a future does.

use std::any::Any;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};
use std::thread;

use pin_project_lite::pin_project;

use super::active::Active;
use super::callsite::Callsite;
use super::capture::Captured;
use super::current::Entered;
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
    pub struct OperationFuture<M, F, O> {
        #[pin]
        work: Work<M, F>,
        polled: Polled,
        observe: Option<O>,
    }

    impl<M, F, O> PinnedDrop for OperationFuture<M, F, O> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if this.polled.is_recorded() {
                // What the work's locals do when they are dropped belongs to the operation.
                let entered = this.polled.enter();
                let dropped = this.work.drop_future();
                this.polled.dropped(entered, dropped);
            }
        }
    }
}

pin_project! {
    #[project = WorkProjection]
    enum Work<M, F> {
        /// Not polled yet: how the future is made.
        Unmade { make: Option<M> },
        Made { #[pin] future: F },
        Done,
    }
}

/// The operation of a future: what is the same for all of them, behind a pointer to it, so that a future has little
/// code of its own.
#[derive(Debug)]
pub struct Polled(Operation);

/// How the future of an operation is made, and the operation begins, at the first poll.
pub trait Make<F> {
    /// Begins the operation, and makes the future.
    fn make(self, operation: &mut Polled) -> F;
}

/// By a closure that sets attributes too. The arguments are in it, and move into the future, so that they are stored once.
#[derive(Debug)]
pub struct Construct<C> {
    callsite: &'static Callsite,
    construct: C,
}

/// The same, by a closure that says first where the operation starts.
#[derive(Debug)]
pub struct ConstructPlaced<C> {
    callsite: &'static Callsite,
    construct: C,
}

/// It is there already.
#[derive(Debug)]
pub struct Ready<F> {
    prepared: Prepared,
    future: F,
}

/// What was captured for an operation whose future is returned, and starts when that is polled.
#[derive(Debug)]
pub struct Prepared {
    callsite: &'static Callsite,
    captured: Captured,
    started: Later,
}

/// The future of an operation: `construct` makes it, at the first poll.
#[inline]
pub fn future<C, F, O, R>(
    callsite: &'static Callsite,
    construct: C,
    observe: O,
) -> OperationFuture<Construct<C>, F, O>
where
    C: FnOnce(&mut Beginning<'_>) -> F,
    F: Future<Output = R>,
    O: for<'a> FnOnce(&mut Ending<'a>, &'a R),
{
    OperationFuture::unmade(
        Construct {
            callsite,
            construct,
        },
        observe,
    )
}

/// The same, where `construct` says first where the operation starts.
pub fn future_placed<C, F, O, R>(
    callsite: &'static Callsite,
    construct: C,
    observe: O,
) -> OperationFuture<ConstructPlaced<C>, F, O>
where
    C: FnOnce(&mut Beginning<'_>) -> F,
    F: Future<Output = R>,
    O: for<'a> FnOnce(&mut Ending<'a>, &'a R),
{
    OperationFuture::unmade(
        ConstructPlaced {
            callsite,
            construct,
        },
        observe,
    )
}

/// Captures the attributes of an operation that starts later.
///
/// Whether it will be sampled is not known yet; they are captured where it could be.
pub fn prepare(callsite: &'static Callsite, capture: impl FnOnce(&mut Beginning<'_>)) -> Prepared {
    let mut captured = Captured::default();
    if crate::pipeline::any() {
        captured = Captured::of(callsite);
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

/// The future of an operation that was prepared when it was made.
pub fn prepared_future<F, O, R>(
    prepared: Prepared,
    future: F,
    observe: O,
) -> OperationFuture<Ready<F>, F, O>
where
    F: Future<Output = R>,
    O: for<'a> FnOnce(&mut Ending<'a>, &'a R),
{
    OperationFuture::unmade(Ready { prepared, future }, observe)
}

/// The future of an operation that has started.
pub(super) fn started<F, O, R>(
    operation: Operation,
    future: F,
    observe: O,
) -> OperationFuture<Ready<F>, F, O>
where
    F: Future<Output = R>,
    O: for<'a> FnOnce(&mut Ending<'a>, &'a R),
{
    // It goes on when it is polled, wherever that is.
    if let Some(active) = operation.active() {
        active.suspend();
    }
    OperationFuture {
        work: Work::Made { future },
        polled: Polled(operation),
        observe: Some(observe),
    }
}

impl<C, F> Make<F> for Construct<C>
where
    C: FnOnce(&mut Beginning<'_>) -> F,
{
    #[inline]
    fn make(self, operation: &mut Polled) -> F {
        operation.begin(self.callsite);
        let construct = self.construct;
        let made = catch_unwind(AssertUnwindSafe(|| construct(&mut operation.beginning())));
        match made {
            Ok(future) => {
                operation.begun();
                future
            }
            Err(payload) => operation.panicked(None, payload),
        }
    }
}

impl<C, F> Make<F> for ConstructPlaced<C>
where
    C: FnOnce(&mut Beginning<'_>) -> F,
{
    fn make(self, operation: &mut Polled) -> F {
        let (begun, future) = Operation::begin_placed(self.callsite, self.construct);
        operation.0 = begun.anywhere();
        future
    }
}

impl<F> Make<F> for Ready<F> {
    fn make(self, operation: &mut Polled) -> F {
        operation.0 = self.prepared.start();
        self.future
    }
}

impl Polled {
    fn begin(&mut self, callsite: &'static Callsite) {
        self.0 = Operation::of(Active::start(callsite));
    }

    fn beginning(&mut self) -> Beginning<'_> {
        Beginning::of(&mut self.0)
    }

    fn begun(&mut self) {
        if let Some(active) = self.0.active() {
            active.begun();
        }
        self.0.stay_anywhere();
    }

    /// Whether anything records it.
    #[inline]
    const fn is_recorded(&self) -> bool {
        !self.0.is_none()
    }

    /// Lets the work run as the operation's.
    fn enter(&mut self) -> Option<Entered> {
        self.0.active()?.resume();
        self.0.enter()
    }

    /// The work is done with: the operation, to be ended.
    fn leave(&mut self, entered: Option<Entered>) -> Operation {
        let mut operation = mem::replace(&mut self.0, Operation::none());
        operation.leave(entered);
        operation
    }

    /// The same, where the work goes on later.
    fn pause(&mut self, entered: Option<Entered>) {
        self.0.leave(entered);
        if let Some(active) = self.0.active() {
            active.suspend();
        }
    }

    /// The work was dropped before it was ready.
    fn dropped(&mut self, entered: Option<Entered>, dropped: thread::Result<()>) {
        self.0.leave(entered);
        match dropped {
            // A panic of the work's own ends in `poll`: one that unwinds here is somebody else's.
            Ok(()) => self.0.end(Ended::Dropped),
            Err(payload) => self.0.panicked(payload),
        }
    }

    /// The work panicked, which goes on.
    #[cold]
    fn panicked(&mut self, entered: Option<Entered>, payload: Box<dyn Any + Send>) -> ! {
        self.0.leave(entered);
        self.0.panicked(payload)
    }
}

impl<M, F> Work<M, F> {
    /// Drops the future, with what it still holds; the panic where that panics.
    #[inline]
    fn drop_future(mut self: Pin<&mut Self>) -> thread::Result<()> {
        catch_unwind(AssertUnwindSafe(|| self.set(Self::Done)))
    }
}

impl<M: Make<F>, F: Future> Work<M, F> {
    /// Makes the future, at the first poll.
    #[inline]
    fn start(mut self: Pin<&mut Self>, operation: &mut Polled) {
        if let WorkProjection::Unmade { make } = self.as_mut().project()
            && let Some(make) = make.take()
        {
            let future = make.make(operation);
            self.set(Self::Made { future });
        }
    }

    /// Polls it. Its last locals go while its context is attached: where that panics, so did the work.
    #[inline]
    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let WorkProjection::Made { future } = self.as_mut().project() else {
            panic!("an operation's future was polled after it was ready");
        };
        let polled = future.poll(task);
        if polled.is_ready() {
            self.set(Self::Done);
        }
        polled
    }
}

impl<M, F, O> OperationFuture<M, F, O> {
    #[inline]
    const fn unmade(make: M, observe: O) -> Self {
        Self {
            work: Work::Unmade { make: Some(make) },
            polled: Polled(Operation::none()),
            observe: Some(observe),
        }
    }
}

impl<M, F, O, R> Future for OperationFuture<M, F, O>
where
    M: Make<F>,
    F: Future<Output = R>,
    O: for<'a> FnOnce(&mut Ending<'a>, &'a R),
{
    type Output = R;

    #[inline]
    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let operation = this.polled;
        this.work.as_mut().start(operation);
        let entered = operation.enter();
        let work = this.work.as_mut();
        match catch_unwind(AssertUnwindSafe(|| work.poll(task))) {
            Ok(Poll::Pending) => {
                operation.pause(entered);
                Poll::Pending
            }
            Ok(Poll::Ready(value)) => {
                // Where what is said of the value panics, so did the operation: it ends as that when this is dropped.
                let mut ended = operation.leave(entered);
                if let Some(observe) = this.observe.take() {
                    ended.finish(observe, &value);
                }
                Poll::Ready(value)
            }
            Err(payload) => {
                // What the work says of its end is what counts, and not what its locals do.
                drop(this.work.drop_future());
                operation.panicked(entered, payload)
            }
        }
    }
}

impl<M, F, O> fmt::Debug for OperationFuture<M, F, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.work {
            Work::Unmade { .. } => "not started",
            Work::Made { .. } => "running",
            Work::Done => "done",
        };
        f.debug_struct("OperationFuture")
            .field("state", &state)
            .finish_non_exhaustive()
    }
}
