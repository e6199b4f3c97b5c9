//! Rule: a command of a unit that waits for a job which waits for that unit.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::dependency::{are_ordered, names};
use super::unit::UnitContext;
use crate::activation::{ServiceType, Topic, calls_in, may_call_manager};
use crate::diagnostic::Severity;
use crate::fix::Fix;
use crate::unit_reference::called;
use crate::value::{ExecCommand, exec_commands};
use crate::workspace::{Resolution, Setting, UnitName};

declare_rule! {
    /// ## What it does
    ///
    /// Reports a command of a unit that starts, restarts or reloads another unit by `systemctl` and waits for it, where that
    /// other unit is ordered after this one.
    ///
    /// ## Why it bites
    ///
    /// While this unit is starting, the other one's start waits for it by their order; the command waits for that start, and
    /// this unit for its command. Nothing moves until a timeout, which a oneshot does not have.
    ///
    /// ## Example
    ///
    /// ```ini setup.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/systemctl start dice.service
    /// ```
    ///
    /// ```ini dice.service
    /// [Unit]
    /// After=setup.service
    ///
    /// [Service]
    /// ExecStart=/usr/bin/dice
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini setup.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/systemctl start --no-block dice.service
    /// ```
    ///
    /// ```ini dice.service
    /// [Unit]
    /// After=setup.service
    ///
    /// [Service]
    /// ExecStart=/usr/bin/dice
    /// ```
    ///
    /// ## Silent when
    ///
    /// `--no-block` or `--job-mode=ignore-dependencies` is given, the verb asks for no job (`is-active`, `show`, `kill`), the
    /// two have no order, or the unit counts as started before its command runs (`Type=simple`). For a unit that is not in
    /// sight it is information.
    ///
    /// ## Source
    ///
    /// systemctl(1), `--no-block`; `job_is_runnable()`. Seen on 252, 257 and 262: the oneshot hangs until its timeout, which it
    /// does not have.
    EXEC_BLOCKING_SYSTEMCTL {
        code: "exec-blocking-systemctl",
        category: ExecCommand,
        severity: Warning,
        since: Always,
        fix: Sometimes,
        check: Unit(check),
    }
}

/// Verbs that queue a job and wait for it.
const VERBS: [&str; 8] = [
    "start",
    "restart",
    "reload",
    "try-restart",
    "condrestart",
    "reload-or-restart",
    "reload-or-try-restart",
    "isolate",
];

fn check(cx: &mut UnitContext<'_>) {
    let Some(name) = cx.name().filter(|name| name.unit_type() == UnitType::Service) else {
        return;
    };
    if !cx.unit.speaks_of(Topic::Manager) {
        return;
    }
    // Commands that a start or a stop waits for.
    let main = match cx.service_type() {
        Some(ServiceType::Simple | ServiceType::Exec | ServiceType::Idle) | None => None,
        Some(_) => Some("ExecStart"),
    };
    let starting = ["ExecCondition", "ExecStartPre", "ExecStartPost"];
    let stopping = ["ExecStop", "ExecStopPost"];
    for key in starting.into_iter().chain(main).chain(stopping) {
        for setting in cx.unit.list(Section::Service, key) {
            if !may_call_manager(setting.value()) || setting.value().contains("ignore-dependencies") {
                continue;
            }
            for command in exec_commands(setting.value()) {
                for call in calls_in(&command, setting.value()) {
                    if !call.waits || !VERBS.contains(&call.verb.as_str()) {
                        continue;
                    }
                    for unit in &call.units {
                        if let Some(other) = called(Some(name), &unit.written)
                            && !cx.are_same(&other, name)
                        {
                            judge(cx, setting, key, &command, &call.verb, &other);
                        }
                    }
                }
            }
        }
    }
}

fn judge(
    cx: &mut UnitContext<'_>,
    setting: Setting<'_>,
    key: &str,
    command: &ExecCommand,
    verb: &str,
    other: &UnitName,
) {
    let Some(name) = cx.name() else { return };
    let stopping = key.starts_with("ExecStop");
    let found = matches!(cx.workspace.resolve(other, cx.place()), Resolution::Found(_));
    let partner = cx.workspace.effective(other, cx.place());
    let waits = match &partner {
        // A start waits for the stop of whatever it is ordered around.
        Some(_) if stopping => are_ordered(cx, cx.unit, other),
        Some(partner) => {
            names(cx, partner, Section::Unit, &["After"], name)
                || names(cx, cx.unit, Section::Unit, &["Before"], other)
        }
        None => false,
    };
    let (severity, message) = match (waits, found) {
        (true, _) => (
            EXEC_BLOCKING_SYSTEMCTL.severity,
            format!(
                "`{other}` is ordered {} this unit: its job waits for this unit, which waits for this command, which waits for that job.",
                if stopping { "around" } else { "after" }
            ),
        ),
        (false, true) => return,
        (false, false) => (
            Severity::Information,
            format!(
                "`systemctl {verb}` waits for the job of `{other}`; if that unit is ordered after this one, neither ever starts."
            ),
        ),
    };
    let range = setting.entry.value_to_source(command.range);
    let insertion = behind_verb(setting, command, verb);
    if let Some(finding) = cx.report(&EXEC_BLOCKING_SYSTEMCTL, severity, (setting.file, range), message) {
        if let Some(partner) = partner.and_then(|partner| partner.fragment) {
            let header = partner.unit.sections().next();
            let range = header.map_or(unit_syntax::TextRange::new(0, 0), |section| section.header.range());
            finding.relate(partner, range, format!("`{other}`"));
        }
        if let Some(at) = insertion {
            finding.offer(Fix::risky("Add `--no-block`").replace(setting.file, at, " --no-block"));
        }
    }
}

/// The place right behind the verb, where the command is systemctl's own rather than a shell's.
fn behind_verb(setting: Setting<'_>, command: &ExecCommand, verb: &str) -> Option<unit_syntax::TextRange> {
    if command.program_name() != "systemctl" {
        return None;
    }
    let word = command.words.iter().find(|word| word.text == verb)?;
    let end = setting.entry.value_to_source(word.range).end;
    Some(unit_syntax::TextRange::at(end))
}
