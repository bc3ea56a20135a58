use lakehouse_otel::*;

use std::future::{Future, IntoFuture};
use std::pin::Pin;

trait Stream {
    type Item;
}

#[trace_stage(stage = "read")]
fn opaque() -> impl Stream<Item = u64> {
    One
}

#[trace_stage(stage = "read")]
fn boxed() -> Pin<Box<dyn Stream<Item = u64> + Send>> {
    Box::pin(One)
}

#[trace_stage(stage = "read")]
fn unpinned() -> Box<dyn Future<Output = u64> + Unpin> {
    Box::new(std::future::ready(1))
}

#[trace_stage(stage = "read")]
fn into_future() -> impl IntoFuture<Output = u64> {
    std::future::ready(1)
}

struct One;

impl Stream for One {
    type Item = u64;
}

fn main() {}
