use lakehouse_otel::*;

#[track_api_request(market = Binance, endpoint = "/time")]
fn alias() -> u64 {
    1
}

#[trace_stage(stage = "read", crypto.market = "binance")]
fn key() -> u64 {
    1
}

fn main() {
    assert_eq!(alias() + key(), 2);
}
