use lakehouse_otel::*;

use futures_core::Stream;

#[trace_stage(stage = "read", stream = items)]
fn no_stream() -> u64 {
    1
}

#[trace_stage(stage = "read", stream = "batch(2)")]
async fn neither() -> u64 {
    1
}

#[trace_stage(stage = "read", stream = item)]
fn nearest() -> impl Stream<Item = u64> {
    Empty
}

#[trace_stage(stage = "read", stream = batch)]
fn no_size() -> impl Stream<Item = u64> {
    Empty
}

#[trace_stage(stage = "read", stream = batch(0))]
fn nothing() -> impl Stream<Item = u64> {
    Empty
}

#[trace_stage(stage = "read", stream = batch(size))]
fn argument(size: usize) -> impl Stream<Item = u64> {
    let _ = size;
    Empty
}

#[trace_stage(stage = "read", stream = batch(2 + 2))]
fn computed() -> impl Stream<Item = u64> {
    Empty
}

#[trace_stage(stage = "read", stream(items))]
fn called() -> impl Stream<Item = u64> {
    Empty
}

struct Empty;

impl Stream for Empty {
    type Item = u64;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<u64>> {
        std::task::Poll::Ready(None)
    }
}

fn main() {}
