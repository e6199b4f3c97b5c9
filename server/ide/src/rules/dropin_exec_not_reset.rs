//! Rule: a drop-in that adds a start command instead of replacing it.

use unit_catalog::Section;

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::{ServiceType, settings};
use crate::diagnostic::Severity;
use crate::fix::Fix;
use crate::workspace::{FileKind, Setting};

declare_rule! {
    /// ## What it does
    ///
    /// Reports `ExecStart=` in a drop-in of a service that has a start command already, unless an empty `ExecStart=` comes
    /// before it or the service is a oneshot.
    ///
    /// ## Why it bites
    ///
    /// `ExecStart=` is a list: the drop-in adds a second command to it. Only `Type=oneshot` may have several, so the unit is
    /// refused, and a service that used to run does not start any more after the next reload.
    ///
    /// ## Example
    ///
    /// ```ini /usr/lib/systemd/system/web.service
    /// [Service]
    /// ExecStart=/usr/bin/web
    /// ```
    ///
    /// ```ini /etc/systemd/system/web.service.d/verbose.conf
    /// [Service]
    /// ExecStart=/usr/bin/web --verbose
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini /usr/lib/systemd/system/web.service
    /// [Service]
    /// ExecStart=/usr/bin/web
    /// ```
    ///
    /// ```ini /etc/systemd/system/web.service.d/verbose.conf
    /// [Service]
    /// ExecStart=
    /// ExecStart=/usr/bin/web --verbose
    /// ```
    ///
    /// ## Silent when
    ///
    /// The unit has no start command of its own, or several are its right. Other commands (`ExecStartPre=`, `ExecStop=`) add
    /// up by design. While the unit is out of sight it is a hint.
    ///
    /// ## Source
    ///
    /// systemd.service(5), `ExecStart=`; `service_verify()`. Seen with `systemd-analyze verify` of 252, 257 and 262.
    DROPIN_EXEC_NOT_RESET {
        code: "dropin-exec-not-reset",
        category: DropIn,
        severity: Error,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    let Some(service_type) = cx.service_type().filter(|service_type| *service_type != ServiceType::Oneshot)
    else {
        return;
    };
    if cx.unit.fragment.is_none() {
        return check_alone(cx);
    }
    let commands = cx.unit.list(Section::Service, "ExecStart");
    for (index, setting) in commands.iter().enumerate() {
        if !adds_to_others(&commands, index) {
            continue;
        }
        let message = format!(
            "This adds a second command instead of replacing the first; as Type={} systemd refuses the unit. Put an empty \
             `ExecStart=` before it.",
            service_type.as_str()
        );
        let first = commands[0];
        let severity = DROPIN_EXEC_NOT_RESET.severity;
        if let Some(finding) = cx.report_value(&DROPIN_EXEC_NOT_RESET, severity, *setting, message) {
            finding.relate(first.file, first.value_range(), "the first command");
            finding.offer(reset(*setting));
        }
    }
}

/// Whether this command of a drop-in is its first, and follows one of another file.
pub(super) fn adds_to_others(commands: &[Setting<'_>], index: usize) -> bool {
    let file = commands[index].file;
    let same = |other: &Setting<'_>| other.file.path == file.path;
    index > 0 && matches!(file.kind, FileKind::DropIn { .. }) && !commands[..index].iter().any(same)
}

/// A drop-in whose unit is out of sight: it has a start command, most likely.
fn check_alone(cx: &mut UnitContext<'_>) {
    // Drop-ins for a whole type speak to units that have none, too.
    if cx.name().is_none() || settings::type_setting(cx.unit).is_some() {
        return;
    }
    let all = cx.unit.assignments(Section::Service, "ExecStart");
    let Some(setting) = all.first().filter(|setting| !setting.value().is_empty()) else {
        return;
    };
    let message = "If the unit has a start command, and is no oneshot, this adds a second one, and systemd refuses it: an \
                   empty `ExecStart=` before it replaces the first.";
    if let Some(finding) =
        cx.report_value(&DROPIN_EXEC_NOT_RESET, Severity::Hint, *setting, message.to_owned())
    {
        finding.offer(reset(*setting));
    }
}

fn reset(setting: Setting<'_>) -> Fix {
    Fix::risky("Put an empty `ExecStart=` before it").insert_above(setting.file, setting.entry, "ExecStart=")
}
