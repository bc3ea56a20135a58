#![warn(unused, unused_braces, unused_qualifications, unreachable_pub)]
#![warn(clippy::all, clippy::pedantic, clippy::implicit_return)]
#![warn(clippy::print_stdout, clippy::print_stderr)]
#![allow(unused_imports, clippy::wildcard_imports)]

use lakehouse_otel::prelude::*;

#[track_processing(operation = "unused_arguments", symbol = symbol)]
pub fn unused_arguments(symbol: &str, unused: u64, mut constant: u64, (left, right): (u64, u64)) -> u64 {
    println!("{symbol}");
    return constant + left;
}

#[trace_stage(stage = "locals")]
pub fn locals() -> u64 {
    let unused = 1;
    let mut constant = 2;
    let parens = (3 + constant);
    let braces = { 4 };
    let mut assigned = 5;
    assigned = 6;
    parens + braces
}

#[trace_stage(stage = "unreachable")]
pub fn unreachable() -> u64 {
    return 1;
    println!("never");
}

#[trace_stage(stage = "dead")]
fn dead() {}

#[trace_stage(stage = "dead_later")]
async fn dead_later() {
    std::future::ready(()).await;
}

#[trace_stage(stage = "results")]
pub fn results() {
    fallible();
    let _ = later(String::new(), 1);
    needed();
}

#[track_processing(operation = "fallible", err(|error| error.type = error.as_str()))]
fn fallible() -> Result<(), String> {
    Ok(())
}

#[must_use]
#[track_processing(operation = "needed")]
fn needed() -> u64 {
    1
}

#[track_processing(operation = "later", context = operation, symbol = text.as_str())]
async fn later(text: String, unused: u64) -> u64 {
    let local = 1;
    let mut constant = 2;
    std::future::ready(text).await;
    operation.add_event("later", []);
    if constant > 1 {
        return constant;
        println!("never");
    }
    constant
}

struct Worker {
    name: String,
    unread: u64,
}

impl Worker {
    #[trace_stage(stage = "method", symbol = self.name.as_str())]
    fn method(&self, unused: &str) -> usize {
        eprintln!("{}", self.name);
        self.name.len()
    }

    #[trace_stage(stage = "never_called")]
    fn never_called(&mut self) {
        self.unread += 1;
    }

    #[trace_stage(stage = "in_a_loop", ok(|count| record_count = *count))]
    async fn in_a_loop(&self, many: &[u64]) -> usize {
        let mut count = 0;
        for index in 0..many.len() {
            count += many[index] as usize;
            std::future::ready(()).await;
        }
        return count;
    }
}

#[trace_stage(stage = "returned")]
fn returned(unused: u64) -> impl Future<Output = u64> {
    let local = 1;
    async move {
        let unused_inside = 2;
        3
    }
}

fn main() {
    unused_arguments("BTCUSDT", 1, 2, (3, 4));
    locals();
    unreachable();
    results();
    let worker = Worker {
        name: String::new(),
        unread: 0,
    };
    worker.method("");
    drop(worker.in_a_loop(&[]));
    drop(returned(1));
}
