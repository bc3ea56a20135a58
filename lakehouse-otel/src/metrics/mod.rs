//! Metrics: the instruments of the registry, what operations record in them, and how they are read.

#[cfg(feature = "enabled")]
pub(crate) mod callbacks;
#[cfg(feature = "enabled")]
pub(crate) mod instruments;
#[cfg(feature = "enabled")]
mod meter;
#[cfg(feature = "enabled")]
pub(crate) mod provider;
#[cfg(feature = "enabled")]
pub(crate) mod readers;
#[cfg(feature = "enabled")]
pub(crate) mod sdk;
#[cfg(feature = "enabled")]
pub(crate) mod series;
pub mod views;
