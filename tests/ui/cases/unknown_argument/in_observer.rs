use lakehouse_otel::*;

#[trace_stage(stage = "clean", ok(|_| recrod_count = 1), err(|_| kind = client))]
fn f0() -> Result<(), String> { Ok(()) }

fn main() {}
