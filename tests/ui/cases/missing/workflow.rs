use lakehouse_otel::*;

#[trace_crypto_workflow()]
fn f() {}

#[trace_crypto_workflow]
async fn g() {}

fn main() {}
