//! What an exporter that stands still costs the program: nothing, for a dropped span is a span that is not
//! exported. A measurement, which asserts nothing of time.
//!
//! ```sh
//! cargo test --release -p lakehouse-otel-tests-delivery --test soak_cost -- --ignored --nocapture
//! ```

use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use lakehouse_otel::config::Exporter;
use lakehouse_otel::{Telemetry, track_processing};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

const LONG: Duration = Duration::from_mins(1);
const THREADS: u32 = 8;
const OPERATIONS: u32 = 200_000;
const ROUNDS: usize = 11;

/// Takes and drops, or stands still until the other side is gone.
#[derive(Debug)]
struct Taking(Option<Mutex<mpsc::Receiver<()>>>);

impl SpanExporter for Taking {
    async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
        if let Some(until) = &self.0 {
            let _ = until.lock().unwrap().recv();
        }
        Ok(())
    }
}

#[track_processing(operation = "step", record_count = rows)]
fn step(rows: u64) -> u64 {
    rows
}

/// Nanoseconds of wall-clock time for an operation, over all threads; and the share that was dropped.
fn round(queue: usize, stuck: bool) -> (f64, f64) {
    let (go_on, until) = mpsc::channel();
    let telemetry = Telemetry::builder()
        .variables(|name| (name == "OTEL_PERFORMANCE_MONITORING").then(|| "false".to_owned()))
        .exporter(Exporter::None)
        .span_exporter(Taking(stuck.then(|| Mutex::new(until))))
        .max_queue_size(queue)
        .diagnostics(|_| ())
        .init()
        .unwrap();
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..OPERATIONS {
                    step(3);
                }
            });
        }
    });
    let nanos = start.elapsed().as_secs_f64() * 1e9 / f64::from(THREADS * OPERATIONS);
    drop(go_on);
    let _ = telemetry.shutdown(LONG);
    let spans = telemetry.ledger().spans;
    assert!(spans.closes(), "{spans}");
    let dropped = u32::try_from(spans.dropped.queue_full).unwrap();
    (nanos, f64::from(dropped) / f64::from(THREADS * OPERATIONS))
}

#[test]
#[ignore = "a measurement"]
fn of_an_exporter_that_stands_still() {
    let cases = [
        ("takes at once, queue of 65,536", 65_536, false),
        ("takes at once, queue of 2,048", 2_048, false),
        ("stands still, queue of 2,048", 2_048, true),
    ];
    let mut rounds = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        for (rounds, (_, queue, stuck)) in rounds.iter_mut().zip(cases) {
            rounds.push(round(queue, stuck));
        }
    }
    println!("| the exporter | ns an operation (median; least, most) | dropped |");
    println!("|---|---|---|");
    for (rounds, (case, ..)) in rounds.iter_mut().zip(cases) {
        rounds.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (nanos, dropped) = rounds[ROUNDS / 2];
        let (least, most) = (rounds[0].0, rounds[ROUNDS - 1].0);
        let dropped = dropped * 100.0;
        println!("| {case} | {nanos:.0} ({least:.0}, {most:.0}) | {dropped:.0} % |");
    }
}
