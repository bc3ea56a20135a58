use futures_core::stream::BoxStream;
use lakehouse_otel::prelude::*;

#[trace_invocation(trigger = Timer)]
fn rows() -> BoxStream<'static, u64> {
    todo!()
}

fn main() {}
