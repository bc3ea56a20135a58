use lakehouse_otel::*;

use std::future::{Future, Ready};
use std::pin::Pin;

#[trace_stage(stage = "read")]
fn option() -> Option<Pin<Box<dyn Future<Output = u64>>>> {
    None
}

#[trace_stage(stage = "read")]
fn result() -> Result<Pin<Box<dyn Future<Output = u64> + Send>>, std::io::Error> {
    Ok(Box::pin(async { 1 }))
}

#[trace_stage(stage = "read")]
fn opaque() -> Result<impl Future<Output = u64>, std::io::Error> {
    Ok(async { 1 })
}

#[trace_stage(stage = "read")]
fn tuple() -> (u8, Ready<u8>) {
    (1, std::future::ready(1))
}

fn main() {}
