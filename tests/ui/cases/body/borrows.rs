use lakehouse_otel::*;

#[trace_stage(stage = "read")]
fn moved(name: String) -> String {
    drop(name);
    name
}

#[trace_stage(stage = "read")]
async fn moved_later(name: String) -> String {
    drop(name);
    name
}

#[trace_stage(stage = "read")]
async fn dangling<'a>() -> &'a str {
    let name = String::new();
    &name
}

#[trace_stage(stage = "read")]
async fn constant(number: u64) {
    number += 1;
}

fn main() {}
