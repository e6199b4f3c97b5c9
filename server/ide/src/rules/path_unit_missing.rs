//! Rule: a path whose unit is missing or masked.

use unit_catalog::UnitType;

use super::declare::declare_rule;
use super::unit::UnitContext;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a `.path` whose unit (`Unit=`, or the service of the same name) does not exist or is masked.
    ///
    /// ## Why it bites
    ///
    /// Starting the path fails and nothing is watched.
    ///
    /// ## Example
    ///
    /// ```ini report.path
    /// [Path]
    /// PathExists=/run/report.request
    /// Unit=reports.service
    /// ```
    ///
    /// ```ini report.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/report
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini report.path
    /// [Path]
    /// PathExists=/run/report.request
    /// ```
    ///
    /// ```ini report.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/report
    /// ```
    ///
    /// ## Silent when
    ///
    /// The unit's name holds specifiers, or it is one of systemd's own. Where the rest of the system is
    /// out of sight and no other unit of the same name lies beside, it is a hint only.
    ///
    /// ## Source
    ///
    /// systemd.path(5); `path_add_trigger_dependencies()`. Seen on 252, 257 and 262: exit status 1.
    PATH_UNIT_MISSING {
        code: "path-unit-missing",
        category: Path,
        severity: Error,
        since: Always,
        fix: Sometimes,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type == UnitType::Path {
        super::trigger::check_target(cx, &PATH_UNIT_MISSING);
    }
}
