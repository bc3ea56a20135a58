//! What the program costs the machine: load, health, and what operations use.
//!
//! A [`ResourceMonitor`] reads once a second what the program uses of the CPU and memory that it may use,
//! in its cgroup too, and sets a [`Load`] by it, which the sampler's rates follow.
//! [`init`](crate::init) starts one, whatever the sampler is, unless `OTEL_PERFORMANCE_MONITORING=false`; `OTEL_CPU_THRESHOLD` (80 %)
//! and `OTEL_MEMORY_THRESHOLD` (85 %) say from where on the program is under load.
//!
//! ```
//! let health = lakehouse_otel::performance::check_system_health();
//! println!("{health}");
//! ```
//!
//! prints
//!
//! ```text
//! degraded
//!   CPU     87 % of 1.5 cores (threshold 80 %)
//!   memory  41 % of 4.0 GiB (threshold 85 %), 1.2 GiB resident
//!   load    level 1 of 4
//!   - CPU in use: 87 %, above its threshold of 80 %
//!   - sampling rates are divided by 2 until the load has fallen
//! ```
//!
//! | for | look at |
//! |---|---|
//! | how the program is doing | [`check_system_health`] |
//! | when the load level steps | [`LoadPolicy`] |
//! | what is read, and where | [`SystemProbe`], [`Reading`] |
//! | what an operation used | [`Usage`], [`ResourceUse`] |
//! | the efficiency score | [`Efficiency`] |
//! | how an operation stands against its budget | [`BudgetCheck`] |
//! | how long operations of a name took of late | [`operation_history`], [`History`] |
//!
//! What is not known is `None`, and never 0.

mod budget;
#[cfg(test)]
mod costs;
mod cpu;
mod efficiency;
mod health;
mod history;
mod latest;
mod load;
mod monitor;
mod number;
mod operations;
mod policy;
mod probe;
mod resources;

pub use budget::BudgetCheck;
pub use cpu::{process_cpu_time, thread_cpu_time};
pub use efficiency::{Efficiency, Throughput};
pub use health::{DegradedReason, HealthSource, SystemHealth, check_system_health};
pub use history::{History, OperationHistory, Series, ThroughputMedians};
pub use latest::{Latest, Snapshot, latest};
pub use load::Load;
pub use monitor::{LoadChange, MonitorConfig, ResourceMonitor};
pub use operations::{operation_history, operation_names};
pub use policy::{LoadPolicy, LoadSteps, Shares};
pub use probe::{CgroupCpu, CgroupMemory, Probe, Reading, SystemProbe};
pub use resources::{ResourceUse, Usage, Work};
