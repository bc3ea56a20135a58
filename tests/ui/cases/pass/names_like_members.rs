//! Variables that are called like members.

use lakehouse_otel::schema::{Exchange, Layer};
use lakehouse_otel::*;

#[track_processing(operation = "clean", layer = gold, ok(|r#binance| crypto.exchange = binance))]
fn f(gold: Layer) -> Exchange {
    let _ = gold;
    Exchange::Binance
}

fn main() {
    f(Layer::Gold);
}
