//! `#[trace_operation]`, and attributes of a schema of the program's own on every macro.

#![allow(unreachable_pub, reason = "blocks are as they stand in a library")]

mod blocks;
mod places;
mod spans;

lakehouse_otel::schema!("telemetry/registry.yaml");
