//! Annotate the function. The compiler checks the telemetry. The runtime never loses it, never lies
//! about it, and costs less than writing it by hand.

#![forbid(unsafe_code)]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod clock;
pub mod config;
pub mod export;
pub mod health;
#[cfg(feature = "enabled")]
pub mod metrics;
pub mod operation;
#[cfg(feature = "enabled")]
mod pipeline;
pub mod prelude;
#[cfg(feature = "enabled")]
pub mod resource;
pub mod schema;
mod task;
pub mod telemetry;
#[cfg(feature = "enabled")]
pub mod testing;
#[cfg(feature = "enabled")]
pub mod trace;

pub use lakehouse_otel_macros::*;
pub use opentelemetry;
#[cfg(feature = "enabled")]
pub use opentelemetry_sdk;
pub use task::{spawn, spawn_blocking};
pub use telemetry::{Telemetry, init};

/// The instrumentation scope of everything that this crate records.
#[cfg(feature = "enabled")]
fn scope() -> opentelemetry::InstrumentationScope {
    opentelemetry::InstrumentationScope::builder(env!("CARGO_PKG_NAME"))
        .with_version(env!("CARGO_PKG_VERSION"))
        .build()
}
