//! Rule: `READY=1` or pings from a process whose word systemd does not take.

use unit_catalog::{Hands, Notify, Section};
use unit_syntax::TextRange;

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::settings::{NotifyAccess, notify_access, runs_as_root, type_setting, watchdog};
use crate::activation::{Launch, Script, ServiceType, ShellCommand, file_name};
use crate::diagnostic::Severity;
use crate::fix::Fix;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a service that must send `READY=1` or watchdog pings, takes them from its main process only
    /// (`NotifyAccess=main`, the default for it), and lets another process send them: `systemd-notify` called where
    /// its word does not count, also in a script of the workspace, or the real program behind a parent that stays, such as `sudo`, `su`, `npm` or a shell
    /// without `exec`.
    ///
    /// ## Why it bites
    ///
    /// systemd drops the message of any other process. The start hangs until its timeout, or the watchdog kills a
    /// healthy service, with nothing but a debug message in the log. `NotifyAccess=exec` does not help: it is for the
    /// processes of `ExecStartPre=` and the like.
    ///
    /// ## Example
    ///
    /// ```ini job.service
    /// [Service]
    /// Type=notify
    /// User=job
    /// ExecStart=/bin/sh -c 'prepare && systemd-notify --ready && exec serve'
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini job.service
    /// [Service]
    /// Type=notify
    /// NotifyAccess=all
    /// User=job
    /// ExecStart=/bin/sh -c 'prepare && systemd-notify --ready && exec serve'
    /// ```
    ///
    /// ## Silent when
    ///
    /// `NotifyAccess=all` is set, `exec` or a wrapper such as `env` makes the first process the program, `bash -c` runs
    /// it as its last command (which it then becomes), `systemd-notify --exec` is used, or the shell that
    /// systemd started calls `systemd-notify` itself and runs as root: then it speaks in the shell's name.
    ///
    /// ## Source
    ///
    /// systemd.service(5), `NotifyAccess=`; systemd-notify(1); `service_notify_message_authorized()`. Seen on 252, 257
    /// and 262.
    NOTIFY_ACCESS_TOO_NARROW {
        code: "notify-access-too-narrow",
        category: TypeReadiness,
        severity: Warning,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    let Some(service_type) = cx.service_type() else { return };
    let watchdog = watchdog(cx.unit);
    if cx.unit.fragment.is_none()
        || !service_type.notifies() && watchdog.is_none()
        || service_type == ServiceType::Oneshot
    {
        return;
    }
    let (access, set) = notify_access(cx.unit, service_type);
    if !matches!(access, NotifyAccess::Main | NotifyAccess::Exec) {
        return;
    }
    let launches = cx.launches();
    let Some(launch) = launches.last() else { return };
    let Some((severity, what)) = outsider(cx, launch) else { return };
    let word = if access == NotifyAccess::Exec { "exec" } else { "main" };
    let implied = if set.is_some() { "NotifyAccess" } else { "the implied NotifyAccess" };
    let end = match (service_type.notifies(), watchdog) {
        (true, _) => "READY=1 is dropped and the start times out".to_owned(),
        (false, Some((span, _))) => format!("its pings are dropped and the watchdog kills it after {span}"),
        (false, None) => return,
    };
    let message = format!("{what}; with {implied}={word} {end}. `NotifyAccess=all` takes its word.");
    let cause =
        type_setting(cx.unit).filter(|_| service_type.notifies()).or(watchdog.map(|(_, setting)| setting));
    let place = cx.blame((launch.file(), launch.range()), &[set, cause]);
    if let Some(finding) = cx.report(&NOTIFY_ACCESS_TOO_NARROW, severity, place, message) {
        finding.relate_elsewhere(launch.file(), launch.range(), "the command");
        if let Some(set) = set.or(cause) {
            finding.relate_line(set, "this asks for the word of the main process");
        }
        let all = Fix::risky("Use `NotifyAccess=all`");
        finding.offer(match set {
            Some(set) => all.set(set, "all"),
            None => all.insert(launch.file(), Section::Service, "NotifyAccess=all"),
        });
        if let Some(fix) = exec_in_script(launch) {
            finding.offer(fix);
        }
    }
}

const OTHER_SHELL: &str = "`systemd-notify` is called by a shell that is not the main process";

/// Makes the shell become its only command.
fn exec_in_script(launch: &Launch<'_>) -> Option<Fix> {
    let script =
        launch.script.as_ref().filter(|script| script.commands.len() == 1 && launch.via.len() == 1)?;
    launch.via.first().filter(|via| via.launcher.shell)?;
    let name = script.commands[0].words.first()?;
    let (range, value) = (launch.setting.entry.value_range()?, launch.setting.value());
    // The script is a word of its own; where it is quoted plainly, the program stands right behind the quote.
    let word = launch.command.words.iter().find(|word| word.text.trim_start().starts_with(&name.text))?;
    let offset = value.get(std::ops::Range::from(word.range))?.find(&name.text)? as u32;
    let at = launch.setting.entry.value_to_source(TextRange::at(word.range.start + offset));
    (range.start <= at.start).then(|| Fix::risky("Prefix `exec`").replace(launch.file(), at, "exec "))
}

/// Which process sends the message that the main process should send.
fn outsider(cx: &UnitContext<'_>, launch: &Launch<'_>) -> Option<(Severity, String)> {
    if let Some(script) = &launch.script {
        if script.commands.iter().any(is_notify_call) {
            return notify_call(cx, launch, script);
        }
        let nested = |command: &ShellCommand| {
            matches!(command.name(), "sh" | "bash" | "dash")
                && command.words.iter().any(|word| word.text.contains("systemd-notify"))
        };
        if script.commands.iter().any(nested) {
            return Some((Severity::Warning, OTHER_SHELL.to_owned()));
        }
    }
    if launch.name() == "systemd-notify" {
        return None;
    }
    let called = launch.words.first().and_then(|word| cx.workspace.script(launch.file(), &word.text));
    if called.is_some_and(|script| script.calls_systemd_notify) {
        return match launch.hands() {
            Hands::Becomes => by_another_user(cx),
            _ => Some((Severity::Warning, OTHER_SHELL.to_owned())),
        };
    }
    let notifies = launch.notifies();
    if let Some(program) = launch.program.filter(|program| program.notify_child)
        && notifies != Some(Notify::No)
        && launch.hands() == Hands::Becomes
    {
        let severity = if program.verified { Severity::Warning } else { Severity::Information };
        return Some((
            severity,
            format!("`{}` sends READY=1 from another process than its first", launch.name()),
        ));
    }
    if notifies == Some(Notify::No) || launch.script.as_ref().is_some_and(Script::leaves_something) {
        return None;
    }
    let parent = launch.parent().filter(|parent| parent.hands == Hands::Waits)?;
    // Which of its names the launcher goes by here; where it stands in a script, its first.
    let written = launch.command.words.iter().map(|word| file_name(&word.text));
    let name = written.clone().find(|name| parent.launcher.names.contains(name));
    let name = name.unwrap_or(parent.launcher.names[0]);
    let program = launch.name();
    let what = match parent.launcher.opaque || program == name {
        true => format!("`{name}` stays as the main process and what it runs is a child"),
        false => format!("`{name}` stays as the main process and `{program}` is its child"),
    };
    Some((Severity::Warning, what))
}

fn is_notify_call(command: &ShellCommand) -> bool {
    command.name() == "systemd-notify"
}

/// A script that calls `systemd-notify` where its word does not count.
fn notify_call(cx: &UnitContext<'_>, launch: &Launch<'_>, script: &Script) -> Option<(Severity, String)> {
    let mut calls = script.commands.iter().filter(|command| is_notify_call(command));
    if calls
        .clone()
        .any(|call| call.words.iter().any(|word| word.text == "--exec" || word.text == "--booted"))
    {
        return None;
    }
    // The script's own shell is the last on the way; those before it must have become it.
    let shell = launch.via.iter().rposition(|via| !via.launcher.script.is_empty())?;
    let nested = launch.via[..shell].iter().any(|via| via.hands != Hands::Becomes)
        || !launch.via[shell].launcher.shell;
    if nested {
        return Some((Severity::Warning, OTHER_SHELL.to_owned()));
    }
    by_another_user(cx).or_else(|| {
        let what = "`systemd-notify` is called by a subshell, not by the main process";
        calls.all(|call| !call.main_shell).then(|| (Severity::Warning, what.to_owned()))
    })
}

/// `systemd-notify` called by the main process, which only root may be spoken for.
fn by_another_user(cx: &UnitContext<'_>) -> Option<(Severity, String)> {
    if runs_as_root(cx.unit, cx.place().scope) {
        return None;
    }
    let who = if cx.is_user_unit() { "in a user's manager" } else { "as another user than root" };
    Some((
        Severity::Warning,
        format!("`systemd-notify` runs {who} and so cannot speak in the main process's name"),
    ))
}
