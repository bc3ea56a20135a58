//! The operation of a call.
//!
//! Where no spans are made, a call of an annotated function that says nothing more of itself is timed and
//! counted, and that is all: it needs no record, and nobody under it asks for it. When something is said of
//! it after all, or its handle is asked for, it becomes a whole operation.

use std::any::Any;
use std::mem::{self, ManuallyDrop};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

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
    /// Where it is timed and counted, and no more.
    timed: Option<Timed>,
    /// The operation like any other that it is, or has become since. When the call has ended there is nothing in it to
    /// drop, which the annotated function need not find out.
    whole: ManuallyDrop<Operation>,
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
        Self {
            timed: None,
            whole: ManuallyDrop::new(Operation::none()),
        }
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
        if !self.start(callsite) {
            return;
        }
        let began = catch_unwind(AssertUnwindSafe(|| capture(&mut Beginning::of_call(self))));
        if let Err(payload) = began {
            self.panicked(payload);
        }
        if let Some(active) = self.whole.active() {
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
            self.whole = ManuallyDrop::new(Operation::begin_placed(callsite, begin).0);
        }
    }

    /// Starts it, where something records it: timed, where that is enough.
    fn start(&mut self, callsite: &'static Callsite) -> bool {
        if let Some((pipeline, bound)) = callsite.resolve_timed() {
            self.timed = Some(Timed {
                callsite,
                pipeline,
                bound,
                started: pipeline.clock().now(),
            });
            return true;
        }
        self.whole = ManuallyDrop::new(Operation::of(Active::start(callsite)));
        self.whole.active().is_some()
    }

    /// The handle, through which the work adds to the operation while it runs: it is one like any other by that.
    pub fn handle(&mut self) -> Handle {
        let operation = self.grow();
        operation.settle();
        operation.handle()
    }

    /// Whether nothing records it.
    #[inline]
    pub(super) fn is_off(&self) -> bool {
        self.timed.is_none() && self.whole.is_none()
    }

    /// Whether it is timed, and no more.
    #[inline]
    pub(super) const fn is_timed(&self) -> bool {
        self.timed.is_some()
    }

    /// Whether a value that feeds an instrument is of use.
    #[inline]
    pub(super) fn measures(&self) -> bool {
        match (&self.timed, self.whole.active()) {
            (_, Some(active)) => active.measures(),
            (Some(timed), None) => timed.bound.series.is_some(),
            (None, None) => false,
        }
    }

    /// The operation that it is, where it is one already.
    #[inline]
    pub(super) fn active(&self) -> Option<&Arc<Active>> {
        self.whole.active()
    }

    /// The operation that it is, or becomes by this.
    #[inline]
    pub(super) fn grow(&mut self) -> &mut Operation {
        if self.timed.is_some() {
            self.grow_up();
        }
        &mut self.whole
    }

    #[cold]
    #[inline(never)]
    fn grow_up(&mut self) {
        if let Some(timed) = self.timed.take() {
            let active = Active::start_in(timed.callsite, || {
                let (pipeline, bound) = (Hold::Program(timed.pipeline), Hold::Program(timed.bound));
                Some((pipeline, bound, timed.started))
            });
            self.whole = ManuallyDrop::new(Operation::of(active));
        }
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
        let entered = match self.timed {
            Some(_) => None,
            None => self.whole.enter_here(),
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
        self.whole.enter()
    }

    #[inline]
    pub(super) fn leave(&mut self, entered: Option<Entered>) {
        self.whole.leave(entered);
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
        match &self.timed {
            None => self.whole.end(ended),
            Some(timed) if ended.is_plain() => {
                timed.end_well();
                self.timed = None;
            }
            Some(timed) => {
                timed.end_otherwise(ended);
                self.timed = None;
            }
        }
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
        if let Some(timed) = self.timed.take() {
            timed.end_otherwise(if std::thread::panicking() {
                Ended::Panicked(None)
            } else {
                Ended::Dropped
            });
        }
        let whole = mem::replace(&mut self.whole, ManuallyDrop::new(Operation::none()));
        drop(ManuallyDrop::into_inner(whole));
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
