//! What the monitor read last, for whoever asks without reading anything.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use super::Shares;
use crate::clock::Timestamp;

/// What the monitor knows after a reading.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Snapshot {
    /// When it was read.
    pub at: Timestamp,
    /// CPU and memory in use, smoothed, as shares of what the program may use.
    pub shares: Shares,
    /// Resident memory of the process, in bytes.
    pub process_memory: Option<u64>,
    /// What counts as used memory, in bytes: the cgroup's, or else the process's.
    pub used_memory: Option<u64>,
    /// How many bytes the program may use.
    pub allowed_memory: Option<u64>,
    /// How many cores' time the program may use.
    pub allowed_cores: Option<f64>,
    /// The load level.
    pub level: u8,
    /// Whether load is extreme.
    pub extreme: bool,
    /// Whether the sampler's rates follow the level.
    pub scaling: bool,
    /// The share of CPU above which the level rises.
    pub cpu_threshold: f64,
    /// The share of memory above which the level rises.
    pub memory_threshold: f64,
}

impl Snapshot {
    /// Whether anything is scaled down.
    #[must_use]
    pub const fn is_degraded(&self) -> bool {
        self.level > 0 || self.extreme
    }
}

/// A place for the latest snapshot. Neither side waits for the other.
#[derive(Debug, Default)]
pub struct Latest(ArcSwapOption<Snapshot>);

impl Latest {
    /// The latest snapshot; `None` before the first, and once the monitor has ended.
    #[must_use]
    pub fn snapshot(&self) -> Option<Snapshot> {
        self.0.load().as_deref().copied()
    }

    pub(super) fn set(&self, snapshot: Option<Snapshot>) {
        self.0.store(snapshot.map(Arc::new));
    }
}

/// The one of the monitor that was published last.
static PUBLISHED: ArcSwapOption<Latest> = ArcSwapOption::const_empty();

/// What the program's monitor read last: two atomic reads, no file and no lock.
///
/// `None` where no monitor runs, as with `OTEL_PERFORMANCE_MONITORING=false`.
#[must_use]
pub fn latest() -> Option<Snapshot> {
    PUBLISHED.load().as_ref()?.snapshot()
}

pub(super) fn publish(latest: &Arc<Latest>) {
    PUBLISHED.store(Some(Arc::clone(latest)));
}

/// Takes `latest` back, unless another one was published since.
pub(super) fn unpublish(latest: &Arc<Latest>) {
    PUBLISHED.rcu(|published| {
        published
            .as_ref()
            .filter(|published| !Arc::ptr_eq(published, latest))
            .cloned()
    });
}
