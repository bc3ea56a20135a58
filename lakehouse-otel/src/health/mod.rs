//! The library's own health.

pub mod diagnostics;

pub use diagnostics::Diagnostics;
