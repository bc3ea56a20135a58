//! Crates outside of the workspace, which are compiled and run.

mod edited;
mod guide;
mod support;
