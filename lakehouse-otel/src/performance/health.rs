//! How the program is doing, for people and for health checks.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::monitor::Watch;
use super::number::float;
use super::{Load, MonitorConfig, Probe, Shares, Snapshot, SystemProbe, latest};
use crate::clock::{Clock, SystemClock};

/// How the program is doing: what it uses of the CPU and memory that it may use, and whether telemetry
/// is scaled down for it.
///
/// ```
/// let health = lakehouse_otel::performance::check_system_health();
/// println!("{health}");
/// if health.degraded {
///     for reason in &health.reasons {
///         eprintln!("{reason}");
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SystemHealth {
    /// Where the values come from.
    pub source: HealthSource,
    /// CPU in use, as a share of what the program may use, in `0..=1`.
    pub cpu: Option<f64>,
    /// Memory in use, as a share of what the program may use, in `0..=1`.
    pub memory: Option<f64>,
    /// The load factor: the greater of the two.
    pub load_factor: Option<f64>,
    /// Resident memory of the process, in bytes.
    pub process_memory: Option<u64>,
    /// How many bytes the program may use: the limit of its cgroup, or what it uses and what the
    /// machine has available.
    pub allowed_memory: Option<u64>,
    /// How many cores' time the program may use: the quota of its cgroup, or the machine's cores.
    pub allowed_cores: Option<f64>,
    /// The share of CPU above which the level rises: `OTEL_CPU_THRESHOLD`.
    pub cpu_threshold: f64,
    /// The share of memory above which the level rises: `OTEL_MEMORY_THRESHOLD`.
    pub memory_threshold: f64,
    /// The load level, from 0; at each the sampler's rates are half of those at the one before.
    pub load_level: u8,
    /// Whether operations make no spans at all.
    pub extreme: bool,
    /// Whether the sampler's rates follow the load.
    pub scaling: bool,
    /// Whether there is a reason to worry.
    pub degraded: bool,
    /// Why it is degraded; empty where it is not.
    pub reasons: Vec<DegradedReason>,
}

/// Where the values of a [`SystemHealth`] come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HealthSource {
    /// From the running monitor: smoothed, and as old as its interval at most.
    Monitor,
    /// Read for this check, because no monitor runs: CPU is the mean since the check before, and unknown
    /// in the first one. Nothing is scaled down.
    Probe,
}

/// Why the program is degraded.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum DegradedReason {
    /// More CPU is in use than the threshold.
    Cpu {
        /// The share in use.
        used: f64,
        /// The threshold.
        threshold: f64,
    },
    /// More memory is in use than the threshold.
    Memory {
        /// The share in use.
        used: f64,
        /// The threshold.
        threshold: f64,
    },
    /// Fewer operations are traced: the rates are divided by so much.
    RatesScaledDown {
        /// 2, 4, 8 or 16.
        by: u32,
    },
    /// No operation is traced.
    TracingSuspended,
}

impl fmt::Display for DegradedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let above = |f: &mut fmt::Formatter<'_>, what, used, threshold| {
            let (used, threshold) = (Percent(Some(used)), Percent(Some(threshold)));
            write!(
                f,
                "{what} in use: {used}, above its threshold of {threshold}"
            )
        };
        match *self {
            Self::Cpu { used, threshold } => above(f, "CPU", used, threshold),
            Self::Memory { used, threshold } => above(f, "memory", used, threshold),
            Self::RatesScaledDown { by } => {
                write!(
                    f,
                    "sampling rates are divided by {by} until the load has fallen"
                )
            }
            Self::TracingSuspended => {
                f.write_str("no operation is traced until the load has fallen; metrics go on")
            }
        }
    }
}

/// How the program is doing.
///
/// From what the running monitor read last, which costs next to nothing. Where no monitor runs
/// (`OTEL_PERFORMANCE_MONITORING=false`, or before [`init`](crate::init)) the system is read for it, and
/// [`SystemHealth::source`] says so.
#[must_use]
pub fn check_system_health() -> SystemHealth {
    if let Some(snapshot) = latest() {
        return SystemHealth::of(&snapshot, HealthSource::Monitor);
    }
    let mut fresh = FRESH.lock().unwrap_or_else(PoisonError::into_inner);
    fresh
        .get_or_insert_with(|| Fresh::new(SystemProbe::new(), Arc::new(SystemClock::new())))
        .check()
}

/// For checks without a monitor.
static FRESH: Mutex<Option<Fresh<SystemProbe>>> = Mutex::new(None);

#[derive(Debug)]
struct Fresh<P>(Watch<P>);

impl<P: Probe> Fresh<P> {
    fn new(probe: P, clock: Arc<dyn Clock>) -> Self {
        // Nothing is smoothed, and nobody would act on a level.
        let config = MonitorConfig::default()
            .smoothing(Duration::ZERO)
            .scaling(false);
        Self(Watch::new(config, probe, clock))
    }

    fn check(&mut self) -> SystemHealth {
        let (snapshot, _) = self.0.read();
        SystemHealth::of(&snapshot, HealthSource::Probe)
    }
}

impl SystemHealth {
    /// What a snapshot says. Where rates follow the load, the program is degraded while anything is scaled
    /// down; elsewhere, while a threshold is exceeded.
    #[must_use]
    pub fn of(snapshot: &Snapshot, source: HealthSource) -> Self {
        let Shares { cpu, memory } = snapshot.shares;
        let degraded = if snapshot.scaling {
            snapshot.is_degraded()
        } else {
            cpu.is_some_and(|used| used > snapshot.cpu_threshold)
                || memory.is_some_and(|used| used > snapshot.memory_threshold)
        };
        Self {
            source,
            cpu,
            memory,
            load_factor: snapshot.shares.load_factor(),
            process_memory: snapshot.process_memory,
            allowed_memory: snapshot.allowed_memory,
            allowed_cores: snapshot.allowed_cores,
            cpu_threshold: snapshot.cpu_threshold,
            memory_threshold: snapshot.memory_threshold,
            load_level: snapshot.level,
            extreme: snapshot.extreme,
            scaling: snapshot.scaling,
            degraded,
            reasons: if degraded {
                reasons(snapshot)
            } else {
                Vec::new()
            },
        }
    }
}

fn reasons(snapshot: &Snapshot) -> Vec<DegradedReason> {
    let over = |share: Option<f64>, threshold| share.filter(|&used| used > threshold);
    let (cpu, memory) = (snapshot.cpu_threshold, snapshot.memory_threshold);
    let above = [
        over(snapshot.shares.cpu, cpu).map(|used| DegradedReason::Cpu {
            used,
            threshold: cpu,
        }),
        over(snapshot.shares.memory, memory).map(|used| DegradedReason::Memory {
            used,
            threshold: memory,
        }),
    ];
    let consequence = if snapshot.extreme {
        Some(DegradedReason::TracingSuspended)
    } else if snapshot.level > 0 {
        let by = 1 << snapshot.level;
        Some(DegradedReason::RatesScaledDown { by })
    } else {
        None
    };
    above.into_iter().chain([consequence]).flatten().collect()
}

/// ```text
/// degraded
///   CPU     87 % of 2 cores (threshold 80 %)
///   memory  41 % of 4.0 GiB (threshold 85 %), 1.2 GiB resident
///   load    level 1 of 4
///   - CPU in use: 87 %, above its threshold of 80 %
///   - sampling rates are divided by 2 until the load has fallen
/// ```
impl fmt::Display for SystemHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", if self.degraded { "degraded" } else { "healthy" })?;
        write!(f, "  CPU     {}", Percent(self.cpu))?;
        match self.allowed_cores {
            Some(1.0) => write!(f, " of 1 core")?,
            // Two digits after the point, as far as there are any.
            Some(cores) => write!(f, " of {} cores", (cores * 100.0).round() / 100.0)?,
            None => {}
        }
        writeln!(f, " (threshold {})", Percent(Some(self.cpu_threshold)))?;
        write!(f, "  memory  {}", Percent(self.memory))?;
        if let Some(allowed) = self.allowed_memory {
            write!(f, " of {}", Bytes(allowed))?;
        }
        write!(f, " (threshold {})", Percent(Some(self.memory_threshold)))?;
        if let Some(resident) = self.process_memory {
            write!(f, ", {} resident", Bytes(resident))?;
        }
        writeln!(f)?;
        match self.source {
            HealthSource::Monitor if !self.scaling => {
                write!(f, "  load    watched; the sampler's rates do not follow it")?;
            }
            HealthSource::Monitor => {
                write!(
                    f,
                    "  load    level {} of {}",
                    self.load_level,
                    Load::LEVELS - 1
                )?;
                if self.extreme {
                    write!(f, ", extreme")?;
                }
            }
            HealthSource::Probe => {
                write!(f, "  load    not monitored: read for this check")?;
                if self.cpu.is_none() {
                    write!(f, "; the next one will know the CPU's use since")?;
                }
            }
        }
        for reason in &self.reasons {
            write!(f, "\n  - {reason}")?;
        }
        Ok(())
    }
}

/// `87 %`, or `unknown`.
pub(super) struct Percent(pub(super) Option<f64>);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(share) => write!(f, "{:.0} %", share * 100.0),
            None => f.write_str("unknown"),
        }
    }
}

/// `1.2 GiB`.
struct Bytes(u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = ["KiB", "MiB", "GiB", "TiB"];
        let mut amount = float(self.0) / 1024.0;
        let mut unit = 0;
        while amount >= 1024.0 && unit + 1 < units.len() {
            amount /= 1024.0;
            unit += 1;
        }
        write!(f, "{amount:.1} {}", units[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::super::monitor::tests::Script;
    use super::*;
    use crate::clock::{ManualClock, Timestamp};

    fn snapshot(cpu: f64, memory: f64, level: u8, extreme: bool) -> Snapshot {
        Snapshot {
            at: Timestamp::from_nanos(0),
            shares: Shares {
                cpu: Some(cpu),
                memory: Some(memory),
            },
            process_memory: Some(1_300_000_000),
            used_memory: Some(1_800_000_000),
            allowed_memory: Some(4 << 30),
            allowed_cores: Some(1.5),
            level,
            extreme,
            scaling: true,
            cpu_threshold: 0.8,
            memory_threshold: 0.85,
        }
    }

    #[test]
    fn it_reads_well() {
        let health = SystemHealth::of(&snapshot(0.87, 0.41, 1, false), HealthSource::Monitor);
        assert_eq!(
            health.to_string(),
            "\
degraded
  CPU     87 % of 1.5 cores (threshold 80 %)
  memory  41 % of 4.0 GiB (threshold 85 %), 1.2 GiB resident
  load    level 1 of 4
  - CPU in use: 87 %, above its threshold of 80 %
  - sampling rates are divided by 2 until the load has fallen"
        );
        let watched = Snapshot {
            scaling: false,
            ..snapshot(0.87, 0.41, 0, false)
        };
        let watched = SystemHealth::of(&watched, HealthSource::Monitor).to_string();
        assert!(
            watched.ends_with(
                "\n  load    watched; the sampler's rates do not follow it\
                 \n  - CPU in use: 87 %, above its threshold of 80 %"
            ),
            "{watched}"
        );
        let unknown = Snapshot {
            scaling: false,
            shares: Shares::default(),
            process_memory: None,
            allowed_memory: None,
            allowed_cores: None,
            ..snapshot(0.0, 0.0, 0, false)
        };
        assert_eq!(
            SystemHealth::of(&unknown, HealthSource::Probe).to_string(),
            "\
healthy
  CPU     unknown (threshold 80 %)
  memory  unknown (threshold 85 %)
  load    not monitored: read for this check; the next one will know the CPU's use since"
        );
    }

    #[test]
    fn a_program_whose_rates_follow_the_load_is_degraded_while_anything_is_scaled_down() {
        use HealthSource::{Monitor, Probe};
        let cpu = |used| DegradedReason::Cpu {
            used,
            threshold: 0.8,
        };
        let memory = |used| DegradedReason::Memory {
            used,
            threshold: 0.85,
        };
        let by = |by| DegradedReason::RatesScaledDown { by };
        let watched = |snapshot| Snapshot {
            scaling: false,
            ..snapshot
        };
        for (snapshot, source, reasons) in [
            (snapshot(0.1, 0.1, 0, false), Monitor, vec![]),
            // The step is yet to come.
            (snapshot(0.9, 0.1, 0, false), Monitor, vec![]),
            (
                snapshot(0.9, 0.9, 2, false),
                Monitor,
                vec![cpu(0.9), memory(0.9), by(4)],
            ),
            // The load has fallen, the level not yet.
            (snapshot(0.5, 0.1, 4, false), Monitor, vec![by(16)]),
            (
                snapshot(0.99, 0.1, 4, true),
                Monitor,
                vec![cpu(0.99), DegradedReason::TracingSuspended],
            ),
            (watched(snapshot(0.9, 0.1, 0, false)), Probe, vec![cpu(0.9)]),
            (watched(snapshot(0.8, 0.85, 0, false)), Probe, vec![]),
            (
                watched(snapshot(0.1, 0.9, 0, false)),
                Monitor,
                vec![memory(0.9)],
            ),
        ] {
            let health = SystemHealth::of(&snapshot, source);
            assert_eq!(health.degraded, !reasons.is_empty(), "{snapshot:?}");
            assert_eq!(health.reasons, reasons);
            assert_eq!(health.load_factor, snapshot.shares.load_factor());
        }
    }

    #[test]
    fn without_a_monitor_cpu_is_the_mean_since_the_check_before() {
        let (script, clock) = (Script::new(2.0), Arc::new(ManualClock::new()));
        let mut fresh = Fresh::new(script.clone(), clock.clone());
        script.memory(0.25);
        let first = fresh.check();
        assert_eq!((first.cpu, first.memory), (None, Some(0.25)));
        assert_eq!(first.source, HealthSource::Probe);
        for used in [0.9, 0.5, 1.0] {
            clock.advance(Duration::from_secs(10));
            script.cpu(used, Duration::from_secs(10));
            let health = fresh.check();
            assert!((health.cpu.unwrap() - used).abs() < 1e-6, "{health}");
            assert_eq!(health.degraded, used > 0.8);
            assert_eq!((health.load_level, health.extreme), (0, false));
        }
    }

    #[test]
    fn bytes_in_their_units() {
        for (bytes, text) in [
            (0, "0.0 KiB"),
            (1536, "1.5 KiB"),
            (5 << 20, "5.0 MiB"),
            (3 << 50, "3072.0 TiB"),
        ] {
            assert_eq!(Bytes(bytes).to_string(), text);
        }
    }
}
