#![deny(unused_must_use)]

use lakehouse_otel::*;

#[trace_stage(stage = "count")]
#[must_use]
fn count() -> u64 {
    1
}

#[trace_stage(stage = "count")]
#[must_use = "it was counted"]
async fn count_later() -> u64 {
    1
}

#[trace_stage(stage = "count")]
async fn plain() -> u64 {
    1
}

async fn run() {
    count();
    count_later().await;
    plain();
}

fn main() {
    let _ = run();
}
