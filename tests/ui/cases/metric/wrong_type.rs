use lakehouse_otel::metrics;
use lakehouse_otel::prelude::*;

fn main() {
    // The right labels, in the wrong order.
    metrics::api_requests().add(1, Outcome::Ok, Exchange::Binance);
    // A text where the members are known.
    metrics::api_requests().add(1, "binance", Outcome::Ok);
    metrics::api_requests().timeframe("1m").add(1, Exchange::Binance, Outcome::Ok);
    // Numbers that the instrument does not take.
    metrics::api_requests().add(-1, Exchange::Binance, Outcome::Ok);
    metrics::api_requests().add(1.5, Exchange::Binance, Outcome::Ok);
    metrics::data_freshness().record("old");
}
