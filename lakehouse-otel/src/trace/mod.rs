//! Traces.

pub mod processor;
