#![deny(unused, unreachable_code)]

use lakehouse_otel::*;

#[trace_stage(stage = "read")]
pub fn sync(unused: u64, mut constant: u64) -> u64 {
    let local = 1;
    return constant;
    println!("never");
}

#[trace_stage(stage = "read", symbol = used)]
pub async fn asynchronous(unused: u64, mut constant: u64, used: &str, (left, right): (u64, u64)) -> u64 {
    let local = 1;
    let number: u64 = (left);
    return constant;
    println!("never");
}

#[trace_stage(stage = "read")]
fn dead() {}

#[trace_stage(stage = "read")]
pub fn unused_result() {
    fallible();
}

fn fallible() -> Result<(), String> {
    Ok(())
}

fn main() {}
