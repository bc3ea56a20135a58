use lakehouse_otel::*;

#[trace_stage(stage = "clean", high_volume = yes)]
fn f0() {}

#[trace_stage(stage = "clean", high_volume = 1)]
fn f1() {}

#[trace_stage(stage = "clean", resources = "cpu")]
fn f2() {}

#[trace_stage(stage = "clean", resources)]
fn f3() {}

#[trace_stage(stage = "clean", high_volum = true)]
fn f4() {}

#[trace_stage(stage = "clean", ok(|_| sample = 0.1))]
fn f5() {}

fn main() {}
