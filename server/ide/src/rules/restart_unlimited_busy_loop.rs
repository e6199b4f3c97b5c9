//! Rule: a restart policy without limit and without pause.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::settings::{restart, span};
use crate::activation::{Restart, ServiceType, StartLimit, Verdict, seconds};
use crate::fix::Fix;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a service that restarts with a pause of 100ms or less (the default) while its start limit is switched
    /// off.
    ///
    /// ## Why it bites
    ///
    /// A program that fails at once, because of a typing error in its configuration or a missing library, is forked
    /// again and again without end: four to ten times a second with 100ms, dozens of times without a pause. It
    /// fills the log and keeps a core busy.
    ///
    /// ## Example
    ///
    /// ```ini agent.service
    /// [Unit]
    /// StartLimitIntervalSec=0
    ///
    /// [Service]
    /// ExecStart=/usr/bin/agent
    /// Restart=always
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini agent.service
    /// [Unit]
    /// StartLimitIntervalSec=0
    ///
    /// [Service]
    /// ExecStart=/usr/bin/agent
    /// Restart=always
    /// RestartSec=5s
    /// ```
    ///
    /// ## Silent when
    ///
    /// The pause is longer or grows (`RestartSteps=` with `RestartMaxDelaySec=`, from 254), and for gettys and debug
    /// shells: `Type=idle`, a terminal as standard input, debug-shell.service.
    ///
    /// ## Source
    ///
    /// systemd.unit(5), `StartLimitIntervalSec=`; `ratelimit_configured()`. Seen on 252, 257 and 262: 4 to 5 starts a
    /// second with 100ms, 35 to 125 with 0.
    RESTART_UNLIMITED_BUSY_LOOP {
        code: "restart-unlimited-busy-loop",
        category: StartLimit,
        severity: Warning,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

/// Longer pauses are no busy loop.
const MOST_PAUSE: f64 = 0.1;

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Service || cx.unit.fragment.is_none() {
        return;
    }
    let (policy, Some(set)) = restart(cx.unit) else { return };
    let loops = match policy {
        Restart::Always | Restart::OnSuccess => cx.service_type() != Some(ServiceType::Oneshot),
        Restart::OnFailure | Restart::OnAbnormal => true,
        Restart::No | Restart::OnAbort | Restart::OnWatchdog => false,
    };
    let limit = StartLimit::of(cx.unit, cx.version());
    let off = matches!(limit.verdict(0.0), Verdict::Endless { limit_off: true, .. });
    if !loops || !off || limit.pause(u64::MAX) > MOST_PAUSE + 1e-9 || is_terminal(cx) {
        return;
    }
    let delay = span(cx.unit, "RestartSec").map(|(_, setting)| setting);
    let rate = if limit.delay == 0.0 { "dozens of times" } else { "four to ten times" };
    let pause = match limit.delay {
        0.0 => "no pause".to_owned(),
        pause => format!("a pause of {}", seconds(pause)),
    };
    let end = if policy == Restart::OnSuccess { "ends at once" } else { "fails at once" };
    let message = format!(
        "No start limit and {pause}: a program that {end} is started {rate} a second without end. Give it a `RestartSec=`."
    );
    let switch = StartLimit::off_setting(cx.unit);
    let shown = delay.unwrap_or(set);
    let place = cx.blame((shown.file, shown.value_range()), &[Some(set), switch]);
    let rule = &RESTART_UNLIMITED_BUSY_LOOP;
    if let Some(finding) = cx.report(rule, rule.severity, place, message) {
        if let Some(switch) = switch {
            finding.relate_line(switch, "this switches the start limit off");
        }
        let fix = Fix::risky("Pause 5s before each restart");
        finding.offer(match delay {
            Some(delay) => fix.set(delay, "5s"),
            None => fix.insert(set.file, Section::Service, "RestartSec=5s"),
        });
    }
}

/// Whether the unit is a getty or a shell on a terminal, which must come back at once.
fn is_terminal(cx: &UnitContext<'_>) -> bool {
    let input = cx.unit.scalar(Section::Service, "StandardInput", |_| true);
    cx.service_type() == Some(ServiceType::Idle)
        || input.is_some_and(|input| input.value().starts_with("tty"))
        || cx.name().is_some_and(|name| name.as_str() == "debug-shell.service")
}
