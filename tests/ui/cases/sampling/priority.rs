use lakehouse_otel::*;

#[trace_stage(stage = "clean", priority = hihg)]
fn f0() {}

#[trace_stage(stage = "clean", priority = low)]
fn f1() {}

#[trace_stage(stage = "clean", priority = 1)]
fn f2() {}

#[trace_stage(stage = "clean", priority = Priority::High)]
fn f3() {}

#[trace_stage(stage = "clean", priority(high))]
fn f4() {}

fn main() {}
