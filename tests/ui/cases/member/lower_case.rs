use lakehouse_otel::*;

#[track_api_request(exchange = binanse, endpoint = "/time", data_type = klines)]
fn f0() {}

#[track_processing(operation = "clean", layer = gold, ok(|_| crypto.exchange = kraken))]
fn f1() {}

fn main() {}
