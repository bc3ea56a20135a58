use lakehouse_otel::*;

#[trace_stage(stage = "read", symbol = symbol)]
fn sync(symbol: &str) -> u64 {
    let number: u64 = symbol;
    number.nothing()
}

#[trace_stage(stage = "read", symbol = symbol)]
async fn asynchronous(symbol: &str) -> Result<u64, String> {
    let number: u64 = symbol;
    missing(number);
    number
}

#[trace_stage(stage = "read")]
fn nothing_returned() -> u64 {
    let _ = 1;
}

#[trace_stage(stage = "read")]
async fn nothing_returned_later() -> u64 {
    let _ = 1;
}

fn main() {}
