use lakehouse_otel::metrics;
use lakehouse_otel::prelude::*;

fn requests(endpoint: &str) {
    // A text of which there may be any number, where the program's own are meant.
    metrics::api_requests().endpoint(endpoint).add(1, Exchange::Binance, Outcome::Ok);
}

fn main() {
    let queue = String::from("trades");
    metrics::update_queue_size(&queue, 1);
    requests("/api/v3/klines");
}
