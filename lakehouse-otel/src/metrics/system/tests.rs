//! The instruments on a tree of files as the kernel makes them, and on the machine.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry_sdk::Resource;
use tempfile::TempDir;

use super::linux::Proc;
use super::observed;
use super::reading::Source as _;
use super::sampler::Sampler;
use super::*;
use crate::clock::ManualClock;
use crate::metrics::provider;
use crate::schema::metrics;
use crate::testing::{self, CapturedMetric, CapturedPoint, SharedReader};

const MI: f64 = 1024.0 * 1024.0;

const STAT: &str = "\
cpu  1000 200 300 4000 500 60 40 80 0 0
cpu0 1000 200 300 4000 500 60 40 80 0 0
intr 1
ctxt 2
btime 1763700000
processes 3
procs_running 1
procs_blocked 0
softirq 1 0 0 0 0 0 0 0 0 0 0
";

/// The user's ticks, the kernel's, threads, the start, and 400 pages of resident memory.
const PROCESS: &str = "71 (archive (1) c) S 1 71 71 0 -1 4194304 125 0 0 0 250 50 0 0 20 0 7 0 20000 \
                       104857600 400 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0";

const MEMINFO: &str = "\
MemTotal:        8388608 kB
MemFree:         1048576 kB
MemAvailable:    6291456 kB
Buffers:          524288 kB
Cached:          2097152 kB
";

const DISKS: &str = "\
   7       0 loop0 9 0 90 0 9 0 90 0 0 0 0
   8       0 sda 100 0 2048 0 50 0 4096 0 0 0 0 0 0 0 0 0 0
   8       1 sda1 100 0 2048 0 50 0 4096 0 0 0 0 0 0 0 0 0 0
   8      16 sdb 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
";

const INTERFACES: &str = "\
Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:      10       1    0    0    0     0          0         0       10       1    0    0    0     0       0          0
  ifb0:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
  eth0: 5000000    9000    0    0    0     0          0         0   700000    8000    0    0    0     0       0          0
";

const MOUNTS: &str = "\
22 27 0:21 / /proc rw,relatime - proc proc rw
30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev shared:4 - cgroup2 cgroup2 rw,nsdelegate
31 27 8:1 / /data/archive rw,relatime shared:1 - ext4 /dev/sda1 rw
32 27 8:1 / /data rw,relatime shared:1 - ext4 /dev/sda1 rw
33 27 0:50 / /net rw,relatime - nfs4 server:/export rw
";

/// A root with `proc` and `sys` in it.
struct Tree(TempDir);

impl Tree {
    fn new() -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for (path, text) in [
            ("proc/stat", STAT),
            ("proc/uptime", "1000.50 900.00\n"),
            ("proc/meminfo", MEMINFO),
            ("proc/diskstats", DISKS),
            ("proc/net/dev", INTERFACES),
            (
                "proc/pressure/cpu",
                "some avg10=12.50 avg60=0.00 avg300=0.00 total=3000000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
            ),
            (
                "proc/pressure/memory",
                "some avg10=0.00 avg60=0.00 avg300=0.00 total=500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=250000\n",
            ),
            ("proc/self/stat", PROCESS),
            ("proc/self/statm", "25600 400 100 5 0 123 0\n"),
            (
                "proc/self/io",
                "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 0\n",
            ),
            ("proc/self/cgroup", "0::/\n"),
            ("proc/self/mountinfo", MOUNTS),
            ("sys/block/sda/size", "1\n"),
            ("sys/block/sdb/size", "1\n"),
            ("sys/block/loop0/size", "1\n"),
            ("sys/fs/cgroup/cpu.stat", "usage_usec 7000000\n"),
            ("sys/fs/cgroup/cpu.max", "150000 100000\n"),
            ("sys/fs/cgroup/memory.current", "1073741824\n"),
            ("sys/fs/cgroup/memory.max", "2147483648\n"),
            (
                "sys/fs/cgroup/memory.stat",
                "anon 1\ninactive_file 268435456\n",
            ),
            ("data/archive/candles", ""),
        ] {
            tree.write(path, text);
        }
        for descriptor in 0..6 {
            tree.write(&format!("proc/self/fd/{descriptor}"), "");
        }
        tree
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.0.path().join(path)).unwrap();
    }
}

/// The instruments under a provider of their own.
struct Observed {
    clock: Arc<ManualClock>,
    reader: SharedReader,
    _provider: SdkMeterProvider,
}

impl Observed {
    fn of(root: &Path) -> Self {
        let (clock, reader) = (Arc::new(ManualClock::new()), SharedReader::new());
        let provider = provider::builder(Resource::builder_empty().build())
            .with_reader(reader.clone())
            .build();
        let sampler = Sampler::new(Proc::with_root(root), Arc::<ManualClock>::clone(&clock));
        let diagnostics = Diagnostics::new(Arc::new(|said| panic!("{said}")));
        let meter = provider.meter_with_scope(scope());
        observed::register(&meter, &Arc::new(sampler), &diagnostics);
        Self {
            clock,
            reader,
            _provider: provider,
        }
    }

    fn find(&self, name: &str) -> Option<CapturedMetric> {
        let metrics = self.reader.metrics();
        metrics.into_iter().find(|metric| metric.name() == name)
    }

    /// The points of a metric: the values of their attributes, and their number.
    fn points(&self, name: &str) -> Vec<(String, f64)> {
        let Some(metric) = self.find(name) else {
            return Vec::new();
        };
        let point = |point: &CapturedPoint| {
            let mut attributes = point.attributes().to_vec();
            attributes.sort_by(|a, b| a.key.cmp(&b.key));
            let values: Vec<_> = attributes.iter().map(|it| it.value.to_string()).collect();
            (values.join(" "), point.sum())
        };
        let mut points: Vec<_> = metric.points().iter().map(point).collect();
        points.sort_by(|a, b| a.0.cmp(&b.0));
        points
    }

    #[track_caller]
    fn expect(&self, name: &str, expected: &[(&str, f64)]) {
        let found = self.points(name);
        let close = found.len() == expected.len()
            && found.iter().zip(expected).all(|(found, expected)| {
                found.0 == expected.0 && (found.1 - expected.1).abs() < 1e-9
            });
        assert!(close, "{name}: {found:?} and not {expected:?}");
    }
}

#[test]
fn each_instrument_says_what_the_kernel_says() {
    let tree = Tree::new();
    let observed = Observed::of(tree.0.path());
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
    let sampler = Sampler::new(Proc::with_root(tree.0.path()), Arc::new(ManualClock::new()));
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
    let observed = Observed::of(tree.0.path());
    tree.write(
        "proc/stat",
        &STAT.replace("1000 200 300 4000", "1100 200 340 4060"),
    );
    tree.write("proc/self/stat", &PROCESS.replace(" 250 50 ", " 265 53 "));
    tree.write("sys/fs/cgroup/cpu.stat", "usage_usec 9500000\n");
    observed.clock.advance(Duration::from_secs(2));
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
fn a_reading_is_good_for_a_second() {
    let tree = Tree::new();
    let observed = Observed::of(tree.0.path());
    tree.write("proc/uptime", "1001.50 900.00\n");
    observed.clock.advance(Duration::from_millis(999));
    observed.expect("process.uptime", &[("", 800.5)]);
    observed.clock.advance(Duration::from_millis(1));
    observed.expect("process.uptime", &[("", 801.5)]);
}

#[test]
fn a_counter_that_goes_back_makes_no_rate_below_zero() {
    let tree = Tree::new();
    let observed = Observed::of(tree.0.path());
    tree.write("proc/stat", &STAT.replace("4000 500", "4100 400"));
    tree.write("sys/fs/cgroup/cpu.stat", "usage_usec 1\n");
    observed.clock.advance(Duration::from_secs(1));
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
    observed.expect("container.cpu.usage", &[]);
}

#[test]
fn what_cannot_be_read_is_not_there() {
    let tree = Tree::new();
    let observed = Observed::of(tree.0.path());
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
    observed.clock.advance(Duration::from_secs(1));
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
    let observed = Observed::of(tree.0.path());
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
    let observed = Observed::of(tree.0.path());
    // A second reading, for the rates.
    tree.write("proc/stat", &STAT.replace("1000 200", "1100 200"));
    observed.clock.advance(Duration::from_secs(1));
    let found = observed.reader.metrics();
    let of_the_system = metrics::ALL.iter().filter(|definition| {
        ["process.", "system.", "container."]
            .iter()
            .any(|start| definition.name.starts_with(start))
    });
    for definition in of_the_system {
        let metric = found.iter().find(|metric| metric.name() == definition.name);
        let metric = metric.unwrap_or_else(|| panic!("{} is not there", definition.name));
        assert_eq!(metric.unit(), definition.unit, "{}", definition.name);
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
