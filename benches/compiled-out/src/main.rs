//! Prints what the two functions take, in nanoseconds a call, a round a line: the annotated one's first.

use std::hint::black_box;
use std::time::Instant;

use lakehouse_otel_benches_compiled_out::{Refused, annotated_call, bare_call};

const CALLS: u32 = 20_000;

fn time(call: impl Fn(&str) -> Result<usize, Refused>) -> f64 {
    let started = Instant::now();
    for _ in 0..CALLS {
        let _ = black_box(call(black_box("BTCUSDT")));
    }
    started.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS)
}

fn main() {
    let rounds = std::env::args()
        .nth(1)
        .and_then(|rounds| rounds.parse().ok());
    for _ in 0..rounds.unwrap_or(51) {
        println!("{} {}", time(annotated_call), time(bare_call));
    }
}
