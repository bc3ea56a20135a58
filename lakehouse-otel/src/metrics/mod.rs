//! Metrics: the instruments of the registry, and what operations record in them.

pub(crate) mod instruments;
pub mod provider;
pub(crate) mod sdk;
pub(crate) mod series;
pub mod system;
