use lakehouse_otel::*;

#[trace_stage(stage = NOWHERE)]
fn f() {}

#[trace_stage(stage = NUMBER)]
fn g() {}

const NUMBER: u64 = 1;

fn main() {}
