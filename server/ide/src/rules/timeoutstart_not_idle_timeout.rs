//! Rule: `TimeoutStartSec=` on a service whose start is over at the fork.

use unit_catalog::Section;

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::ServiceType;
use crate::value::{TimeSpan, time_span};

declare_rule! {
    /// ## What it does
    ///
    /// Reports `TimeoutStartSec=` on a service of `Type=simple` or `idle` without any command that its
    /// start could wait for.
    ///
    /// ## Why it bites
    ///
    /// Such a service counts as started the moment it is forked, so nothing is left to time out. The key
    /// is often taken for an idle timeout ("stop the service when nobody has used it for a minute"): systemd
    /// has none.
    ///
    /// ## Example
    ///
    /// ```ini dice.service
    /// [Service]
    /// Type=simple
    /// ExecStart=/usr/bin/dice
    /// TimeoutStartSec=1min
    /// ```
    ///
    /// ## Use instead
    ///
    /// A hard cap on the whole run, or `--exit-idle-time=` of systemd-socket-proxyd for an idle timeout.
    ///
    /// ```ini dice.service
    /// [Service]
    /// Type=simple
    /// ExecStart=/usr/bin/dice
    /// RuntimeMaxSec=1h
    /// ```
    ///
    /// ## Silent when
    ///
    /// The unit has `ExecStartPre=`, `ExecStartPost=`, `ExecCondition=` or `ExecReload=` (which the timeout
    /// covers), the value switches it off (`0`, `infinity`), the key is `TimeoutSec=`, or the type is
    /// another one.
    ///
    /// ## Source
    ///
    /// systemd.service(5), `TimeoutStartSec=`; `service_enter_start()`. Seen on 252, 257 and 262: it never
    /// fired once the unit was running.
    TIMEOUTSTART_NOT_IDLE_TIMEOUT {
        code: "timeoutstart-not-idle-timeout",
        category: TypeReadiness,
        severity: Warning,
        since: Always,
        fix: None,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    let Some(service_type @ (ServiceType::Simple | ServiceType::Idle)) = cx.service_type() else {
        return;
    };
    if cx.unit.fragment.is_none() {
        return;
    }
    let waits = ["ExecStartPre", "ExecStartPost", "ExecCondition", "ExecReload"];
    if waits.iter().any(|key| !cx.unit.list(Section::Service, key).is_empty()) {
        return;
    }
    let timeout = cx.unit.scalar(Section::Service, "TimeoutStartSec", |value| time_span(value).is_some());
    let Some(setting) = timeout else {
        return;
    };
    if matches!(time_span(setting.value()), Some(TimeSpan::Infinity | TimeSpan::Micros(0))) {
        return;
    }
    let message = format!(
        "A Type={} service counts as started at the fork, so this timeout never applies; it is no idle timeout \
         either. For a hard cap on the run use `RuntimeMaxSec=`.",
        service_type.as_str()
    );
    let severity = TIMEOUTSTART_NOT_IDLE_TIMEOUT.severity;
    cx.report(&TIMEOUTSTART_NOT_IDLE_TIMEOUT, severity, (setting.file, setting.line_range()), message);
}
