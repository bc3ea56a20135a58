use lakehouse_otel::*;

#[track_processing(operation = "clean", parent = trace)]
fn f0(trace: &str) { let _ = trace; }

#[track_processing(operation = "clean", parent = number)]
async fn f1(number: u64) { let _ = number; }

#[track_processing(operation = "clean", links = messages)]
fn f2(messages: Vec<String>) { let _ = messages; }

#[track_processing(operation = "clean", links = "nothing")]
fn f3() -> impl Future<Output = ()> { async {} }

fn main() {}
