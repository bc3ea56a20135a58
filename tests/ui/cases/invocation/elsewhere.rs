//! What only an invocation takes, and what it takes.

use lakehouse_otel::prelude::*;

#[track_processing(operation = "clean", flush = "1s")]
fn clean() {}

#[trace_invocation(trigger = Cron)]
fn unknown_trigger() {}

#[trace_invocation(name = "collect", flsh = "1s")]
fn without_trigger() {}

#[trace_invocation(trigger = Timer, name = name)]
fn unbounded_name(name: &'static str) {
    let _ = name;
}

fn main() {}
