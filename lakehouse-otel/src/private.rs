//! What expansions of the macros call. Not for users: it changes with the macros, in lock-step.

pub use core::{file, module_path};
pub use std::backtrace::Backtrace;
pub use std::borrow::Cow;
pub use std::boxed::Box;
pub use std::future::Future;
pub use std::option::Option;
pub use std::result::Result;

#[cfg(feature = "enabled")]
pub use crate::operation::stream::prepared_stream;
pub use opentelemetry;
pub use opentelemetry::trace::SpanKind;

#[cfg(feature = "enabled")]
pub use crate::invocation::{deadline::Deadline, flush::FlushAtEnd, flushing::flushing};
pub use crate::operation::ErrorClass;
pub use crate::operation::Parent;
#[cfg(feature = "enabled")]
pub use crate::operation::block::{ended, tried};
#[cfg(feature = "enabled")]
pub use crate::operation::call::Call;
#[cfg(feature = "enabled")]
pub use crate::operation::future::{future, future_placed, prepare, prepared_future};
#[cfg(feature = "enabled")]
pub use crate::operation::{Beginning, Callsite, Constant, Ending, Handle, Returned};
#[cfg(not(feature = "enabled"))]
pub use crate::operation::{Checked, Handle, Returned};
pub use crate::schema;
#[cfg(feature = "enabled")]
pub use crate::schema::recorded_member;
pub use crate::schema::value_of_member as member;
/// What a schema of a program's own is made of.
pub use lakehouse_otel_macros::__schema_answered as schema_answered;
pub use lakehouse_otel_macros::{__annotate as annotate, __operation as operation};

/// What the metrics of a program's own schema are made of.
pub mod typed {
    pub use crate::metrics::typed::{
        BatchRecorder, Counter, Gauge, Histogram, Label, Labels, Metric, Observation, Observer,
        Seconds, Tracked, UpDownCounter,
    };
}

/// The observer of a function that returns nothing: there is nothing to see.
#[cfg(feature = "enabled")]
pub fn completed<R>(_: &mut Ending<'_>, _: &R) {}

/// Of a value whose type the compiler knows: a call of the method is an error where it does not.
#[cfg(feature = "enabled")]
pub trait Known {
    /// Does nothing.
    fn known(&self) {}
}

#[cfg(feature = "enabled")]
impl<R: ?Sized> Known for R {}
/// The type itself, under another name.
pub type Same<T> = T;

/// Names the type of an async block's value, in a branch that never runs, so that `?` and coercions
/// work as in the function.
#[must_use]
pub fn unreachable<R>() -> R {
    unreachable!("this branch never runs")
}
