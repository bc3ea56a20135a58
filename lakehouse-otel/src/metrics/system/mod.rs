//! The metrics of the machine, of the process, and of the container that it runs in.
//!
//! [`init`](crate::init) observes them unless `OTEL_SYSTEM_METRICS=false` or
//! [`Builder::system_metrics(false)`](crate::telemetry::Builder::system_metrics) says otherwise; where
//! metrics go to the console alone, only when one of the two says `true`. They are read on a thread of their own, every
//! 10 seconds (`OTEL_SYSTEM_METRICS_INTERVAL`,
//! [`Builder::system_metrics_interval`](crate::telemetry::Builder::system_metrics_interval)), and once more before a
//! flush and before the last collection, unless the latest reading is younger than a second; whoever collects takes the
//! latest reading. The first one is `init`'s, so that the first collection has values; rates start from it.
//!
//! | metrics | of | from |
//! |---|---|---|
//! | `process.cpu.time`, `process.cpu.utilization` | the process, by `cpu.mode` | `/proc/self/stat` |
//! | `process.memory.usage`, `process.memory.virtual`, `process.thread.count`, `process.uptime` | the process | `/proc/self/stat` |
//! | `process.unix.file_descriptor.count` | the process | `/proc/self/fd` |
//! | `process.disk.io` | the process, by `disk.io.direction` | `/proc/self/io` |
//! | `system.cpu.time`, `system.cpu.utilization` | all processors together, by `cpu.mode` | `/proc/stat` |
//! | `system.memory.usage`, `system.memory.utilization`, `system.memory.limit` | the machine, by `system.memory.state` | `/proc/meminfo` |
//! | `system.disk.io` | whole disks that were used, without loop and RAM devices | `/proc/diskstats` |
//! | `system.network.io` | the interfaces of the process's network namespace that were used | `/proc/net/dev` |
//! | `system.filesystem.usage` | mounted local disks, by `system.filesystem.state` | `/proc/self/mountinfo`, `statvfs` |
//! | `system.linux.pressure.time`, `system.linux.pressure.utilization` | waits for processors, memory and disks | `/proc/pressure` |
//! | `container.cpu.time`, `container.cpu.usage`, `container.cpu.limit` | the control group, where one has a limit | cgroup 2 or 1 |
//! | `container.memory.working_set`, `container.memory.available`, `container.memory.limit` | the same | cgroup 2 or 1 |
//! | `crypto.system.memory.usage` | what the program may use: `used` and `available` | cgroup, `/proc/meminfo` |
//!
//! What cannot be read is not there, and never 0: PSI on a kernel without it, `process.disk.io` where the
//! kernel denies it, a rate before the second reading. Elsewhere than on Linux there is `process.cpu.time`
//! on Apple's systems, without a mode, and nothing else.
//!
//! The names are OpenTelemetry's
//! ([system](https://opentelemetry.io/docs/specs/semconv/system/system-metrics/),
//! [process](https://opentelemetry.io/docs/specs/semconv/system/process-metrics/),
//! [container](https://opentelemetry.io/docs/specs/semconv/system/container-metrics/)), but for
//! `system.linux.pressure.*`, `container.cpu.limit` and `container.memory.limit`, for which it has none.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod file_systems;
#[cfg(target_os = "linux")]
mod linux;
mod observed;
mod reading;
mod sampler;
#[cfg(all(test, target_os = "linux"))]
mod tests;
mod timer;

#[cfg(not(target_os = "linux"))]
use elsewhere::Elsewhere as Machine;
#[cfg(target_os = "linux")]
use linux::Proc as Machine;

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::metrics::MeterProvider as _;

use super::Observation;
use super::provider::Provider;
use crate::clock::SystemClock;
use crate::health::Diagnostics;
use crate::scope;
use sampler::Sampler;
use timer::Timer;

/// The machine and the process, observed until this ends.
#[derive(Debug)]
pub(crate) struct SystemMetrics {
    timer: Timer,
    program_memory: Observation,
}

impl SystemMetrics {
    /// Lets the metrics of this provider tell of the machine and the process, read so often; nothing where there is no
    /// thread for it, which is said.
    ///
    /// What the program may use of memory is a metric that a program may observe itself too, so that one is observed as
    /// a program does it, and ends with what this returns; the others end with the provider.
    pub(crate) fn observe(
        provider: &Provider,
        interval: Duration,
        diagnostics: &Diagnostics,
    ) -> Option<Self> {
        let clock = Arc::new(SystemClock::new());
        let sampler = Arc::new(Sampler::new(Machine::default(), clock, diagnostics));
        let timer = Timer::start(Arc::clone(&sampler), interval)
            .inspect_err(|error| {
                diagnostics.warn(&format!(
                    "the machine and the process are not observed, for there is no thread for it ({error})"
                ));
            })
            .ok()?;
        let meter = provider.meter_with_scope(scope());
        observed::register(&meter, &sampler);
        Some(Self {
            timer,
            program_memory: observed::program_memory(sampler),
        })
    }

    /// Lets the next collection tell of now, or of a second ago at most; waits for that no longer than `patience`.
    pub(crate) fn read_now(&self, patience: Duration) {
        self.timer.read_now(patience);
    }

    /// Observes no more, and waits no longer than `patience` for the thread to end.
    pub(crate) fn end(self, patience: Duration) {
        drop(self.program_memory);
        // One that hangs ends when the kernel answers.
        let _ = self.timer.end(patience);
    }
}
