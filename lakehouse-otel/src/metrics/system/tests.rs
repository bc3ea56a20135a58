//! The instruments on a tree of files as the kernel makes them, and on the machine.

mod contained;
mod observing;
mod timer;
mod tree;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use self::observing::Observing;
use self::tree::{INTERFACES, PROCESS, STAT, Tree};
use super::linux::Proc;
use super::observed;
use super::reading::{ReadSystem, SystemReading};
use super::sampler::Sampler;
use super::*;
use crate::clock::ManualClock;
use crate::metrics::readers;
use crate::schema::metrics;
use crate::testing::{self, CapturedMetric, CapturedPoint};

const MI: f64 = 1024.0 * 1024.0;

#[test]
fn each_instrument_says_what_the_kernel_says() {
    let tree = Tree::new();
    let observed = Observing::of(tree.0.path());
    let pages = 400.0 * 4096.0;
    assert_eq!(rustix::param::page_size(), 4096);
    assert_eq!(rustix::param::clock_ticks_per_second(), 100);
    for (name, expected) in [
        ("process.cpu.time", &[("system", 0.5), ("user", 2.5)][..]),
        ("process.memory.usage", &[("", pages)]),
        ("process.memory.virtual", &[("", 100.0 * MI)]),
        ("process.thread.count", &[("", 7.0)]),
        // Less the one that is open to list them.
        ("process.unix.file_descriptor.count", &[("", 5.0)]),
        ("process.disk.io", &[("read", 4096.0), ("write", 8192.0)]),
        ("process.uptime", &[("", 800.5)]),
        (
            "system.cpu.time",
            &[
                ("idle", 40.0),
                ("interrupt", 1.0),
                ("iowait", 5.0),
                ("nice", 2.0),
                ("steal", 0.8),
                ("system", 3.0),
                ("user", 10.0),
            ],
        ),
        (
            "system.memory.usage",
            &[
                ("buffers", 512.0 * MI),
                ("cached", 2048.0 * MI),
                ("free", 1024.0 * MI),
                ("used", 2048.0 * MI),
            ],
        ),
        ("system.memory.limit", &[("", 8192.0 * MI)]),
        (
            "system.memory.utilization",
            &[
                ("buffers", 0.0625),
                ("cached", 0.25),
                ("free", 0.125),
                ("used", 0.25),
            ],
        ),
        // Neither the parts of a disk, nor one that was not used, nor a file.
        (
            "system.disk.io",
            &[("read sda", MI), ("write sda", 2.0 * MI)],
        ),
        (
            "system.network.io",
            &[
                ("eth0 receive", 5_000_000.0),
                ("eth0 transmit", 700_000.0),
                ("lo receive", 10.0),
                ("lo transmit", 10.0),
            ],
        ),
        (
            "system.linux.pressure.time",
            &[
                ("cpu some", 3.0),
                ("memory full", 0.25),
                ("memory some", 0.5),
            ],
        ),
        (
            "system.linux.pressure.utilization",
            &[
                ("cpu some", 0.125),
                ("memory full", 0.0),
                ("memory some", 0.0),
            ],
        ),
        ("container.cpu.time", &[("", 7.0)]),
        ("container.cpu.limit", &[("", 1.5)]),
        ("container.memory.working_set", &[("", 768.0 * MI)]),
        ("container.memory.available", &[("", 1280.0 * MI)]),
        ("container.memory.limit", &[("", 2048.0 * MI)]),
        // Rates need a second reading.
        ("process.cpu.utilization", &[]),
        ("system.cpu.utilization", &[]),
        ("container.cpu.usage", &[]),
    ] {
        observed.expect(name, expected);
    }
}

#[test]
fn what_the_program_may_use_of_memory_is_observed() {
    let tree = Tree::new();
    let sampler = Sampler::new(
        Proc::with_root(tree.0.path()),
        Arc::new(ManualClock::new()),
        &Diagnostics::stderr(),
    );
    let capture = testing::capture();
    let observation = capture.run(|| observed::program_memory(Arc::new(sampler)));
    let memory = capture.metric("crypto.system.memory.usage");
    for (state, bytes) in [("used", 768.0 * MI), ("available", 1280.0 * MI)] {
        memory.clone().with("system.memory.state", state).sum(bytes);
    }
    drop(observation);
    let metrics = capture.metrics();
    let left = metrics
        .iter()
        .find(|metric| metric.name() == "crypto.system.memory.usage");
    assert!(left.is_none_or(|metric| metric.points().is_empty()));
}

#[test]
fn rates_are_those_since_the_reading_before() {
    let tree = Tree::new();
    let observed = Observing::of(tree.0.path());
    tree.write(
        "proc/stat",
        &STAT.replace("1000 200 300 4000", "1100 200 340 4060"),
    );
    tree.write("proc/self/stat", &PROCESS.replace(" 250 50 ", " 265 53 "));
    tree.write("sys/fs/cgroup/cpu.stat", "usage_usec 9500000\n");
    observed.read_after(Duration::from_secs(2));
    observed.expect(
        "system.cpu.utilization",
        &[
            ("idle", 0.3),
            ("interrupt", 0.0),
            ("iowait", 0.0),
            ("nice", 0.0),
            ("steal", 0.0),
            ("system", 0.2),
            ("user", 0.5),
        ],
    );
    observed.expect("container.cpu.usage", &[("", 1.25)]);
    // Of two seconds of as many cores as the process may run on, of which the quota is 1.5.
    let cores = Proc::with_root(tree.0.path()).read().usage.allowed_cores();
    let seconds = 2.0 * cores.unwrap();
    observed.expect(
        "process.cpu.utilization",
        &[("system", 0.03 / seconds), ("user", 0.15 / seconds)],
    );
}

#[test]
fn a_collection_reads_nothing_by_itself() {
    let tree = Tree::new();
    let observed = Observing::of(tree.0.path());
    tree.write("proc/uptime", "1001.50 900.00\n");
    observed.clock.advance(Duration::from_secs(10));
    observed.expect("process.uptime", &[("", 800.5)]);
    observed.sampler.read(Duration::from_secs(11));
    observed.expect("process.uptime", &[("", 800.5)]);
    observed.sampler.read(Duration::from_secs(10));
    observed.expect("process.uptime", &[("", 801.5)]);
}

#[test]
fn a_counter_that_goes_back_makes_no_rate_below_zero_and_is_no_restart() {
    let tree = Tree::new();
    let observed = Observing::of(tree.0.path());
    assert!(!observed.points("system.cpu.time").is_empty());
    tree.write("proc/stat", &STAT.replace("4000 500", "4100 400"));
    tree.write("sys/fs/cgroup/cpu.stat", "usage_usec 1\n");
    observed.read_after(Duration::from_secs(1));
    let of = |points: Vec<(String, f64)>, mode: &str| {
        points
            .into_iter()
            .find(|(found, _)| found == mode)
            .unwrap()
            .1
    };
    let points = observed.points("system.cpu.utilization");
    assert!(
        (of(points.clone(), "idle") - 1.0).abs() < 1e-9,
        "{points:?}"
    );
    assert!(of(points.clone(), "iowait").abs() < 1e-9, "{points:?}");
    let time = of(observed.points("system.cpu.time"), "iowait");
    assert!((time - 5.0).abs() < 1e-9, "{time}");
    observed.expect("container.cpu.usage", &[]);
}

#[test]
fn what_cannot_be_read_is_not_there() {
    let tree = Tree::new();
    let observed = Observing::of(tree.0.path());
    for path in [
        "proc/self/io",
        "proc/meminfo",
        "proc/diskstats",
        "proc/pressure/cpu",
        "proc/pressure/memory",
        "proc/stat",
    ] {
        tree.remove(path);
    }
    tree.write("proc/self/stat", "nonsense");
    tree.write("proc/net/dev", "no\ntable\nat all\n");
    tree.write("proc/self/mountinfo", "1 2 3\n");
    tree.write("sys/fs/cgroup/cpu.max", "max 100000\n");
    tree.write("sys/fs/cgroup/memory.max", "max\n");
    observed.read_after(Duration::from_secs(1));
    for name in [
        "process.disk.io",
        "process.memory.usage",
        "process.uptime",
        "process.cpu.utilization",
        "system.cpu.time",
        "system.cpu.utilization",
        "system.memory.usage",
        "system.memory.limit",
        "system.disk.io",
        "system.network.io",
        "system.filesystem.usage",
        "system.linux.pressure.time",
        // No limit is set: this may be anybody's group.
        "container.cpu.time",
        "container.cpu.usage",
        "container.cpu.limit",
        "container.memory.working_set",
        "container.memory.limit",
    ] {
        observed.expect(name, &[]);
    }
    // Its clock says what the file does not, but not in which mode.
    let time = observed.points("process.cpu.time");
    assert!(
        matches!(&time[..], [(mode, time)] if mode.is_empty() && *time > 0.0),
        "{time:?}"
    );
    observed.expect("process.unix.file_descriptor.count", &[("", 5.0)]);
}

#[test]
fn a_local_disk_is_told_once_and_one_across_the_network_not_at_all() {
    let tree = Tree::new();
    let observed = Observing::of(tree.0.path());
    let metric = observed.find("system.filesystem.usage").unwrap();
    assert_eq!(metric.points().len(), 3);
    for (state, least) in [("used", 1.0), ("free", 1.0), ("reserved", 0.0)] {
        let metric = metric.clone().with("system.filesystem.state", state);
        let [point] = metric.points() else {
            panic!("{metric:?}");
        };
        assert!(point.sum() >= least, "{point:?}");
        for (key, value) in [
            ("system.device", "/dev/sda1"),
            ("system.filesystem.type", "ext4"),
            ("system.filesystem.mountpoint", "/data"),
        ] {
            assert_eq!(point.attribute(key).as_deref(), Some(value));
        }
    }
}

/// An instrument whose numbers are of another type than the registry says would be another metric.
#[test]
fn every_metric_of_the_system_is_observed_as_the_registry_has_it() {
    let tree = Tree::new();
    let observed = Observing::of(tree.0.path());
    // A second reading, for the rates.
    tree.write("proc/stat", &STAT.replace("1000 200", "1100 200"));
    observed.read_after(Duration::from_secs(1));
    let found = testing::read(&observed.metrics);
    let of_the_system = metrics::ALL.iter().filter(|definition| {
        ["process.", "system.", "container."]
            .iter()
            .any(|start| definition.name.starts_with(start))
    });
    for definition in of_the_system {
        let metric = found.iter().find(|metric| metric.name() == definition.name);
        let metric = metric.unwrap_or_else(|| panic!("{} is not there", definition.name));
        assert_eq!(metric.unit(), definition.unit, "{}", definition.name);
        assert!(definition.observable, "{}", definition.name);
        for key in metric.points().iter().flat_map(CapturedPoint::attributes) {
            assert!(
                definition
                    .attributes
                    .iter()
                    .any(|attribute| attribute.key == key.key.as_str()),
                "{} has {}",
                definition.name,
                key.key
            );
        }
    }
}

#[test]
fn the_machine_says_what_can_be() {
    let reading = Proc::default().read();
    let process = reading.process;
    assert!(process.memory.unwrap() > 100_000);
    assert!(process.virtual_memory >= process.memory);
    assert!(process.threads.unwrap() >= 2);
    assert!(process.open_files.unwrap() >= 3);
    assert!(process.uptime.unwrap() < 3_600.0);
    assert!(reading.cpu.unwrap().iter().sum::<f64>() > 0.0);
    let memory = reading.memory.unwrap();
    assert!(memory.used < memory.total && process.memory.unwrap() <= memory.total);
    assert!(reading.interfaces.iter().any(|it| it.name == "lo"));
    assert!(
        reading
            .pressure
            .iter()
            .all(|it| (0.0..=1.0).contains(&it.share))
    );
    for file_system in reading.file_systems {
        assert!(file_system.used + file_system.free > 0, "{file_system:?}");
    }
}

#[test]
fn the_bytes_of_an_interface_that_is_made_again_are_added() {
    let tree = Tree::new();
    let observed = Observing::of(tree.0.path());
    observed.expect("system.network.io", &IO);
    tree.write("proc/net/dev", &INTERFACES.replace("5000000", "1000000"));
    observed.read_after(Duration::from_secs(1));
    let mut io = IO;
    io[0].1 += 1_000_000.0;
    observed.expect("system.network.io", &io);
}

/// The bytes of each interface.
const IO: [(&str, f64); 4] = [
    ("eth0 receive", 5_000_000.0),
    ("eth0 transmit", 700_000.0),
    ("lo receive", 10.0),
    ("lo transmit", 10.0),
];
