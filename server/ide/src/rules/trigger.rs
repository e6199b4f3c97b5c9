//! What the rules for timers and paths share: whether the unit that a trigger starts exists.

use super::Rule;
use super::socket_without_service::missing_severity;
use super::unit::UnitContext;
use crate::fix::Fix;
use crate::workspace::Resolution;

/// Reports a timer or path whose unit does not exist or is masked.
pub(super) fn check_target(cx: &mut UnitContext<'_>, rule: &Rule) {
    let Some(name) = cx.name().filter(|name| !name.is_template() && cx.unit.fragment.is_some()) else {
        return;
    };
    let Some((target, setting)) = cx.workspace.trigger_target(cx.unit) else {
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
    let severity = missing_severity(cx, name);
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
