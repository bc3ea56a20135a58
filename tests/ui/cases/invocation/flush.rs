//! How long the flush may take: a duration, or `false`.

use lakehouse_otel::prelude::*;
use std::time::Duration;

#[trace_invocation(trigger = Timer, flush = 500)]
fn number() {}

#[trace_invocation(trigger = Timer, flush = "soon")]
fn word() {}

#[trace_invocation(trigger = Timer, flush = "0s")]
fn nothing() {}

#[trace_invocation(trigger = Timer, flush = true)]
fn truth() {}

#[trace_invocation(trigger = Timer, flush = bound)]
fn expression(bound: Duration) {
    let _ = bound;
}

#[trace_invocation(trigger = Timer, flush = "1s", flush = "2s")]
fn twice() {}

fn main() {}
