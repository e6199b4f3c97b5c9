//! Rule: a failure handler that runs at every attempt.

use unit_catalog::{Section, UnitType, Version};

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::{Restart, StartLimit, Verdict};
use crate::fix::Fix;

declare_rule! {
    /// ## What it does
    ///
    /// Reports `OnFailure=` and `FailureAction=` of a service that is also restarted, unless `RestartMode=direct`.
    ///
    /// ## Why it bites
    ///
    /// From systemd 254 on a service that fails and is about to be restarted counts as failed for a moment: the handler
    /// runs at every attempt, and once more when systemd gives up. Who wants to hear of the end hears of each step; and an
    /// action such as a reboot comes at the first failure, before any restart (as it did in older releases).
    ///
    /// ## Example
    ///
    /// ```ini dice.service
    /// [Unit]
    /// OnFailure=mail-me.service
    ///
    /// [Service]
    /// ExecStart=/usr/bin/dice
    /// Restart=on-failure
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini dice.service
    /// [Unit]
    /// OnFailure=mail-me.service
    ///
    /// [Service]
    /// ExecStart=/usr/bin/dice
    /// Restart=on-failure
    /// RestartMode=direct
    /// ```
    ///
    /// ## Silent when
    ///
    /// `RestartMode=direct` is set, `Restart=` does not answer failures, or the systemd aimed at is older than 254: there
    /// the handler runs once, when systemd gives up.
    ///
    /// ## Source
    ///
    /// systemd.service(5), `RestartMode=`. Three runs called the handler once on 252, four times on 257 and 262, and once
    /// with `RestartMode=direct`. `FailureAction=` ended the manager after one run; with `RestartMode=direct` after the last.
    ONFAILURE_PER_ATTEMPT {
        code: "onfailure-per-attempt",
        category: RestartPolicy,
        severity: Information,
        since: Version(254),
        fix: Sometimes,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Service || cx.version() < Version(254) {
        return;
    }
    let policy = cx.unit.scalar(Section::Service, "Restart", |value| Restart::from_word(value).is_some());
    let answers = policy.and_then(|setting| Restart::from_word(setting.value()));
    if matches!(answers, None | Some(Restart::No | Restart::OnSuccess)) {
        return;
    }
    let mode = cx
        .unit
        .scalar(Section::Service, "RestartMode", |value| ["normal", "direct", "debug"].contains(&value));
    if mode.is_some_and(|mode| mode.value() == "direct") {
        return;
    }
    let action = cx.unit.scalar(Section::Unit, "FailureAction", |value| !value.is_empty());
    let action = action.filter(|action| action.value() != "none");
    let Some(handler) = cx.unit.list(Section::Unit, "OnFailure").into_iter().next().or(action) else {
        return;
    };
    let verdict = StartLimit::of(cx.unit, cx.version()).verdict(0.0);
    let runs = match verdict {
        Verdict::GivesUp { runs, .. } => {
            format!("{runs} times for a service that crashes at once, and once more when systemd gives up")
        }
        _ => "without end, as the start limit is never reached".to_owned(),
    };
    let message = match handler.entry.key() {
        Some("FailureAction") => {
            format!(
                "`FailureAction={}` comes at the first failed attempt, before any restart.",
                handler.value()
            )
        }
        _ => format!("From systemd 254 on `OnFailure=` acts at every failed attempt: {runs}."),
    };
    let severity = ONFAILURE_PER_ATTEMPT.severity;
    if let Some(finding) = cx.report_value(&ONFAILURE_PER_ATTEMPT, severity, handler, message) {
        if let Some(policy) = policy {
            finding.relate(policy.file, policy.line_range(), "the service is restarted by this");
        }
        // Where nothing ends the restarts, the handler would then never come.
        if matches!(verdict, Verdict::Endless { .. }) {
            return;
        }
        let direct = "RestartMode=direct";
        let fix = Fix::risky(format!("Set `{direct}`"));
        finding.offer(match mode {
            Some(mode) => fix.set(mode, "direct"),
            None => fix.insert(policy.map_or(handler.file, |policy| policy.file), Section::Service, direct),
        });
    }
}
