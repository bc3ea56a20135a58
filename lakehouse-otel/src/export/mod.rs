//! Exporters, what they run on, and the ledger of what they did.

#[cfg(feature = "enabled")]
pub(crate) mod console;
#[cfg(feature = "enabled")]
pub(crate) mod custom;
pub mod ledger;
#[cfg(feature = "enabled")]
pub(crate) mod metrics;
#[cfg(feature = "__otlp")]
pub(crate) mod otlp;
#[cfg(feature = "enabled")]
pub(crate) mod sink;

pub use ledger::{Account, Dropped, Ledger};
