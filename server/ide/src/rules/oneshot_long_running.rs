//! Rule: `Type=oneshot` for a command that does not end.

use unit_catalog::{Interpreter, UnitType};

use super::declare::declare_rule;
use super::remedy::{foreground_type, use_type};
use super::unit::UnitContext;
use crate::activation::settings::{start_timeout, type_setting};
use crate::activation::{Launch, Mode, Reason, ServiceType};
use crate::diagnostic::Severity;
use crate::value::TimeSpan;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a oneshot service whose last command runs until it is stopped: a server in the foreground,
    /// `sleep infinity`, `tail -f`, a shell loop without end.
    ///
    /// ## Why it bites
    ///
    /// A oneshot is `activating` until its command has ended, and unlike other types it has no start timeout. One that
    /// never ends is never started: `systemctl start` hangs, and everything ordered after it waits for ever, at
    /// boot too.
    ///
    /// ## Example
    ///
    /// ```ini watcher.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/bin/sh -c 'while true; do /usr/bin/sync-once; sleep 60; done'
    /// ```
    ///
    /// ## Use instead
    ///
    /// `Type=exec`, or a oneshot that does the work once and a timer that repeats it.
    ///
    /// ```ini watcher.service
    /// [Service]
    /// Type=exec
    /// ExecStart=/bin/sh -c 'while true; do /usr/bin/sync-once; sleep 60; done'
    /// ```
    ///
    /// ## Silent when
    ///
    /// Another command follows, the program may end by itself (`docker run`, `ssh`, a download), `timeout` bounds it, or
    /// a timer starts the unit and `TimeoutStartSec=` bounds it. Programs in Java or Node.js count
    /// where their name reads like a server's, as information.
    ///
    /// ## Source
    ///
    /// systemd.service(5), `Type=`; `service_add_extras()`, `service_sigchld_event()`. Seen on 252, 257 and 262.
    ONESHOT_LONG_RUNNING {
        code: "oneshot-long-running",
        category: TypeReadiness,
        severity: Warning,
        since: Always,
        fix: Sometimes,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    if cx.service_type() != Some(ServiceType::Oneshot) || cx.unit.fragment.is_none() {
        return;
    }
    let launches = cx.launches();
    let Some(launch) = launches.last() else { return };
    let Some((severity, word, what)) = endless(launch) else { return };
    let end = match start_timeout(cx.unit, ServiceType::Oneshot) {
        TimeSpan::Infinity => {
            "this unit stays `activating` for ever, and all that is ordered after it waits".to_owned()
        }
        // A bounded run on a schedule may be meant.
        _ if !cx.triggers(UnitType::Timer).is_empty() => return,
        timeout => format!("this unit is `activating` until the start fails after {timeout}"),
    };
    let kind = type_setting(cx.unit);
    let message = format!("{what}: a oneshot is not started before its command has ended, so {end}.");
    let place = cx.blame((launch.file(), launch.word_range(word)), &[kind]);
    if let Some(finding) = cx.report(&ONESHOT_LONG_RUNNING, severity, place, message) {
        finding.relate_elsewhere(launch.file(), launch.range(), "the command");
        if let Some(kind) = kind {
            finding.relate_line(kind, "the type is set here");
        }
        // Only oneshots may have several commands.
        if launches.len() == 1 {
            finding.offer(use_type(kind, launch, foreground_type(launch)));
        }
    }
}

/// Why the command does not end: weight, word to show, and the half sentence.
fn endless(launch: &Launch<'_>) -> Option<(Severity, usize, String)> {
    if launch.via.iter().any(|via| via.launcher.names[0] == "timeout") {
        return None;
    }
    let name = launch.name();
    if launch.script.as_ref().is_some_and(|script| script.loops_forever) {
        return Some((Severity::Warning, usize::MAX, "The shell's loop never ends".to_owned()));
    }
    let program = match launch.program {
        Some(program) => program,
        None => return server_by_name(launch),
    };
    if program.ends {
        return None;
    }
    let severity = if program.verified { Severity::Warning } else { Severity::Information };
    match launch.mode() {
        Mode::Foreground(Reason::Flag(Some(word))) => {
            let flag = &launch.words.get(word)?.text;
            Some((severity, word, format!("`{name}` with `{flag}` runs until it is stopped")))
        }
        Mode::Foreground(_) => Some((severity, 0, format!("`{name}` runs until it is stopped"))),
        _ => None,
    }
}

/// A program of a runtime for servers whose name says that it is one.
fn server_by_name(launch: &Launch<'_>) -> Option<(Severity, usize, String)> {
    launch.interpreter().filter(|(_, kind)| *kind == Interpreter::Never)?;
    let path = launch.words.first()?.text.to_ascii_lowercase();
    let name = launch.name().to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    let like_server = ["server", "daemon", "httpd", "listener"].iter().any(|word| stem.contains(word))
        || matches!(stem, "app" | "api" | "web" | "bot" | "index" | "www");
    let listens =
        launch.words.iter().any(|word| word.text.starts_with("--port") || word.text.starts_with("--listen"));
    (like_server && !path.is_empty() || listens).then(|| {
        (
            Severity::Information,
            0,
            format!("`{}` reads like a server, which runs until it is stopped", launch.name()),
        )
    })
}
