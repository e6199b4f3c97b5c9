//! Rule: a condition that stops a service and leaves what triggers it pressing on.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::path_level_trigger_loop::LEVELS;
use super::unit::UnitContext;
use crate::fix::Fix;
use crate::workspace::{Effective, Setting, accepts};

declare_rule! {
    /// ## What it does
    ///
    /// Reports `Condition…=`, `Assert…=` and `ExecCondition=` of a service that a socket or a path condition starts, where
    /// the trigger does not have the same condition.
    ///
    /// ## Why it bites
    ///
    /// When the condition fails the service is skipped, but the connection still waits and the file is still there: the
    /// trigger fires again at once, until its own limit fails it, within a tenth of a second.
    ///
    /// ## Example
    ///
    /// ```ini dice.service
    /// [Unit]
    /// ConditionPathExists=/etc/dice.conf
    ///
    /// [Service]
    /// ExecStart=/usr/bin/dice
    /// ```
    ///
    /// ```ini dice.socket
    /// [Socket]
    /// ListenStream=5000
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini dice.service
    /// [Unit]
    /// ConditionPathExists=/etc/dice.conf
    ///
    /// [Service]
    /// ExecStart=/usr/bin/dice
    /// ```
    ///
    /// ```ini dice.socket
    /// [Unit]
    /// ConditionPathExists=/etc/dice.conf
    ///
    /// [Socket]
    /// ListenStream=5000
    /// ```
    ///
    /// ## Silent when
    ///
    /// The trigger has the same condition, the condition is that the watched path exists, the socket has `Accept=yes`, or
    /// the path unit watches for changes only.
    ///
    /// ## Source
    ///
    /// `unit_start()`: conditions are looked at before the start limit. Seen on 252, 257 and 262: `trigger-limit-hit`
    /// within 0.1 s; starts skipped by `ExecCondition=` count, and end with `service-start-limit-hit`.
    TRIGGER_CONDITION_SPIN {
        code: "trigger-condition-spin",
        category: Path,
        severity: Warning,
        since: Always,
        fix: Sometimes,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Service || cx.unit.fragment.is_none() {
        return;
    }
    let conditions = conditions(cx.unit);
    let commands = cx.unit.list(Section::Service, "ExecCondition");
    if conditions.is_empty() && commands.is_empty() {
        return;
    }
    let sockets = cx.triggers(UnitType::Socket);
    let paths = cx.triggers(UnitType::Path);
    let pressing =
        sockets.iter().filter(|socket| !accepts(socket)).chain(paths.iter().filter(|path| is_level(path)));
    for trigger in pressing {
        let own = self::conditions(trigger);
        let same = |one: &Setting<'_>, other: &Setting<'_>| {
            one.entry.key() == other.entry.key() && one.value() == other.value()
        };
        let lacking = |condition: &&Setting<'_>| {
            !own.iter().any(|own| same(own, condition)) && !is_implied(condition, trigger)
        };
        for condition in conditions.iter().filter(lacking) {
            report(cx, *condition, trigger, true);
        }
        // One of several commands is enough to say so.
        if let Some(command) = commands.first() {
            report(cx, *command, trigger, false);
        }
    }
}

fn report(cx: &mut UnitContext<'_>, condition: Setting<'_>, trigger: &Effective<'_>, copy: bool) {
    let Some((name, fragment)) = trigger.name.as_ref().zip(trigger.fragment) else {
        return;
    };
    let (key, value) = (condition.entry.key().unwrap_or_default(), condition.value());
    let limit = match (copy, trigger.unit_type) {
        (false, _) => "until the start limit fails both",
        (true, UnitType::Socket) => "until 20 times in 2s fail the socket",
        (true, _) => "until 200 times in 2s fail the path unit",
    };
    let remedy = if copy {
        format!("Put the condition on `{name}` too.")
    } else {
        format!("Put it on `{name}` as a condition.")
    };
    let message = format!(
        "When `{key}=` says no, this service is skipped and `{name}` fires again at once, {limit}. {remedy}"
    );
    let severity = TRIGGER_CONDITION_SPIN.severity;
    if let Some(finding) = cx.report_value(&TRIGGER_CONDITION_SPIN, severity, condition, message) {
        let header = fragment.unit.sections().next();
        let range = header.map_or(unit_syntax::TextRange::new(0, 0), |section| section.header.range());
        finding.relate(fragment, range, format!("`{name}` fires again and again"));
        if copy {
            let line = format!("{key}={value}");
            finding.offer(Fix::risky(format!("Copy the condition to `{name}`")).insert(
                fragment,
                Section::Unit,
                &line,
            ));
        }
    }
}

/// The conditions and assertions that count.
fn conditions<'a>(unit: &Effective<'a>) -> Vec<Setting<'a>> {
    let directives = unit.parts.iter().flat_map(|part| part.lines()).filter_map(|line| line.directive);
    let asks = |key: &&str| key.starts_with("Condition") || key.starts_with("Assert");
    let mut keys: Vec<&str> = directives.map(|directive| directive.name).filter(asks).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().flat_map(|key| unit.list(Section::Unit, key)).collect()
}

/// Whether a path unit's conditions hold for a time, rather than happen.
fn is_level(path: &Effective<'_>) -> bool {
    LEVELS.iter().any(|key| !path.list(Section::Path, key).is_empty())
}

/// Whether the trigger fires only when the condition holds.
fn is_implied(condition: &Setting<'_>, trigger: &Effective<'_>) -> bool {
    if is_own_file(condition, trigger) {
        return true;
    }
    let pairs = [
        ("PathExists", "PathExists"),
        ("PathExistsGlob", "PathExistsGlob"),
        ("DirectoryNotEmpty", "DirectoryNotEmpty"),
        ("PathExists", "DirectoryNotEmpty"),
    ];
    pairs.iter().any(|(asked, watched)| {
        let key = condition.entry.key().unwrap_or_default();
        let key = key.strip_prefix("Condition").or_else(|| key.strip_prefix("Assert"));
        let watches = trigger.list(Section::Path, watched);
        key == Some(*asked)
            && watches.len() == 1
            && watches[0].value().trim_end_matches('/') == condition.value().trim_end_matches('/')
    })
}

/// Whether the condition asks for the file of a socket, which is there as long as the socket listens.
fn is_own_file(condition: &Setting<'_>, trigger: &Effective<'_>) -> bool {
    const LISTENS: [&str; 4] = ["ListenStream", "ListenDatagram", "ListenSequentialPacket", "ListenFIFO"];
    matches!(condition.entry.key(), Some("ConditionPathExists" | "AssertPathExists"))
        && LISTENS
            .iter()
            .flat_map(|key| trigger.list(Section::Socket, key))
            .any(|listen| listen.value() == condition.value())
}
