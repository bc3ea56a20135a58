//! Runs the built example as a process, against its own exchange and against one that this test scripts.

mod built_in;
mod flags;
mod input;
mod limits;
mod resume;
mod support;
mod telemetry;
