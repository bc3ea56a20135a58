use lakehouse_otel::*;

#[trace_stage(stage = "clean", sample = 30)]
fn f0() {}

#[trace_stage(stage = "clean", sample = 1.5)]
fn f1() {}

#[trace_stage(stage = "clean", sample = 250)]
fn f2() {}

#[trace_stage(stage = "clean", sample = -0.1)]
fn f3() {}

#[trace_stage(stage = "clean", sample = "0.1")]
fn f4() {}

#[trace_stage(stage = "clean", sample = true)]
fn f5() {}

#[trace_stage(stage = "clean", sample = rate)]
fn f6(rate: f64) { let _ = rate; }

#[trace_stage(stage = "clean", sample = 1.0 / 3.0)]
fn f7() {}

#[trace_stage(stage = "clean", sample(0.1))]
fn f8() {}

#[trace_stage(stage = "clean", sample)]
fn f9() {}

#[trace_stage(stage = "clean", sample = 0.1, sample = 0.2)]
fn f10() {}

#[trace_stage(stage = "clean", sample = 0.1_f32)]
fn f11() {}

fn main() {}
