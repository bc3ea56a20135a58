use lakehouse_otel::*;

use lakehouse_otel::schema::{DataType, Layer};

#[track_api_request(exchange = DataType::Klines, endpoint = "/time")]
fn f() {}

#[track_processing(operation = "clean", layer = choose())]
fn g() {}

fn choose() -> &'static str {
    "bronze"
}

#[track_processing(operation = "clean", layer = layer)]
fn h(layer: DataType) {}

fn uses() -> Layer {
    Layer::Gold
}

fn main() {
    let _ = uses();
}
