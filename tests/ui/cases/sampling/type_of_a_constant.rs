use lakehouse_otel::*;

const RATE: &str = "0.1";
const SMALL: f32 = 0.1;

#[trace_stage(stage = "clean", sample = RATE)]
fn f0() {}

#[trace_stage(stage = "clean", sample = SMALL)]
fn f1() {}

#[trace_stage(stage = "clean", sample = rates::CLEAN)]
fn f2() {}

fn main() {}
