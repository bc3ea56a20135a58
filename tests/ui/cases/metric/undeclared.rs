use lakehouse_otel::metrics;
use lakehouse_otel::prelude::*;

fn main() {
    // The registry declares no layer for requests, and no symbol for connections.
    metrics::api_requests().layer(Layer::Gold).add(1, Exchange::Binance, Outcome::Ok);
    let _ = metrics::active_connections().symbol("BTCUSDT").track();
    // A sum is added to, a distribution is recorded in, and what is observed is neither.
    metrics::api_requests().record(1, Exchange::Binance, Outcome::Ok);
    metrics::api_request_duration().add(1, Exchange::Binance, Outcome::Ok);
    metrics::storage_usage().record(1);
    // No metric.
    metrics::api_answers().add(1, Exchange::Binance, Outcome::Ok);
}
