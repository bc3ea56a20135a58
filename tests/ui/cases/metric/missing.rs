use lakehouse_otel::metrics;
use lakehouse_otel::prelude::*;

fn main() {
    metrics::api_requests().add(1, Exchange::Binance);
    metrics::api_requests().add(1);
    let _ = metrics::storage_operations().bind(StorageOperation::Put, Outcome::Ok);
    metrics::processing_duration().record(0.25, Outcome::Ok);
    let _ = metrics::workflows_active().track();
}
