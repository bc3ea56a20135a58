//! Traces: how operations become spans.

pub mod processor;
pub(crate) mod recorder;
pub mod sampler;
