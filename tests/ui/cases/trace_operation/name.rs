use lakehouse_otel::*;

#[trace_operation(name = name)]
fn computed(name: &str) {}

#[trace_operation(name = "")]
fn empty() {}

#[trace_operation(names = "a")]
fn misspelt() {}

struct Worker;

#[trace_operation(name = "work")]
impl Worker {
    pub fn work(&self) {}
}

#[trace_operation(budget = "5 parsecs")]
impl Worker {
    pub fn rest(&self) {}
}

fn main() {}
