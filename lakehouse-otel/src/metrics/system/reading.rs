//! What the system says at one moment.

use std::fmt;

use crate::performance::Reading;

/// Reads the system: the real one, or a test's.
pub(super) trait ReadSystem: Send + fmt::Debug {
    /// What is known now. What is not known is `None`, or not in its list, and never 0.
    fn read(&mut self) -> SystemReading;
}

/// Counters and amounts at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SystemReading {
    pub(super) process: ProcessReading,
    /// The time of all processors together, in seconds, in the order of [`CPU_MODES`].
    pub(super) cpu: Option<[f64; CPU_MODES.len()]>,
    pub(super) memory: Option<MachineMemory>,
    pub(super) disks: Vec<Transfer>,
    pub(super) interfaces: Vec<Transfer>,
    pub(super) file_systems: Vec<FileSystem>,
    pub(super) pressure: Vec<Pressure>,
    /// What the process and its control group use, and may use.
    pub(super) usage: Reading,
}

/// The modes of [`SystemReading::cpu`], as `cpu.mode` has them.
pub(super) const CPU_MODES: [&str; 7] = [
    "user",
    "nice",
    "system",
    "idle",
    "iowait",
    "interrupt",
    "steal",
];

/// The modes of [`ProcessReading::cpu`].
pub(super) const PROCESS_CPU_MODES: [&str; 2] = ["user", "system"];

/// The process.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct ProcessReading {
    /// In seconds, in the order of [`PROCESS_CPU_MODES`].
    pub(super) cpu: Option<[f64; PROCESS_CPU_MODES.len()]>,
    /// Resident, in bytes.
    pub(super) memory: Option<u64>,
    /// In bytes.
    pub(super) virtual_memory: Option<u64>,
    pub(super) threads: Option<u64>,
    pub(super) open_files: Option<u64>,
    /// Bytes read and written.
    pub(super) disk_io: Option<[u64; 2]>,
    /// In seconds.
    pub(super) uptime: Option<f64>,
}

/// The memory of the machine, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MachineMemory {
    pub(super) total: u64,
    pub(super) used: u64,
    pub(super) free: u64,
    pub(super) cached: u64,
    pub(super) buffers: u64,
}

/// Bytes that a disk read and wrote, or an interface received and sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Transfer {
    pub(super) name: String,
    pub(super) bytes_in: u64,
    pub(super) bytes_out: u64,
}

/// The space of a file system, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileSystem {
    pub(super) device: String,
    pub(super) kind: String,
    pub(super) mount_point: String,
    pub(super) used: u64,
    /// What every user may take.
    pub(super) free: u64,
    /// What is kept back for the system.
    pub(super) reserved: u64,
}

/// Waits for a resource.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pressure {
    /// `cpu`, `memory` or `io`.
    pub(super) resource: &'static str,
    /// `some` or `full`.
    pub(super) stall: &'static str,
    /// In seconds, since the machine started.
    pub(super) time: f64,
    /// The share of the last 10 seconds.
    pub(super) share: f64,
}
