use lakehouse_otel::*;

#[trace_stage(stage = "read", symbol = name().await)]
async fn read() {}

#[trace_stage(stage = "read", symbol = run(async { name().await }))]
async fn inside() {}

async fn name() -> String {
    String::new()
}

fn run<F: Future>(_: F) -> String {
    String::new()
}

fn main() {}
