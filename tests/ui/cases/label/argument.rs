use lakehouse_otel::*;

#[track_api_request(exchange = Binance, endpoint = endpoint)]
fn f(endpoint: &'static str) {
    let _ = endpoint;
}

#[trace_stage(stage = name)]
async fn g((name, _): (&str, u64)) {
    let _ = name;
}

fn main() {}
