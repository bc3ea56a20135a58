use lakehouse_otel::*;

#[trace_stage(stage = "read", err(|error| error.type = error.to_string()))]
fn count() -> u64 {
    1
}

fn main() {}
