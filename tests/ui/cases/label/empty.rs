use lakehouse_otel::*;

#[trace_stage(stage = "")]
fn f0() {}

#[trace_crypto_workflow(name = " ")]
fn f1() {}

#[track_processing(operation = (""))]
fn f2() {}

#[track_api_request(exchange = "", endpoint = "")]
fn f3() {}

fn main() {}
