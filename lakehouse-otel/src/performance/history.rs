//! How long operations took of late, by name.

mod sketch;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use sketch::Window;

use super::Throughput;
use super::number::float;

/// How long the operations of each name took of late. Bounded: so many names, each with its last 1,024 to
/// 2,048 operations.
///
/// Quantiles come from buckets of logarithmic width, sixteen for each power of two: they are off by 1/32
/// (3.2 %) at most. A name takes 1.5 KB at first, and 3 KB when it has seen more than 1,024 operations; as
/// much again for each kind of throughput that its operations have.
///
/// Recording costs a read lock, a look-up and a short lock of the name's own (about 60 ns);
/// [`series`](Self::series) saves the look-up. Nothing is allocated but for a new name.
///
/// ```
/// use std::time::Duration;
/// use lakehouse_otel::performance::History;
///
/// let history = History::new();
/// for ms in 1..=100 {
///     history.record("GET /api/v3/klines", Duration::from_millis(ms));
/// }
/// let klines = history.snapshot("GET /api/v3/klines").unwrap();
/// assert_eq!(klines.count, 100);
/// assert_eq!(klines.max, Duration::from_millis(100));
/// assert!(klines.p95.abs_diff(Duration::from_millis(95)) < Duration::from_millis(4));
/// assert_eq!(history.names(), ["GET /api/v3/klines"]);
/// ```
#[derive(Debug)]
pub struct History {
    names: RwLock<HashMap<Cow<'static, str>, Series>>,
    max_names: usize,
}

/// What the [`History`] knows of one name, over its last 1,024 to 2,048 operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OperationHistory {
    /// How many operations there were in all.
    pub count: u64,
    /// How many of them the rest is about.
    pub recent: u64,
    /// Half took no longer than this.
    pub p50: Duration,
    /// 95 of 100 took no longer than this.
    pub p95: Duration,
    /// 99 of 100 took no longer than this.
    pub p99: Duration,
    /// The longest, exactly.
    pub max: Duration,
    /// The mean, exactly.
    pub mean: Duration,
}

impl History {
    /// How many names there may be in a [`History::new`].
    pub const MAX_NAMES: usize = 256;

    /// A history of 256 names.
    #[must_use]
    pub fn new() -> Self {
        Self::with_max_names(Self::MAX_NAMES)
    }

    /// A history of so many names.
    #[must_use]
    pub fn with_max_names(max_names: usize) -> Self {
        Self {
            names: RwLock::default(),
            max_names,
        }
    }

    /// Takes one more operation, and says whether it was taken: not where it would be one name too many.
    pub fn record(&self, name: impl Into<Cow<'static, str>>, duration: Duration) -> bool {
        let series = self.series(name);
        if let Some(series) = &series {
            series.record(duration);
        }
        series.is_some()
    }

    /// The series of a name, to be kept by who records to it often; `None` where it would be one name too
    /// many.
    #[must_use]
    pub fn series(&self, name: impl Into<Cow<'static, str>>) -> Option<Series> {
        let name = name.into();
        if let Some(series) = self.find(&name) {
            return Some(series);
        }
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= self.max_names && !names.contains_key(&name) {
            return None;
        }
        Some(names.entry(name).or_default().clone())
    }

    /// What is known of a name; `None` where nothing is.
    #[must_use]
    pub fn snapshot(&self, name: &str) -> Option<OperationHistory> {
        self.find(name)?.snapshot()
    }

    /// The names, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        let mut names: Vec<_> = names.keys().map(|name| name.clone().into_owned()).collect();
        names.sort_unstable();
        names
    }

    fn find(&self, name: &str) -> Option<Series> {
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        names.get(name).cloned()
    }
}

impl Default for History {
    fn default() -> Self {
        Self::new()
    }
}

/// The history of one name. Clones are the same series.
#[derive(Clone, Default)]
pub struct Series(Arc<Mutex<Windows>>);

#[derive(Default)]
struct Windows {
    /// Nanoseconds.
    durations: Window,
    /// Thousandths of records per second, where operations have them.
    records: Option<Box<Window>>,
    /// Bytes per second, where operations have them.
    bytes: Option<Box<Window>>,
}

/// The medians of throughput of a [`Series`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ThroughputMedians {
    /// Records per second.
    pub records: Option<f64>,
    /// Bytes per second.
    pub bytes: Option<f64>,
}

/// How finely records per second are kept.
const PARTS: f64 = 1_000.0;

impl Series {
    /// Takes one more operation.
    pub fn record(&self, duration: Duration) {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.lock().durations.record(nanos);
    }

    /// Takes the throughput of one more operation, as far as it has one.
    pub fn record_throughput(&self, throughput: Throughput) {
        let mut windows = self.lock();
        if let Some(records) = throughput.records {
            let window = windows.records.get_or_insert_default();
            window.record(whole(records * PARTS));
        }
        if let Some(bytes) = throughput.bytes {
            let window = windows.bytes.get_or_insert_default();
            window.record(whole(bytes));
        }
    }

    /// What is known; `None` where nothing was recorded.
    #[must_use]
    pub fn snapshot(&self) -> Option<OperationHistory> {
        let windows = self.lock();
        let durations = &windows.durations;
        let [p50, p95, p99] = durations.quantiles([0.50, 0.95, 0.99])?;
        Some(OperationHistory {
            count: durations.count(),
            recent: durations.recent(),
            p50: Duration::from_nanos(p50),
            p95: Duration::from_nanos(p95),
            p99: Duration::from_nanos(p99),
            max: Duration::from_nanos(durations.max()),
            mean: Duration::from_nanos(durations.mean()?),
        })
    }

    /// The medians of throughput, as far as there is one. About 300 ns for each.
    #[must_use]
    pub fn throughput_medians(&self) -> ThroughputMedians {
        let windows = self.lock();
        let median = |window: &Option<Box<Window>>| {
            let [median] = window.as_ref()?.quantiles([0.50])?;
            Some(float(median))
        };
        ThroughputMedians {
            records: median(&windows.records).map(|median| median / PARTS),
            bytes: median(&windows.bytes),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Windows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Series").field(&self.snapshot()).finish()
    }
}

/// The nearest whole number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast to an integer saturates, and the sketch has an end of its own"
)]
const fn whole(number: f64) -> u64 {
    number.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded_and_those_that_are_there_go_on() {
        let history = History::with_max_names(2);
        assert!(history.record("b", Duration::from_secs(1)));
        assert!(history.record("a".to_owned(), Duration::from_secs(1)));
        assert!(!history.record("c", Duration::from_secs(1)));
        assert!(history.record("a", Duration::from_secs(3)));
        assert_eq!(history.names(), ["a", "b"]);
        let a = history.snapshot("a").unwrap();
        assert_eq!((a.count, a.recent), (2, 2));
        assert_eq!(
            (a.max, a.mean),
            (Duration::from_secs(3), Duration::from_secs(2))
        );
        assert_eq!(history.snapshot("c"), None);
        assert!(history.series("c").is_none());
        assert!(history.series("b").is_some());
    }

    #[test]
    fn nothing_recorded_is_nothing_known() {
        let history = History::new();
        let series = history.series("a").unwrap();
        assert_eq!((series.snapshot(), history.snapshot("a")), (None, None));
        assert_eq!(series.throughput_medians(), ThroughputMedians::default());
    }

    #[test]
    fn throughput_has_medians_of_its_own() {
        let series = Series::default();
        let close = |median: Option<f64>, to: f64| (median.unwrap() / to - 1.0).abs() <= 1.0 / 32.0;
        for tenths in 1..=99_u32 {
            series.record_throughput(Throughput {
                records: Some(f64::from(tenths) / 10.0),
                bytes: (tenths % 2 == 0).then_some(1e9),
            });
        }
        let medians = series.throughput_medians();
        assert!(close(medians.records, 5.0), "{medians:?}");
        assert!(close(medians.bytes, 1e9), "{medians:?}");
        assert_eq!(series.snapshot(), None, "no duration was recorded");
    }

    #[test]
    fn threads_lose_nothing() {
        let history = History::with_max_names(3);
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let history = &history;
                scope.spawn(move || {
                    for it in 0..5_000 {
                        let name = ["a", "b", "c", "d"][(it + thread) % 4];
                        history.record(name, Duration::from_micros(5));
                    }
                });
            }
        });
        let names = history.names();
        assert_eq!(names.len(), 3);
        for name in names {
            assert_eq!(history.snapshot(&name).unwrap().count, 5_000, "{name}");
        }
    }
}
