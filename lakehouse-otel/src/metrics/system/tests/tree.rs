//! Files as the kernel makes them, with numbers that a test knows.

use std::fs;

use tempfile::TempDir;

pub(super) const STAT: &str = "\
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
pub(super) const PROCESS: &str = "71 (archive (1) c) S 1 71 71 0 -1 4194304 125 0 0 0 250 50 0 0 20 0 7 0 20000 \
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

pub(super) const INTERFACES: &str = "\
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
pub(super) struct Tree(pub(super) TempDir);

impl Tree {
    pub(super) fn new() -> Self {
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

    pub(super) fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(super) fn remove(&self, path: &str) {
        fs::remove_file(self.0.path().join(path)).unwrap();
    }
}
