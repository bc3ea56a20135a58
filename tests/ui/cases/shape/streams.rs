use lakehouse_otel::*;

use std::future::{Future, IntoFuture};
use std::pin::Pin;

trait Stream {
    type Item;
}

trait AsyncIterator {
    type Item;
}

#[trace_stage(stage = "read")]
fn unstable() -> impl AsyncIterator<Item = u64> {
    One
}

#[trace_stage(stage = "read")]
fn not_to_be_polled() -> Box<dyn Stream<Item = u64>> {
    Box::new(One)
}

#[trace_stage(stage = "read")]
fn wrapped() -> Option<Pin<Box<dyn Stream<Item = u64>>>> {
    None
}

#[trace_stage(stage = "read")]
fn of_futures() -> Pin<Box<dyn Stream<Item = Pin<Box<dyn Future<Output = u64>>>>>> {
    todo!()
}

#[trace_stage(stage = "read")]
fn of_streams() -> Pin<Box<dyn Stream<Item = Result<Pin<Box<dyn Stream<Item = u64>>>, String>>>> {
    todo!()
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

impl AsyncIterator for One {
    type Item = u64;
}

fn main() {}
