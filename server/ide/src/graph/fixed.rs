//! Edges to units of fixed names that systemd adds by a unit's type and settings, as the catalog lists them
//! (`…_add_default_dependencies()`, `unit_add_exec_dependencies()`).

use unit_catalog::{Condition, Manager, UnitType, Version, implicit_dependencies};

use super::Relation;
use super::edge::Cause;
use super::mounts::{FileSystem, is_extrinsic};
use super::stating::{Stating, implied_by};
use crate::activation::ServiceType;
use crate::workspace::{Scope, UnitName, escape};

/// Adds what the catalog lists for the unit.
pub(super) fn added(stating: &mut Stating<'_, '_>) {
    let manager = match stating.asker.scope {
        Scope::System => Manager::System,
        Scope::User => Manager::User,
    };
    let by_default = stating.has_default_dependencies();
    for dependency in implicit_dependencies(stating.unit.unit_type) {
        let applies = (by_default || !dependency.default)
            && dependency.manager.is_none_or(|only| only == manager)
            && dependency.is_added_by(stating.version())
            && dependency.when.iter().all(|condition| stating.meets(*condition));
        if !applies {
            continue;
        }
        for other in dependency.on.iter().filter_map(|on| UnitName::parse(on)) {
            for relation in dependency.add.iter().filter_map(|name| Relation::of_name(name)) {
                stating.state(relation, other.clone(), Cause::Implicit(dependency.why));
            }
        }
    }
}

/// Adds the sockets of a journal of the unit's own (`LogNamespace=`).
pub(super) fn logging(stating: &mut Stating<'_, '_>) {
    if !stating.runs_processes() || stating.is_users() {
        return;
    }
    let Some(setting) = stating.last("LogNamespace") else { return };
    let Some(namespace) = stating.name.expand(setting.value()) else { return };
    let mut units = vec!["systemd-journald@.socket", "systemd-journald-varlink@.socket"];
    if stating.version() >= Version(257) {
        units.push("systemd-journald-sync@.service");
    }
    for template in units {
        let unit = UnitName::parse(template).and_then(|template| template.with_instance(&escape(&namespace)));
        if let Some(unit) = unit {
            stating.state(Relation::Requires, unit.clone(), implied_by(setting));
            stating.state(Relation::After, unit, implied_by(setting));
        }
    }
}

/// How a unit's `/tmp` and `/var/tmp` are its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum PrivateTmp {
    /// Not at all.
    No,
    /// Below the machine's.
    Connected,
    /// File systems of their own.
    Disconnected,
}

impl Stating<'_, '_> {
    fn meets(&self, condition: Condition) -> bool {
        use Condition as C;
        match condition {
            C::RunsProcesses => self.runs_processes(),
            C::LogsToJournal => self.logs_to_journal(),
            C::KeepsDirectories => {
                ["StateDirectory", "CacheDirectory", "LogsDirectory"].iter().any(|key| self.sets(key))
            }
            C::HasRootImage => self.sets("RootImage") || self.sets("RootMStack"),
            C::HasPrivateTmp => self.private_tmp() == PrivateTmp::Connected,
            C::TakesBusName => ServiceType::of(self.unit, self.version()) == Some(ServiceType::Dbus),
            C::FollowsCalendar => self.sets("OnCalendar"),
            C::Intrinsic => !is_extrinsic(self),
            C::Local => {
                self.version() < Version(261) && self.unit.unit_type == UnitType::Swap
                    || !FileSystem::of(self).over_network
            }
            C::OverNetwork => FileSystem::of(self).over_network,
            C::MustNotFail => !FileSystem::of(self).has("nofail"),
            C::InMemory => FileSystem::of(self).kind == "tmpfs",
            C::HasQuota => FileSystem::of(self).has_quota(),
            C::SwapsToFile => {
                let what = FileSystem::of(self).what;
                what.starts_with('/') && !what.starts_with("/dev/")
            }
        }
    }

    /// Sockets run processes only where they have commands.
    pub(super) fn runs_processes(&self) -> bool {
        match self.unit.unit_type {
            UnitType::Service | UnitType::Mount | UnitType::Swap => true,
            UnitType::Socket => ["ExecStartPre", "ExecStartPost", "ExecStopPre", "ExecStopPost"]
                .iter()
                .any(|key| self.sets(key)),
            _ => false,
        }
    }

    /// Whether the standard output or the standard error goes to the journal or the kernel's log
    /// (`service_fix_stdio()`).
    fn logs_to_journal(&self) -> bool {
        const LOGS: [&str; 6] =
            ["journal", "journal+console", "kmsg", "kmsg+console", "syslog", "syslog+console"];
        if self.sets("LogNamespace") {
            return false;
        }
        let word = |key| self.last(key).map_or("inherit", |setting| setting.value());
        if self.unit.unit_type != UnitType::Service {
            let output = self.last("StandardOutput").map_or("journal", |setting| setting.value());
            return LOGS.contains(&output) || LOGS.contains(&word("StandardError"));
        }
        let input = word("StandardInput");
        let elsewhere =
            ["tty", "tty-force", "tty-fail", "socket", "fd"].contains(&input) || input.starts_with("fd:");
        let logs = |word| LOGS.contains(&word) || word == "inherit" && !elsewhere;
        logs(word("StandardOutput")) || LOGS.contains(&word("StandardError"))
    }

    pub(super) fn private_tmp(&self) -> PrivateTmp {
        let word = self.last("PrivateTmp").map_or("no", |setting| setting.value());
        let version = self.version();
        match word {
            "connected" if version >= Version(257) => PrivateTmp::Connected,
            "disconnected" if version >= Version(257) => PrivateTmp::Disconnected,
            _ if crate::value::boolean(word) == Some(true) => PrivateTmp::Connected,
            _ if !self.is_on("DynamicUser") => PrivateTmp::No,
            _ if version < Version(257) => PrivateTmp::Connected,
            _ => PrivateTmp::Disconnected,
        }
    }

    /// Whether the unit has a `/` other than the machine's.
    pub(super) fn has_own_root(&self) -> bool {
        ["RootDirectory", "RootImage", "RootMStack"].iter().any(|key| self.sets(key))
    }
}
