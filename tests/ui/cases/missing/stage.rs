use lakehouse_otel::*;

#[trace_stage()]
fn f() {}

#[trace_stage]
async fn g() {}

fn main() {}
