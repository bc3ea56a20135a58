//! See the module.

#[path = "../../shared/lints.rs"]
mod lints;
