//! Edges to the mounts that hold a unit's paths (`unit_require_mounts_for()`, `unit_add_mount_dependencies()`).

use unit_catalog::{Section, UnitType, Version};

use super::Relation;
use super::edge::{Cause, Condition, Statement};
use super::fixed::PrivateTmp;
use super::stating::{Stating, implied_by};
use crate::value::{Extract, words};
use crate::workspace::{UnitName, escape_path};

/// Adds the mounts of everything that the unit's settings keep below a path.
pub(super) fn needed(stating: &mut Stating<'_, '_>) {
    for (key, need) in [("RequiresMountsFor", Relation::Requires), ("WantsMountsFor", Relation::Wants)] {
        for setting in stating.list(Section::Unit, key) {
            for word in words(setting.value(), Extract::UNQUOTE).flatten() {
                if let Some(path) = stating.path(&word.text) {
                    stating.needs_mounts(&path, need, implied_by(setting));
                }
            }
        }
    }
    match stating.unit.unit_type {
        UnitType::Socket => listening(stating),
        UnitType::Path => watching(stating),
        UnitType::Timer if stating.is_on("Persistent") && !stating.is_users() => {
            let stamp = format!("/var/lib/systemd/timers/stamp-{}", stating.name);
            stating.needs_mounts(&stamp, Relation::Requires, Cause::Implicit("`Persistent=`"));
        }
        _ => {}
    }
    if stating.runs_processes() {
        running(stating);
    }
}

const LISTENING: [&str; 6] = [
    "ListenStream",
    "ListenDatagram",
    "ListenSequentialPacket",
    "ListenFIFO",
    "ListenSpecial",
    "ListenUSBFunction",
];

fn listening(stating: &mut Stating<'_, '_>) {
    for key in LISTENING {
        for setting in stating.list(Section::Socket, key) {
            if let Some(path) = stating.path(setting.value()) {
                stating.needs_mounts(&path, Relation::Requires, implied_by(setting));
            }
        }
    }
    if let Some(setting) = stating.last("BindToDevice").filter(|setting| setting.value() != "lo")
        && let Some(interface) = stating.name.expand(setting.value())
    {
        let device = format!("/sys/subsystem/net/devices/{interface}");
        stating.needs_device(&device, Relation::BindsTo, implied_by(setting));
    }
}

const WATCHED: [&str; 5] =
    ["PathExists", "PathExistsGlob", "PathChanged", "PathModified", "DirectoryNotEmpty"];

fn watching(stating: &mut Stating<'_, '_>) {
    for key in WATCHED {
        for setting in stating.list(Section::Path, key) {
            if let Some(path) = stating.path(setting.value()) {
                stating.needs_mounts(&path, Relation::Requires, implied_by(setting));
            }
        }
    }
}

/// The directories that processes get, and what they lie below with each manager. The user manager's depend on the
/// user; only that they lie below `/` is known.
const DIRECTORIES: [(&str, &str); 5] = [
    ("RuntimeDirectory", "/run"),
    ("StateDirectory", "/var/lib"),
    ("CacheDirectory", "/var/cache"),
    ("LogsDirectory", "/var/log"),
    ("ConfigurationDirectory", "/etc"),
];

fn running(stating: &mut Stating<'_, '_>) {
    // Since then what may be missing is only wanted.
    let wants = stating.version() >= Version(256);
    let weak = if wants { Relation::Wants } else { Relation::Requires };
    if let Some(setting) = stating.last("WorkingDirectory") {
        let (path, need) = match setting.value().strip_prefix('-') {
            Some(path) => (path, wants.then_some(Relation::Wants)),
            None => (setting.value(), Some(Relation::Requires)),
        };
        if let (Some(path), Some(need)) = (stating.path(path), need) {
            stating.needs_mounts(&path, need, implied_by(setting));
        }
    } else if wants && stating.is_users() && stating.unit.unit_type == UnitType::Service {
        stating.needs_mounts("/", Relation::Wants, Cause::Implicit("it starts in the home directory"));
    }
    for key in ["RootDirectory", "RootImage", "RootMStack"] {
        if let Some(setting) = stating.last(key)
            && let Some(path) = stating.path(setting.value().trim_start_matches('-'))
        {
            stating.needs_mounts(&path, weak, implied_by(setting));
        }
    }
    for (key, below) in DIRECTORIES {
        let Some(section) = stating.own_section() else { continue };
        for setting in stating.list(section, key) {
            for word in words(setting.value(), Extract::UNQUOTE).flatten() {
                let directory = word.text.split(':').next().unwrap_or_default();
                let path = match stating.is_users() {
                    true => Some("/".to_owned()),
                    false => stating.path(&format!("{below}/{directory}")),
                };
                if let Some(path) = path {
                    stating.needs_mounts(&path, Relation::Requires, implied_by(setting));
                }
            }
        }
    }
    if !stating.is_users() {
        temporary(stating, weak);
    }
}

/// The mounts of `/tmp` and `/var/tmp`. From 260 on, units without default dependencies get those that they ask for.
fn temporary(stating: &mut Stating<'_, '_>, need: Relation) {
    let cause = match stating.last("PrivateTmp").or_else(|| stating.last("DynamicUser")) {
        Some(setting) => implied_by(setting),
        None => return,
    };
    let late = stating.version() >= Version(260);
    let by_default = stating.has_default_dependencies();
    match stating.private_tmp() {
        PrivateTmp::Connected => {
            // Until 255 tmp.mount is wanted by name.
            if stating.version() >= Version(256)
                && (!late || by_default || stating.has_own_root() || stating.is_after_tmp())
            {
                stating.needs_mounts("/tmp", need, cause);
            }
            stating.needs_mounts("/var/tmp", need, cause);
        }
        PrivateTmp::Disconnected if late && by_default && !stating.has_own_root() => {
            stating.needs_mounts("/var", need, cause);
        }
        PrivateTmp::Disconnected | PrivateTmp::No => {}
    }
}

/// The specifiers that only the running machine answers.
const RUN_TIME: &str = "abABgGHlmMosuUvwW";

impl<'a> Stating<'a, '_> {
    /// Whether something else has the unit start after `tmp.mount`.
    fn is_after_tmp(&self) -> bool {
        self.statements
            .iter()
            .any(|statement| statement.relation == Relation::After && statement.other.as_str() == "tmp.mount")
    }

    /// An absolute path with its specifiers replaced, as far as it is known without the running machine; `None` where
    /// not even its beginning is.
    pub(super) fn path(&self, text: &str) -> Option<String> {
        let mut path = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('%') {
            path.push_str(&rest[..at]);
            let letter = rest[at + 1..].chars().next()?;
            rest = &rest[at + 1 + letter.len_utf8()..];
            match (letter, self.is_users()) {
                ('t', false) => path.push_str("/run"),
                ('S', false) => path.push_str("/var/lib"),
                ('C', false) => path.push_str("/var/cache"),
                ('L', false) => path.push_str("/var/log"),
                ('E', false) => path.push_str("/etc"),
                ('h', false) => path.push_str("/root"),
                ('T', _) => path.push_str("/tmp"),
                ('V', _) => path.push_str("/var/tmp"),
                ('%', _) => path.push('%'),
                // Somewhere below the root.
                ('t' | 'S' | 'C' | 'L' | 'E' | 'h', true) if path.is_empty() => return Some("/".to_owned()),
                _ if RUN_TIME.contains(letter) => {
                    // Of a part that is not known nothing lies below.
                    path.truncate(path.rfind('/')? + 1);
                    rest = "";
                    break;
                }
                _ => path.push_str(&self.name.specifier(letter).ok()?),
            }
        }
        path.push_str(rest);
        path.starts_with('/').then_some(path)
    }

    /// Needs every mount unit that there is for the path and what lies above it.
    pub(super) fn needs_mounts(&mut self, path: &str, need: Relation, cause: Cause<'a>) {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        if parts.contains(&"..") || parts.len() > MOST_PARTS {
            return;
        }
        let mut above = String::from("/");
        for part in std::iter::once(&"").chain(&parts) {
            if above.len() > 1 {
                above.push('/');
            }
            above.push_str(part);
            let Some(mount) = UnitName::parse(&format!("{}.mount", escape_path(&above))) else {
                return;
            };
            let root = part.is_empty();
            for relation in [Relation::After, need] {
                // The root's mount is always there.
                let condition = match root && relation == Relation::After {
                    true => Condition::None,
                    false => Condition::Described,
                };
                self.add(Statement { relation, other: mount.clone(), cause, condition });
            }
        }
    }

    /// Waits for the device with this node, by `relation` with the system manager (`unit_add_node_dependency()`).
    pub(super) fn needs_device(&mut self, node: &str, relation: Relation, cause: Cause<'a>) {
        if let Some(device) = UnitName::parse(&format!("{}.device", escape_path(node))) {
            let relation = if self.is_users() { Relation::Wants } else { relation };
            self.state(relation, device.clone(), cause);
            self.state(Relation::After, device, cause);
        }
    }
}

/// Paths of more parts than this are not looked at: no name of a mount unit is so long.
const MOST_PARTS: usize = 64;
