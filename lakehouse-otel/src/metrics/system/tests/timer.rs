//! The thread that reads, at an interval and when it is asked.

use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Instant;

use super::*;
use crate::metrics::system::timer::Timer;

const LONG: Duration = Duration::from_secs(30);

/// Tells of each reading, whose uptime is its number, and waits for leave to end it where there is a gate.
#[derive(Debug)]
struct Counting {
    reading: u32,
    told: Sender<u32>,
    gate: Option<Receiver<()>>,
}

impl ReadSystem for Counting {
    fn read(&mut self) -> SystemReading {
        self.reading += 1;
        // The test may be done.
        let _ = self.told.send(self.reading);
        if let Some(gate) = self.gate.as_ref().filter(|_| self.reading > 1) {
            let _ = gate.recv();
        }
        let mut reading = SystemReading::default();
        reading.process.uptime = Some(f64::from(self.reading));
        reading
    }
}

struct Bench {
    observed: Observing,
    timer: Timer,
    told: Receiver<u32>,
}

fn bench(interval: Duration, gate: Option<Receiver<()>>) -> Bench {
    let (told, readings) = mpsc::channel();
    let source = Counting {
        reading: 0,
        told,
        gate,
    };
    let clock = Arc::new(ManualClock::new());
    let diagnostics = Diagnostics::new(Arc::new(|said| panic!("{said}")));
    let observed = Observing::with(source, clock, &diagnostics);
    assert_eq!(
        readings.try_recv(),
        Ok(1),
        "the first reading is there at the start"
    );
    let timer = Timer::start(Arc::clone(&observed.sampler), interval).unwrap();
    Bench {
        observed,
        timer,
        told: readings,
    }
}

#[test]
fn it_reads_at_its_interval_and_no_more_when_it_has_ended() {
    let bench = bench(Duration::from_millis(1), None);
    for number in 2..6 {
        bench.observed.clock.advance(Duration::from_secs(1));
        assert_eq!(bench.told.recv_timeout(LONG), Ok(number));
    }
    assert!(bench.timer.end(LONG));
    bench.observed.clock.advance(Duration::from_secs(1));
    assert!(bench.told.try_recv().is_err());
}

#[test]
fn it_reads_when_it_is_asked_and_the_latest_reading_is_a_second_old() {
    let bench = bench(Duration::MAX, None);
    bench.observed.clock.advance(Duration::from_millis(999));
    bench.timer.read_now(LONG);
    bench.observed.expect("process.uptime", &[("", 1.0)]);
    bench.observed.clock.advance(Duration::from_millis(1));
    bench.timer.read_now(LONG);
    bench.observed.expect("process.uptime", &[("", 2.0)]);
    assert!(bench.timer.end(LONG));
}

#[test]
fn nobody_waits_for_a_reading_that_hangs() {
    let (leave, gate) = mpsc::channel();
    let bench = bench(Duration::MAX, Some(gate));
    bench.observed.clock.advance(Duration::from_secs(1));
    bench.timer.read_now(Duration::from_millis(1));
    assert_eq!(bench.told.recv_timeout(LONG), Ok(2));
    bench.observed.expect("process.uptime", &[("", 1.0)]);
    let Bench {
        observed, timer, ..
    } = bench;
    assert!(!timer.end(Duration::from_millis(1)));
    drop(leave);
    drop(observed);
}

#[test]
fn a_reading_costs_little() {
    const READINGS: u32 = 100;
    let mut machine = Proc::default();
    let start = Instant::now();
    for _ in 0..READINGS {
        machine.read();
    }
    let took = start.elapsed() / READINGS;
    println!("a reading of the system takes {took:?}");
    assert!(took < Duration::from_millis(100), "{took:?}");
}
