//! Rule: a path unit whose condition still holds when its service is done.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::settings::remains_after_exit;
use crate::activation::{Launch, Mode, Reason, ServiceType, StartLimit, Verdict};
use crate::diagnostic::Severity;
use crate::fix::Fix;
use crate::workspace::{Effective, Resolution, Setting};

declare_rule! {
    /// ## What it does
    ///
    /// Reports `PathExists=`, `PathExistsGlob=` and `DirectoryNotEmpty=` of a path unit whose service ends without
    /// taking away what is watched.
    ///
    /// ## Why it bites
    ///
    /// These conditions are looked at again each time the service ends. While they still hold the service starts anew at
    /// once, until its start limit fails it and the path unit with it, within a fraction of a second.
    ///
    /// ## Example
    ///
    /// ```ini mail.path
    /// [Path]
    /// PathExists=/srv/outbox/ready
    /// ```
    ///
    /// ```ini mail.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/logger "there is mail"
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini mail.path
    /// [Path]
    /// PathChanged=/srv/outbox/ready
    /// ```
    ///
    /// ```ini mail.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/logger "there is mail"
    /// ```
    ///
    /// ## Silent when
    ///
    /// A command removes or moves what is watched, the service keeps running or has `RemainAfterExit=yes`, or the
    /// condition is `PathChanged=` or `PathModified=`. For a program that nothing is known of it is information, and a hint where a command names the path: it may
    /// well clean up.
    ///
    /// ## Source
    ///
    /// systemd.path(5); `path_spec_check_good()`. Seen on 252, 257 and 262: five runs in 40 ms, then the path unit fails
    /// with `unit-start-limit-hit`.
    PATH_LEVEL_TRIGGER_LOOP {
        code: "path-level-trigger-loop",
        category: Path,
        severity: Warning,
        since: Always,
        fix: Sometimes,
        check: Unit(check),
    }
}

/// Conditions that hold for a time, rather than happen.
pub(super) const LEVELS: [&str; 3] = ["PathExists", "PathExistsGlob", "DirectoryNotEmpty"];

/// Every key that runs a command.
const COMMANDS: [&str; 7] =
    ["ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload", "ExecStop", "ExecStopPost"];

/// Words of command lines that take files away.
const REMOVES: [&str; 12] = [
    "rm",
    "mv",
    "unlink",
    "rmdir",
    "shred",
    "truncate",
    "-delete",
    "--delete",
    "--remove-source-files",
    "--remove",
    "--move",
    "unlinkat",
];

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Path {
        return;
    }
    let Some((target, _)) = cx.workspace.trigger_target(cx.unit).filter(|_| cx.unit.fragment.is_some())
    else {
        return;
    };
    let Resolution::Found(_) = cx.workspace.resolve(&target, cx.place()) else {
        return;
    };
    let Some(service) = cx.workspace.effective(&target, cx.place()) else {
        return;
    };
    let Some(known) = ends(&service, cx) else {
        return;
    };
    for key in LEVELS {
        for watched in cx.unit.list(Section::Path, key) {
            if is_taken_away(&service, watched.value()) {
                continue;
            }
            report(cx, watched, &service, known);
        }
    }
}

fn report(cx: &mut UnitContext<'_>, watched: Setting<'_>, service: &Effective<'_>, known: bool) {
    let key = watched.entry.key().unwrap_or_default();
    let name = service.name.as_ref().map_or("its service", |name| name.as_str()).to_owned();
    let fate = match StartLimit::of(service, cx.version()).verdict(0.0) {
        Verdict::Endless { limit_off: true, .. } => "until 200 starts in 2s fail the path unit".to_owned(),
        _ => {
            let burst = StartLimit::of(service, cx.version()).burst;
            format!("until {burst} starts have failed both units")
        }
    };
    let (severity, message) = match known {
        true => (
            PATH_LEVEL_TRIGGER_LOOP.severity,
            format!(
                "`{key}=` still holds when `{name}` is done, which takes nothing away: it is started again at once, {fate}."
            ),
        ),
        false => (
            if is_named(service, watched.value()) { Severity::Hint } else { Severity::Information },
            format!(
                "`{key}=` is looked at again when `{name}` is done: unless its program takes away what is watched, it is started again at once, {fate}."
            ),
        ),
    };
    let change = (key != "PathExistsGlob")
        .then(|| Fix::risky("Use `PathChanged=`").replace(watched.file, watched.key_range(), "PathChanged"));
    let Some(finding) = cx.report_value(&PATH_LEVEL_TRIGGER_LOOP, severity, watched, message) else {
        return;
    };
    if let Some(command) = service.list(Section::Service, "ExecStart").last() {
        finding.relate_line(*command, "what runs each time");
    }
    finding.fixes.extend(change);
}

/// Whether a command of the service names what is watched, and so may take it away.
fn is_named(service: &Effective<'_>, watched: &str) -> bool {
    let watched = watched.trim_end_matches('/');
    COMMANDS
        .iter()
        .flat_map(|key| service.list(Section::Service, key))
        .any(|set| set.value().contains(watched))
}

/// Whether the service ends by itself, and whether that it removes nothing is known rather than likely.
fn ends(service: &Effective<'_>, cx: &UnitContext<'_>) -> Option<bool> {
    let kind = ServiceType::of(service, cx.version())?;
    if remains_after_exit(service) {
        return None;
    }
    let launches = Launch::all(service, "ExecStart");
    let last = launches.last()?;
    let known = |launch: &Launch<'_>| match &launch.script {
        Some(script) => {
            !script.loops_forever && script.commands.iter().all(|command| is_harmless(command.name()))
        }
        None => match launch.mode() {
            Mode::Job => true,
            Mode::Foreground(Reason::Flag(_)) => false,
            _ => is_harmless(launch.name()),
        },
    };
    match kind {
        ServiceType::Oneshot => Some(launches.iter().all(known)),
        ServiceType::Simple | ServiceType::Exec | ServiceType::Idle => known(last).then_some(true),
        _ => None,
    }
}

/// Programs that end and take nothing away.
fn is_harmless(program: &str) -> bool {
    let harmless = [
        "true",
        "false",
        "echo",
        "printf",
        "logger",
        "touch",
        "cat",
        "cp",
        "ls",
        "date",
        "sleep",
        "notify-send",
        "wall",
        "mail",
        "mailx",
        "curl",
        "wget",
        "systemctl",
        "systemd-notify",
        "systemd-cat",
        "test",
        "[",
        "chmod",
        "chown",
        "chgrp",
        "mkdir",
        "ln",
        "sync",
        "tar",
        "gzip",
        "head",
        "tail",
        "grep",
        "wc",
        "stat",
        "id",
        "env",
        "sendmail",
    ];
    harmless.contains(&program)
}

/// Whether a command of the service removes or moves what is watched, as far as its words tell.
fn is_taken_away(service: &Effective<'_>, watched: &str) -> bool {
    let watched = watched.trim_end_matches('/');
    let folder = watched.rsplit_once('/').map_or(watched, |(folder, _)| folder);
    COMMANDS.iter().flat_map(|key| service.list(Section::Service, key)).any(|command| {
        let value = command.value();
        let mut words = value.split(|char: char| char.is_whitespace() || "'\";&|()".contains(char));
        let removes = words.any(|word| REMOVES.contains(&word.rsplit('/').next().unwrap_or(word)));
        let stops = value.contains("systemctl") && value.contains("stop") && value.contains(".path");
        // A name that is made at run time may be any.
        let names = value.contains(watched)
            || !folder.is_empty() && value.contains(folder)
            || value.contains(['$', '%', '*'])
            || !service.list(Section::Service, "WorkingDirectory").is_empty();
        removes && names || stops
    })
}
