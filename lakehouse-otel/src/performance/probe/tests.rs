//! The probe on trees of files as kernels make them.

use std::fs;
use std::time::Duration;

use tempfile::TempDir;

use super::{CgroupCpu, CgroupMemory, Probe as _, Reading, SystemProbe};

const MEMINFO: &str =
    "MemTotal:        8000000 kB\nMemFree:         1000000 kB\nMemAvailable:    2000000 kB\n";
const UNLIMITED_V1: &str = "9223372036854771712\n";

/// A root with `proc` and `sys` in it.
struct Tree(TempDir);

impl Tree {
    fn new(cgroup: &str, mountinfo: &str) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        tree.write("proc/self/cgroup", cgroup);
        tree.write("proc/self/mountinfo", mountinfo);
        tree.write("proc/self/statm", "765 438 410 5 0 123 0\n");
        tree.write("proc/meminfo", MEMINFO);
        tree
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn files(self, directory: &str, files: &[(&str, &str)]) -> Self {
        for (name, text) in files {
            self.write(&format!("{directory}/{name}"), text);
        }
        self
    }

    fn probe(&self) -> SystemProbe {
        SystemProbe::with_root(self.0.path()).cores(4.0)
    }

    fn read(&self) -> Reading {
        self.probe().read()
    }
}

const V2: &str =
    "30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

fn cpu(group: u32, used: Duration, quota: Option<f64>) -> CgroupCpu {
    CgroupCpu {
        group,
        used: Some(used),
        quota,
    }
}

fn memory(used: u64, limit: Option<u64>) -> CgroupMemory {
    CgroupMemory { used, limit }
}

/// A container of version 2 in a namespace of its own.
fn container() -> Tree {
    Tree::new("0::/\n", V2).files(
        "sys/fs/cgroup",
        &[
            ("cpu.max", "150000 100000\n"),
            (
                "cpu.stat",
                "usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\n",
            ),
            ("memory.current", "1000000\n"),
            ("memory.max", "4000000\n"),
            (
                "memory.stat",
                "anon 600000\nfile 400000\ninactive_file 250000\nactive_file 150000\n",
            ),
        ],
    )
}

#[test]
fn a_container_of_version_2() {
    let reading = container().read();
    assert_eq!(
        reading.cgroup_cpu,
        Some(cpu(1, Duration::from_millis(2_500), Some(1.5)))
    );
    assert_eq!(
        reading.cgroup_memory,
        Some(memory(750_000, Some(4_000_000)))
    );
    assert_eq!(reading.available_memory, Some(2_048_000_000));
    let page = rustix::param::page_size() as u64;
    assert_eq!(reading.process_memory, Some(438 * page));
    assert_eq!(reading.allowed_cores(), Some(1.5));
    assert_eq!(reading.memory(), Some(0.1875));
}

#[test]
fn what_changes_between_readings_is_seen() {
    let tree = container();
    let mut probe = tree.probe();
    let before = probe.read();
    tree.write("sys/fs/cgroup/cpu.stat", "usage_usec 3250000\n");
    tree.write("sys/fs/cgroup/memory.current", "3250000\n");
    tree.write("sys/fs/cgroup/cpu.max", "100000 100000\n");
    let after = Reading {
        process_cpu: before.process_cpu,
        ..probe.read()
    };
    assert_eq!(
        after.cpu_since(&before, Duration::from_secs(1)),
        Some(0.75),
        "of one core, since the quota was lowered"
    );
    assert_eq!(after.memory(), Some(0.75));
}

#[test]
fn the_least_limit_of_the_groups_around_counts() {
    let pod = "sys/fs/cgroup/kubepods/pod1";
    let tree = Tree::new("0::/kubepods/pod1/app\n", V2)
        .files(
            pod,
            &[
                ("cpu.max", "200000 100000\n"),
                ("cpu.stat", "usage_usec 9000000\n"),
                ("memory.current", "700\n"),
                ("memory.max", "1000\n"),
                ("memory.stat", "inactive_file 200\n"),
            ],
        )
        .files(
            &format!("{pod}/app"),
            &[
                ("cpu.max", "400000 100000\n"),
                ("cpu.stat", "usage_usec 1000000\n"),
                ("memory.current", "300\n"),
                ("memory.max", "max\n"),
                ("memory.stat", "inactive_file 100\n"),
            ],
        );
    let reading = tree.read();
    assert_eq!(
        reading.cgroup_cpu,
        Some(cpu(1, Duration::from_secs(9), Some(2.0)))
    );
    assert_eq!(reading.cgroup_memory, Some(memory(500, Some(1_000))));
}

#[test]
fn without_limits_the_own_group_counts() {
    let tree = Tree::new("0::/user.slice/app.scope\n", V2)
        .files(
            "sys/fs/cgroup/user.slice",
            &[
                ("cpu.max", "max 100000\n"),
                ("cpu.stat", "usage_usec 9000000\n"),
                ("memory.current", "9000\n"),
                ("memory.max", "max\n"),
            ],
        )
        .files(
            "sys/fs/cgroup/user.slice/app.scope",
            &[
                ("cpu.max", "max 100000\n"),
                ("cpu.stat", "usage_usec 1000000\n"),
                ("memory.current", "512000000\n"),
                ("memory.max", "max\n"),
                ("memory.stat", "inactive_file 0\n"),
            ],
        );
    let reading = tree.read();
    assert_eq!(
        reading.cgroup_cpu,
        Some(cpu(1, Duration::from_secs(1), None))
    );
    assert_eq!(reading.cgroup_memory, Some(memory(512_000_000, None)));
    assert_eq!(reading.allowed_cores(), Some(4.0));
    assert_eq!(reading.memory(), Some(0.2), "of itself and what is left");
}

#[test]
fn the_root_of_version_2_is_the_machine_and_no_group() {
    // It has use, and no limits.
    let tree = Tree::new("0::/\n", V2).files(
        "sys/fs/cgroup",
        &[
            ("cpu.stat", "usage_usec 2500000\n"),
            ("memory.stat", "inactive_file 1\n"),
        ],
    );
    let reading = tree.read();
    assert_eq!((reading.cgroup_cpu, reading.cgroup_memory), (None, None));
    assert_eq!(reading.used_memory(), reading.process_memory);
}

const V1: &str = "\
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
";
const DOCKER_V1: &str =
    "4:memory:/docker/1f\n2:cpu,cpuacct:/docker/1f\n1:name=systemd:/docker/1f\n0::/docker/1f\n";

const CPU_V1: [(&str, &str); 3] = [
    ("cpu.cfs_quota_us", "50000\n"),
    ("cpu.cfs_period_us", "100000\n"),
    ("cpuacct.usage", "2500000000\n"),
];
const NO_QUOTA_V1: [(&str, &str); 3] = [
    ("cpu.cfs_quota_us", "-1\n"),
    ("cpu.cfs_period_us", "100000\n"),
    ("cpuacct.usage", "9000000000\n"),
];
const MEMORY_V1: [(&str, &str); 3] = [
    ("memory.usage_in_bytes", "1000000\n"),
    ("memory.limit_in_bytes", "4000000\n"),
    (
        "memory.stat",
        "inactive_file 1\ntotal_inactive_file 250000\n",
    ),
];

#[test]
fn a_group_of_version_1_on_its_host() {
    let tree = Tree::new(DOCKER_V1, V1)
        .files("sys/fs/cgroup/cpu,cpuacct", &NO_QUOTA_V1)
        .files("sys/fs/cgroup/cpu,cpuacct/docker/1f", &CPU_V1)
        .files(
            "sys/fs/cgroup/memory",
            &[
                ("memory.usage_in_bytes", "5000000000\n"),
                ("memory.limit_in_bytes", UNLIMITED_V1),
            ],
        )
        .files("sys/fs/cgroup/memory/docker/1f", &MEMORY_V1);
    let reading = tree.read();
    assert_eq!(
        reading.cgroup_cpu,
        Some(cpu(1, Duration::from_millis(2_500), Some(0.5)))
    );
    assert_eq!(
        reading.cgroup_memory,
        Some(memory(750_000, Some(4_000_000)))
    );
}

#[test]
fn a_container_of_version_1_sees_its_own_group_as_the_root() {
    // The path is the host's; what is mounted is the group itself.
    let mounts = V1.replace(" / /sys", " /docker/1f /sys");
    let tree = Tree::new(DOCKER_V1, &mounts)
        .files("sys/fs/cgroup/cpu,cpuacct", &CPU_V1)
        .files("sys/fs/cgroup/memory", &MEMORY_V1);
    let reading = tree.read();
    assert_eq!(
        reading.cgroup_cpu,
        Some(cpu(1, Duration::from_millis(2_500), Some(0.5)))
    );
    assert_eq!(
        reading.cgroup_memory,
        Some(memory(750_000, Some(4_000_000)))
    );
}

#[test]
fn the_root_of_version_1_is_the_machine_unless_it_has_limits() {
    let machine = Tree::new("4:memory:/\n2:cpu,cpuacct:/\n", V1)
        .files("sys/fs/cgroup/cpu,cpuacct", &NO_QUOTA_V1)
        .files(
            "sys/fs/cgroup/memory",
            &[
                ("memory.usage_in_bytes", "5000000000\n"),
                ("memory.limit_in_bytes", UNLIMITED_V1),
            ],
        );
    let reading = machine.read();
    assert_eq!((reading.cgroup_cpu, reading.cgroup_memory), (None, None));

    let container = Tree::new("4:memory:/\n2:cpu,cpuacct:/\n", V1)
        .files("sys/fs/cgroup/cpu,cpuacct", &CPU_V1)
        .files("sys/fs/cgroup/memory", &MEMORY_V1);
    let reading = container.read();
    assert_eq!(reading.allowed_cores(), Some(0.5));
    assert_eq!(
        reading.cgroup_memory,
        Some(memory(750_000, Some(4_000_000)))
    );
}

#[test]
fn controllers_of_version_1_may_be_mounted_apart_and_under_odd_names() {
    let mounts = "\
32 31 0:29 / /sys/fs/c\\040group/cpu rw - cgroup cgroup rw,cpu
33 31 0:30 / /sys/fs/c\\040group/cpuacct rw - cgroup cgroup rw,cpuacct
";
    let tree = Tree::new("1:cpu:/app\n2:cpuacct:/app\n", mounts)
        .files("sys/fs/c group/cpu/app", &CPU_V1[..2])
        .files("sys/fs/c group/cpuacct/app", &CPU_V1[2..]);
    assert_eq!(
        tree.read().cgroup_cpu,
        Some(cpu(1, Duration::from_millis(2_500), Some(0.5)))
    );
}

#[test]
fn moving_to_another_group_is_noticed() {
    let tree = Tree::new("0::/a\n", V2);
    for (group, usage) in [("a", "usage_usec 1000000\n"), ("b", "usage_usec 9000000\n")] {
        tree.write(&format!("sys/fs/cgroup/{group}/cpu.max"), "max 100000\n");
        tree.write(&format!("sys/fs/cgroup/{group}/cpu.stat"), usage);
    }
    let mut probe = tree.probe();
    let first = probe.read();
    assert_eq!(first.cgroup_cpu, Some(cpu(1, Duration::from_secs(1), None)));
    tree.write("proc/self/cgroup", "0::/b\n");
    let last = (0..60).map(|_| probe.read()).last().unwrap();
    assert_eq!(last.cgroup_cpu, Some(cpu(2, Duration::from_secs(9), None)));
}

#[test]
fn nothing_there_is_unknown_and_not_zero() {
    let nothing = tempfile::tempdir().unwrap();
    let reading = SystemProbe::with_root(nothing.path()).cores(2.0).read();
    assert_eq!(
        reading,
        Reading {
            process_cpu: reading.process_cpu,
            cores: Some(2.0),
            ..Reading::default()
        }
    );
    assert_eq!(reading.memory(), None);
}

#[test]
fn garbage_is_unknown_too() {
    let tree = Tree::new("0::/\n::\nnonsense", &format!("\nnonsense - \n{V2}")).files(
        "sys/fs/cgroup",
        &[
            ("cpu.max", "100000 0\n"),
            ("cpu.stat", "usage_usec\nuser_usec x\n"),
            ("memory.current", "-5\n"),
            ("memory.max", "many\n"),
            ("memory.stat", ""),
        ],
    );
    tree.write("proc/self/statm", "\n");
    tree.write("proc/meminfo", "MemTotal:\nMemAvailable: x kB\n");
    let reading = tree.read();
    assert_eq!(reading.cgroup_cpu.unwrap().used, None);
    assert_eq!(reading.allowed_cores(), Some(4.0));
    assert_eq!((reading.memory(), reading.process_memory), (None, None));
}

#[test]
fn this_machine_is_read() {
    let mut probe = SystemProbe::new();
    let reading = probe.read();
    assert!(reading.process_memory.unwrap() > 0);
    assert!(reading.memory().is_some(), "{reading:?}");
    assert!(reading.allowed_cores().unwrap() > 0.0);
    assert!(probe.read().process_cpu >= reading.process_cpu);
}
