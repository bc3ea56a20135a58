use lakehouse_otel::*;

#[track_api_request(exchange = Binance, endpoint = format!("/time/{symbol}"))]
fn f(symbol: &str) {
    let _ = symbol;
}

#[trace_stage(stage = symbol.to_lowercase())]
fn g(symbol: &str) {
    let _ = symbol;
}

#[track_processing(operation = &NAME, stage = if true { "a" } else { "b" })]
fn h() {}

const NAME: &str = "clean";

#[track_processing(operation = "clean", ok(|rows| stage = rows.name()))]
fn i() -> Vec<u64> {
    vec![]
}

fn main() {}
