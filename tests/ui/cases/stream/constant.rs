use lakehouse_otel::*;

use futures_core::stream::BoxStream;

const NONE: usize = 0;
const TEXT: &str = "2";

#[trace_stage(stage = "read", stream = batch(NONE))]
fn nothing() -> BoxStream<'static, u64> {
    todo!()
}

#[trace_stage(stage = "read", stream = batch(TEXT))]
fn wrong_type() -> BoxStream<'static, u64> {
    todo!()
}

fn main() {
    drop(nothing());
    drop(wrong_type());
}
