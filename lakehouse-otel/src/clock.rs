//! Time, as a parameter.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A read of a clock: the time of day, in nanoseconds since the Unix epoch, and a count of nanoseconds
/// that nobody sets, for durations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp {
    wall: u64,
    ticks: u64,
}

impl Timestamp {
    /// A read of a clock whose time of day is never set: that many nanoseconds after the Unix epoch.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self {
            wall: nanos,
            ticks: nanos,
        }
    }

    /// A read of a clock whose time of day may be set while its `ticks` go on evenly.
    #[must_use]
    pub const fn new(wall: u64, ticks: u64) -> Self {
        Self { wall, ticks }
    }

    /// The time of day, in nanoseconds since the Unix epoch.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.wall
    }

    /// The count of nanoseconds that nobody sets.
    #[must_use]
    pub const fn ticks(self) -> u64 {
        self.ticks
    }

    /// The time that passed from `earlier` to `self`, whatever was done to the time of day; zero
    /// where `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.ticks.saturating_sub(earlier.ticks))
    }

    /// The same in seconds.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "exact up to a hundred days, and a measurement beyond"
    )]
    pub const fn seconds_since(self, earlier: Self) -> f64 {
        self.ticks.saturating_sub(earlier.ticks) as f64 / 1e9
    }

    /// The time of `later`, by the time of day of `self` and what has passed since, whatever was done to
    /// the time of day in between.
    #[must_use]
    pub const fn until(self, later: Self) -> Self {
        let passed = later.ticks.saturating_sub(self.ticks);
        let ticks = if passed == 0 { self.ticks } else { later.ticks };
        Self {
            wall: self.wall.saturating_add(passed),
            ticks,
        }
    }

    /// So long after `self`.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let duration = nanos(duration);
        Self {
            wall: self.wall.saturating_add(duration),
            ticks: self.ticks.saturating_add(duration),
        }
    }
}

impl From<Timestamp> for SystemTime {
    fn from(timestamp: Timestamp) -> Self {
        UNIX_EPOCH + Duration::from_nanos(timestamp.wall)
    }
}

/// Where operations read the time.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The time now. Its ticks never go backwards.
    fn now(&self) -> Timestamp;
}

/// The machine's time: the processor's own counter where that is even (an invariant TSC), the
/// monotonic clock elsewhere; set by the system clock once a second, so that it stays within a
/// millisecond of it and follows when that is set or the machine has slept.
#[derive(Debug)]
pub struct SystemClock {
    counter: Counter,
    /// The time of day at the origin.
    epoch: AtomicU64,
    /// When, in ticks, the epoch is looked at next.
    next_check: AtomicU64,
}

/// A count of nanoseconds from where it was made.
#[cfg(feature = "enabled")]
#[derive(Debug)]
struct Counter {
    clock: quanta::Clock,
    origin: u64,
}

#[cfg(feature = "enabled")]
impl Counter {
    fn new() -> Self {
        let clock = quanta::Clock::new();
        let origin = clock.raw();
        Self { clock, origin }
    }

    #[inline]
    fn nanos(&self) -> u64 {
        self.clock.delta_as_nanos(self.origin, self.clock.raw())
    }
}

/// The same where nothing is recorded, without a dependency.
#[cfg(not(feature = "enabled"))]
#[derive(Debug)]
struct Counter(std::time::Instant);

#[cfg(not(feature = "enabled"))]
impl Counter {
    fn new() -> Self {
        Self(std::time::Instant::now())
    }

    fn nanos(&self) -> u64 {
        nanos(self.0.elapsed())
    }
}

/// How often the time of day is compared with the system's, in ticks.
const CHECK_EVERY: u64 = 1_000_000_000;

/// How far the two may be apart.
const TOLERANCE: u64 = 1_000_000;

impl SystemClock {
    /// A clock that starts at the system's time.
    #[must_use]
    pub fn new() -> Self {
        Self {
            counter: Counter::new(),
            epoch: AtomicU64::new(system_time()),
            next_check: AtomicU64::new(CHECK_EVERY),
        }
    }

    /// Sets the time of day where it is off. One thread a second comes here.
    #[cold]
    #[inline(never)]
    fn set(&self, ticks: u64, check: u64) {
        let claimed = self.next_check.compare_exchange(
            check,
            ticks + CHECK_EVERY,
            Ordering::Relaxed,
            Ordering::Relaxed,
        );
        let before = self.counter.nanos();
        let now = system_time();
        let after = self.counter.nanos();
        // Where the thread was held up between the reads, they say nothing; the next check is soon.
        if after.saturating_sub(before) > TOLERANCE / 2 {
            return;
        }
        let epoch = now.saturating_sub(after);
        if claimed.is_ok() && self.epoch.load(Ordering::Relaxed).abs_diff(epoch) > TOLERANCE {
            self.epoch.store(epoch, Ordering::Relaxed);
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let ticks = self.counter.nanos();
        let check = self.next_check.load(Ordering::Relaxed);
        if ticks >= check {
            self.set(ticks, check);
        }
        let epoch = self.epoch.load(Ordering::Relaxed);
        Timestamp::new(epoch.saturating_add(ticks), ticks)
    }
}

fn system_time() -> u64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    nanos(since_epoch.unwrap_or_default())
}

/// A clock that a test moves by hand.
///
/// ```
/// use std::time::Duration;
/// use lakehouse_otel::clock::{Clock, ManualClock};
///
/// let clock = ManualClock::new();
/// let start = clock.now();
/// clock.advance(Duration::from_millis(5));
/// assert_eq!(clock.now().since(start), Duration::from_millis(5));
/// ```
#[derive(Debug)]
pub struct ManualClock(AtomicU64);

impl ManualClock {
    /// A clock that stands at 2020-01-01T00:00:00Z.
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicU64::new(1_577_836_800_000_000_000))
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(nanos(by), Ordering::SeqCst);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_nanos(self.0.load(Ordering::SeqCst))
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_day_is_set_when_it_is_off() {
        let clock = SystemClock::new();
        // As if the system's clock had been set back an hour since.
        clock.epoch.fetch_add(3_600_000_000_000, Ordering::Relaxed);
        let before = clock.now();
        clock.next_check.store(0, Ordering::Relaxed);
        let after = clock.now();
        assert!(after.as_nanos().abs_diff(system_time()) < 60_000_000_000);
        assert!(before.as_nanos() > after.as_nanos());
        assert!(
            after.since(before) < Duration::from_mins(1),
            "durations go on"
        );
        assert!(before.plus(after.since(before)).as_nanos() >= before.as_nanos());
    }
}
