//! Rule: a daemon that forks under a type for which that is its end.

use unit_catalog::{Hands, Interpreter, Section};

use super::declare::declare_rule;
use super::remedy::{keep_in_foreground, use_type};
use super::unit::UnitContext;
use crate::activation::settings::{self, lives_by_cgroup, remains_after_exit};
use crate::activation::{Launch, Mode, Reason, Restart};
use crate::diagnostic::Severity;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a service of `Type=simple`, `exec` or `idle` whose command goes into the background: a daemon that forks
    /// unless it is told not to, a background flag, `&` at the end of a shell script, a wrapper such as `setsid`,
    /// `daemonize` or `start-stop-daemon --background`.
    ///
    /// ## Why it bites
    ///
    /// For these types the first process is the service. When it exits after forking, systemd sees the end
    /// of the service and kills what is left in its control group. The unit is `inactive` with success, so `on-failure`
    /// does nothing, and `Restart=always` starts it again and again until the start limit.
    ///
    /// ## Example
    ///
    /// ```ini web.service
    /// [Service]
    /// Type=simple
    /// ExecStart=/usr/sbin/nginx
    /// ```
    ///
    /// ## Use instead
    ///
    /// The flag that keeps it in the foreground, or `Type=forking` with the PID file that the daemon writes.
    ///
    /// ```ini web.service
    /// [Service]
    /// Type=exec
    /// ExecStart=/usr/sbin/nginx -g 'daemon off;'
    /// ```
    ///
    /// ## Silent when
    ///
    /// A foreground flag is given, `ExitType=cgroup` or `RemainAfterExit=yes` is set, the arguments are out of sight in
    /// a variable, or the program is not known. Where a configuration file decides, or a program that is not known
    /// has `--daemon`, it is a hint, and where one that the
    /// call names may decide otherwise, information. What programs do stands in a table with its evidence.
    ///
    /// ## Source
    ///
    /// systemd.service(5), `Type=`; `service_sigchld_event()`, `service_enter_running()`. Seen on 252, 257 and 262.
    TYPE_SIMPLE_DAEMONIZES {
        code: "type-simple-daemonizes",
        category: TypeReadiness,
        severity: Warning,
        since: Always,
        fix: Sometimes,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    let Some(service_type) = cx.service_type().filter(|service_type| service_type.is_ready_at_once()) else {
        return;
    };
    if cx.unit.fragment.is_none() || remains_after_exit(cx.unit) || lives_by_cgroup(cx.unit, cx.version()) {
        return;
    }
    let launches = cx.launches();
    let Some(launch) = launches.last() else { return };
    let Some((severity, word, what)) = departure(launch) else { return };
    let kind = settings::type_setting(cx.unit);
    let after = match (severity, settings::restart(cx.unit).0) {
        (Severity::Hint, _) => String::new(),
        (_, Restart::Always) => " `Restart=always` then runs into the start limit.".to_owned(),
        (_, Restart::OnSuccess) => " `Restart=on-success` then runs into the start limit.".to_owned(),
        (_, Restart::OnFailure | Restart::OnAbnormal | Restart::OnAbort | Restart::OnWatchdog) => {
            " That counts as success: the restart policy does nothing.".to_owned()
        }
        _ => String::new(),
    };
    let implied = if kind.is_some() { "Type" } else { "the default Type" };
    let message = match severity {
        Severity::Hint => format!(
            "{what}; if it does, {implied}={} takes the exit of the first process for the end of the service.",
            service_type.as_str()
        ),
        _ => format!(
            "{what}: {implied}={} takes that for the end of the service and {}.{after}",
            service_type.as_str(),
            fate(cx, launch)
        ),
    };
    let place = cx.blame((launch.file(), launch.word_range(word)), &[kind]);
    if let Some(finding) = cx.report(&TYPE_SIMPLE_DAEMONIZES, severity, place, message) {
        finding.relate_elsewhere(launch.file(), launch.range(), "the command");
        if let Some(kind) = kind {
            finding.relate_line(kind, "the type is set here");
        }
        if let Some(fix) = launch.program.and_then(|program| keep_in_foreground(launch, program)) {
            finding.offer(fix);
        }
        if launch.program.is_some_and(|program| program.detached) {
            let fix = use_type(kind, launch, "oneshot");
            finding.offer(fix.insert(launch.file(), Section::Service, "RemainAfterExit=yes"));
        } else if severity < Severity::Hint {
            finding.offer(use_type(kind, launch, "forking"));
        }
    }
}

fn fate(cx: &UnitContext<'_>, launch: &Launch<'_>) -> &'static str {
    let detached = launch.program.is_some_and(|program| program.detached) && launch.hands() == Hands::Becomes;
    let spares = |value: &str| ["process", "none"].contains(&value);
    let kill = cx.unit.scalar(Section::Service, "KillMode", |value| {
        spares(value) || ["control-group", "mixed"].contains(&value)
    });
    match detached || kill.is_some_and(|kill| spares(kill.value())) {
        true => "stops, while what it started goes on out of its sight",
        false => "kills what is left of it",
    }
}

/// Why the first process exits while the program goes on: weight, word to show, and the half sentence.
fn departure(launch: &Launch<'_>) -> Option<(Severity, usize, String)> {
    let name = launch.name();
    if let Some(script) = launch.script.as_ref().filter(|script| script.leaves_something()) {
        let left =
            script.commands.iter().rfind(|command| command.background).map_or(name, |left| left.name());
        return Some((
            Severity::Warning,
            usize::MAX,
            format!("The shell starts `{left}` in the background and exits"),
        ));
    }
    if let Some(via) = launch.via.iter().find(|via| via.hands == Hands::Leaves) {
        let launcher = crate::activation::file_name(&launch.command.words[0].text);
        let launcher = if via.launcher.names.contains(&launcher) { launcher } else { via.launcher.names[0] };
        return Some((
            Severity::Warning,
            usize::MAX,
            format!("`{launcher}` leaves `{name}` in the background and exits"),
        ));
    }
    if let Some(what) = init_script(launch) {
        return Some((Severity::Warning, 0, what));
    }
    let verified = launch.program.is_some_and(|program| program.verified);
    match launch.mode() {
        Mode::Background(reason) => {
            let flag = |word: usize| launch.words.get(word).map_or("", |word| &word.text);
            let (severity, word, what) = match reason {
                Reason::Flag(Some(word)) if launch.program.is_some_and(|program| program.detached) => {
                    (Severity::Warning, word, format!("`{name}` with `{}` returns at once", flag(word)))
                }
                Reason::Flag(Some(word)) => (
                    Severity::Warning,
                    word,
                    format!(
                        "`{}` sends `{name}` into the background and its first process exits",
                        flag(word)
                    ),
                ),
                Reason::DefaultButConfig => (
                    Severity::Information,
                    0,
                    format!(
                        "Unless its configuration says otherwise, `{name}` goes into the background and its first process exits"
                    ),
                ),
                _ => (
                    Severity::Warning,
                    0,
                    format!("`{name}` goes into the background and its first process exits"),
                ),
            };
            Some((if verified { severity } else { severity.max(Severity::Information) }, word, what))
        }
        Mode::Config => Some((
            Severity::Hint,
            0,
            format!("Whether `{name}` goes into the background is up to its configuration file"),
        )),
        Mode::Unknown if launch.program.is_none() => unknown_program(launch),
        _ => None,
    }
}

/// An init script does not wait for what it starts.
fn init_script(launch: &Launch<'_>) -> Option<String> {
    let program = &launch.words.first()?.text;
    let folders = ["/etc/init.d/", "/etc/rc.d/init.d/", "/etc/rc.d/"];
    let script = folders.iter().any(|folder| program.starts_with(folder));
    let starts = launch.words.get(1).is_some_and(|word| matches!(word.text.as_str(), "start" | "restart"));
    (script && starts).then(|| format!("The init script `{program}` exits as soon as it is done"))
}

/// A program that no table knows, with a flag whose name says enough.
fn unknown_program(launch: &Launch<'_>) -> Option<(Severity, usize, String)> {
    let name = launch.name();
    if launch.interpreter().is_some_and(|(_, kind)| kind == Interpreter::Never) {
        return None;
    }
    let text = |word: &str| word.to_ascii_lowercase();
    let stays = |word: &str| {
        let word = text(word);
        let words = [
            "foreground",
            "nofork",
            "no-fork",
            "nodaemon",
            "no-daemon",
            "no-detach",
            "nodetach",
            "dont-fork",
            "fg",
        ];
        word.starts_with('-') && words.iter().any(|stay| word.contains(stay))
    };
    if launch.words.iter().any(|word| word.hidden || stays(&word.text)) {
        return None;
    }
    launch.words.iter().enumerate().skip(1).find_map(|(at, word)| {
        let (flag, value) = word.text.split_once('=').unwrap_or((&word.text, "yes"));
        if !["yes", "true", "1", "on"].contains(&value) {
            return None;
        }
        match flag {
            "--daemonize" | "-daemonize" | "--daemonise" => {
                let what = format!("`{flag}` sends `{name}` into the background and its first process exits");
                Some((Severity::Warning, at, what))
            }
            // To some it only says that they are to serve.
            "--daemon" => {
                Some((Severity::Hint, at, format!("`{flag}` may send `{name}` into the background")))
            }
            _ => None,
        }
    })
}
