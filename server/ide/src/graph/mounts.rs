//! Edges of mounts, automounts and swap: to what lies above them, and to their devices (`mount_add_extras()`,
//! `automount_add_extras()`, `swap_add_extras()`).

use unit_catalog::{UnitType, Version};

use super::Relation;
use super::edge::Cause;
use super::stating::{Stating, implied_by};
use crate::workspace::{UnitName, escape_path, unescape_path};

/// Adds the mounts above a mount or automount, and the device or the file that is mounted or swapped to.
pub(super) fn added(stating: &mut Stating<'_, '_>) {
    match stating.unit.unit_type {
        UnitType::Mount | UnitType::Automount => {
            if let Some(place) = mount_point(stating).filter(|place| place != "/") {
                let above = place.rsplit_once('/').map_or("", |(above, _)| above);
                let above = if above.is_empty() { "/" } else { above };
                stating.needs_mounts(above, Relation::Requires, Cause::Implicit("the mount that it lies in"));
            }
            if stating.unit.unit_type == UnitType::Mount {
                source(stating);
            }
        }
        UnitType::Swap => swapped_to(stating),
        _ => {}
    }
}

fn source(stating: &mut Stating<'_, '_>) {
    let system = FileSystem::of(stating);
    let Some(setting) = stating.last("What") else { return };
    let cause = implied_by(setting);
    if system.what.starts_with('/') && (system.is_bind() || system.has("loop") || !system.over_network) {
        stating.needs_mounts(&system.what, Relation::Requires, cause);
    }
    let is_root = mount_point(stating).is_some_and(|place| place == "/");
    if system.is_bind() || !is_device(&system.what) || system.what == "/dev/root" || is_root {
        return;
    }
    if system.has("x-systemd.device-bound") {
        stating.needs_device(&system.what, Relation::BindsTo, cause);
    } else {
        stating.needs_device(&system.what, Relation::Requires, cause);
        if !stating.is_users()
            && let Some(device) = UnitName::parse(&format!("{}.device", escape_path(&system.what)))
        {
            stating.state(Relation::StopPropagatedFrom, device, cause);
        }
    }
    follows_block_device(stating, &system.what, cause);
}

fn swapped_to(stating: &mut Stating<'_, '_>) {
    let system = FileSystem::of(stating);
    let Some(setting) = stating.last("What") else { return };
    let cause = implied_by(setting);
    if system.what.starts_with('/') {
        stating.needs_mounts(&system.what, Relation::Requires, cause);
    }
    if is_device(&system.what) {
        stating.needs_device(&system.what, Relation::Requires, cause);
        follows_block_device(stating, &system.what, cause);
    }
}

/// `unit_add_blockdev_dependency()`
fn follows_block_device<'a>(stating: &mut Stating<'a, '_>, node: &str, cause: Cause<'a>) {
    if node.starts_with("/dev/")
        && let Some(target) = UnitName::parse(&format!("blockdev@{}.target", escape_path(node)))
    {
        stating.state(Relation::After, target, cause);
    }
}

/// `is_device_path()`
fn is_device(path: &str) -> bool {
    path.starts_with("/dev/") || path.starts_with("/sys/")
}

/// Where a mount or automount puts it: by `Where=`, else by its name.
fn mount_point(stating: &Stating<'_, '_>) -> Option<String> {
    match stating.last("Where") {
        Some(setting) => {
            let path = stating.path(setting.value())?;
            let parts = path.split('/').filter(|part| !part.is_empty() && *part != ".");
            Some(parts.fold(String::new(), |path, part| path + "/" + part)).map(|path| match path.as_str() {
                "" => "/".to_owned(),
                _ => path,
            })
        }
        None => unescape_path(stating.name.stem()),
    }
}

/// Whether a unit is none of the manager's own doing: mounts that last as long as the machine runs, and all mounts and
/// swap of the user manager (`unit_is_extrinsic()`).
pub(super) fn is_extrinsic(stating: &Stating<'_, '_>) -> bool {
    match stating.unit.unit_type {
        UnitType::Mount if stating.is_users() => true,
        UnitType::Mount => {
            let Some(place) = mount_point(stating) else { return false };
            let below = |folder: &str| {
                place.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            ["/", "/usr", "/etc"].contains(&place.as_str())
                || ["/proc", "/sys", "/dev", "/run/initramfs"].into_iter().any(below)
                || stating.version() >= Version(254) && below("/run/nextroot")
                || FileSystem::of(stating).has("x-initrd.mount")
        }
        UnitType::Swap => stating.is_users(),
        _ => false,
    }
}

/// What a mount or swap unit attaches.
pub(super) struct FileSystem {
    /// `What=`, with tags such as `UUID=` read as paths.
    pub(super) what: String,
    /// `Type=`
    pub(super) kind: String,
    options: String,
    /// Whether its type or its options need a network (`mount_is_network()`).
    pub(super) over_network: bool,
}

/// Types of file systems that are somewhere else (`fstype_is_network()`); some may carry `fuse.` in front.
const NETWORK_TYPES: [&str; 19] = [
    "afs",
    "ceph",
    "cifs",
    "smb3",
    "smbfs",
    "sshfs",
    "ncpfs",
    "ncp",
    "nfs",
    "nfs4",
    "gfs",
    "gfs2",
    "glusterfs",
    "pvfs2",
    "ocfs2",
    "lustre",
    "davfs",
    "9p",
    "orangefs",
];

impl FileSystem {
    pub(super) fn of(stating: &Stating<'_, '_>) -> Self {
        let text = |key| stating.last(key).map_or(String::new(), |setting| setting.value().to_owned());
        let what = text("What");
        let what = stating.path(&what).unwrap_or(what);
        let (kind, options) = (text("Type"), text("Options"));
        let far = NETWORK_TYPES.contains(&kind.strip_prefix("fuse.").unwrap_or(&kind));
        let what = match stating.version() >= Version(256) {
            true => node_of_tag(&what).unwrap_or(what),
            false => what,
        };
        let mut system = Self { what, kind, options, over_network: false };
        system.over_network = far || system.has("_netdev");
        system
    }

    /// Whether an option of this name is among those set.
    pub(super) fn has(&self, name: &str) -> bool {
        let mut options = self.options.split(',').map(|option| option.split('=').next().unwrap_or_default());
        options.any(|option| option.trim() == name)
    }

    fn is_bind(&self) -> bool {
        self.has("bind") || self.has("rbind") || matches!(self.kind.as_str(), "bind" | "rbind")
    }

    pub(super) fn has_quota(&self) -> bool {
        let quota = ["usrquota", "grpquota", "quota", "usrjquota", "grpjquota"];
        !self.is_bind() && quota.iter().any(|option| self.has(option))
    }
}

/// The device node of a tag as fstab(5) has them (`fstab_node_to_udev_node()`).
fn node_of_tag(what: &str) -> Option<String> {
    let (tag, value) = what.split_once('=')?;
    let folder = match tag {
        "LABEL" => "by-label",
        "UUID" => "by-uuid",
        "PARTUUID" => "by-partuuid",
        "PARTLABEL" => "by-partlabel",
        _ => return None,
    };
    Some(format!("/dev/disk/{folder}/{}", value.trim_matches('"')))
}
