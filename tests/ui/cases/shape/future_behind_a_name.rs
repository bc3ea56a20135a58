use lakehouse_otel::*;

use std::future::Future;
use std::pin::Pin;

type Answer = Pin<Box<dyn Future<Output = u64>>>;

#[trace_stage(stage = "read")]
fn alias() -> Answer {
    Box::pin(async { 1 })
}

#[trace_stage(stage = "read")]
fn named() -> std::future::Ready<u64> {
    std::future::ready(1)
}

fn main() {}
