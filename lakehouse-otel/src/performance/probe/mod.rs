//! What the program uses, and what it may use.

#[cfg(target_os = "linux")]
mod cgroup;
#[cfg(target_os = "linux")]
mod files;
mod system;
#[cfg(all(test, target_os = "linux"))]
mod tests;

use std::fmt;
use std::time::Duration;

use super::number::{float, share};

pub use system::SystemProbe;

/// Reads what the program uses. [`SystemProbe`] is the one for programs; tests bring their own.
pub trait Probe: Send + fmt::Debug {
    /// What is known now. What is not known is `None`, and never 0.
    fn read(&mut self) -> Reading;
}

/// What a [`Probe`] read: counters and amounts at one moment, each `None` where it is not known.
///
/// ```
/// use std::time::Duration;
/// use lakehouse_otel::performance::Reading;
///
/// let mut before = Reading::default();
/// before.cores = Some(4.0);
/// before.process_cpu = Some(Duration::from_secs(10));
/// let mut after = before;
/// after.process_cpu = Some(Duration::from_secs(12));
/// // Two seconds of CPU time in one second, of four cores.
/// assert_eq!(after.cpu_since(&before, Duration::from_secs(1)), Some(0.5));
/// assert_eq!(after.memory(), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Reading {
    /// CPU time of the process since it started.
    pub process_cpu: Option<Duration>,
    /// Resident memory of the process, in bytes.
    pub process_memory: Option<u64>,
    /// How many cores of the machine the process may run on.
    pub cores: Option<f64>,
    /// The CPU of the process's cgroup.
    pub cgroup_cpu: Option<CgroupCpu>,
    /// The memory of the process's cgroup.
    pub cgroup_memory: Option<CgroupMemory>,
    /// What the machine could still give without swapping, in bytes.
    pub available_memory: Option<u64>,
}

/// The CPU of a cgroup.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CgroupCpu {
    /// Which group it is: readings of different groups cannot be compared.
    pub group: u32,
    /// CPU time of the group since it was made.
    pub used: Option<Duration>,
    /// How many cores' time the group may use; `None` where it has no limit.
    pub quota: Option<f64>,
}

/// The memory of a cgroup.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CgroupMemory {
    /// What the group uses, in bytes, without the page cache that the kernel can take back at once.
    pub used: u64,
    /// What it may use, in bytes; `None` where it has no limit.
    pub limit: Option<u64>,
}

impl Reading {
    /// How many cores' time the process may use: the cgroup's quota, or the cores of the machine that
    /// it may run on, whichever is less.
    #[must_use]
    pub fn allowed_cores(&self) -> Option<f64> {
        let quota = self.cgroup_cpu.and_then(|cpu| cpu.quota);
        [quota, self.cores].into_iter().flatten().reduce(f64::min)
    }

    /// The share of the [`allowed_cores`](Self::allowed_cores) in use from `earlier` on, while `passed`
    /// went by, in `0..=1`: by the process, or by its cgroup where that uses more.
    ///
    /// `None` where neither can be told.
    #[must_use]
    pub fn cpu_since(&self, earlier: &Self, passed: Duration) -> Option<f64> {
        let allowed = self.allowed_cores()? * passed.as_secs_f64();
        let share_of = |now: Option<Duration>, then: Option<Duration>| {
            share(now?.checked_sub(then?)?.as_secs_f64(), allowed)
        };
        let process = share_of(self.process_cpu, earlier.process_cpu);
        let group = match (self.cgroup_cpu, earlier.cgroup_cpu) {
            (Some(now), Some(then)) if now.group == then.group => share_of(now.used, then.used),
            _ => None,
        };
        [process, group].into_iter().flatten().reduce(f64::max)
    }

    /// What counts as used, in bytes: the cgroup's memory, or else the process's.
    #[must_use]
    pub fn used_memory(&self) -> Option<u64> {
        self.cgroup_memory
            .map(|memory| memory.used)
            .or(self.process_memory)
    }

    /// How many bytes the program may use: the cgroup's limit, or what it uses and what the machine has
    /// available, whichever is less.
    #[must_use]
    pub fn allowed_memory(&self) -> Option<u64> {
        let limit = self.cgroup_memory.and_then(|memory| memory.limit);
        let left = self
            .available_memory
            .and_then(|available| Some(self.used_memory()?.saturating_add(available)));
        [limit, left].into_iter().flatten().min()
    }

    /// The share of [`allowed_memory`](Self::allowed_memory) in use, in `0..=1`.
    ///
    /// `None` where it cannot be told.
    #[must_use]
    pub fn memory(&self) -> Option<f64> {
        share(float(self.used_memory()?), float(self.allowed_memory()?))
    }
}

#[cfg(test)]
mod shares {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn cgroup(used_ms: u64, quota: Option<f64>) -> CgroupCpu {
        CgroupCpu {
            group: 1,
            used: Some(Duration::from_millis(used_ms)),
            quota,
        }
    }

    fn reading(cpu_ms: u64, cores: f64, cgroup_cpu: impl Into<Option<CgroupCpu>>) -> Reading {
        Reading {
            process_cpu: Some(Duration::from_millis(cpu_ms)),
            cores: Some(cores),
            cgroup_cpu: cgroup_cpu.into(),
            ..Reading::default()
        }
    }

    #[test]
    fn cpu_is_a_share_of_what_is_allowed() {
        for (before, after, share) in [
            // The machine's cores, and no group.
            (reading(100, 4.0, None), reading(2_100, 4.0, None), 0.5),
            // The quota is what counts where it is less than the cores …
            (
                reading(0, 8.0, cgroup(0, Some(0.5))),
                reading(250, 8.0, cgroup(250, Some(0.5))),
                0.5,
            ),
            // … and the cores where they are.
            (
                reading(0, 2.0, cgroup(0, Some(16.0))),
                reading(1_000, 2.0, cgroup(1_000, Some(16.0))),
                0.5,
            ),
            // The neighbours in the group use the quota up too.
            (
                reading(0, 8.0, cgroup(500, Some(2.0))),
                reading(200, 8.0, cgroup(2_100, Some(2.0))),
                0.8,
            ),
            // Another group than before: only the process can be compared.
            (
                reading(0, 4.0, cgroup(0, None)),
                reading(
                    1_000,
                    4.0,
                    CgroupCpu {
                        group: 2,
                        ..cgroup(9_000, None)
                    },
                ),
                0.25,
            ),
            // Never above 1, whatever the kernel's accounts say.
            (reading(0, 1.0, None), reading(1_020, 1.0, None), 1.0),
        ] {
            assert_eq!(after.cpu_since(&before, SECOND), Some(share), "{after:?}");
        }
    }

    #[test]
    fn cpu_that_cannot_be_told_is_unknown() {
        let known = reading(100, 4.0, None);
        assert_eq!(known.cpu_since(&Reading::default(), SECOND), None);
        assert_eq!(Reading::default().cpu_since(&known, SECOND), None);
        assert_eq!(known.cpu_since(&known, Duration::ZERO), None);
        // A counter that went back.
        assert_eq!(reading(50, 4.0, None).cpu_since(&known, SECOND), None);
        let without_cores = Reading {
            cores: None,
            ..known
        };
        assert_eq!(without_cores.cpu_since(&known, SECOND), None);
        assert_eq!(known.cpu_since(&known, SECOND), Some(0.0));
    }

    #[test]
    fn memory_is_a_share_of_what_is_allowed() {
        let group = |used, limit| Some(CgroupMemory { used, limit });
        for (cgroup_memory, process, available, share) in [
            (group(50, Some(100)), Some(30), Some(1_000), Some(0.5)),
            // The machine has less left than the limit would allow.
            (group(50, Some(1_000)), Some(30), Some(50), Some(0.5)),
            (group(50, None), Some(30), Some(150), Some(0.25)),
            (None, Some(30), Some(30), Some(0.5)),
            (group(50, Some(100)), None, None, Some(0.5)),
            (group(50, Some(0)), None, None, None),
            (group(50, None), Some(30), None, None),
            (None, None, Some(30), None),
        ] {
            let reading = Reading {
                cgroup_memory,
                process_memory: process,
                available_memory: available,
                ..Reading::default()
            };
            assert_eq!(reading.memory(), share, "{reading:?}");
        }
    }
}
