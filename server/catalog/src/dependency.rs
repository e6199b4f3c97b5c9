//! Dependencies that systemd adds by itself ("Automatic Dependencies" in the manual pages), and inverse relations.

use crate::{
    UnitType, Version,
    generated::dependencies::{IMPLICIT, INVERSE},
};

/// Dependencies on units of fixed names that units of some types gain without asking.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ImplicitDependency {
    /// The types that gain them.
    pub unit_types: &'static [UnitType],
    /// The kinds of dependency: `Requires`, `After` …
    pub add: &'static [&'static str],
    /// The units depended on.
    pub on: &'static [&'static str],
    /// The reason, in words.
    pub why: &'static str,
    /// All of these must hold.
    pub when: &'static [Condition],
    /// `DefaultDependencies=no` switches it off.
    pub default: bool,
    /// Only this manager does so.
    pub manager: Option<Manager>,
    /// The first release that does so.
    pub since: Option<Version>,
    /// The last release that does so.
    pub until: Option<Version>,
}

/// Which manager loads a unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Manager {
    /// `systemd --system`.
    System,
    /// `systemd --user`.
    User,
}

/// What a unit's settings must say for it to gain a dependency.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Condition {
    /// It runs processes of its own: all but sockets without commands.
    RunsProcesses,
    /// Its output goes to the journal or the kernel's log, not to a namespace of its own.
    LogsToJournal,
    /// `StateDirectory=`, `CacheDirectory=` or `LogsDirectory=`.
    KeepsDirectories,
    /// `RootImage=`, and what else a block device is set up for.
    HasRootImage,
    /// `PrivateTmp=` that is joined with the machine's `/tmp`.
    HasPrivateTmp,
    /// It counts as started when a bus name is taken.
    TakesBusName,
    /// `OnCalendar=`.
    FollowsCalendar,
    /// It is none of the mounts that stay for as long as the machine runs.
    Intrinsic,
    /// Neither its type nor its options need a network.
    Local,
    /// Its type or its options need a network.
    OverNetwork,
    /// Without the option `nofail`.
    MustNotFail,
    /// A tmpfs.
    InMemory,
    /// The options `usrquota`, `grpquota` or `quota` and the like.
    HasQuota,
    /// Swap in a file rather than on a device.
    SwapsToFile,
}

impl ImplicitDependency {
    /// Whether this release adds it.
    pub fn is_added_by(&self, version: Version) -> bool {
        self.since.is_none_or(|since| since <= version) && self.until.is_none_or(|until| version <= until)
    }
}

/// What a unit of this type gains.
pub fn implicit_dependencies(unit_type: UnitType) -> impl Iterator<Item = &'static ImplicitDependency> {
    IMPLICIT.iter().filter(move |dependency| dependency.unit_types.contains(&unit_type))
}

/// What the other unit shows for a dependency: `Wants` gives `WantedBy`, and the other way round.
pub fn inverse(dependency: &str) -> Option<&'static str> {
    INVERSE.iter().find_map(|&(there, back)| match dependency {
        name if name == there => Some(back),
        name if name == back => Some(there),
        _ => None,
    })
}
