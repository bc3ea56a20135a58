//! What all this costs itself. The figures are in `docs/performance-monitoring.md`, with the command:
//!
//! ```text
//! cargo test --release -p lakehouse-otel --lib performance::costs -- --ignored --nocapture
//! ```

use std::hint::black_box;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use super::*;
use crate::clock::SystemClock;

/// Tells the thread's CPU time at each reading.
#[derive(Debug)]
struct Metered {
    probe: SystemProbe,
    times: mpsc::Sender<Duration>,
}

impl Probe for Metered {
    fn read(&mut self) -> Reading {
        if let Some(time) = thread_cpu_time() {
            // The test may have seen enough.
            let _ = self.times.send(time);
        }
        self.probe.read()
    }
}

#[test]
#[ignore = "a measurement"]
fn of_a_tick_from_wake_up_to_wake_up() {
    const TICKS: u32 = 120;
    let (times, receiver) = mpsc::channel();
    let interval = Duration::from_millis(100);
    let probe = Metered {
        probe: SystemProbe::new(),
        times,
    };
    let clock = Arc::new(SystemClock::new());
    let config = MonitorConfig::default().interval(interval);
    let monitor = ResourceMonitor::with(config, Arc::default(), probe, clock, |_: &LoadChange| {});
    // The first is the caller's.
    let times: Vec<_> = receiver.iter().skip(1).take(TICKS as usize + 1).collect();
    drop(monitor);
    let tick = times[TICKS as usize].saturating_sub(times[0]) / TICKS;
    println!(
        "one tick: {tick:?} of CPU time, mean of {TICKS}; at one a second {:.4} % of a core",
        tick.as_secs_f64() * 100.0
    );
}

#[test]
#[ignore = "a measurement"]
fn of_what_operations_call() {
    let series = Series::default();
    let history = History::new();
    let monitor = ResourceMonitor::start(
        MonitorConfig::default(),
        Arc::default(),
        |_: &LoadChange| {},
    );
    let duration = Duration::from_micros(1_234);
    let work = Work {
        elapsed: duration,
        records: Some(500),
        bytes: Some(80_000),
        budget: Some(duration),
    };
    measure("thread_cpu_time", thread_cpu_time);
    measure("latest", latest);
    measure("History::record", || {
        history.record("GET /api/v3/klines", duration)
    });
    measure("Series::record", || series.record(duration));
    measure("Series::snapshot", || series.snapshot());
    measure("Usage::begin and end", || Usage::begin().end());
    let used = Usage::begin().end();
    measure("ResourceUse::attributes", || {
        used.attributes(work, Some(&series)).count()
    });
    drop(monitor);
}

/// Prints the median of the rounds' means.
fn measure<T>(what: &str, call: impl Fn() -> T) {
    const CALLS: u32 = 20_000;
    let mut rounds: Vec<_> = (0..21)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..CALLS {
                black_box(call());
            }
            start.elapsed() / CALLS
        })
        .collect();
    rounds.sort_unstable();
    println!("{what}: {:?}", rounds[rounds.len() / 2]);
}
