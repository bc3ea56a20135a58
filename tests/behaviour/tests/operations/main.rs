//! `#[trace_operation]`, and attributes of a schema of the program's own on every macro.

#![allow(unreachable_pub, reason = "blocks are as they stand in a library")]
#![allow(
    clippy::items_after_statements,
    clippy::needless_pass_by_value,
    clippy::unused_self,
    reason = "functions are annotated where a test needs them, and attributes name what they are given"
)]

mod blocks;
mod places;
mod spans;
mod together;

lakehouse_otel::schema!("telemetry/registry.yaml");
