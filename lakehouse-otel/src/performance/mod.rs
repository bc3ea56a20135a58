//! What the program costs the machine: load, health, and what operations use.

mod budget;
mod cpu;
mod health;
mod latest;
mod load;
mod monitor;
mod number;
mod policy;
mod probe;

pub use budget::BudgetCheck;
pub use cpu::{process_cpu_time, thread_cpu_time};
pub use health::{DegradedReason, HealthSource, SystemHealth, check_system_health};
pub use latest::{Latest, Snapshot, latest};
pub use load::Load;
pub use monitor::{LoadChange, MonitorConfig, ResourceMonitor};
pub use policy::{LoadPolicy, LoadSteps, Shares};
pub use probe::{CgroupCpu, CgroupMemory, Probe, Reading, SystemProbe};
