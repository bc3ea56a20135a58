use lakehouse_otel::*;

#[trace_stage(stage = "clean", depends_on = before)]
fn f0(before: &'static str) { let _ = before; }

#[trace_stage(stage = "clean", depends_on = [])]
fn f1() {}

#[trace_stage(stage = "clean", depends_on = "")]
fn f2() {}

#[trace_stage(stage = "clean", depends_on = ["fetch", 7])]
fn f3() {}

#[trace_stage(stage = "clean", depends_on = stages())]
fn f4() {}

#[track_processing(operation = "clean", depends_on = "fetch")]
fn f5() {}

const NUMBER: u32 = 7;

#[trace_stage(stage = "clean", depends_on = NUMBER)]
fn f6() {}

fn main() {}
