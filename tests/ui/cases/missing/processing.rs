use lakehouse_otel::*;

#[track_processing()]
fn f() {}

#[track_processing]
async fn g() {}

fn main() {}
