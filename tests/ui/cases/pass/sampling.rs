#![deny(warnings)]

use lakehouse_otel::schema::Timeframe;
use lakehouse_otel::{
    trace_crypto_workflow, trace_stage, track_api_request, track_processing, track_storage,
};

const RATE: f64 = 0.25;

mod rates {
    pub const ALL: f64 = 1.0;
}

#[trace_crypto_workflow(name = "archive", priority = high, workflow_id = id, keep(workflow_id))]
async fn workflow(id: String) {}

#[trace_stage(stage = "clean", sample = RATE, symbol = symbol, keep(crypto.symbol,))]
fn stage(symbol: &str) {}

#[track_processing(operation = "clean", sample = const { RATE / 2.0 }, resources = true)]
fn processing() {}

#[track_api_request(
    keep(timeframe, limit, crypto.retry.attempt),
    exchange = Binance,
    endpoint = "/time",
    sample = 1e-3,
    high_volume = true,
    resources = false,
    priority = "normal",
    timeframe = timeframe,
    limit = limit,
    crypto.retry.attempt = attempt,
    metrics = false,
    err(|error| crypto.exchange_error = error.to_string()),
)]
async fn request(timeframe: Timeframe, limit: u32, attempt: u32) -> Result<(), std::io::Error> {
    Ok(())
}

#[track_storage(operation = Put, system = S3, sample = crate::rates::ALL, size_bytes = 12, keep(size_bytes))]
fn put() -> impl Future<Output = ()> {
    async {}
}

#[trace_stage(stage = "never", sample = 0)]
fn never() {}

#[trace_stage(stage = "always", sample = 1.0f64)]
fn always() {}

macro_rules! sampled {
    ($rate:expr, $name:ident) => {
        #[trace_stage(stage = "sampled", sample = $rate, symbol = $name, keep(symbol))]
        fn sampled($name: &str) {}
    };
}

sampled!(0.5, symbol);

fn main() {
    drop(workflow(String::new()));
    stage("BTCUSDT");
    processing();
    drop(request(Timeframe::M1, 2, 1));
    drop(put());
    never();
    always();
    sampled("BTCUSDT");
}
