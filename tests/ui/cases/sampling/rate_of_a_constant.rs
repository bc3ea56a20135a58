use lakehouse_otel::*;

const PERCENT: f64 = 10.0;
const NEGATIVE: f64 = -0.1;
const NOT_A_NUMBER: f64 = f64::NAN;

#[trace_stage(stage = "clean", sample = PERCENT)]
fn f0() {}

#[trace_stage(stage = "clean", sample = NEGATIVE)]
async fn f1() {}

#[trace_stage(stage = "clean", sample = crate::NOT_A_NUMBER)]
fn f2() {}

#[trace_stage(stage = "clean", sample = const { 1.0 + 0.5 })]
fn f3() {}

fn main() {}
