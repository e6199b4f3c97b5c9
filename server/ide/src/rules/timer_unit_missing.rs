//! Rule: a timer whose unit is missing or masked.

use unit_catalog::UnitType;

use super::declare::declare_rule;
use super::unit::UnitContext;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a `.timer` whose unit (`Unit=`, or the service of the same name) does not exist or is masked.
    ///
    /// ## Why it bites
    ///
    /// Starting the timer fails with "unit to trigger not loaded" and nothing ever elapses.
    ///
    /// ## Example
    ///
    /// ```ini report.timer
    /// [Timer]
    /// OnCalendar=daily
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
    /// ```ini report.timer
    /// [Timer]
    /// OnCalendar=daily
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
    /// systemd.timer(5); `timer_start()`. Seen on 252, 257 and 262: exit status 1.
    TIMER_UNIT_MISSING {
        code: "timer-unit-missing",
        category: Timer,
        severity: Error,
        since: Always,
        fix: Sometimes,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type == UnitType::Timer {
        super::trigger::check_target(cx, &TIMER_UNIT_MISSING);
    }
}
