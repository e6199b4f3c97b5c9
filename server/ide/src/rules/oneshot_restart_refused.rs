//! Rule: a oneshot with a restart policy that systemd refuses.

use unit_catalog::{Section, Version};

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::{Restart, ServiceType};
use crate::fix::Fix;

declare_rule! {
    /// ## What it does
    ///
    /// Reports `Restart=always` and `Restart=on-success` on a service of `Type=oneshot`, also where the
    /// type is implied by a missing `ExecStart=`; for systemd 255 and older also `RestartForceExitStatus=`.
    ///
    /// ## Why it bites
    ///
    /// systemd refuses to load the unit. A oneshot that succeeded is done; restarting it after success
    /// would never end.
    ///
    /// ## Example
    ///
    /// ```ini backup.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/backup
    /// Restart=always
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini backup.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/backup
    /// Restart=on-failure
    /// ```
    ///
    /// To repeat it, use a timer.
    ///
    /// ## Silent when
    ///
    /// The policy is one that oneshots may have: on-failure, on-abnormal, on-abort, on-watchdog.
    ///
    /// ## Source
    ///
    /// `service_verify()`. Seen on 252, 257 and 262; `RestartForceExitStatus=` is refused by 252 and
    /// loads from 256 on. Before 244 every policy but `no` was refused.
    ONESHOT_RESTART_REFUSED {
        code: "oneshot-restart-refused",
        category: RestartPolicy,
        severity: Error,
        since: Always,
        fix: Sometimes,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.fragment.is_none() || cx.service_type() != Some(ServiceType::Oneshot) {
        return;
    }
    let severity = ONESHOT_RESTART_REFUSED.severity;
    let restart = cx.unit.scalar(Section::Service, "Restart", |value| Restart::from_word(value).is_some());
    if let Some(setting) = restart.filter(|setting| matches!(setting.value(), "always" | "on-success")) {
        let message = format!(
            "systemd refuses Type=oneshot with `Restart={}`; use `on-failure`, or a timer to repeat it.",
            setting.value()
        );
        if let Some(finding) = cx.report_value(&ONESHOT_RESTART_REFUSED, severity, setting, message) {
            finding.offer(Fix::risky("Use `Restart=on-failure`").set(setting, "on-failure"));
        }
    }
    if cx.version() < Version(256)
        && let Some(setting) = cx.unit.list(Section::Service, "RestartForceExitStatus").last().copied()
    {
        let message = format!(
            "systemd {} refuses Type=oneshot with `RestartForceExitStatus=`; it is allowed from 256 on.",
            cx.version().0
        );
        cx.report_value(&ONESHOT_RESTART_REFUSED, severity, setting, message);
    }
}
