//! Settings of a service that decide how its run goes, as they count for the effective unit.

use unit_catalog::{Section, Version};

use super::{Restart, ServiceType};
use crate::value::{ExitStatuses, TimeSpan, boolean, time_span};
use crate::workspace::{Effective, Scope, Setting};

/// Who may send `READY=1` and the like (`NotifyAccess=`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotifyAccess {
    /// Nobody.
    None,
    /// The main process.
    Main,
    /// The main process and those of the other commands.
    Exec,
    /// Every process of the service.
    All,
}

/// `DefaultTimeoutStartSec=` and `DefaultTimeoutStopSec=` of a manager whose configuration says nothing.
const DEFAULT_TIMEOUT: TimeSpan = TimeSpan::Micros(90_000_000);

/// The last usable value of a boolean key.
pub fn flag(unit: &Effective<'_>, section: Section, key: &str) -> Option<bool> {
    let set = unit.scalar(section, key, |value| boolean(value).is_some())?;
    boolean(set.value())
}

/// The last usable value of a time span.
pub fn span<'a>(unit: &Effective<'a>, key: &str) -> Option<(TimeSpan, Setting<'a>)> {
    let set = unit.scalar(Section::Service, key, |value| time_span(value).is_some())?;
    Some((time_span(set.value())?, set))
}

/// Whether the unit stays `active` when its processes are gone (`RemainAfterExit=`).
pub fn remains_after_exit(unit: &Effective<'_>) -> bool {
    flag(unit, Section::Service, "RemainAfterExit") == Some(true)
}

/// Whether the unit lives as long as any process in its control group (`ExitType=cgroup`, from 250).
pub fn lives_by_cgroup(unit: &Effective<'_>, version: Version) -> bool {
    let words = |word: &str| matches!(word, "main" | "cgroup");
    version >= Version(250)
        && unit.scalar(Section::Service, "ExitType", words).is_some_and(|set| set.value() == "cgroup")
}

/// How long a start may take; infinite for a oneshot that sets nothing. For others their manager decides then.
pub fn start_timeout(unit: &Effective<'_>, service_type: ServiceType) -> TimeSpan {
    let keys = ["TimeoutStartSec", "TimeoutSec"];
    let part = |setting: &Setting<'_>| {
        let part = unit.parts.iter().position(|part| part.path == setting.file.path);
        (part, setting.entry.range().start)
    };
    let set = keys.iter().filter_map(|key| span(unit, key)).max_by_key(|(_, setting)| part(setting));
    match set {
        Some((TimeSpan::Micros(0), _)) => TimeSpan::Infinity,
        Some((span, _)) => span,
        None if service_type == ServiceType::Oneshot => TimeSpan::Infinity,
        None => manager_span(unit, "DefaultTimeoutStartSec").unwrap_or(DEFAULT_TIMEOUT),
    }
}

/// A time span that the configuration of the unit's manager sets.
fn manager_span(unit: &Effective<'_>, key: &str) -> Option<TimeSpan> {
    time_span(unit.manager.setting(key)?.value())
}

/// Within how long the service must send pings, where it must (`WatchdogSec=`).
pub fn watchdog<'a>(unit: &Effective<'a>) -> Option<(TimeSpan, Setting<'a>)> {
    span(unit, "WatchdogSec").filter(|(span, _)| !matches!(span, TimeSpan::Micros(0) | TimeSpan::Infinity))
}

/// What a list of exit statuses and signals holds (`SuccessExitStatus=` and its like).
pub fn exit_statuses(unit: &Effective<'_>, key: &str, version: Version) -> ExitStatuses {
    let mut listed = ExitStatuses::default();
    for setting in unit.list(Section::Service, key) {
        listed.add(setting.value(), version);
    }
    listed
}

/// Whether the states between a run and its restart are left out (`RestartMode=direct`, from 254).
pub fn restarts_directly(unit: &Effective<'_>, version: Version) -> bool {
    let words = |word: &str| matches!(word, "normal" | "direct" | "debug");
    version >= Version(254)
        && unit.scalar(Section::Service, "RestartMode", words).is_some_and(|set| set.value() == "direct")
}

/// The access that counts, as `service_add_extras()` settles it, with the line that sets it.
pub fn notify_access<'a>(
    unit: &Effective<'a>,
    service_type: ServiceType,
) -> (NotifyAccess, Option<Setting<'a>>) {
    let words = |word: &str| matches!(word, "none" | "main" | "exec" | "all");
    let set = unit.scalar(Section::Service, "NotifyAccess", words);
    let needed = service_type.notifies() || watchdog(unit).is_some();
    let access = match set.map(Setting::value) {
        Some("all") => NotifyAccess::All,
        Some("exec") => NotifyAccess::Exec,
        Some("main") => NotifyAccess::Main,
        _ if needed => NotifyAccess::Main,
        _ => NotifyAccess::None,
    };
    (access, set)
}

/// Whether the service's processes run as root.
pub fn runs_as_root(unit: &Effective<'_>, scope: Scope) -> bool {
    let user = unit.scalar(Section::Service, "User", |_| true);
    scope == Scope::System
        && user.is_none_or(|user| matches!(user.value(), "root" | "0"))
        && flag(unit, Section::Service, "DynamicUser") != Some(true)
}

/// The restart policy that counts, with the line that sets it.
pub fn restart<'a>(unit: &Effective<'a>) -> (Restart, Option<Setting<'a>>) {
    let set = unit.scalar(Section::Service, "Restart", |value| Restart::from_word(value).is_some());
    (set.and_then(|set| Restart::from_word(set.value())).unwrap_or(Restart::No), set)
}

/// The line that sets the `Type=` that counts.
pub fn type_setting<'a>(unit: &Effective<'a>) -> Option<Setting<'a>> {
    unit.scalar(Section::Service, "Type", |word| ServiceType::from_word(word).is_some())
}
