use lakehouse_otel::*;

#[trace_stage(stage: "clean")]
fn f0() {}

#[trace_stage(stage("clean"))]
fn f1() {}

#[track_api_request(exchange Binance, endpoint == "/time")]
fn f2() {}

fn main() {}
