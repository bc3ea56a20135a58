//! The runtime.

#![forbid(unsafe_code)]

pub mod clock;
pub mod config;
pub mod export;
pub mod health;
#[cfg(feature = "enabled")]
pub(crate) mod metrics;
#[cfg(feature = "enabled")]
pub(crate) mod pipeline;
#[cfg(feature = "enabled")]
pub mod resource;
pub mod telemetry;
#[cfg(feature = "enabled")]
pub mod trace;

pub use telemetry::{Telemetry, init};
