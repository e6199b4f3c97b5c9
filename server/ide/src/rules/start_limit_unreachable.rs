//! Rule: a restart policy whose start limit cannot be reached.

use unit_catalog::{Section, UnitType, Version};

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::settings::restarts_directly;
use crate::activation::{Restart, ServiceType, StartLimit, Verdict, seconds};
use crate::diagnostic::Severity;
use crate::workspace::Setting;

declare_rule! {
    /// ## What it does
    ///
    /// Does the arithmetic of `RestartSec=`, `StartLimitBurst=` and `StartLimitIntervalSec=`, and reports
    /// a service that can crash for ever without ever reaching its start limit.
    ///
    /// ## Why it bites
    ///
    /// The limit counts starts within a window (5 in 10s by default). When the pauses alone fill the
    /// window, it is never reached: the unit never becomes `failed` for good, and monitoring sees a service
    /// that is "activating". Many services that pause for 5s like it so. But a limit that is written down is
    /// meant to be reached, and what waits for it never comes: `StartLimitAction=`, and `OnFailure=` before
    /// 254 or with `RestartMode=direct`.
    ///
    /// ## Example
    ///
    /// ```ini worker.service
    /// [Unit]
    /// StartLimitBurst=3
    ///
    /// [Service]
    /// ExecStart=/usr/bin/worker
    /// Restart=on-failure
    /// RestartSec=5s
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini worker.service
    /// [Unit]
    /// StartLimitBurst=3
    /// StartLimitIntervalSec=60s
    ///
    /// [Service]
    /// ExecStart=/usr/bin/worker
    /// Restart=on-failure
    /// RestartSec=5s
    /// ```
    ///
    /// ## Silent when
    ///
    /// `StartLimitIntervalSec=0` or `StartLimitBurst=0` says that it is meant, `Restart=on-success`,
    /// and gettys (`Type=idle` with `RestartSec=0`). It is information where the unit neither sets a limit nor
    /// has anything that waits for it, exactly on the window's edge, and where the manager's timer slack of up
    /// to 250ms a pause decides. A drop-in whose unit is out of sight is not judged.
    ///
    /// ## Source
    ///
    /// systemd.unit(5), `StartLimitIntervalSec=`; `ratelimit_below()`, `unit_test_start_limit()`. Seen on
    /// 252, 257 and 262: with 5 starts in 10s a pause of 1.74s always gives up, 2s never.
    START_LIMIT_UNREACHABLE {
        code: "start-limit-unreachable",
        category: StartLimit,
        severity: Warning,
        since: Always,
        fix: None,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Service || cx.unit.fragment.is_none() {
        return;
    }
    let restart = cx.unit.scalar(Section::Service, "Restart", |value| Restart::from_word(value).is_some());
    let Some(policy) = restart.and_then(|setting| Restart::from_word(setting.value())) else {
        return;
    };
    if matches!(policy, Restart::No | Restart::OnSuccess) {
        return;
    }
    let limit = StartLimit::of(cx.unit, cx.version());
    if cx.service_type() == Some(ServiceType::Idle) && limit.delay == 0.0 {
        return;
    }
    let pauses: f64 = (1..=limit.burst.min(1_000_000)).map(|restart| limit.pause(restart)).sum();
    let arithmetic = format!(
        "{} starts take {} of pauses, and the window is {}",
        limit.burst,
        seconds(pauses),
        seconds(limit.interval)
    );
    let expected = Expected::of(cx);
    let (severity, message) = match limit.verdict(0.0) {
        Verdict::Endless { limit_off: true, .. } | Verdict::GivesUp { .. } => return,
        Verdict::Endless { boundary: false, .. } => match &expected {
            None => (
                Severity::Information,
                format!("{arithmetic}: a crashing service restarts for ever and never reaches `failed`."),
            ),
            Some(Expected::Limit(_)) => (
                Severity::Warning,
                format!(
                    "{arithmetic}: the limit that is set is never reached, and a crashing service restarts for ever."
                ),
            ),
            Some(Expected::Action(waiting)) => (
                Severity::Warning,
                format!(
                    "{arithmetic}: a crashing service restarts for ever, and `{}={}` never comes.",
                    waiting.entry.key().unwrap_or_default(),
                    waiting.value()
                ),
            ),
        },
        Verdict::Endless { boundary: true, .. } => (
            Severity::Information,
            format!("{arithmetic} as well: on this edge a crashing service in practice restarts for ever."),
        ),
        Verdict::Unsure => (
            Severity::Information,
            format!(
                "{arithmetic}: whether a crashing service ever reaches its start limit depends on timing, \
                 as each pause may take up to 250ms longer."
            ),
        ),
    };
    let delay =
        cx.unit.scalar(Section::Service, "RestartSec", |value| crate::value::time_span(value).is_some());
    let Some(setting) = delay.or(restart) else {
        return;
    };
    let window = StartLimit::interval_setting(cx.unit);
    if let Some(finding) = cx.report_value(&START_LIMIT_UNREACHABLE, severity, setting, message) {
        if let Some(window) = window {
            finding.relate(window.file, window.line_range(), "the window is set here");
        }
        match expected {
            Some(Expected::Action(waiting)) => {
                finding.relate_line(waiting, "this waits for the limit");
            }
            Some(Expected::Limit(limit)) if window.is_none() => {
                finding.relate_line(limit, "the limit is set here");
            }
            _ => {}
        }
    }
}

/// What shows that the limit is meant to be reached.
enum Expected<'a> {
    /// What is to happen when it is.
    Action(Setting<'a>),
    /// A line that sets it.
    Limit(Setting<'a>),
}

impl<'a> Expected<'a> {
    fn of(cx: &UnitContext<'a>) -> Option<Self> {
        let unit = cx.unit;
        let action = unit.scalar(Section::Unit, "StartLimitAction", |_| true);
        // From 254 on it comes after each failed run, but for services that restart directly.
        let each_run = cx.version() >= Version(254) && !restarts_directly(unit, cx.version());
        let handler = || unit.list(Section::Unit, "OnFailure").last().copied().filter(|_| !each_run);
        let limit = || StartLimit::interval_setting(unit).or_else(|| StartLimit::burst_setting(unit));
        action
            .filter(|action| action.value() != "none")
            .or_else(handler)
            .map(Self::Action)
            .or_else(|| limit().map(Self::Limit))
    }
}
