//! Which instrument tells what of a reading.

use std::sync::Arc;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{AsyncInstrument, Meter};

use super::reading::{CPU_MODES, PROCESS_CPU_MODES, SystemReading, Transfer};
use super::sampler::{Sample, Sampler};
use crate::metrics::{self, Observation};
use crate::schema::metrics::{
    CONTAINER_CPU_LIMIT, CONTAINER_CPU_TIME, CONTAINER_CPU_USAGE, CONTAINER_MEMORY_AVAILABLE,
    CONTAINER_MEMORY_LIMIT, CONTAINER_MEMORY_WORKING_SET, PROCESS_CPU_TIME,
    PROCESS_CPU_UTILIZATION, PROCESS_DISK_IO, PROCESS_MEMORY_USAGE, PROCESS_MEMORY_VIRTUAL,
    PROCESS_THREAD_COUNT, PROCESS_UNIX_FILE_DESCRIPTOR_COUNT, PROCESS_UPTIME, SYSTEM_CPU_TIME,
    SYSTEM_CPU_UTILIZATION, SYSTEM_DISK_IO, SYSTEM_FILESYSTEM_USAGE, SYSTEM_LINUX_PRESSURE_TIME,
    SYSTEM_LINUX_PRESSURE_UTILIZATION, SYSTEM_MEMORY_LIMIT, SYSTEM_MEMORY_USAGE,
    SYSTEM_MEMORY_UTILIZATION, SYSTEM_NETWORK_IO,
};
use crate::schema::{InstrumentKind, MemoryState, MetricDefinition};

/// Takes a number and the attributes that it has.
type Points<'a, N> = &'a mut dyn FnMut(N, &[KeyValue]);

/// What an instrument reads off a sample, by the type of its numbers.
#[derive(Clone, Copy)]
enum Read {
    U64(fn(&Sample, Points<'_, u64>)),
    I64(fn(&Sample, Points<'_, i64>)),
    F64(fn(&Sample, Points<'_, f64>)),
}

/// All of them.
static OBSERVED: &[(&MetricDefinition, Read)] = &[
    (&PROCESS_CPU_TIME, Read::F64(process_cpu_time)),
    (
        &PROCESS_CPU_UTILIZATION,
        Read::F64(|sample, points| each(&PROCESS_CPU_MODES, CPU_MODE, sample.process_cpu, points)),
    ),
    (
        &PROCESS_MEMORY_USAGE,
        Read::I64(|sample, points| one(sample.reading.process.memory, points)),
    ),
    (
        &PROCESS_MEMORY_VIRTUAL,
        Read::I64(|sample, points| one(sample.reading.process.virtual_memory, points)),
    ),
    (
        &PROCESS_THREAD_COUNT,
        Read::I64(|sample, points| one(sample.reading.process.threads, points)),
    ),
    (
        &PROCESS_UNIX_FILE_DESCRIPTOR_COUNT,
        Read::I64(|sample, points| one(sample.reading.process.open_files, points)),
    ),
    (
        &PROCESS_DISK_IO,
        Read::U64(|sample, points| {
            let bytes = sample.reading.process.disk_io;
            each(&["read", "write"], DISK_DIRECTION, bytes, points);
        }),
    ),
    (
        &PROCESS_UPTIME,
        Read::F64(|sample, points| some(sample.reading.process.uptime, points)),
    ),
    (
        &SYSTEM_CPU_TIME,
        Read::F64(|sample, points| each(&CPU_MODES, CPU_MODE, sample.reading.cpu, points)),
    ),
    (
        &SYSTEM_CPU_UTILIZATION,
        Read::F64(|sample, points| each(&CPU_MODES, CPU_MODE, sample.cpu, points)),
    ),
    (&SYSTEM_MEMORY_USAGE, Read::I64(memory_usage)),
    (
        &SYSTEM_MEMORY_LIMIT,
        Read::I64(|sample, points| one(sample.reading.memory.map(|memory| memory.total), points)),
    ),
    (&SYSTEM_MEMORY_UTILIZATION, Read::F64(memory_utilization)),
    (
        &SYSTEM_DISK_IO,
        Read::U64(|sample, points| {
            let directions = [("read", "write"), (DISK_DIRECTION, DEVICE)];
            transfers(&sample.reading.disks, directions, points);
        }),
    ),
    (
        &SYSTEM_NETWORK_IO,
        Read::U64(|sample, points| {
            let directions = [("receive", "transmit"), (NETWORK_DIRECTION, INTERFACE)];
            transfers(&sample.reading.interfaces, directions, points);
        }),
    ),
    (&SYSTEM_FILESYSTEM_USAGE, Read::I64(file_systems)),
    (
        &SYSTEM_LINUX_PRESSURE_TIME,
        Read::F64(|sample, points| pressure(&sample.reading, |it| it.time, points)),
    ),
    (
        &SYSTEM_LINUX_PRESSURE_UTILIZATION,
        Read::F64(|sample, points| pressure(&sample.reading, |it| it.share, points)),
    ),
    (&CONTAINER_CPU_TIME, Read::F64(container_cpu_time)),
    (
        &CONTAINER_CPU_USAGE,
        Read::F64(|sample, points| {
            let used = sample.group_cpu.filter(|_| in_container(&sample.reading));
            some(used, points);
        }),
    ),
    (
        &CONTAINER_CPU_LIMIT,
        Read::F64(|sample, points| {
            let cpu = sample.reading.usage.cgroup_cpu;
            some(cpu.and_then(|cpu| cpu.quota), points);
        }),
    ),
    (
        &CONTAINER_MEMORY_WORKING_SET,
        Read::I64(|sample, points| {
            let memory = sample.reading.usage.cgroup_memory;
            let memory = memory.filter(|_| in_container(&sample.reading));
            one(memory.map(|memory| memory.used), points);
        }),
    ),
    (
        &CONTAINER_MEMORY_AVAILABLE,
        Read::I64(|sample, points| {
            let memory = sample.reading.usage.cgroup_memory;
            let left = memory.and_then(|it| Some(it.limit?.saturating_sub(it.used)));
            one(left, points);
        }),
    ),
    (
        &CONTAINER_MEMORY_LIMIT,
        Read::I64(|sample, points| {
            let memory = sample.reading.usage.cgroup_memory;
            one(memory.and_then(|memory| memory.limit), points);
        }),
    ),
];

const CPU_MODE: &str = "cpu.mode";
const MEMORY_STATE: &str = "system.memory.state";
const DEVICE: &str = "system.device";
const DISK_DIRECTION: &str = "disk.io.direction";
const INTERFACE: &str = "network.interface.name";
const NETWORK_DIRECTION: &str = "network.io.direction";

/// Makes the instruments; the provider keeps their callbacks.
pub(super) fn register(meter: &Meter, sampler: &Arc<Sampler>) {
    for &(definition, read) in OBSERVED {
        macro_rules! observed {
            ($builder:ident, $number:ty, $read:expr) => {{
                let (read, sampler) = ($read, Arc::clone(sampler));
                let callback = move |observer: &dyn AsyncInstrument<$number>| {
                    let sample = sampler.latest();
                    read(&sample, &mut |number, attributes| {
                        observer.observe(number, attributes);
                    });
                };
                let _ = meter
                    .$builder(definition.name)
                    .with_unit(definition.unit)
                    .with_description(definition.description)
                    .with_callback(callback)
                    .build();
            }};
        }
        match (definition.instrument, read) {
            (InstrumentKind::Counter, Read::U64(read)) => {
                observed!(u64_observable_counter, u64, read);
            }
            (InstrumentKind::Counter, Read::F64(read)) => {
                observed!(f64_observable_counter, f64, read);
            }
            (InstrumentKind::UpDownCounter, Read::I64(read)) => {
                observed!(i64_observable_up_down_counter, i64, read);
            }
            (InstrumentKind::UpDownCounter, Read::F64(read)) => {
                observed!(f64_observable_up_down_counter, f64, read);
            }
            (_, Read::U64(read)) => observed!(u64_observable_gauge, u64, read),
            (_, Read::I64(read)) => observed!(i64_observable_gauge, i64, read),
            (_, Read::F64(read)) => observed!(f64_observable_gauge, f64, read),
        }
    }
}

/// A number without attributes, where it is known.
fn some<N>(number: Option<N>, points: Points<'_, N>) {
    if let Some(number) = number {
        points(number, &[]);
    }
}

/// A count or an amount, in the signed numbers of what goes up and down.
fn one(number: Option<u64>, points: Points<'_, i64>) {
    some(number.map(signed), points);
}

/// A number for each of these values of an attribute.
fn each<N: Copy, const L: usize>(
    values: &[&'static str; L],
    key: &'static str,
    numbers: Option<[N; L]>,
    points: Points<'_, N>,
) {
    for (value, number) in values.iter().zip(numbers.iter().flatten()) {
        points(*number, &[KeyValue::new(key, *value)]);
    }
}

/// By mode, or all of it where the system does not tell the modes apart.
fn process_cpu_time(sample: &Sample, points: Points<'_, f64>) {
    let reading = &sample.reading;
    match reading.process.cpu {
        Some(modes) => each(&PROCESS_CPU_MODES, CPU_MODE, Some(modes), points),
        None => some(reading.usage.process_cpu.map(|it| it.as_secs_f64()), points),
    }
}

const MEMORY_STATES: [&str; 4] = ["used", "free", "cached", "buffers"];

/// In the order of [`MEMORY_STATES`].
fn memory_states(reading: &SystemReading) -> Option<[u64; 4]> {
    let memory = reading.memory?;
    Some([memory.used, memory.free, memory.cached, memory.buffers])
}

fn memory_usage(sample: &Sample, points: Points<'_, i64>) {
    let states = memory_states(&sample.reading).map(|states| states.map(signed));
    each(&MEMORY_STATES, MEMORY_STATE, states, points);
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a share is as good without its last bits"
)]
fn memory_utilization(sample: &Sample, points: Points<'_, f64>) {
    let total = sample.reading.memory.map(|memory| memory.total as f64);
    let states = memory_states(&sample.reading)
        .zip(total.filter(|total| *total > 0.0))
        .map(|(states, total)| states.map(|bytes| bytes as f64 / total));
    each(&MEMORY_STATES, MEMORY_STATE, states, points);
}

/// Both directions of each device; the keys are those of the direction and of the name.
fn transfers(
    transfers: &[Transfer],
    [(first, second), (direction, name)]: [(&'static str, &'static str); 2],
    points: Points<'_, u64>,
) {
    for transfer in transfers {
        let mut attributes = [
            KeyValue::new(name, transfer.name.clone()),
            KeyValue::new(direction, first),
        ];
        points(transfer.bytes_in, &attributes);
        attributes[1] = KeyValue::new(direction, second);
        points(transfer.bytes_out, &attributes);
    }
}

fn file_systems(sample: &Sample, points: Points<'_, i64>) {
    for file_system in &sample.reading.file_systems {
        let states = [
            ("used", file_system.used),
            ("free", file_system.free),
            ("reserved", file_system.reserved),
        ];
        for (state, bytes) in states {
            let attributes = [
                KeyValue::new(DEVICE, file_system.device.clone()),
                KeyValue::new("system.filesystem.state", state),
                KeyValue::new("system.filesystem.type", file_system.kind.clone()),
                KeyValue::new(
                    "system.filesystem.mountpoint",
                    file_system.mount_point.clone(),
                ),
            ];
            points(signed(bytes), &attributes);
        }
    }
}

fn pressure(
    reading: &SystemReading,
    number: fn(&super::reading::Pressure) -> f64,
    points: Points<'_, f64>,
) {
    for pressure in &reading.pressure {
        let attributes = [
            KeyValue::new("system.linux.pressure.resource", pressure.resource),
            KeyValue::new("system.linux.pressure.stall", pressure.stall),
        ];
        points(number(pressure), &attributes);
    }
}

/// Whether the control group has a limit: without one it may be a service's, or a session's.
fn in_container(reading: &SystemReading) -> bool {
    let (cpu, memory) = (reading.usage.cgroup_cpu, reading.usage.cgroup_memory);
    cpu.is_some_and(|cpu| cpu.quota.is_some())
        || memory.is_some_and(|memory| memory.limit.is_some())
}

fn container_cpu_time(sample: &Sample, points: Points<'_, f64>) {
    let cpu = sample.reading.usage.cgroup_cpu;
    let used = cpu.filter(|_| in_container(&sample.reading));
    some(used.and_then(|cpu| Some(cpu.used?.as_secs_f64())), points);
}

/// Observes what the program uses of memory, and what it may use beyond that, as the load's monitor sees it.
pub(super) fn program_memory(sampler: Arc<Sampler>) -> Observation {
    metrics::system_memory_usage().observe(move |memory| {
        let usage = &sampler.latest().reading.usage;
        let Some(used) = usage.used_memory() else {
            return;
        };
        memory.record(signed(used), MemoryState::Used);
        if let Some(allowed) = usage.allowed_memory() {
            let available = signed(allowed.saturating_sub(used));
            memory.record(available, MemoryState::Available);
        }
    })
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
