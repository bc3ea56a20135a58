//! Linux: `/proc`, parsed by `procfs-core`.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;

use procfs_core::net::InterfaceDeviceStatus;
use procfs_core::process::{Io, Stat};
use procfs_core::{
    DiskStats, ExplicitSystemInfo, FromRead, FromReadSI as _, KernelStats, Uptime,
    parse_pressure_record,
};

use super::file_systems;
use super::reading::{
    CPU_MODES, MachineMemory, Pressure, ProcessReading, ReadSystem, SystemReading, Transfer,
};
use crate::performance::{Probe as _, SystemProbe};

/// Reads `/proc`, and the control group by the load's probe.
#[derive(Debug)]
pub(super) struct Proc {
    /// Where the file system starts.
    root: PathBuf,
    usage: SystemProbe,
}

/// `/proc/diskstats` counts in these, whatever the disk's are.
const SECTOR: u64 = 512;

impl Proc {
    /// Finds `proc` and `sys` under `root`.
    pub(super) fn with_root(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        Self {
            usage: SystemProbe::with_root(&root),
            root,
        }
    }

    /// A file of `/proc`; `None` where it is not there, may not be read, or says something unheard of.
    fn file<T: FromRead>(&self, path: &str) -> Option<T> {
        T::from_read(File::open(self.path(path)).ok()?).ok()
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.join("proc").join(path)
    }

    fn process(&self) -> ProcessReading {
        let stat = self.file::<Stat>("self/stat");
        let stat = stat.as_ref();
        let started = stat.map(|stat| seconds(stat.starttime));
        let uptime = self.file::<Uptime>("uptime").zip(started);
        let io = self.file::<Io>("self/io");
        ProcessReading {
            cpu: stat.map(|stat| [stat.utime, stat.stime].map(seconds)),
            memory: stat.map(|stat| stat.rss.saturating_mul(page_size())),
            virtual_memory: stat.map(|stat| stat.vsize),
            threads: stat.and_then(|stat| u64::try_from(stat.num_threads).ok()),
            open_files: self.open_files(),
            disk_io: io.map(|io| [io.read_bytes, io.write_bytes]),
            uptime: uptime.map(|(machine, started)| (machine.uptime - started).max(0.0)),
        }
    }

    /// One of the files is the directory that is read for it.
    fn open_files(&self) -> Option<u64> {
        let files = fs::read_dir(self.path("self/fd")).ok()?.count();
        u64::try_from(files).ok()?.checked_sub(1)
    }

    fn cpu(&self) -> Option<[f64; CPU_MODES.len()]> {
        let file = File::open(self.path("stat")).ok()?;
        let all = KernelStats::from_read(file, &system_info()).ok()?.total;
        let interrupts = all.irq.unwrap_or(0) + all.softirq.unwrap_or(0);
        // Guests' time is in the user's.
        let ticks = [
            all.user,
            all.nice,
            all.system,
            all.idle,
            all.iowait.unwrap_or(0),
            interrupts,
            all.steal.unwrap_or(0),
        ];
        Some(ticks.map(seconds))
    }

    /// By hand: `procfs-core` wants fields that sandboxes such as gVisor do not have.
    fn memory(&self) -> Option<MachineMemory> {
        let text = fs::read_to_string(self.path("meminfo")).ok()?;
        let bytes = |field: &str| -> Option<u64> {
            let mut lines = text.lines();
            let line = lines.find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
            let kibibytes: u64 = line.split_ascii_whitespace().next()?.parse().ok()?;
            kibibytes.checked_mul(1024)
        };
        let (total, free) = (bytes("MemTotal")?, bytes("MemFree")?);
        let (cached, buffers) = (bytes("Cached").unwrap_or(0), bytes("Buffers").unwrap_or(0));
        // As the semantic conventions say; a kernel older than 3.14 does not know what is available.
        let available = bytes("MemAvailable").unwrap_or(free + buffers + cached);
        Some(MachineMemory {
            total,
            used: total.saturating_sub(available),
            free,
            cached,
            buffers,
        })
    }

    /// Disks that were used: parts of a disk are not counted twice, and neither are files that serve as
    /// disks.
    fn disks(&self) -> Vec<Transfer> {
        let Some(DiskStats(mut disks)) = self.file("diskstats") else {
            return Vec::new();
        };
        disks.retain(|disk| {
            let virtual_ones = ["loop", "ram", "zram"];
            disk.sectors_read + disk.sectors_written > 0
                && !virtual_ones.iter().any(|kind| disk.name.starts_with(kind))
                && self.root.join("sys/block").join(&disk.name).exists()
        });
        let transfers = disks.into_iter().map(|disk| Transfer {
            name: disk.name,
            bytes_in: disk.sectors_read.saturating_mul(SECTOR),
            bytes_out: disk.sectors_written.saturating_mul(SECTOR),
        });
        transfers.collect()
    }

    fn interfaces(&self) -> Vec<Transfer> {
        let Some(InterfaceDeviceStatus(interfaces)) = self.file("net/dev") else {
            return Vec::new();
        };
        let transfers = interfaces.into_values().map(|interface| Transfer {
            name: interface.name,
            bytes_in: interface.recv_bytes,
            bytes_out: interface.sent_bytes,
        });
        // As with disks: those that were used.
        let mut transfers: Vec<_> = transfers
            .filter(|it| it.bytes_in + it.bytes_out > 0)
            .collect();
        transfers.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        transfers
    }

    /// Of the machine. Not `full` of the processors, which the kernel leaves undefined there.
    fn pressure(&self) -> Vec<Pressure> {
        let mut found = Vec::new();
        for resource in ["cpu", "memory", "io"] {
            let Ok(file) = File::open(self.path("pressure").join(resource)) else {
                continue;
            };
            for line in BufReader::new(file).lines().map_while(Result::ok) {
                let stall = match line.split(' ').next() {
                    Some("some") => "some",
                    Some("full") if resource != "cpu" => "full",
                    _ => continue,
                };
                if let Ok(record) = parse_pressure_record(&line) {
                    found.push(Pressure {
                        resource,
                        stall,
                        time: float(record.total) / 1e6,
                        share: (f64::from(record.avg10) / 100.0).clamp(0.0, 1.0),
                    });
                }
            }
        }
        found
    }
}

impl Default for Proc {
    fn default() -> Self {
        Self::with_root("/")
    }
}

impl ReadSystem for Proc {
    fn read(&mut self) -> SystemReading {
        SystemReading {
            process: self.process(),
            cpu: self.cpu(),
            memory: self.memory(),
            disks: self.disks(),
            interfaces: self.interfaces(),
            file_systems: file_systems::read(&self.root),
            pressure: self.pressure(),
            usage: self.usage.read(),
        }
    }
}

/// The kernel's ticks in seconds.
fn seconds(ticks: u64) -> f64 {
    float(ticks) / float(rustix::param::clock_ticks_per_second())
}

fn page_size() -> u64 {
    rustix::param::page_size() as u64
}

/// What `procfs-core` wants to know to make sense of `/proc/stat`.
fn system_info() -> ExplicitSystemInfo {
    ExplicitSystemInfo {
        boot_time_secs: 0,
        ticks_per_second: rustix::param::clock_ticks_per_second(),
        page_size: page_size(),
        is_little_endian: cfg!(target_endian = "little"),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "exact for millions of years of ticks"
)]
const fn float(number: u64) -> f64 {
    number as f64
}
