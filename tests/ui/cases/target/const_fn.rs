use lakehouse_otel::*;

#[trace_stage(stage = "clean")]
const fn f() {}

const _: () = f();

fn main() {}
