//! The operation of a call.
//!
//! Where no spans are made, a call of an annotated function that says nothing more of itself is timed and
//! counted, and that is all: it needs no record, and nobody under it asks for it. When something is said of
//! it after all, or its handle is asked for, it becomes a whole operation.

use std::any::Any;
use std::mem::{self, ManuallyDrop};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::active::Active;
use super::bound::Bound;
use super::callsite::Callsite;
use super::current::Entered;
use super::error::Failure;
use super::guard::Operation;
use super::handle::Handle;
use super::hold::Hold;
use super::outcome::{Answer, Ended, decide};
use super::{Beginning, Ending};
use crate::clock::Timestamp;
use crate::metrics::series::Measured;
use crate::pipeline::{self, Pipeline};
use crate::schema::Outcome;

/// The operation of a call of an annotated function, or of a block.
///
/// It stays where it was made, and what all annotated functions have in common is done behind a pointer to it: they
/// have little code of their own.
#[derive(Debug)]
#[must_use = "an operation that is dropped at once ends at once"]
pub struct Call {
    state: State,
}

#[derive(Debug)]
enum State {
    /// Nothing records it, or it has ended: there is nothing in it to drop.
    Off,
    /// It is timed, and no more.
    Timed(Timed),
    /// It is an operation like any other, or has become one since. The call drops that itself, so that nobody else has
    /// to find out whether there is one.
    Whole(ManuallyDrop<Operation>),
}

/// Where the call is recorded that is timed, and since when.
#[derive(Debug, Clone, Copy)]
struct Timed {
    callsite: &'static Callsite,
    pipeline: &'static Pipeline,
    bound: &'static Bound,
    started: Timestamp,
}

impl Call {
    /// One that has not begun.
    #[inline]
    pub const fn off() -> Self {
        Self { state: State::Off }
    }

    /// Begins it, where something records it, and sets on it what `capture` says.
    #[inline]
    pub fn begin(&mut self, callsite: &'static Callsite, capture: impl FnOnce(&mut Beginning<'_>)) {
        if pipeline::any() {
            self.begin_recorded(callsite, capture);
        }
    }

    #[inline(never)]
    fn begin_recorded(
        &mut self,
        callsite: &'static Callsite,
        capture: impl FnOnce(&mut Beginning<'_>),
    ) {
        self.start(callsite);
        let mut beginning = match &mut self.state {
            State::Off => return,
            State::Timed(_) => Beginning::of_timed(self),
            State::Whole(operation) => Beginning::of(operation),
        };
        let began = catch_unwind(AssertUnwindSafe(|| capture(&mut beginning)));
        if let Err(payload) = began {
            self.panicked(payload);
        }
        if let Some(active) = self.active() {
            active.begun();
        }
    }

    /// Begins it where `begin` says, and sets on it what that says.
    pub fn begin_placed(
        &mut self,
        callsite: &'static Callsite,
        begin: impl FnOnce(&mut Beginning<'_>),
    ) {
        if pipeline::any() {
            self.be(Operation::begin_placed(callsite, begin).0);
        }
    }

    /// Starts it, where something records it: timed, where that is enough.
    #[inline]
    fn start(&mut self, callsite: &'static Callsite) {
        match callsite.resolve() {
            Some((Hold::Program(pipeline), Hold::Program(bound))) if bound.is_timed => {
                self.state = State::Timed(Timed {
                    callsite,
                    pipeline,
                    bound,
                    started: pipeline.clock().now(),
                });
            }
            Some((pipeline, bound)) => {
                let started = pipeline.clock().now();
                let active = Active::start_at(callsite, pipeline, bound, started);
                self.be(Operation::of(Some(active)));
            }
            None => {}
        }
    }

    /// Is this operation from now on.
    #[inline]
    fn be(&mut self, operation: Operation) {
        if !operation.is_none() {
            self.state = State::Whole(ManuallyDrop::new(operation));
        }
    }

    /// The handle, through which the work adds to the operation while it runs: it is one like any other by that.
    pub fn handle(&mut self) -> Handle {
        self.grow().map_or_else(Handle::none, |operation| {
            operation.settle();
            operation.handle()
        })
    }

    /// Whether nothing records it, or it has ended.
    #[inline]
    pub(super) const fn is_off(&self) -> bool {
        matches!(self.state, State::Off)
    }

    /// Whether a value that feeds an instrument is of use.
    #[inline]
    pub(super) fn measures(&self) -> bool {
        match &self.state {
            State::Off => false,
            State::Timed(timed) => timed.bound.series.is_some(),
            State::Whole(operation) => operation.active().is_some_and(|active| active.measures()),
        }
    }

    /// The operation that it is, where it is one already.
    #[inline]
    pub(super) fn active(&self) -> Option<&Active> {
        match &self.state {
            State::Whole(operation) => operation.active(),
            State::Off | State::Timed(_) => None,
        }
    }

    /// The operation that it is, or becomes by this.
    #[inline]
    pub(super) fn grow(&mut self) -> Option<&mut Operation> {
        if let State::Timed(timed) = self.state {
            self.grow_up(timed);
        }
        match &mut self.state {
            State::Whole(operation) => Some(operation),
            State::Off | State::Timed(_) => None,
        }
    }

    #[cold]
    #[inline(never)]
    fn grow_up(&mut self, timed: Timed) {
        let (pipeline, bound) = (Hold::Program(timed.pipeline), Hold::Program(timed.bound));
        let active = Active::start_at(timed.callsite, pipeline, bound, timed.started);
        self.be(Operation::of(Some(active)));
    }

    /// Runs the work in the operation's context and ends the operation with what `observe` says of
    /// the value. A panic ends it too, and goes on unchanged.
    #[inline]
    pub fn run<R>(
        &mut self,
        body: impl FnOnce() -> R,
        observe: impl for<'a> FnOnce(&mut Ending<'a>, &'a R),
    ) -> R {
        if self.is_off() {
            body()
        } else {
            self.run_recorded(body, observe)
        }
    }

    #[inline(never)]
    fn run_recorded<R>(
        &mut self,
        body: impl FnOnce() -> R,
        observe: impl for<'a> FnOnce(&mut Ending<'a>, &'a R),
    ) -> R {
        let entered = match &mut self.state {
            State::Whole(operation) => operation.enter_here(),
            State::Off | State::Timed(_) => None,
        };
        let returned = catch_unwind(AssertUnwindSafe(body));
        if entered.is_some() {
            self.leave(entered);
        }
        match returned {
            Ok(value) => {
                self.finish(observe, &value);
                value
            }
            Err(payload) => self.panicked(payload),
        }
    }

    /// Lets other code run as the operation's work, until [`leave`](Self::leave).
    pub(super) fn enter_work(&mut self) -> Option<Entered> {
        match &mut self.state {
            State::Whole(operation) => operation.enter(),
            State::Off | State::Timed(_) => None,
        }
    }

    #[inline]
    pub(super) fn leave(&mut self, entered: Option<Entered>) {
        if let State::Whole(operation) = &mut self.state {
            operation.leave(entered);
        }
    }

    /// Ends it with what `observe` says of the value. Where that panics, so did the operation.
    #[inline]
    pub(super) fn finish<R>(
        &mut self,
        observe: impl for<'a> FnOnce(&mut Ending<'a>, &'a R),
        value: &R,
    ) {
        let mut ending = Ending::of_call(self);
        observe(&mut ending, value);
        ending.end();
    }

    /// Ends it with a panic, which goes on.
    #[cold]
    #[inline(never)]
    fn panicked(&mut self, payload: Box<dyn Any + Send>) -> ! {
        self.end(Ended::Panicked(Some(Failure::of_panic(&*payload))));
        resume_unwind(payload)
    }

    /// Records its end. The error's own code may run here, and panic; then it has not ended.
    pub(super) fn end(&mut self, ended: Ended<'_>) {
        match &mut self.state {
            State::Whole(operation) => operation.end(ended),
            State::Timed(timed) if ended.is_plain() => timed.end_well(),
            State::Timed(timed) => timed.end_otherwise(ended),
            State::Off => {}
        }
        self.state = State::Off;
    }
}

impl Drop for Call {
    #[inline]
    fn drop(&mut self) {
        if !self.is_off() {
            self.dropped();
        }
    }
}

impl Call {
    #[cold]
    #[inline(never)]
    fn dropped(&mut self) {
        match mem::replace(&mut self.state, State::Off) {
            State::Whole(operation) => drop(ManuallyDrop::into_inner(operation)),
            State::Timed(timed) => timed.end_otherwise(if std::thread::panicking() {
                Ended::Panicked(None)
            } else {
                Ended::Dropped
            }),
            State::Off => {}
        }
    }
}

impl Timed {
    #[inline]
    fn end_well(&self) {
        if let Some(series) = &self.bound.series {
            let seconds = self.pipeline.clock().now().seconds_since(self.started);
            series.record_plain(self.pipeline, Outcome::Ok, seconds);
        }
    }

    #[cold]
    #[inline(never)]
    fn end_otherwise(&self, ended: Ended<'_>) {
        let operation_type = self.callsite.definition.operation_type;
        let mut verdict = decide(ended, operation_type, &Answer::default());
        verdict.redact(self.pipeline.redactor());
        if let Some(series) = &self.bound.series {
            let now = self.pipeline.clock().now();
            let measured = Measured {
                outcome: verdict.outcome,
                error_type: verdict.error_type.as_ref(),
                rate_limited: verdict.rate_limited,
                over_budget: false,
                seconds: now.seconds_since(self.started),
                ended: Some(now),
                measures: &[],
            };
            series.record(self.pipeline, &[], &measured);
        }
    }
}
