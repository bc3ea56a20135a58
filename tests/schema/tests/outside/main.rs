//! Crates outside of the workspace, which are compiled and run.

mod edited;
mod guide;
#[path = "../../../skipped.rs"]
mod skipped;
mod stranger;
mod support;
