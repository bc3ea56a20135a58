use lakehouse_otel::*;

#[trace_stage(stage = "read")]
fn unfinished(symbol: &str) {
    symbol.
}

#[trace_stage(stage = "read")]
async fn wrong() {
    let = 1;
}

fn main() {}
