//! Rule: a triggered service that never becomes inactive again.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::dependency::named;
use super::neighbours::uses;
use super::unit::UnitContext;
use crate::activation::ServiceType;
use crate::activation::settings::{flag, remains_after_exit, span};
use crate::activation::timer::{elapses_on_clock, is_true, repeats, timer_settings};
use crate::fix::Fix;
use crate::value::{TimeSpan, boolean};
use crate::workspace::{Effective, UnitName, accepts};

declare_rule! {
    /// ## What it does
    ///
    /// Reports `RemainAfterExit=yes` on a service that a repeating timer, a path or a socket starts.
    ///
    /// ## Why it bites
    ///
    /// After its first run the service stays `active (exited)`, and what is active is not started again: the timer
    /// has no next elapse, the path stays `running` without looking, clients of the socket hang.
    /// `RuntimeMaxSec=` does not help a oneshot: it ends what runs, not a service that has exited.
    ///
    /// ## Example
    ///
    /// ```ini backup.service
    /// [Service]
    /// Type=oneshot
    /// RemainAfterExit=yes
    /// ExecStart=/usr/bin/backup
    /// ```
    ///
    /// ```ini backup.timer
    /// [Timer]
    /// OnCalendar=daily
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini backup.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/backup
    /// ```
    ///
    /// ```ini backup.timer
    /// [Timer]
    /// OnCalendar=daily
    /// ```
    ///
    /// ## Silent when
    ///
    /// The timer fires once only (`OnBootSec=`, a date), `Accept=yes`, or something stops the service:
    /// `StopWhenUnneeded=yes`, `Conflicts=` with another unit or of one, a stop passed on to it, or one of its own
    /// commands that calls `systemctl`, or, unless it is a oneshot, `RuntimeMaxSec=`.
    ///
    /// ## Source
    ///
    /// systemd.timer(5), "Description"; `unit_start()`, `path_enter_waiting()`. Seen on 252, 257 and 262: one run.
    TRIGGERED_UNIT_REMAINS_ACTIVE {
        code: "triggered-unit-remains-active",
        category: Timer,
        severity: Warning,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Service || cx.unit.fragment.is_none() || !remains_after_exit(cx.unit) {
        return;
    }
    let remain = cx.unit.scalar(Section::Service, "RemainAfterExit", |value| boolean(value).is_some());
    let Some(remain) = remain.filter(|set| is_true(set.value())) else { return };
    let found: Vec<(Effective<'_>, &str)> = [UnitType::Timer, UnitType::Path, UnitType::Socket]
        .iter()
        .flat_map(|unit_type| cx.triggers(*unit_type).to_vec())
        .filter_map(|trigger| effect(&trigger).map(|effect| (trigger, effect)))
        .collect();
    let Some((first, effect)) = found.first() else { return };
    if is_stopped(cx) {
        return;
    }
    let name = first.name.as_ref().map_or("its trigger", |name| name.as_str());
    let message = format!(
        "After its first run this service stays `active (exited)`, so `{name}` never starts it again: {effect}."
    );
    let rule = &TRIGGERED_UNIT_REMAINS_ACTIVE;
    if let Some(finding) = cx.report(rule, rule.severity, (remain.file, remain.line_range()), message) {
        for (trigger, _) in &found {
            if let (Some((file, range)), Some(name)) = (trigger.header(), &trigger.name) {
                finding.relate(file, range, format!("`{name}` starts the service"));
            }
        }
        finding.offer(Fix::risky("Remove `RemainAfterExit=`").remove(remain.file, remain.entry));
    }
}

/// What becomes of a trigger whose service stays active; `None` for one that fires once only.
fn effect(trigger: &Effective<'_>) -> Option<&'static str> {
    match trigger.unit_type {
        UnitType::Socket => (!accepts(trigger)).then_some("its clients hang"),
        UnitType::Path => Some("the path is no longer watched"),
        _ => {
            let repeating =
                timer_settings(trigger).iter().any(|(base, setting)| repeats(*base, setting.value()));
            (repeating || elapses_on_clock(trigger)).then_some("the timer has no next elapse")
        }
    }
}

/// Whether something stops the service, so that it can be started again.
fn is_stopped(cx: &UnitContext<'_>) -> bool {
    const SHUTDOWN: [&str; 8] = [
        "shutdown.target",
        "umount.target",
        "final.target",
        "reboot.target",
        "halt.target",
        "poweroff.target",
        "kexec.target",
        "soft-reboot.target",
    ];
    // A oneshot is never `running`, and `RuntimeMaxSec=` counts for nothing then.
    let is_limited = cx.service_type() != Some(ServiceType::Oneshot)
        && span(cx.unit, "RuntimeMaxSec").is_some_and(|(span, _)| span != TimeSpan::Infinity);
    if is_limited || flag(cx.unit, Section::Unit, "StopWhenUnneeded") == Some(true) {
        return true;
    }
    let others = |key: &'static str| {
        let named = named(cx.unit, Section::Unit, &[key]);
        named.iter().any(|named| !SHUTDOWN.contains(&named.unit.as_str()))
    };
    if others("Conflicts") || others("StopPropagatedFrom") || others("PropagatesStopFrom") {
        return true;
    }
    let stops_itself = |value: &str| {
        let own = cx.name().map(UnitName::as_instance);
        value.contains("systemctl")
            && ["stop", "restart", "isolate"].iter().any(|verb| value.contains(verb))
            && (value.contains("%n")
                || value.contains("%N")
                || value.contains("%p")
                || own.is_some_and(|own| value.contains(own.prefix())))
    };
    let keys = ["ExecStart", "ExecStartPost"];
    keys.iter()
        .any(|key| cx.unit.list(Section::Service, key).iter().any(|setting| stops_itself(setting.value())))
        || uses(cx).iter().any(|used| matches!(used.directive.name, "Conflicts" | "PropagatesStopTo"))
}
