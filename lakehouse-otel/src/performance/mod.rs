//! What the program costs the machine: load, health, and what operations use.

mod cpu;
mod load;
mod number;
mod policy;
mod probe;

pub use cpu::{process_cpu_time, thread_cpu_time};
pub use load::Load;
pub use policy::{LoadPolicy, LoadSteps, Shares};
pub use probe::{CgroupCpu, CgroupMemory, Probe, Reading, SystemProbe};
