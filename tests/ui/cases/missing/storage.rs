use lakehouse_otel::*;

#[track_storage()]
fn f() {}

#[track_storage]
async fn g() {}

fn main() {}
