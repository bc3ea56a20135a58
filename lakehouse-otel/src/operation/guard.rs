//! An operation that runs inside one call.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use futures_core::Stream;
use opentelemetry::Context;

use super::active::Active;
use super::callsite::Callsite;
use super::current::{self, Entered, Scope};
use super::error::Failure;
use super::handle::Handle;
use super::outcome::Ended;
use super::returned::ReturnedOutcome;
use super::{Beginning, Ending};

/// An operation that has started.
///
/// It ends when it is told how ([`ok`](Self::ok), [`error`](Self::error), [`run`](Self::run)).
/// Dropped without a word it ends as `cancelled`, or as `panicked` where the thread unwinds.
#[derive(Debug)]
#[must_use = "an operation that is dropped at once ends at once"]
pub struct Operation {
    active: Option<Active>,
    /// The context of its own in which its work runs, once it is made; the caller's where it has none.
    context: Option<Context>,
    /// Whether the thread was unwinding when it started, so that this says nothing of its end.
    unwinding: bool,
}

/// Starts an operation: its span, then the attributes that `capture` sets on it.
#[inline]
pub fn begin(callsite: &'static Callsite, capture: impl FnOnce(&mut Beginning<'_>)) -> Operation {
    let mut operation = Operation::of(Active::start(callsite));
    if operation.active.is_some() {
        operation.capture(capture);
    }
    operation
}

impl Operation {
    /// One that nothing records.
    #[inline]
    pub(super) const fn none() -> Self {
        Self {
            active: None,
            context: None,
            unwinding: false,
        }
    }

    /// Whether nothing records it, or it has ended.
    #[inline]
    pub(super) const fn is_none(&self) -> bool {
        self.active.is_none()
    }

    #[inline]
    pub(super) fn of(active: Option<Active>) -> Self {
        let unwinding = active.is_some() && std::thread::panicking();
        Self {
            active,
            context: None,
            unwinding,
        }
    }

    /// The same operation, with what `capture` sets on it.
    pub(super) fn captured(mut self, capture: impl FnOnce(&mut Beginning<'_>)) -> Self {
        self.capture(capture);
        self
    }

    fn capture(&mut self, capture: impl FnOnce(&mut Beginning<'_>)) {
        let capture = AssertUnwindSafe(|| capture(&mut Beginning::of(self)));
        if let Err(payload) = catch_unwind(capture) {
            self.panicked(payload);
        }
        if let Some(active) = &self.active {
            active.begun();
        }
    }

    /// The same operation, for work that runs elsewhere than where it started: it knows the context
    /// that it runs in, also where that is its caller's.
    pub(super) fn anywhere(mut self) -> Self {
        self.stay_anywhere();
        self
    }

    pub(super) fn stay_anywhere(&mut self) {
        self.settle();
        if self.active.is_some() && self.context.is_none() {
            self.context = Some(Context::current());
        }
    }

    /// Makes the operation's own context, where it has one.
    pub(super) fn settle(&mut self) {
        self.context = self.own_context();
    }

    /// The handle, through which the work adds to the operation while it runs.
    #[must_use]
    pub fn handle(&self) -> Handle {
        match &self.active {
            Some(active) => Handle::running(active, self.own_context()),
            None => Handle::none(),
        }
    }

    /// The context in which the operation is the current span.
    #[must_use]
    pub fn context(&self) -> Context {
        self.handle().context()
    }

    /// The context of its own in which the operation's work runs. It is made where somebody asks for it
    /// before the work does.
    #[inline]
    pub(super) fn own_context(&self) -> Option<Context> {
        match (&self.context, &self.active) {
            (Some(context), _) => Some(context.clone()),
            (None, Some(active)) => active.make_context(),
            (None, None) => None,
        }
    }

    /// Lets the work run as the operation's, until [`leave`](Self::leave).
    pub(super) fn enter(&mut self) -> Option<Entered> {
        self.settle();
        let active = self.active.take()?;
        Some(current::enter(active, self.context.clone()))
    }

    /// The same, where nobody asks it for its context meanwhile.
    pub(super) fn enter_here(&mut self) -> Option<Entered> {
        let active = self.active.take()?;
        let context = match self.context.take() {
            None => active.attach_context(),
            Some(settled) => Some(settled.attach()),
        };
        Some(current::enter_attached(active, context))
    }

    pub(super) fn leave(&mut self, entered: Option<Entered>) {
        if let Some(entered) = entered {
            self.active = entered.leave();
        }
    }

    /// Runs the work in the operation's context and ends the operation with what `observe` says of
    /// the value. A panic ends it too, and goes on unchanged.
    #[inline]
    pub fn run<R>(
        mut self,
        body: impl FnOnce() -> R,
        observe: impl for<'a> FnOnce(&mut Ending<'a>, &'a R),
    ) -> R {
        if self.is_none() {
            return body();
        }
        let entered = self.enter_here();
        let returned = catch_unwind(AssertUnwindSafe(body));
        self.leave(entered);
        match returned {
            Ok(value) => {
                self.finish(observe, &value);
                value
            }
            Err(payload) => self.panicked(payload),
        }
    }

    /// The work as a future that runs in the operation's context, whenever it is polled, and ends the
    /// operation with what `observe` says of the value. Dropped before it is ready, it ends the
    /// operation as `cancelled`.
    ///
    /// ```
    /// use lakehouse_otel::operation::{ApiRequest, Returned};
    /// use lakehouse_otel::schema::Exchange;
    ///
    /// async fn ask() -> Result<u64, std::io::Error> {
    ///     Ok(1_499_827_319_559)
    /// }
    ///
    /// async fn server_time() -> Result<u64, std::io::Error> {
    ///     let request = ApiRequest::new(Exchange::Binance, "/api/v3/time").start();
    ///     request
    ///         .instrument(ask(), |operation, result| {
    ///             operation.returned(Returned::new(result).outcome());
    ///         })
    ///         .await
    /// }
    /// ```
    pub fn instrument<F: Future>(
        self,
        future: F,
        observe: impl for<'a> FnOnce(&mut Ending<'a>, &'a F::Output),
    ) -> impl Future<Output = F::Output> {
        super::future::started(self, future, observe)
    }

    /// The work as a stream that runs in the operation's context, whenever it is polled, and ends the
    /// operation when it ends or is dropped. `observe` sees each item; the first error among them is what the
    /// operation ends with.
    ///
    /// ```
    /// use futures::{Stream, stream};
    /// use lakehouse_otel::operation::{Processing, Returned};
    ///
    /// fn rows() -> impl Stream<Item = Result<u64, std::io::Error>> {
    ///     let read = Processing::new("read").start();
    ///     read.instrument_stream(stream::iter([Ok(1), Ok(2)]), |operation, row| {
    ///         operation.returned(Returned::new(row).outcome());
    ///     })
    /// }
    /// # drop(rows());
    /// ```
    pub fn instrument_stream<S: Stream>(
        self,
        stream: S,
        observe: impl for<'a> FnMut(&mut Ending<'a>, &'a S::Item),
    ) -> impl Stream<Item = S::Item> {
        super::stream::started(self, stream, observe)
    }

    /// Runs the work in the operation's context; the operation goes on.
    pub fn in_scope<R>(&self, work: impl FnOnce() -> R) -> R {
        let active = self.active.clone();
        let _scope = active.map(|active| Scope::new(active, self.own_context()));
        work()
    }

    /// Ends it well.
    pub fn ok(mut self) {
        self.end(Ended::Returned(ReturnedOutcome::Ok));
    }

    /// Ends it with an error.
    pub fn error(mut self, error: &(dyn std::error::Error + '_)) {
        self.end(Ended::Returned(ReturnedOutcome::Error(Failure::of_dyn(
            error,
        ))));
    }

    /// Ends it with what a function returned: `operation.returned(Returned::new(&result).outcome())`.
    pub fn returned(mut self, outcome: ReturnedOutcome<'_>) {
        self.end(Ended::Returned(outcome));
    }

    /// Ends it with what `observe` says of the value. Where that panics, so did the operation.
    #[inline]
    pub(super) fn finish<R>(
        &mut self,
        observe: impl for<'a> FnOnce(&mut Ending<'a>, &'a R),
        value: &R,
    ) {
        if !self.is_none() {
            // Its span lets go of it: where nobody else holds it, it is told without a lock.
            self.context = None;
            let mut ending = Ending::of(self);
            observe(&mut ending, value);
            ending.end();
        }
    }

    /// Ends it with a panic, which goes on.
    pub(super) fn panicked(&mut self, payload: Box<dyn Any + Send>) -> ! {
        self.end(Ended::Panicked(Some(Failure::of_panic(&*payload))));
        resume_unwind(payload)
    }

    pub(super) fn active(&self) -> Option<&Active> {
        self.active.as_ref()
    }

    pub(super) fn active_mut(&mut self) -> Option<&mut Active> {
        self.active.as_mut()
    }

    pub(super) fn end(&mut self, ended: Ended<'_>) {
        self.context = None;
        if ended.is_plain() {
            if let Some(active) = self.active.take() {
                active.end_well();
            }
        } else if let Some(active) = &self.active {
            // An error's own code may panic in here; the operation has not ended then.
            active.conclude(ended);
            if let Some(active) = self.active.take() {
                active.let_go();
            }
        }
    }
}

impl Drop for Operation {
    #[inline]
    fn drop(&mut self) {
        if self.active.is_some() {
            self.dropped();
        }
    }
}

impl Operation {
    #[cold]
    fn dropped(&mut self) {
        let panicked = std::thread::panicking() && !self.unwinding;
        self.end(if panicked {
            Ended::Panicked(None)
        } else {
            Ended::Dropped
        });
    }
}
