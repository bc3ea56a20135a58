//! Every metric of the catalogue, recorded by a program that keeps books of its own, read back from real
//! systems.

mod arrived;
#[cfg(target_os = "linux")]
mod machine;
mod program;
mod prometheus;
mod scraped;
#[expect(dead_code, reason = "the main job's tests use the rest")]
#[path = "../support/mod.rs"]
mod support;
