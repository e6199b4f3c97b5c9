//! Rule: `Type=forking` for a program that stays in the foreground.

use unit_catalog::{Conduct, Interpreter, Section};

use super::declare::declare_rule;
use super::remedy::{foreground_type, remove_flag, use_type};
use super::unit::UnitContext;
use crate::activation::settings::{start_timeout, type_setting};
use crate::activation::{Launch, Mode, Reason, ServiceType, file_name};
use crate::diagnostic::Severity;
use crate::value::TimeSpan;

declare_rule! {
    /// ## What it does
    ///
    /// Reports `Type=forking` where the command stays in the foreground: by a flag, by its nature, or because it is an
    /// interpreter that cannot fork.
    ///
    /// ## Why it bites
    ///
    /// `Type=forking` waits for the first process to exit. One that stays is never "started": `systemctl start` hangs,
    /// everything ordered after the unit waits, and after `TimeoutStartSec=` (1min 30s by default) systemd kills
    /// a service that was working.
    ///
    /// ## Example
    ///
    /// ```ini app.service
    /// [Service]
    /// Type=forking
    /// ExecStart=/usr/bin/gunicorn --bind 127.0.0.1:8000 app:app
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini app.service
    /// [Service]
    /// Type=notify
    /// ExecStart=/usr/bin/gunicorn --bind 127.0.0.1:8000 app:app
    /// ```
    ///
    /// ## Silent when
    ///
    /// The program goes into the background, its arguments are out of sight in a variable, or it is not known.
    /// Python, Perl and Ruby scripts may fork by themselves: with `PIDFile=`, or with an argument that
    /// reads like it (`start`, `-d`, `--daemon`), nothing is said. Where a configuration file that the call names may
    /// send it to the background, it is a hint.
    ///
    /// ## Source
    ///
    /// systemd.service(5), `Type=`; `service_enter_start()`. Seen on 252, 257 and 262.
    TYPE_FORKING_FOREGROUND {
        code: "type-forking-foreground",
        category: TypeReadiness,
        severity: Warning,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    if cx.service_type() != Some(ServiceType::Forking) || cx.unit.fragment.is_none() {
        return;
    }
    let launches = cx.launches();
    let Some(launch) = launches.last() else { return };
    let has_pid_file = !cx.unit.list(Section::Service, "PIDFile").is_empty();
    let Some((severity, word, what)) = staying(launch, has_pid_file) else { return };
    let kind = type_setting(cx.unit);
    let end = match start_timeout(cx.unit, ServiceType::Forking) {
        TimeSpan::Infinity => "the unit stays `activating` for ever".to_owned(),
        timeout => format!("after {timeout} the start fails and it is killed"),
    };
    let message = match severity {
        Severity::Hint => format!(
            "Unless its configuration sends it to the background, {what}: Type=forking waits for the first process to \
             exit, and {end}."
        ),
        _ => format!("{}: Type=forking waits for the first process to exit, and {end}.", capitalized(&what)),
    };
    let place = cx.blame((launch.file(), launch.word_range(word)), &[kind]);
    if let Some(finding) = cx.report(&TYPE_FORKING_FOREGROUND, severity, place, message) {
        finding.relate_elsewhere(launch.file(), launch.range(), "the command");
        if let Some(kind) = kind {
            finding.relate_line(kind, "the type is set here");
        }
        finding.offer(use_type(kind, launch, foreground_type(launch)));
        if launch.program.is_some_and(|program| {
            program.default == Conduct::Background && program.foreground.contains(&flag_at(launch, word))
        }) && let Some(fix) = remove_flag(launch, word)
        {
            finding.offer(fix);
        }
    }
}

fn flag_at<'l>(launch: &'l Launch<'_>, word: usize) -> &'l str {
    launch.words.get(word).map_or("", |word| &word.text)
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// Why the first process stays: weight, word to show, and the half sentence.
fn staying(launch: &Launch<'_>, has_pid_file: bool) -> Option<(Severity, usize, String)> {
    let name = launch.name();
    let verified = launch.program.is_none_or(|program| program.verified);
    let lighter = |severity: Severity| if verified { severity } else { severity.max(Severity::Information) };
    match launch.mode() {
        Mode::Foreground(Reason::Flag(Some(word))) => {
            let flag = &launch.words.get(word)?.text;
            let what = match flag.starts_with('-') {
                true => format!("`{flag}` keeps `{name}` in the foreground"),
                false => format!("`{name} {flag}` stays in the foreground"),
            };
            Some((lighter(Severity::Warning), word, what))
        }
        Mode::Foreground(Reason::Flag(None)) => {
            Some((Severity::Warning, usize::MAX, "the shell's loop never ends".to_owned()))
        }
        Mode::Foreground(Reason::DefaultButConfig) => {
            Some((Severity::Hint, 0, format!("`{name}` stays in the foreground")))
        }
        Mode::Foreground(Reason::Default) => {
            Some((lighter(Severity::Warning), 0, format!("`{name}` stays in the foreground")))
        }
        Mode::Unknown if launch.program.is_none() => interpreted(launch, has_pid_file),
        _ => None,
    }
}

/// A program of an interpreter that cannot fork, or a script that gives no sign of forking.
fn interpreted(launch: &Launch<'_>, has_pid_file: bool) -> Option<(Severity, usize, String)> {
    let (launcher, kind) = launch.interpreter()?;
    let daemon_like = |word: &str| {
        let word = word.to_ascii_lowercase();
        matches!(word.as_str(), "start" | "restart" | "-d" | "-b" | "daemon")
            || word.contains("daemon")
            || word.contains("background")
            || word.contains("fork")
            || word.contains("detach")
    };
    if launch.words.iter().any(|word| word.hidden || daemon_like(&word.text)) || launch.inline.is_some() {
        return None;
    }
    let name = launch.name();
    let written = launch.command.words.iter().map(|word| file_name(&word.text));
    let mut written = written.filter(|word| launcher.names.contains(word));
    let language = written.next().unwrap_or(launcher.names[0]);
    let (severity, what) = match kind {
        Interpreter::Never => {
            let severity = if has_pid_file { Severity::Information } else { Severity::Warning };
            (
                severity,
                format!("`{name}` runs in `{language}`, which does not go into the background by itself"),
            )
        }
        Interpreter::Maybe if has_pid_file => return None,
        // Daemons in Perl and its like are used to forking.
        Interpreter::Maybe => (
            if language.starts_with("py") { Severity::Warning } else { Severity::Information },
            format!(
                "`{name}` is a script of `{language}` and stays in the foreground unless it forks by itself"
            ),
        ),
    };
    Some((severity, 0, what))
}
