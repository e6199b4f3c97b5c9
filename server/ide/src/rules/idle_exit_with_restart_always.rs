//! Rule: a service that leaves when idle, and is brought straight back.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::Restart;
use crate::activation::settings::{restart, span};
use crate::diagnostic::Severity;
use crate::fix::Fix;
use crate::value::TimeSpan;

declare_rule! {
    /// ## What it does
    ///
    /// Reports `Restart=always` (and `on-success`) of a service that a socket or another trigger starts, and whose program is
    /// told to exit when nothing is to be done.
    ///
    /// ## Why it bites
    ///
    /// A service that is started on demand may leave when it is idle: the next request starts it again. `Restart=always`
    /// brings it back at once, so it never leaves, and is started anew every few minutes for nothing.
    ///
    /// ## Example
    ///
    /// ```ini dice.service
    /// [Service]
    /// ExecStart=/usr/bin/dice --exit-idle-time=5min
    /// Restart=always
    /// ```
    ///
    /// ```ini dice.socket
    /// [Socket]
    /// ListenStream=5000
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini dice.service
    /// [Service]
    /// ExecStart=/usr/bin/dice --exit-idle-time=5min
    /// Restart=on-failure
    /// ```
    ///
    /// ```ini dice.socket
    /// [Socket]
    /// ListenStream=5000
    /// ```
    ///
    /// ## Silent when
    ///
    /// `Restart=` answers failures only, nothing triggers the service, or the program has no such option. With
    /// `RuntimeMaxSec=` in place of an option it is information.
    ///
    /// ## Source
    ///
    /// systemd.service(5), `Restart=`; `service_shall_restart()`. Seen on 252, 257 and 262.
    IDLE_EXIT_WITH_RESTART_ALWAYS {
        code: "idle-exit-with-restart-always",
        category: RestartPolicy,
        severity: Warning,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

/// Options that make programs exit when idle; what follows a `=` does not matter.
const IDLE: [&str; 14] = [
    "--exit-idle-time",
    "--exit-on-idle",
    "--idle-exit",
    "--exit-idle",
    "--auto-exit",
    "--autoexit",
    "--idle-timeout",
    "--idle_timeout",
    "--exit-timeout",
    "--inactivity-timeout",
    "--timed-exit",
    "--exit-when-idle",
    "--stop-when-idle",
    "--idle-stop",
];

/// Programs whose `--timeout` is the time until they exit for want of clients.
const TIMEOUT_IS_IDLE: [&str; 4] = ["libvirtd", "packagekitd", "polkitd", "fwupd"];

fn check(cx: &mut UnitContext<'_>) {
    let (policy, Some(setting)) = restart(cx.unit) else {
        return;
    };
    if !matches!(policy, Restart::Always | Restart::OnSuccess) || cx.unit.fragment.is_none() {
        return;
    }
    let triggered = [UnitType::Socket, UnitType::Path, UnitType::Timer];
    let triggered = triggered.iter().any(|&unit_type| !cx.triggers(unit_type).is_empty());
    if !triggered && cx.unit.list(Section::Service, "BusName").is_empty() {
        return;
    }
    let launches = cx.launches();
    let option = launches.iter().find_map(|launch| {
        let of_virt = |name: &str| name.starts_with("virt") && name.ends_with('d');
        let timeout = TIMEOUT_IS_IDLE.contains(&launch.name()) || of_virt(launch.name());
        let arguments = launch.words.iter().skip(1).map(|word| word.text.as_str());
        let values = arguments.clone().skip(1).chain([""]);
        let position = arguments.zip(values).position(|(word, next)| {
            let (option, value) = word.split_once('=').unwrap_or((word, next));
            let zero = matches!(value, "0" | "infinity");
            (IDLE.contains(&option) || timeout && matches!(option, "--timeout" | "-t")) && !zero
        })?;
        Some((launch, position + 1))
    });
    let cap = span(cx.unit, "RuntimeMaxSec")
        .filter(|(span, _)| *span != TimeSpan::Infinity && policy == Restart::Always);
    let (severity, what) = match (&option, cap) {
        (Some((launch, word)), _) => (
            IDLE_EXIT_WITH_RESTART_ALWAYS.severity,
            format!("`{}` makes the program leave when it is idle", launch.words[*word].text),
        ),
        (None, Some((span, _))) if triggered => {
            (Severity::Information, format!("`RuntimeMaxSec=` ends the service after {span}"))
        }
        _ => return,
    };
    let message = format!(
        "{what}, and `Restart={}` brings it straight back: its trigger would start it when it is needed.",
        policy.as_str()
    );
    if let Some(finding) = cx.report_value(&IDLE_EXIT_WITH_RESTART_ALWAYS, severity, setting, message) {
        match (option, cap) {
            (Some((launch, word)), _) => {
                finding.relate_elsewhere(
                    launch.file(),
                    launch.word_range(word),
                    "the program leaves when idle",
                );
            }
            (None, Some((_, cap))) => {
                finding.relate_line(cap, "this ends the service");
            }
            (None, None) => {}
        }
        finding.offer(Fix::risky("Use `Restart=on-failure`").set(setting, "on-failure"));
    }
}
