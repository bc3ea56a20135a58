//! Invocations: what a function as a service, a scheduled job or a handler is called for, and the flush at its
//! end.
//!
//! ```
//! use lakehouse_otel::prelude::*;
//!
//! # struct Event { id: String } struct Error;
//! #[trace_invocation(trigger = Timer, name = "collect", invocation_id = &event.id)]
//! async fn collect(event: Event) -> Result<usize, Error> {
//!     // …
//! #   Ok(0)
//! }
//! ```
//!
//! Each call is a span `collect` of kind server that begins a trace of its own, and counts in
//! `faas.invocations`, `faas.errors`, `faas.coldstarts` and `faas.invoke_duration`. Before it returns, its
//! telemetry is exported: a machine that freezes or ends with the function loses nothing.
//!
//! # The flush
//!
//! | the invocation | its flush |
//! |---|---|
//! | returned, well or with an error | is waited for, within the bound |
//! | panicked | is waited for, within the bound, before the panic goes on |
//! | was dropped before it was ready (cancelled) | is asked for; nobody waits for it |
//! | runs without telemetry, or under a [capture](mod@crate::testing) | there is none |
//!
//! The outcome is recorded before the flush, and its time is in no duration. The bound is two seconds, or
//! what `flush = "500ms"` says; with `deadline = …` it is less where less remains, but for the [`MARGIN`] that
//! is left to the caller. An exporter that hangs never holds the function longer: what it did not take stays
//! queued for the next flush.
//!
//! A function that is not async waits on its thread. An async one gives its thread back while it waits, for the
//! flush runs on a thread of its own. Where there is none to be had, the flush is asked for and not
//! waited for.
//!
//! # Without the macro
//!
//! ```
//! use std::time::Duration;
//! use lakehouse_otel::invocation;
//! use lakehouse_otel::operation::Invocation;
//! use lakehouse_otel::schema::FaasTrigger;
//!
//! let job = Invocation::new(FaasTrigger::Timer).name("collect").start();
//! job.run(|| { /* … */ }, |_, ()| {});
//! invocation::flush(Duration::from_secs(2));
//! ```

#[cfg(feature = "enabled")]
pub(crate) mod deadline;
#[cfg(feature = "enabled")]
pub(crate) mod flush;
#[cfg(feature = "enabled")]
pub(crate) mod flushing;
mod until;

#[cfg(feature = "enabled")]
use deadline::Deadline;
#[cfg(feature = "enabled")]
pub(crate) use flush::Flush;

pub use until::Until;

use std::time::Duration;

/// How long before its `deadline` an invocation stops to wait for its flush: time to answer in.
pub const MARGIN: Duration = Duration::from_millis(50);

/// Exports what the program's telemetry has, and waits for it no longer than this, on this thread.
///
/// Where there is no telemetry, or under a [capture](mod@crate::testing), there is nothing to wait for.
/// [`Telemetry::force_flush`](crate::Telemetry::force_flush) does the same and tells what was not delivered.
pub fn flush(bound: Duration) {
    #[cfg(feature = "enabled")]
    flush::here(bound);
    #[cfg(not(feature = "enabled"))]
    let _ = bound;
}

/// The same as a future, which gives its thread back while it waits.
#[cfg_attr(
    not(feature = "enabled"),
    expect(clippy::unused_async, reason = "there is nothing to wait for")
)]
pub async fn flushed(bound: Duration) {
    #[cfg(feature = "enabled")]
    if let Some(under_way) = flush::elsewhere(bound) {
        under_way.await;
    }
    #[cfg(not(feature = "enabled"))]
    let _ = bound;
}
