use lakehouse_otel::*;

#[track_api_request(exchange = BINANCE, endpoint = "/time", data_type = klines)]
fn f() {}

#[track_processing(operation = "clean", layer = Layer::Gold)]
fn not_imported() {}

fn main() {}
