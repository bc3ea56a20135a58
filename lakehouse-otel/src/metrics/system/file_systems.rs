//! The space of file systems on local disks.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use procfs_core::FromRead as _;
use procfs_core::process::MountInfos;
use rustix::fs::statvfs;

use super::reading::FileSystem;

/// The file systems of `/proc/self/mountinfo` that are on a device under `/dev`, each once: at the mount
/// point with the shortest path. Asking for the space of one that is across a network could wait for ever.
pub(super) fn read(root: &Path) -> Vec<FileSystem> {
    let Ok(file) = fs::File::open(root.join("proc/self/mountinfo")) else {
        return Vec::new();
    };
    let Ok(MountInfos(mounts)) = MountInfos::from_read(file) else {
        return Vec::new();
    };
    let mut by_device = BTreeMap::new();
    for mount in mounts {
        let Some(device) = mount.mount_source.filter(|it| it.starts_with("/dev/")) else {
            continue;
        };
        // A `fuse` on a device is a program's, which may not answer.
        if mount.fs_type.starts_with("fuse") {
            continue;
        }
        let place = (mount.mount_point, mount.fs_type);
        let shortest = by_device.entry(device).or_insert_with(|| place.clone());
        if place.0.as_os_str().len() < shortest.0.as_os_str().len() {
            *shortest = place;
        }
    }
    let spaces = by_device.into_iter().filter_map(|(device, (point, kind))| {
        let below = point.strip_prefix("/").unwrap_or(&point);
        let space = statvfs(root.join(below)).ok()?;
        let bytes = |blocks: u64| blocks.saturating_mul(space.f_frsize);
        Some(FileSystem {
            device,
            kind,
            mount_point: point.to_string_lossy().into_owned(),
            used: bytes(space.f_blocks.saturating_sub(space.f_bfree)),
            free: bytes(space.f_bavail),
            reserved: bytes(space.f_bfree.saturating_sub(space.f_bavail)),
        })
    });
    spaces.collect()
}
