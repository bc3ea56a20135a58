//! Annotate the function. The compiler checks the telemetry. The runtime never loses it, never lies
//! about it, and costs less than writing it by hand.

#![forbid(unsafe_code)]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod clock;
pub mod metrics;
pub mod operation;
mod pipeline;
pub mod prelude;
pub mod schema;
mod task;
pub mod testing;
pub mod trace;

pub use lakehouse_otel_macros::*;
pub use task::{spawn, spawn_blocking};
pub use {opentelemetry, opentelemetry_sdk};

/// The instrumentation scope of everything that this crate records.
fn scope() -> opentelemetry::InstrumentationScope {
    opentelemetry::InstrumentationScope::builder(env!("CARGO_PKG_NAME"))
        .with_version(env!("CARGO_PKG_VERSION"))
        .build()
}
