//! Rule: `Type=notify` for a program that never says that it is ready.

use unit_catalog::{Hands, Notify, Section, Version, directive};

use super::declare::declare_rule;
use super::remedy::{add_flag, keep_in_foreground, use_type};
use super::unit::UnitContext;
use crate::activation::settings::{NotifyAccess, notify_access, start_timeout, type_setting};
use crate::activation::{Launch, Mode, Reason, ServiceType, Topic};
use crate::diagnostic::Severity;
use crate::value::TimeSpan;

declare_rule! {
    /// ## What it does
    ///
    /// Reports `Type=notify` and `notify-reload` where the program is known to send no `READY=1`, or not as it is called
    /// here, or goes into the background before it could; where it is a script of the workspace in which nothing speaks
    /// of notifications; and `notify-reload` for a program that SIGHUP ends.
    ///
    /// ## Why it bites
    ///
    /// systemd waits for `READY=1`. If it never comes, `systemctl start` hangs until `TimeoutStartSec=` (1min 30s by
    /// default) and kills a service that was working; if the program exits first, the start fails at once
    /// with the result `protocol`.
    ///
    /// ## Example
    ///
    /// ```ini cache.service
    /// [Service]
    /// Type=notify
    /// ExecStart=/usr/bin/redis-server --port 6380
    /// ```
    ///
    /// ## Use instead
    ///
    /// The program's own switch for it, or `Type=exec`.
    ///
    /// ```ini cache.service
    /// [Service]
    /// Type=notify
    /// ExecStart=/usr/bin/redis-server --port 6380 --supervised systemd
    /// ```
    ///
    /// ## Silent when
    ///
    /// The program is not known, its arguments are out of sight in a variable, or a command of the unit speaks of
    /// `systemd-notify` or `NOTIFY_SOCKET`. A script that goes on in another file (`exec`, a module beside it) may do it
    /// there. Where a configuration file that the call names may switch it on, it is
    /// information.
    ///
    /// ## Source
    ///
    /// systemd.service(5), `Type=`; sd_notify(3); `service_notify_message()`. Seen on 252, 257 and 262.
    TYPE_NOTIFY_UNSUPPORTED {
        code: "type-notify-unsupported",
        category: TypeReadiness,
        severity: Warning,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    let Some(service_type) = cx.service_type().filter(|service_type| service_type.notifies()) else { return };
    if cx.unit.fragment.is_none() || speaks_of_notifying(cx) {
        return;
    }
    let launches = cx.launches();
    let Some(launch) = launches.last() else { return };
    let name = launch.name();
    let kind = type_setting(cx.unit);
    let version = cx.version();
    let timeout = match start_timeout(cx.unit, service_type) {
        TimeSpan::Infinity => "the unit stays `activating` for ever".to_owned(),
        timeout => format!("the start fails after {timeout}"),
    };
    let word = service_type.as_str();
    let Some((severity, message)) = silent(launch, version)
        .or_else(|| silent_script(cx, launch, service_type))
        .map(|(severity, what, job)| {
            let end = if job { "the start fails with `protocol` as soon as it exits" } else { &timeout };
            (severity, format!("{what}, with Type={word} {end}."))
        })
        .or_else(|| {
            let (severity, what) = too_early(cx, launch, service_type)?;
            Some((severity, format!("{what}: with Type={word} the start fails with `protocol`.")))
        })
        .or_else(|| {
            let signal = cx.unit.scalar(Section::Service, "ReloadSignal", |_| true).map(|set| set.value());
            let hangs_up =
                signal.is_none_or(|signal| signal.trim_start_matches("SIG") == "HUP" || signal == "1");
            let dies = launch.program.is_some_and(|program| program.no_reload_signal && program.verified);
            (service_type == ServiceType::NotifyReload && hangs_up && dies).then(|| {
                let fate = match cx.version() >= Version(262) {
                    true => "systemd refuses it at `READY=1` (`protocol`)",
                    false => "the first reload ends it",
                };
                (
                    Severity::Warning,
                    format!("`{name}` does not handle SIGHUP: with Type=notify-reload {fate}."),
                )
            })
        })
    else {
        return;
    };
    let place = cx.blame((launch.file(), launch.word_range(0)), &[kind]);
    if let Some(finding) = cx.report(&TYPE_NOTIFY_UNSUPPORTED, severity, place, message) {
        finding.relate_elsewhere(launch.file(), launch.range(), "the command");
        if let Some(kind) = kind {
            finding.relate_line(kind, "the type is set here");
        }
        let program = launch.program.filter(|program| program.notify != Some(Notify::No));
        if launch.program.is_none() || silent(launch, version).is_some() {
            let switch = program.and_then(|program| program.notify_with.first());
            if let Some(fix) = switch.and_then(|switch| add_flag(launch, switch)) {
                finding.offer(fix);
            }
            let background = matches!(launch.mode(), Mode::Background(_));
            finding.offer(use_type(kind, launch, if background { "forking" } else { "exec" }));
        } else if let Some(fix) = program.and_then(|program| keep_in_foreground(launch, program)) {
            finding.offer(fix);
        } else if launch.program.is_some_and(|program| program.no_reload_signal) {
            finding.offer(use_type(kind, launch, "notify"));
        }
    }
}

/// Whether any command of the unit is about notifications.
fn speaks_of_notifying(cx: &UnitContext<'_>) -> bool {
    let about = |key: &&str| {
        let settings = cx.unit.list(Section::Service, key).into_iter();
        settings
            .filter_map(|setting| Some((directive(Section::Service, key)?, setting.value())))
            .any(|(directive, value)| Topic::Notifying.is_in(directive, value))
    };
    cx.unit.speaks_of(Topic::Notifying)
        && ["ExecStart", "ExecStartPre", "ExecStartPost", "Environment", "PassEnvironment"].iter().any(about)
}

/// Why no `READY=1` is sent: weight, half sentence, and whether the program ends by itself.
fn silent(launch: &Launch<'_>, version: Version) -> Option<(Severity, String, bool)> {
    let program = launch.program?;
    let name = launch.name();
    let mode = launch.mode();
    match launch.notifies() {
        _ if program.notify_not_in.is_some_and(|last| version <= last) => {
            let what = format!("`{name}` of systemd {} sends no READY=1 yet", version.0);
            return Some((Severity::Warning, what, false));
        }
        Some(Notify::No) => {}
        Some(Notify::App) => {
            let what = format!("`{name}` itself sends no READY=1, so unless what it runs does");
            return Some((Severity::Information, what, mode == Mode::Job));
        }
        _ => return None,
    }
    let flag = program.notify_with.first().filter(|_| program.notify != Some(Notify::No));
    let configured =
        flag.is_some() && matches!(mode, Mode::Foreground(Reason::DefaultButConfig) | Mode::Config);
    let what = match flag {
        None => format!("`{name}` sends no READY=1"),
        Some(flag) if configured => {
            format!("Unless its configuration says so, `{name}` sends READY=1 only with `{flag}`")
        }
        Some(flag) => format!("`{name}` sends READY=1 only with `{flag}`"),
    };
    let severity = match program.verified && !configured {
        true => Severity::Warning,
        false => Severity::Information,
    };
    let ends = matches!(mode, Mode::Job | Mode::Background(_));
    Some((severity, what, ends))
}

/// The same of a script of the workspace.
fn silent_script(
    cx: &UnitContext<'_>,
    launch: &Launch<'_>,
    service_type: ServiceType,
) -> Option<(Severity, String, bool)> {
    let script = cx.workspace.script(launch.file(), &launch.words.first()?.text)?;
    // Programs that a script runs may say it for it, if they may.
    let (access, _) = notify_access(cx.unit, service_type);
    let what = || format!("Nothing in `{}` sends READY=1", launch.name());
    (script.is_silent && access != NotifyAccess::All).then(|| (Severity::Warning, what(), false))
}

/// A program that sends `READY=1`, but whose first process exits before.
fn too_early(
    cx: &UnitContext<'_>,
    launch: &Launch<'_>,
    service_type: ServiceType,
) -> Option<(Severity, String)> {
    let program = launch.program?;
    let (access, _) = notify_access(cx.unit, service_type);
    if access == NotifyAccess::All
        || program.stays_for_notify
        || program.detached
        || program.notify_child
        || program.notify.is_none()
        || !program.verified
        || launch.hands() != Hands::Becomes
    {
        return None;
    }
    let name = launch.name();
    match launch.mode() {
        Mode::Background(Reason::Flag(Some(word))) => {
            let flag = &launch.words.get(word)?.text;
            Some((
                Severity::Warning,
                format!("`{flag}` sends `{name}` into the background before it is ready"),
            ))
        }
        Mode::Background(Reason::Default) => {
            Some((Severity::Warning, format!("`{name}` goes into the background before it is ready")))
        }
        _ => None,
    }
}
