//! Traces: how operations become spans.

pub(crate) mod recorder;
