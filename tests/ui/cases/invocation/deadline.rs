//! When an invocation has to be over: a time, where there is a flush that it can shorten.

use lakehouse_otel::prelude::*;
use std::time::{Duration, Instant};

#[trace_invocation(trigger = Http, flush = false, deadline = until)]
fn without_flush(until: Instant) {
    let _ = until;
}

#[trace_invocation(trigger = Http, deadline = left)]
fn no_time(left: Duration) {
    let _ = left;
}

fn main() {}
