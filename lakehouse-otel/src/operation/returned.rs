//! What an annotated function returned: its outcome, whatever its type.
//!
//! A macro sees the tokens of a return type and not the type, so a `Result` behind an alias looks
//! like any other name. [`Returned`] leaves the question to the compiler: each level of it is a type
//! that dereferences to the next, with a method `outcome` for the values that it understands, and
//! method lookup takes the first level that has one.

use std::convert::Infallible;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::ops::Deref;

use super::error::{ErrorClass, Failure};

/// A returned value, and what can be told of it.
#[derive(Debug)]
pub struct Returned<'a, R>(Class<'a, R>);

/// How a function returned.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub enum ReturnedOutcome<'a> {
    /// Well.
    Ok,
    /// With an error.
    Error(Failure<'a>),
}

macro_rules! levels {
    ($($level:ident > $next:ident;)+) => {$(
        #[derive(Debug)]
        pub struct $level<'a, R>($next<'a, R>);

        impl<'a, R> Deref for $level<'a, R> {
            type Target = $next<'a, R>;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
    )+};
}

// An error is told by the most that is known of it.
levels! {
    Class > PlainError;
    PlainError > SendReport;
    SendReport > Report;
    Report > Message;
    Message > Opaque;
    Opaque > Pending;
    Pending > Value;
}

/// The last level: any value at all.
#[derive(Debug)]
pub struct Value<'a, R>(&'a R);

impl<'a, R> Deref for Returned<'a, R> {
    type Target = Class<'a, R>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'a, R> Returned<'a, R> {
    /// Looks at this value.
    #[must_use]
    pub const fn new(value: &'a R) -> Self {
        Self(Class(PlainError(SendReport(Report(Message(Opaque(
            Pending(Value(value)),
        )))))))
    }
}

impl<'a, T, E> Returned<'a, Result<T, E>> {
    /// The value of a function that returned well.
    #[must_use]
    pub fn value(&self) -> Option<&'a T> {
        self.result().as_ref().ok()
    }

    /// The error of a function that failed.
    #[must_use]
    pub fn error(&self) -> Option<&'a E> {
        self.result().as_ref().err()
    }

    fn result(&self) -> &'a Result<T, E> {
        let value: &Value<'a, Result<T, E>> = self;
        value.0
    }
}

#[expect(
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "the signatures are those of the levels above"
)]
impl<'a, R> Value<'a, R> {
    /// The value of a function that cannot fail.
    #[must_use]
    pub fn value(&self) -> Option<&'a R> {
        Some(self.0)
    }

    /// No error: the function returns none.
    #[must_use]
    pub fn error(&self) -> Option<&'a Infallible>
    where
        R: ReturnsResult,
    {
        None
    }

    /// Well.
    pub fn outcome(&self) -> ReturnedOutcome<'a> {
        ReturnedOutcome::Ok
    }
}

/// What `err(…)` needs: a function that returns a `Result`.
#[diagnostic::on_unimplemented(
    message = "[LO0044] `err(…)` needs a function that returns a `Result`; this one returns `{Self}`",
    label = "returned by a function with `err(…)`"
)]
pub trait ReturnsResult {}

/// What an operation can time: anything but a future that the macro did not see.
#[diagnostic::on_unimplemented(
    message = "[LO0043] this function returns the future `{Self}` behind a name that the attribute cannot see through, and would time its construction",
    label = "this future would not be timed",
    note = "make it an `async fn`, or write the type as `impl Future<Output = …>` or `Pin<Box<dyn Future<Output = …>>>`"
)]
pub trait Timed {}

#[inline]
fn outcome_of<'a, T, E>(
    result: &'a Result<T, E>,
    failure: impl FnOnce(&'a E) -> Failure<'a>,
) -> ReturnedOutcome<'a> {
    match result {
        Ok(_) => ReturnedOutcome::Ok,
        Err(error) => ReturnedOutcome::Error(failure(error)),
    }
}

macro_rules! outcome {
    ($level:ident, $($bound:ident)?: $failure:expr) => {
        impl<'a, T, E> $level<'a, Result<T, E>> where $(E: $bound)? {
            /// Well, or with what this level knows of the error.
            pub fn outcome(&self) -> ReturnedOutcome<'a> {
                let value: &Value<'a, Result<T, E>> = self;
                outcome_of(value.0, $failure)
            }
        }
    };
}

/// A report around an error of any type, such as anyhow's, or a box of one.
pub trait AsSendReport: Debug {
    /// The error inside.
    fn error(&self) -> &(dyn Error + 'static);
}

impl<E: AsRef<dyn Error + Send + Sync> + Debug> AsSendReport for E {
    fn error(&self) -> &(dyn Error + 'static) {
        self.as_ref()
    }
}

/// The same, where the error inside stays on its thread.
pub trait AsReport: Debug {
    /// The error inside.
    fn error(&self) -> &(dyn Error + 'static);
}

impl<E: AsRef<dyn Error> + Debug> AsReport for E {
    fn error(&self) -> &(dyn Error + 'static) {
        self.as_ref()
    }
}

outcome!(Class, ErrorClass: |error| Failure::of_class(error));
outcome!(PlainError, Error: |error| Failure::of_error(error));
outcome!(SendReport, AsSendReport: |error| Failure::of_report(error, AsSendReport::error(error)));
outcome!(Report, AsReport: |error| Failure::of_report(error, AsReport::error(error)));
outcome!(Message, Display: |error| Failure::of_display(error));
outcome!(Opaque, : |_| Failure::of_type::<E>());

#[expect(
    clippy::unused_self,
    reason = "the signature is that of the levels above"
)]
impl<F: Future> Pending<'_, F> {
    /// Refused: the future is not the work.
    pub fn outcome(&self) -> ReturnedOutcome<'_>
    where
        F: Timed,
    {
        ReturnedOutcome::Ok
    }
}
