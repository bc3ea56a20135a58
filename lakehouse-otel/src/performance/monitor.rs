//! The thread that watches the program's load.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::health::Percent;
use super::latest::{self, Latest};
use super::{Load, LoadPolicy, LoadSteps, Probe, Reading, Shares, Snapshot, SystemProbe};
use crate::clock::{Clock, SystemClock, Timestamp};

/// How the load is watched.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct MonitorConfig {
    /// How often it is read; 1 s by default. [`Duration::MAX`] reads only when
    /// [`ResourceMonitor::tick`] says so.
    pub interval: Duration,
    /// The time constant of the exponential smoothing: after a jump the smoothed value has made 63 % of
    /// the way in this time; 5 s by default. Zero smooths nothing.
    pub smoothing: Duration,
    /// When the level steps.
    pub policy: LoadPolicy,
    /// Whether it does; true by default. Without, the level stays 0 and nothing is reported: for a
    /// sampler whose rates do not follow the load.
    pub scaling: bool,
}

impl MonitorConfig {
    /// The defaults with these thresholds, as shares in `0..=1`: `OTEL_CPU_THRESHOLD` and
    /// `OTEL_MEMORY_THRESHOLD` are percent.
    #[must_use]
    pub fn new(cpu_threshold: f64, memory_threshold: f64) -> Self {
        Self {
            policy: LoadPolicy::new(cpu_threshold, memory_threshold),
            ..Self::default()
        }
    }

    /// Lets the level step, or not.
    #[must_use]
    pub const fn scaling(mut self, scaling: bool) -> Self {
        self.scaling = scaling;
        self
    }

    /// Reads so often.
    #[must_use]
    pub const fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Smooths with this time constant.
    #[must_use]
    pub const fn smoothing(mut self, smoothing: Duration) -> Self {
        self.smoothing = smoothing;
        self
    }
}

impl Default for MonitorConfig {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(1),
            smoothing: Duration::from_secs(5),
            policy: LoadPolicy::default(),
            scaling: true,
        }
    }
}

/// What is worth telling about the load. `Display` says it in a line.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum LoadChange {
    /// The level left 0: fewer operations are traced.
    Degraded(Snapshot),
    /// The level is 0 again.
    Recovered(Snapshot),
    /// Load became extreme: no operation is traced. Metrics go on.
    Extreme(Snapshot),
    /// Load is no longer extreme: operations are traced again, at the highest level's rates.
    ExtremeEnded(Snapshot),
}

impl LoadChange {
    /// What was read when it changed.
    #[must_use]
    pub const fn snapshot(&self) -> &Snapshot {
        match self {
            Self::Degraded(snapshot)
            | Self::Recovered(snapshot)
            | Self::Extreme(snapshot)
            | Self::ExtremeEnded(snapshot) => snapshot,
        }
    }
}

impl fmt::Display for LoadChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::Degraded(_) => "the program is under load, and fewer operations are traced",
            Self::Recovered(_) => "the load is over, and operations are traced as configured",
            Self::Extreme(_) => {
                "the load is extreme, and no operation is traced until it falls; metrics go on"
            }
            Self::ExtremeEnded(_) => {
                "the load is no longer extreme, and operations are traced again, fewer than configured"
            }
        };
        let Shares { cpu, memory } = self.snapshot().shares;
        write!(
            f,
            "{what} (CPU {}, memory {})",
            Percent(cpu),
            Percent(memory)
        )
    }
}

/// Watches the load of the program on a thread of its own, `lakehouse-otel-load`, and sets a [`Load`].
///
/// Dropping it ends the thread at once, and sets the load back to none.
///
/// ```
/// use std::sync::Arc;
/// use lakehouse_otel::performance::{Load, MonitorConfig, ResourceMonitor};
///
/// # fn main() -> std::io::Result<()> {
/// let load = Arc::new(Load::default());
/// let monitor = ResourceMonitor::start(MonitorConfig::new(0.80, 0.85), Arc::clone(&load), |change| {
///     eprintln!("{change}");
/// })?;
/// println!("load level {}", load.level());
/// # drop(monitor);
/// # Ok(())
/// # }
/// ```
///
/// A `fork` leaves the thread behind in the parent, as it does every thread: the child keeps the level
/// of that moment.
#[derive(Debug)]
#[must_use = "the monitor ends when this is dropped"]
pub struct ResourceMonitor {
    /// Gone when the thread shall end.
    ticks: Option<Sender<Tick>>,
    thread: Option<JoinHandle<()>>,
    /// Its other side is gone when the thread has ended.
    ended: Mutex<Receiver<Infallible>>,
    latest: Arc<Latest>,
}

/// A reading out of turn; the sender goes when it is done.
type Tick = Sender<Snapshot>;

impl ResourceMonitor {
    /// Watches the system and publishes what it reads: [`latest`](super::latest) and
    /// [`check_system_health`](super::check_system_health) tell of it.
    ///
    /// `report` is called on the monitor's thread.
    ///
    /// # Errors
    ///
    /// The system's, where it gives no thread.
    pub fn start(
        config: MonitorConfig,
        load: Arc<Load>,
        report: impl FnMut(&LoadChange) + Send + 'static,
    ) -> io::Result<Self> {
        let clock = Arc::new(SystemClock::new());
        let monitor = Self::with(config, load, SystemProbe::new(), clock, report)?;
        monitor.publish();
        Ok(monitor)
    }

    /// Watches `probe` by the time of `clock`, and publishes nothing. The first reading is made at once.
    ///
    /// # Errors
    ///
    /// The system's, where it gives no thread.
    pub fn with(
        config: MonitorConfig,
        load: Arc<Load>,
        probe: impl Probe + 'static,
        clock: Arc<dyn Clock>,
        report: impl FnMut(&LoadChange) + Send + 'static,
    ) -> io::Result<Self> {
        let latest = Arc::new(Latest::default());
        let mut watch = Watch::new(config, probe, clock);
        latest.set(Some(watch.read().0));
        let running = Running {
            watch,
            load,
            latest: Arc::clone(&latest),
            report,
        };
        let (ticks, receiver) = mpsc::channel();
        let (alive, ended) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("lakehouse-otel-load".to_owned())
            .spawn(move || {
                // The last thing to go, also where the thread unwinds.
                let _alive = alive;
                running.run(config.interval, &receiver);
            })?;
        Ok(Self {
            ticks: Some(ticks),
            thread: Some(thread),
            ended: Mutex::new(ended),
            latest,
        })
    }

    /// Makes this one the program's, in place of one before it.
    pub fn publish(&self) {
        latest::publish(&self.latest);
    }

    /// What it reads, for those who ask often.
    #[must_use]
    pub const fn latest(&self) -> &Arc<Latest> {
        &self.latest
    }

    /// Reads now, on the monitor's thread, and waits for it. The next reading by the timer is an interval
    /// later.
    ///
    /// `None` where the thread is gone, because what was injected panicked, or is the caller.
    pub fn tick(&self) -> Option<Snapshot> {
        if self.is_current() {
            return None;
        }
        let (sender, receiver) = mpsc::channel();
        self.ticks.as_ref()?.send(sender).ok()?;
        receiver.recv().ok()
    }

    /// Ends it, as dropping it does, and waits for the thread no longer than `timeout`: the report may
    /// be under way. `false` where that was too short; then the thread ends after its report.
    pub fn end(mut self, timeout: Duration) -> bool {
        self.ticks = None;
        let ended = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner);
        let ended = ended.recv_timeout(timeout) == Err(RecvTimeoutError::Disconnected);
        if !ended {
            // Nobody joins it.
            self.thread = None;
        }
        ended
    }

    fn is_current(&self) -> bool {
        let thread = self.thread.as_ref().map(|thread| thread.thread().id());
        thread == Some(thread::current().id())
    }
}

impl Drop for ResourceMonitor {
    fn drop(&mut self) {
        self.ticks = None;
        let is_current = self.is_current();
        if let Some(thread) = self.thread.take()
            && !is_current
        {
            // A panic has been told by the thread's own.
            let _ = thread.join();
        }
        latest::unpublish(&self.latest);
    }
}

/// What the thread has.
struct Running<P, F> {
    watch: Watch<P>,
    load: Arc<Load>,
    latest: Arc<Latest>,
    report: F,
}

impl<P: Probe, F: FnMut(&LoadChange)> Running<P, F> {
    fn run(mut self, interval: Duration, ticks: &Receiver<Tick>) {
        loop {
            let told = match ticks.recv_timeout(interval) {
                Ok(told) => Some(told),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let snapshot = self.tick();
            if let Some(told) = told {
                // Whoever asked may have gone.
                let _ = told.send(snapshot);
            }
        }
    }

    fn tick(&mut self) -> Snapshot {
        let (snapshot, change) = self.watch.read();
        self.load.set(snapshot.level, snapshot.extreme);
        self.latest.set(Some(snapshot));
        if let Some(change) = change {
            (self.report)(&change);
        }
        snapshot
    }
}

/// Nobody is left to take the load down: also where a probe or a report panics.
impl<P, F> Drop for Running<P, F> {
    fn drop(&mut self) {
        self.load.set(0, false);
        self.latest.set(None);
    }
}

/// From readings to snapshots.
#[derive(Debug)]
pub(super) struct Watch<P> {
    probe: P,
    clock: Arc<dyn Clock>,
    policy: LoadPolicy,
    scaling: bool,
    steps: LoadSteps,
    before: Option<(Timestamp, Reading)>,
    cpu: Smoothed,
    memory: Smoothed,
    shares: Shares,
}

impl<P: Probe> Watch<P> {
    pub(super) fn new(config: MonitorConfig, probe: P, clock: Arc<dyn Clock>) -> Self {
        Self {
            probe,
            clock,
            policy: config.policy,
            scaling: config.scaling,
            steps: config.policy.steps(),
            before: None,
            cpu: Smoothed::new(config.smoothing),
            memory: Smoothed::new(config.smoothing),
            shares: Shares::default(),
        }
    }

    /// Reads, and says what changed by it.
    pub(super) fn read(&mut self) -> (Snapshot, Option<LoadChange>) {
        let reading = self.probe.read();
        let at = self.clock.now();
        let passed = self.before.map(|(then, _)| at.since(then));
        let (was_degraded, was_extreme) = (self.steps.is_degraded(), self.steps.is_extreme());
        // One out of turn, right after another, says nothing new of the load.
        if passed.is_none_or(|passed| passed >= SHORTEST) {
            let passed = passed.unwrap_or_default();
            self.take(at, reading, passed);
            if self.scaling {
                self.steps.next(self.shares, passed);
            }
        }
        let shares = self.shares;
        let snapshot = Snapshot {
            at,
            shares,
            process_memory: reading.process_memory,
            used_memory: reading.used_memory(),
            allowed_memory: reading.allowed_memory(),
            allowed_cores: reading.allowed_cores(),
            level: self.steps.level(),
            extreme: self.steps.is_extreme(),
            scaling: self.scaling,
            cpu_threshold: self.policy.cpu_threshold,
            memory_threshold: self.policy.memory_threshold,
        };
        // A step is one of these at most.
        let change = match (
            (was_degraded, snapshot.is_degraded()),
            (was_extreme, snapshot.extreme),
        ) {
            (_, (false, true)) => Some(LoadChange::Extreme(snapshot)),
            (_, (true, false)) => Some(LoadChange::ExtremeEnded(snapshot)),
            ((false, true), _) => Some(LoadChange::Degraded(snapshot)),
            ((true, false), _) => Some(LoadChange::Recovered(snapshot)),
            _ => None,
        };
        (snapshot, change)
    }

    /// Smooths a reading that came `passed` after the one before.
    fn take(&mut self, at: Timestamp, reading: Reading, passed: Duration) {
        let before = self.before.replace((at, reading));
        let cpu = before.and_then(|(_, earlier)| reading.cpu_since(&earlier, passed));
        self.shares = Shares {
            cpu: self.cpu.next(cpu, passed),
            memory: self.memory.next(reading.memory(), passed),
        };
    }
}

/// In less time than this the CPU's counters say little.
const SHORTEST: Duration = Duration::from_millis(10);

/// An exponentially smoothed value.
#[derive(Debug)]
struct Smoothed {
    constant: Duration,
    value: Option<f64>,
    /// How many readings in a row knew nothing.
    missing: u32,
}

/// So many readings in a row may be missing until the value is unknown.
const MISSING_AT_MOST: u32 = 3;

impl Smoothed {
    const fn new(constant: Duration) -> Self {
        Self {
            constant,
            value: None,
            missing: 0,
        }
    }

    /// Takes a value, `passed` after the one before.
    fn next(&mut self, value: Option<f64>, passed: Duration) -> Option<f64> {
        let Some(value) = value else {
            self.missing = self.missing.saturating_add(1);
            if self.missing > MISSING_AT_MOST {
                self.value = None;
            }
            return self.value;
        };
        self.missing = 0;
        let smoothed = match self.value {
            Some(before) if !self.constant.is_zero() => {
                let rate = passed.as_secs_f64() / self.constant.as_secs_f64();
                before + (1.0 - (-rate).exp()) * (value - before)
            }
            _ => value,
        };
        self.value = Some(smoothed);
        self.value
    }
}

#[cfg(test)]
pub(super) mod tests;
