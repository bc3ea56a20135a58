//! The control group of the process, of version 2 and 1: what it uses, and what it may use.
//!
//! <https://docs.kernel.org/admin-guide/cgroup-v2.html> and
//! <https://docs.kernel.org/admin-guide/cgroup-v1/index.html>.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::files::{Buffer, Text};
use super::{CgroupCpu, CgroupMemory};
use crate::performance::number::float;

/// The groups that count, with their files open.
#[derive(Debug, Default)]
pub(super) struct Cgroup {
    cpu: Option<Cpu>,
    memory: Option<Memory>,
    /// How many groups for the CPU there have been.
    groups: u32,
}

/// A file that was there, and can no longer be read.
type Read<T> = io::Result<Option<T>>;

impl Cgroup {
    /// Finds the groups anew. `total` is the machine's memory.
    pub(super) fn look_up(&mut self, root: &Path, total: Option<u64>, buffer: &mut Buffer) {
        let cpu = Hierarchy::find(root, "cpu").and_then(|hierarchy| Cpu::find(&hierarchy, root));
        let before = self.cpu.as_ref().map(|cpu| cpu.group.clone());
        if cpu.as_ref().map(|cpu| &cpu.group) != before.as_ref() {
            self.groups = self.groups.wrapping_add(1);
        }
        self.cpu = cpu;
        self.memory = Hierarchy::find(root, "memory")
            .and_then(|hierarchy| Memory::find(&hierarchy, total, buffer));
    }

    /// What both say now; an error where they must be looked up again.
    pub(super) fn read(
        &self,
        total: Option<u64>,
        buffer: &mut Buffer,
    ) -> io::Result<(Option<CgroupCpu>, Option<CgroupMemory>)> {
        let cpu = match &self.cpu {
            Some(cpu) => cpu.read(self.groups, buffer)?,
            None => None,
        };
        let memory = match &self.memory {
            Some(memory) => memory.read(total, buffer)?,
            None => None,
        };
        Ok((cpu, memory))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    V1,
    V2,
}

/// Where the process stands in the tree of groups of one controller.
#[derive(Debug)]
struct Hierarchy {
    version: Version,
    /// Where the tree is mounted.
    mount: PathBuf,
    /// The process's group under it.
    group: PathBuf,
    /// Whether the top of the mount may be the machine itself.
    from_the_root: bool,
}

impl Hierarchy {
    /// From `/proc/self/cgroup` and `/proc/self/mountinfo`. Version 1 first: where both are mounted, a
    /// controller that version 1 has is not in version 2.
    fn find(root: &Path, controller: &str) -> Option<Self> {
        let groups = std::fs::read_to_string(root.join("proc/self/cgroup")).ok()?;
        let mounts = std::fs::read_to_string(root.join("proc/self/mountinfo")).ok()?;
        [Version::V1, Version::V2].into_iter().find_map(|version| {
            let group = groups
                .lines()
                .find_map(|line| group_of(line, version, controller))?;
            let mount = mounts
                .lines()
                .filter_map(Mount::parse)
                .find(|mount| mount.holds(version, controller))?;
            Some(Self::new(root, version, group, &mount))
        })
    }

    fn new(root: &Path, version: Version, group: &str, mount: &Mount<'_>) -> Self {
        let place = root.join(mount.point.trim_start_matches('/'));
        // A container sees the group's path on the host, and its own group as the root of the mount;
        // with a namespace of its own both say `/`.
        let group = Path::new(group)
            .strip_prefix(&mount.root)
            .ok()
            .filter(|group| place.join(group).is_dir())
            .map(Path::to_path_buf);
        Self {
            version,
            mount: place,
            group: group.unwrap_or_default(),
            from_the_root: mount.root == "/",
        }
    }

    /// The group and those around it, inmost first, each below the mount's point.
    fn levels(&self) -> impl Iterator<Item = &Path> {
        self.group.ancestors()
    }

    /// Whether a group may be the whole machine as far as can be told. In version 2 that one has none of
    /// the files that are looked for.
    fn may_be_machine(&self, level: &Path) -> bool {
        self.version == Version::V1 && self.from_the_root && level.as_os_str().is_empty()
    }
}

/// The group's path in a line such as `4:memory:/docker/1f` or `0::/user.slice`.
fn group_of<'a>(line: &'a str, version: Version, controller: &str) -> Option<&'a str> {
    let mut parts = line.splitn(3, ':');
    let (id, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
    let found = match version {
        Version::V1 => controllers.split(',').any(|it| it == controller),
        Version::V2 => id == "0" && controllers.is_empty(),
    };
    found.then_some(path)
}

/// A mount, from a line such as
/// `35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory`.
#[derive(Debug)]
struct Mount<'a> {
    root: String,
    point: String,
    kind: &'a str,
    options: &'a str,
}

impl<'a> Mount<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (place, what) = line.split_once(" - ")?;
        let mut place = place.split(' ').skip(3);
        let mut what = what.split(' ');
        Some(Self {
            root: unescaped(place.next()?),
            point: unescaped(place.next()?),
            kind: what.next()?,
            options: what.nth(1)?,
        })
    }

    fn holds(&self, version: Version, controller: &str) -> bool {
        match version {
            Version::V1 => {
                self.kind == "cgroup" && self.options.split(',').any(|it| it == controller)
            }
            Version::V2 => self.kind == "cgroup2",
        }
    }
}

/// Blanks and their like stand as octal numbers: `\040`.
fn unescaped(path: &str) -> String {
    let mut parts = path.split('\\');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..3).and_then(|it| u8::from_str_radix(it, 8).ok());
        if let Some(code) = code {
            text.push(char::from(code));
            text.push_str(&part[3..]);
        } else {
            text.push('\\');
            text.push_str(part);
        }
    }
    text
}

/// The group whose CPU counts.
#[derive(Debug)]
struct Cpu {
    /// Where its use is read.
    group: PathBuf,
    usage: Option<Text>,
    quota: Quota,
    version: Version,
}

#[derive(Debug)]
enum Quota {
    /// `cpu.max`: `200000 100000`, or `max 100000`.
    Max(Text),
    /// `cpu.cfs_quota_us`, −1 where there is none, and `cpu.cfs_period_us`.
    Cfs { quota: Text, period: Text },
}

impl Quota {
    fn open(directory: &Path, version: Version) -> Option<Self> {
        Some(match version {
            Version::V2 => Self::Max(Text::open(&directory.join("cpu.max")).ok()?),
            Version::V1 => Self::Cfs {
                quota: Text::open(&directory.join("cpu.cfs_quota_us")).ok()?,
                period: Text::open(&directory.join("cpu.cfs_period_us")).ok()?,
            },
        })
    }

    /// How many cores' time it allows.
    fn cores(&self, buffer: &mut Buffer) -> Read<f64> {
        let (quota, period) = match self {
            Self::Max(max) => {
                let mut words = max.read(buffer)?.split_ascii_whitespace();
                (number(words.next()), number(words.next()))
            }
            Self::Cfs { quota, period } => {
                // −1 is no number of its type, and so no quota.
                let quota = number(Some(quota.read(buffer)?));
                (quota, number(Some(period.read(buffer)?)))
            }
        };
        Ok(quota
            .zip(period)
            .filter(|&(quota, period)| quota > 0 && period > 0)
            .map(|(quota, period)| float(quota) / float(period)))
    }
}

fn number(text: Option<&str>) -> Option<u64> {
    text?.trim().parse().ok()
}

impl Cpu {
    fn find(hierarchy: &Hierarchy, root: &Path) -> Option<Self> {
        let mut buffer = Buffer::default();
        let with_files = hierarchy.levels().filter_map(|level| {
            let quota = Quota::open(&hierarchy.mount.join(level), hierarchy.version)?;
            let cores = quota.cores(&mut buffer).ok()?;
            let counts = cores.is_some() || !hierarchy.may_be_machine(level);
            counts.then_some((level, quota, cores))
        });
        let (level, quota, _) = least(with_files, |(_, _, cores)| *cores)?;
        let (group, file) = match hierarchy.version {
            Version::V2 => (hierarchy.mount.join(level), "cpu.stat"),
            // Mounted together with `cpu` or beside it.
            Version::V1 => (
                Hierarchy::find(root, "cpuacct")?.mount.join(level),
                "cpuacct.usage",
            ),
        };
        Some(Self {
            usage: Text::open(&group.join(file)).ok(),
            group,
            quota,
            version: hierarchy.version,
        })
    }

    fn read(&self, group: u32, buffer: &mut Buffer) -> Read<CgroupCpu> {
        let used = match (&self.usage, self.version) {
            (None, _) => None,
            (Some(usage), Version::V2) => {
                usage.field("usage_usec", buffer).map(Duration::from_micros)
            }
            (Some(usage), Version::V1) => usage.number(buffer).map(Duration::from_nanos),
        };
        let quota = self.quota.cores(buffer)?;
        Ok(Some(CgroupCpu { group, used, quota }))
    }
}

/// The group whose memory counts.
#[derive(Debug)]
struct Memory {
    used: Text,
    limit: Text,
    stat: Option<Text>,
    /// What `stat` calls the page cache that was not used lately.
    inactive: &'static str,
}

impl Memory {
    fn find(hierarchy: &Hierarchy, total: Option<u64>, buffer: &mut Buffer) -> Option<Self> {
        let with_files = hierarchy.levels().filter_map(|level| {
            let memory = Self::open(&hierarchy.mount.join(level), hierarchy.version)?;
            let limit = memory.limit(total, buffer).ok()?;
            let counts = limit.is_some() || !hierarchy.may_be_machine(level);
            counts.then_some((memory, limit))
        });
        let (memory, _) = least(with_files, |(_, limit)| limit.map(float))?;
        Some(memory)
    }

    fn open(directory: &Path, version: Version) -> Option<Self> {
        let (used, limit, inactive) = match version {
            Version::V2 => ("memory.current", "memory.max", "inactive_file"),
            Version::V1 => (
                "memory.usage_in_bytes",
                "memory.limit_in_bytes",
                "total_inactive_file",
            ),
        };
        Some(Self {
            used: Text::open(&directory.join(used)).ok()?,
            limit: Text::open(&directory.join(limit)).ok()?,
            stat: Text::open(&directory.join("memory.stat")).ok(),
            inactive,
        })
    }

    /// The limit; none where it is `max`, or more than the machine has: version 1 says a number near 2^63.
    fn limit(&self, total: Option<u64>, buffer: &mut Buffer) -> Read<u64> {
        let limit = number(Some(self.limit.read(buffer)?));
        let total = total.unwrap_or(1 << 62);
        Ok(limit.filter(|&limit| limit <= total))
    }

    fn read(&self, total: Option<u64>, buffer: &mut Buffer) -> Read<CgroupMemory> {
        let Some(used) = number(Some(self.used.read(buffer)?)) else {
            return Ok(None);
        };
        let inactive = self
            .stat
            .as_ref()
            .and_then(|stat| stat.field(self.inactive, buffer));
        let limit = self.limit(total, buffer)?;
        Ok(Some(CgroupMemory {
            used: used.saturating_sub(inactive.unwrap_or(0)),
            limit,
        }))
    }
}

/// The item with the least limit; the first where none has one.
fn least<T>(items: impl Iterator<Item = T>, limit: impl Fn(&T) -> Option<f64>) -> Option<T> {
    items.reduce(|best, item| match (limit(&best), limit(&item)) {
        (Some(of_best), Some(of_item)) if of_item < of_best => item,
        (None, Some(_)) => item,
        _ => best,
    })
}
