//! The probe of the system that the program runs on.

use std::path::PathBuf;

use super::{Probe, Reading};
#[cfg(target_os = "linux")]
use super::{cgroup::Cgroup, files};
use crate::performance::cpu::process_cpu_time;

/// Reads the system that the program runs on.
///
/// On Linux: CPU time by the process's clock, resident memory from `/proc/self/statm`, what the machine
/// has available from `/proc/meminfo`, and use and limits of the cgroup, version 2 or 1, from
/// `/sys/fs/cgroup` (wherever `/proc/self/mountinfo` says that it is). Of a group and those around it the
/// one with the least limit counts. The files stay open between readings; which group it is, is looked up
/// again every 60 readings, and when a read fails.
///
/// On Apple's systems: CPU time and cores. Elsewhere: cores. The rest is unknown there.
///
/// ```
/// use lakehouse_otel::performance::{Probe, SystemProbe};
///
/// let mut probe = SystemProbe::new();
/// let reading = probe.read();
/// match reading.process_memory {
///     Some(bytes) => println!("{bytes} bytes resident"),
///     None => println!("nobody knows"),
/// }
/// ```
#[derive(Debug)]
pub struct SystemProbe {
    /// Where the file system starts.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "files are read on Linux")
    )]
    root: PathBuf,
    /// The cores that were set by hand.
    cores: Option<f64>,
    #[cfg(target_os = "linux")]
    linux: Linux,
}

impl SystemProbe {
    /// A probe of the system.
    #[must_use]
    pub fn new() -> Self {
        Self::with_root("/")
    }

    /// A probe that finds `proc` and `sys` under `root`: for tests, with recorded trees.
    ///
    /// The CPU time and the cores are still those of the process.
    #[must_use]
    pub fn with_root(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            cores: None,
            #[cfg(target_os = "linux")]
            linux: Linux::default(),
        }
    }

    /// Takes the machine to have so many cores, rather than asking it.
    #[must_use]
    pub const fn cores(mut self, cores: f64) -> Self {
        self.cores = Some(cores);
        self
    }
}

impl Default for SystemProbe {
    fn default() -> Self {
        Self::new()
    }
}

impl Probe for SystemProbe {
    fn read(&mut self) -> Reading {
        let reading = Reading {
            process_cpu: process_cpu_time(),
            cores: self.cores,
            ..Reading::default()
        };
        #[cfg(target_os = "linux")]
        let reading = self.linux.read(&self.root, reading);
        Reading {
            cores: reading.cores.or_else(cores),
            ..reading
        }
    }
}

/// How many cores the program may run on, as far as the standard library knows.
fn cores() -> Option<f64> {
    let cores = std::thread::available_parallelism().ok()?;
    Some(f64::from(u32::try_from(cores.get()).ok()?))
}

/// What is kept between readings.
#[cfg(target_os = "linux")]
#[derive(Debug, Default)]
struct Linux {
    buffer: files::Buffer,
    statm: Option<files::Text>,
    meminfo: Option<files::Text>,
    cgroup: Cgroup,
    cores: Option<f64>,
    /// How many readings are left until everything is looked up again.
    left: u32,
}

/// How many readings what was looked up is good for.
#[cfg(target_os = "linux")]
const LOOKED_UP_EVERY: u32 = 60;

#[cfg(target_os = "linux")]
impl Linux {
    fn read(&mut self, root: &std::path::Path, known: Reading) -> Reading {
        if self.left == 0 {
            self.look_up(root);
            self.left = LOOKED_UP_EVERY;
        }
        self.left -= 1;
        let memory = self
            .meminfo
            .as_ref()
            .and_then(|meminfo| meminfo.read(&mut self.buffer).ok());
        let kilobytes = |key| memory.and_then(|text| files::field(text, key)?.checked_mul(1024));
        let (total, available) = (kilobytes("MemTotal:"), kilobytes("MemAvailable:"));
        let cgroup = self.cgroup.read(total, &mut self.buffer);
        if cgroup.is_err() {
            // Gone, or no longer ours.
            self.left = 0;
        }
        let (cgroup_cpu, cgroup_memory) = cgroup.unwrap_or_default();
        Reading {
            process_memory: self.resident(),
            cores: known.cores.or(self.cores),
            cgroup_cpu,
            cgroup_memory,
            available_memory: available,
            ..known
        }
    }

    fn look_up(&mut self, root: &std::path::Path) {
        self.statm = files::Text::open(&root.join("proc/self/statm")).ok();
        self.meminfo = files::Text::open(&root.join("proc/meminfo")).ok();
        let total = self.meminfo.as_ref().and_then(|meminfo| {
            meminfo
                .field("MemTotal:", &mut self.buffer)?
                .checked_mul(1024)
        });
        self.cgroup.look_up(root, total, &mut self.buffer);
        self.cores = rustix::thread::sched_getaffinity(None)
            .ok()
            .map(|cores| f64::from(cores.count()));
    }

    /// The second number of `statm`, in pages.
    fn resident(&mut self) -> Option<u64> {
        let text = self.statm.as_ref()?.read(&mut self.buffer).ok()?;
        let pages: u64 = text.split_ascii_whitespace().nth(1)?.parse().ok()?;
        pages.checked_mul(rustix::param::page_size() as u64)
    }
}
