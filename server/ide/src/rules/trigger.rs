//! What the rules for sockets, timers and paths share: which unit a trigger starts, and whether it exists.

use super::Rule;
use super::socket_without_service::missing_severity;
use super::unit::UnitContext;
use crate::diagnostic::Severity;
use crate::fix::Fix;
use crate::workspace::{Resolution, Setting, UnitName};

/// The unit that a trigger starts and the line that says so; of a template the one that all its instances start, or the
/// template of those that they start each. `None` where the name is known at run time only, or where an instance has a
/// file of its own.
pub(super) fn target<'a>(cx: &UnitContext<'a>) -> Option<(UnitName, Option<Setting<'a>>)> {
    if !cx.name()?.is_template() {
        return cx.workspace.trigger_target(cx.unit);
    }
    let (target, setting) = cx.workspace.trigger_target(&cx.unit.as_instance())?;
    if target.is_template() {
        return Some((target, setting));
    }
    let target = match target.template() {
        Some(template) if template.as_instance() == target => template,
        _ => target,
    };
    // Looking for instances takes long; what is there needs none.
    let has_instance = || {
        let mut names = cx.workspace.files().filter_map(|file| file.kind.unit_name());
        names.any(|name| name.template().as_ref() == Some(&target))
    };
    let is_missing = || matches!(cx.workspace.resolve(&target, cx.place()), Resolution::Missing);
    let is_filled_in =
        target.as_str().contains("INSTANCE") || (target.is_template() && is_missing() && has_instance());
    (!is_filled_in).then_some((target, setting))
}

/// Reports a timer or path whose unit does not exist or is masked.
pub(super) fn check_target(cx: &mut UnitContext<'_>, rule: &Rule) {
    let Some(name) = cx.name().filter(|_| cx.unit.fragment.is_some()) else {
        return;
    };
    let Some((target, setting)) = target(cx) else {
        return;
    };
    // `Unit=` may name what no file describes: devices, and units that systemd ships.
    let named = unit_catalog::special_unit(target.as_str()).is_some()
        || matches!(target.unit_type(), unit_catalog::UnitType::Device | unit_catalog::UnitType::Slice);
    let (workspace, file) = (cx.workspace, cx.file);
    let mut missing = false;
    let message = match cx.workspace.resolve(&target, cx.place()) {
        Resolution::Found(_) => return,
        Resolution::Missing if named => return,
        Resolution::Missing => {
            missing = true;
            format!("`{name}` starts `{target}`, which does not exist: systemd refuses to start it.")
        }
        Resolution::Masked(_) => {
            format!("`{name}` starts `{target}`, which is masked: systemd refuses to start it.")
        }
    };
    // What is masked is in sight.
    let severity = if missing { missing_severity(cx, name) } else { Severity::Error };
    let finding = match setting {
        Some(setting) => cx.report_value(rule, severity, setting, message),
        None => {
            let Some(header) = cx.header() else { return };
            cx.report(rule, severity, header, message)
        }
    };
    if let Some(finding) = finding.filter(|_| missing) {
        finding.fixes.extend(Fix::creating(workspace, file, &target));
    }
}
