//! The latest reading, which all instruments and all readers share, and the rates between two.

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::reading::{CPU_MODES, PROCESS_CPU_MODES, ReadSystem, SystemReading};
use crate::clock::{Clock, Timestamp};
use crate::health::Diagnostics;
use crate::metrics::contain::contain;

/// Reads when it is told to; whoever collects metrics takes the latest reading, and waits for none.
pub(super) struct Sampler {
    clock: Arc<dyn Clock>,
    /// Held by the one that reads.
    source: Mutex<Contained>,
    latest: Mutex<Arc<Sample>>,
}

/// A source that may panic: then nothing is known, and the first time it is said.
struct Contained {
    source: Box<dyn ReadSystem>,
    diagnostics: Diagnostics,
    said: AtomicBool,
}

/// A reading, and what came of it since the one before.
#[derive(Debug)]
pub(super) struct Sample {
    at: Timestamp,
    pub(super) reading: SystemReading,
    /// The share of the processors' time in each of [`CPU_MODES`].
    pub(super) cpu: Option<[f64; CPU_MODES.len()]>,
    /// The share of the time of the processors that the process may use, in each of
    /// [`PROCESS_CPU_MODES`].
    pub(super) process_cpu: Option<[f64; PROCESS_CPU_MODES.len()]>,
    /// How many processors' time the control group used.
    pub(super) group_cpu: Option<f64>,
}

impl Sampler {
    /// Makes the first reading, so that the first collection has values and the second reading has rates.
    pub(super) fn new(
        source: impl ReadSystem + 'static,
        clock: Arc<dyn Clock>,
        diagnostics: &Diagnostics,
    ) -> Self {
        let mut source = Contained {
            source: Box::new(source),
            diagnostics: diagnostics.clone(),
            said: AtomicBool::new(false),
        };
        let first = Sample {
            at: clock.now(),
            reading: source.read(),
            cpu: None,
            process_cpu: None,
            group_cpu: None,
        };
        Self {
            clock,
            source: Mutex::new(source),
            latest: Mutex::new(Arc::new(first)),
        }
    }

    /// Reads, unless the latest reading is younger than this.
    pub(super) fn read(&self, younger: Duration) {
        let mut source = lock(&self.source);
        let (before, now) = (self.latest(), self.clock.now());
        let passed = now.since(before.at);
        if passed.is_zero() || passed < younger {
            return;
        }
        let sample = Sample::after(&before, now, passed, source.read());
        *lock(&self.latest) = Arc::new(sample);
    }

    /// The latest reading.
    pub(super) fn latest(&self) -> Arc<Sample> {
        Arc::clone(&lock(&self.latest))
    }
}

impl fmt::Debug for Sampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sampler").finish_non_exhaustive()
    }
}

impl Contained {
    fn read(&mut self) -> SystemReading {
        let Self {
            source,
            diagnostics,
            said,
        } = self;
        let read = contain(diagnostics, &"what reads the system", said, || {
            source.read()
        });
        read.unwrap_or_default()
    }
}

impl Sample {
    fn after(before: &Self, at: Timestamp, passed: Duration, mut reading: SystemReading) -> Self {
        let seconds = passed.as_secs_f64();
        let then = &before.reading;
        // The kernel's `idle` and `iowait` go back a little now and then (proc(5)), and that is no restart.
        for (now, then) in reading
            .cpu
            .iter_mut()
            .flatten()
            .zip(then.cpu.iter().flatten())
        {
            *now = now.max(*then);
        }
        let cpu = spent(reading.cpu, then.cpu).and_then(|spent| {
            let whole: f64 = spent.iter().sum();
            (whole > 0.0).then(|| spent.map(|part| part / whole))
        });
        let process_cpu = spent(reading.process.cpu, then.process.cpu)
            .zip(reading.usage.allowed_cores())
            .filter(|(_, cores)| *cores > 0.0)
            .map(|(spent, cores)| spent.map(|part| part / (seconds * cores)));
        let group_cpu = match (reading.usage.cgroup_cpu, then.usage.cgroup_cpu) {
            (Some(now), Some(then)) if now.group == then.group => now
                .used
                .zip(then.used)
                .and_then(|(now, then)| now.checked_sub(then))
                .map(|used| used.as_secs_f64() / seconds),
            _ => None,
        };
        Self {
            at,
            reading,
            cpu,
            process_cpu,
            group_cpu,
        }
    }
}

/// What was spent between two readings; a counter that went back spent nothing.
fn spent<const N: usize>(now: Option<[f64; N]>, then: Option<[f64; N]>) -> Option<[f64; N]> {
    let (mut now, then) = now.zip(then)?;
    for (now, then) in now.iter_mut().zip(then) {
        *now = (*now - then).max(0.0);
    }
    Some(now)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
