use lakehouse_otel::*;

#[track_api_request()]
fn f() {}

#[track_api_request]
async fn g() {}

fn main() {}
