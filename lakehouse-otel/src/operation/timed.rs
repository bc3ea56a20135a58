//! A call of which only the time and the end are recorded.
//!
//! Where no spans are made, a call of an annotated function that says nothing more of itself is timed and
//! counted, and that is all: it needs no record, and nobody under it asks for it. When something is said of
//! it after all, or its handle is asked for, it becomes a whole operation.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::active::Active;
use super::bound::Bound;
use super::callsite::Callsite;
use super::error::Failure;
use super::guard::{self, Operation};
use super::handle::Handle;
use super::hold::Hold;
use super::outcome::{Answer, Ended, Verdict, decide};
use super::{Beginning, Ending};
use crate::clock::Timestamp;
use crate::metrics::series::Measured;
use crate::pipeline::{self, Pipeline};

/// The operation of a call of an annotated function.
#[derive(Debug)]
#[must_use = "an operation that is dropped at once ends at once"]
pub enum Call {
    /// Nothing records it.
    Off,
    /// It is timed and counted.
    Timed(TimedCall),
    /// It is an operation like any other.
    Whole(Operation),
}

/// A call that is timed, until something more is said of it.
#[derive(Debug)]
pub struct TimedCall {
    callsite: &'static Callsite,
    pipeline: &'static Pipeline,
    bound: &'static Bound,
    started: Timestamp,
    /// What it has become.
    whole: Option<Operation>,
}

/// Starts the operation of a call, then sets on it what `capture` says.
#[inline]
pub fn begin(callsite: &'static Callsite, capture: impl FnOnce(&mut Beginning<'_>)) -> Call {
    if !pipeline::any() {
        return Call::Off;
    }
    match TimedCall::start(callsite) {
        None => Call::Whole(guard::begin(callsite, capture)),
        Some(mut timed) => {
            timed.capture(capture);
            Call::Timed(timed)
        }
    }
}

impl Call {
    /// The operation, and its handle: `context = ctx` binds that.
    pub fn with_handle(self) -> (Self, Handle) {
        let operation = match self {
            Self::Off => return (self, Handle::none()),
            Self::Timed(timed) => timed.into_whole(),
            Self::Whole(operation) => operation,
        };
        let (operation, handle) = operation.with_handle();
        (Self::Whole(operation), handle)
    }

    /// Runs the work in the operation's context and ends the operation with what `observe` says of
    /// the value. A panic ends it too, and goes on unchanged.
    #[inline]
    pub fn run<R>(
        self,
        body: impl FnOnce() -> R,
        observe: impl for<'a> FnOnce(&mut Ending<'a>, &'a R),
    ) -> R {
        match self {
            Self::Off => body(),
            Self::Timed(timed) => timed.run(body, observe),
            Self::Whole(operation) => operation.run(body, observe),
        }
    }
}

impl TimedCall {
    /// Starts one, where that is enough.
    #[inline]
    fn start(callsite: &'static Callsite) -> Option<Self> {
        let (pipeline, bound) = callsite.resolve_timed()?;
        Some(Self {
            callsite,
            pipeline,
            bound,
            started: pipeline.clock().now(),
            whole: None,
        })
    }

    fn capture(&mut self, capture: impl FnOnce(&mut Beginning<'_>)) {
        let capture = AssertUnwindSafe(|| capture(&mut Beginning::of_timed(self)));
        if let Err(payload) = catch_unwind(capture) {
            self.end(Ended::Panicked(Some(Failure::of_panic(&*payload))));
            resume_unwind(payload);
        }
    }

    /// Whether a value that feeds an instrument is of use.
    #[inline]
    pub(super) fn measures(&self) -> bool {
        self.bound.series.is_some()
    }

    /// The same as a whole operation.
    #[cold]
    #[inline(never)]
    pub(super) fn grow(&mut self) -> &mut Operation {
        self.whole.get_or_insert_with(|| {
            Operation::of(Active::start_in(self.callsite, || {
                let (pipeline, bound) = (Hold::Program(self.pipeline), Hold::Program(self.bound));
                Some((pipeline, bound, self.started))
            }))
        })
    }

    /// The whole operation that it has become, where it has.
    pub(super) fn take_whole(&mut self) -> Option<Operation> {
        self.whole.take()
    }

    fn into_whole(mut self) -> Operation {
        self.grow();
        self.whole.unwrap_or_else(|| Operation::of(None))
    }

    #[inline]
    fn run<R>(
        mut self,
        body: impl FnOnce() -> R,
        observe: impl for<'a> FnOnce(&mut Ending<'a>, &'a R),
    ) -> R {
        if let Some(whole) = self.whole {
            return whole.run(body, observe);
        }
        let returned = catch_unwind(AssertUnwindSafe(|| {
            let value = body();
            let mut ending = Ending::of_timed(&mut self);
            observe(&mut ending, &value);
            ending.end();
            value
        }));
        returned.unwrap_or_else(|payload| {
            self.end(Ended::Panicked(Some(Failure::of_panic(&*payload))));
            resume_unwind(payload)
        })
    }

    /// Records its end. The error's own code may run here, and panic; then it has not ended.
    #[inline]
    pub(super) fn end(&mut self, ended: Ended<'_>) {
        if let Some(whole) = &mut self.whole {
            whole.end(ended);
        } else if ended.is_plain() {
            self.record(&Verdict::plain());
        } else {
            self.end_otherwise(ended);
        }
    }

    #[cold]
    #[inline(never)]
    fn end_otherwise(&self, ended: Ended<'_>) {
        let operation_type = self.callsite.definition.operation_type;
        let mut verdict = decide(ended, operation_type, &Answer::default());
        verdict.redact(self.pipeline.redactor());
        self.record(&verdict);
    }

    #[inline]
    fn record(&self, verdict: &Verdict<'_>) {
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
