//! Rule: a crashing service takes its socket or path down with it.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::{Restart, StartLimit, Verdict, seconds};
use crate::workspace::{Effective, accepts};

declare_rule! {
    /// ## What it does
    ///
    /// Reports `Restart=` of a service with a socket or path unit where repeated crashes reach the start limit.
    ///
    /// ## Why it bites
    ///
    /// When the service hits its start limit, the socket or path that starts it fails too. The port closes, or the path
    /// is watched no longer, and neither comes back until somebody starts it again.
    ///
    /// ## Example
    ///
    /// ```ini dice.service
    /// [Service]
    /// ExecStart=/usr/bin/dice
    /// Restart=on-failure
    /// ```
    ///
    /// ```ini dice.socket
    /// [Socket]
    /// ListenStream=5000
    /// ```
    ///
    /// ## Use instead
    ///
    /// Pauses that outlast the window, if it is to try for ever:
    ///
    /// ```ini dice.service
    /// [Unit]
    /// StartLimitIntervalSec=0
    ///
    /// [Service]
    /// ExecStart=/usr/bin/dice
    /// Restart=on-failure
    /// RestartSec=5
    /// ```
    ///
    /// ```ini dice.socket
    /// [Socket]
    /// ListenStream=5000
    /// ```
    ///
    /// ## Silent when
    ///
    /// The limit is off or out of reach, `Restart=` does not answer failures, the socket has `Accept=yes`, or the
    /// trigger has an `OnFailure=` of its own.
    ///
    /// ## Source
    ///
    /// `socket_trigger_notify()`, `path_trigger_notify_impl()`. Seen on 252, 257 and 262: the socket ends with
    /// `service-start-limit-hit`, the path with `unit-start-limit-hit`; connections are refused.
    FAILURE_LIMIT_KILLS_SOCKET {
        code: "failure-limit-kills-socket",
        category: StartLimit,
        severity: Information,
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
    let Some(restart) = restart else {
        return;
    };
    if matches!(
        Restart::from_word(restart.value()),
        None | Some(Restart::No | Restart::OnSuccess | Restart::OnWatchdog)
    ) {
        return;
    }
    let limit = StartLimit::of(cx.unit, cx.version());
    let Verdict::GivesUp { runs, at_most, .. } = limit.verdict(0.0) else {
        return;
    };
    let handled = |unit: &Effective<'_>| !unit.list(Section::Unit, "OnFailure").is_empty();
    let sockets =
        cx.workspace.triggers_of(cx.unit, UnitType::Socket).into_iter().filter(|socket| !accepts(socket));
    let paths = cx.workspace.triggers_of(cx.unit, UnitType::Path).into_iter();
    let triggers: Vec<_> = sockets.chain(paths).filter(|unit| !handled(unit)).collect();
    let names: Vec<_> =
        triggers.iter().filter_map(|unit| Some(format!("`{}`", unit.name.as_ref()?))).collect();
    let Some(first) = triggers.first() else {
        return;
    };
    let (fail, until) = match (names.len(), first.unit_type) {
        (1, UnitType::Socket) => ("fails too, and its address stays closed", "it is started again"),
        (1, _) => ("fails too, and watches no longer", "it is started again"),
        _ => ("fail too, and stay down", "they are started again"),
    };
    let message = format!(
        "A service that crashes at once reaches its start limit after {runs} starts in about {}; then {} {fail} until {until}.",
        seconds(at_most.ceil().max(1.0)),
        names.join(", ")
    );
    let severity = FAILURE_LIMIT_KILLS_SOCKET.severity;
    if let Some(finding) = cx.report_value(&FAILURE_LIMIT_KILLS_SOCKET, severity, restart, message) {
        for trigger in &triggers {
            if let Some(fragment) = trigger.fragment {
                let start = fragment
                    .unit
                    .sections()
                    .next()
                    .map_or(unit_syntax::TextRange::new(0, 0), |section| section.header.range());
                finding.relate(fragment, start, "fails together with the service");
            }
        }
    }
}
