//! Rule: a command that leaves processes behind where nobody looks after them, or that systemd's own settings replace.

use unit_catalog::{Section, directive};

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::settings::{remains_after_exit, runs_as_root};
use crate::activation::{Launch, Mode, Reason, ServiceType, Topic};
use crate::diagnostic::Severity;
use crate::workspace::{Scope, Setting};

declare_rule! {
    /// ## What it does
    ///
    /// Reports daemons and background jobs that `ExecStartPre=` or `ExecCondition=` starts, and `sudo`, `su`, `nohup` and
    /// `disown` in any command of a service.
    ///
    /// ## Why it bites
    ///
    /// What such a command leaves behind is not the service: systemd finds a "left-over process" when it starts the main one,
    /// logs that, and goes on. Nobody notices when that process dies, and nothing starts it again; it is killed when the
    /// service stops, and when it fails.
    ///
    /// `sudo` and `su` are for people at a terminal. They open a session of their own by PAM, which may take what runs in it
    /// out of the service's control group, so that systemd cannot stop it; and a change of user is what `User=` is for.
    /// `nohup` and `disown` guard against a terminal that is not there.
    ///
    /// ## Example
    ///
    /// ```ini web.service
    /// [Service]
    /// ExecStartPre=/bin/sh -c '/usr/bin/cache-warmer &'
    /// ExecStart=/usr/bin/web
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini web.service
    /// [Unit]
    /// Wants=cache-warmer.service
    ///
    /// [Service]
    /// ExecStart=/usr/bin/web
    /// ```
    ///
    /// ```ini cache-warmer.service
    /// [Service]
    /// ExecStart=/usr/bin/cache-warmer
    /// ```
    ///
    /// ## Silent when
    ///
    /// The program is not known to go into the background as it is called here. `ExecStartPost=` of a oneshot that remains
    /// after its exit may leave something. `sudo` in a user unit is how it gets the rights it lacks. In a service
    /// whose `User=` is not root it is information, as `nohup` and `disown` are: they do no harm.
    ///
    /// ## Source
    ///
    /// systemd.service(5), `ExecStartPre=`; pam_systemd(8). That the process stays and is logged was seen on 252, 257 and
    /// 262.
    EXEC_BACKGROUND_CHILD {
        code: "exec-background-child",
        category: TypeReadiness,
        severity: Warning,
        since: Always,
        fix: None,
        check: Unit(check),
    }
}

const KEYS: [&str; 7] =
    ["ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload", "ExecStop", "ExecStopPost"];

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != unit_catalog::UnitType::Service || !cx.unit.speaks_of(Topic::LeavingBehind) {
        return;
    }
    for key in KEYS {
        let Some(directive) = directive(Section::Service, key) else { continue };
        let before = matches!(key, "ExecStartPre" | "ExecCondition");
        let counts = |setting: &Setting<'_>| Topic::LeavingBehind.is_in(directive, setting.value());
        // Most lines call none of these: do not split their commands.
        let wanted: Vec<_> = cx.unit.list(Section::Service, key).into_iter().filter(counts).collect();
        if wanted.is_empty() {
            continue;
        }
        let launches =
            if key == "ExecStart" { cx.launches().to_vec() } else { Launch::of_lines(cx.unit, wanted) };
        for launch in &launches {
            if before && check_left_behind(cx, launch, key) {
                continue;
            }
            check_terminal_tools(cx, launch, key);
        }
    }
}

/// Reports what goes on when the command has ended; whether anything does.
fn check_left_behind(cx: &mut UnitContext<'_>, launch: &Launch<'_>, key: &str) -> bool {
    if !matches!(launch.mode(), Mode::Background(Reason::Flag(_) | Reason::Default)) {
        return false;
    }
    let message = format!(
        "`{}` goes on after this `{key}=`: systemd finds a left-over process beside the main one, and nobody looks after it. \
         Give it a unit of its own.",
        launch.name()
    );
    cx.report(&EXEC_BACKGROUND_CHILD, Severity::Warning, (launch.file(), launch.range()), message);
    true
}

fn check_terminal_tools(cx: &mut UnitContext<'_>, launch: &Launch<'_>, key: &str) {
    let oneshot = cx.service_type() == Some(ServiceType::Oneshot) && remains_after_exit(cx.unit);
    let in_script = launch.script.iter().flat_map(|script| &script.commands).map(|command| command.name());
    let via = launch.via.iter().map(|via| via.launcher.names[0]);
    let tools: Vec<&str> = via.chain(in_script).chain([launch.name()]).collect();
    let has = |tool: &str| tools.contains(&tool);
    let scope = cx.place().scope;
    let (severity, message) = if has("sudo") || has("su") {
        let tool = if has("sudo") { "sudo" } else { "su" };
        if scope == Scope::User {
            return;
        }
        if tool == "sudo" && !runs_as_root(cx.unit, scope) {
            let message = "`sudo` opens a session of its own; with the prefix `+` systemd runs a command as root without it.";
            (Severity::Information, message.to_owned())
        } else {
            let message = format!(
                "`{tool}` opens a session of its own, which may take what it runs out of this unit; `User=` changes the \
                 user without it."
            );
            (Severity::Warning, message)
        }
    } else if let Some(tool) = ["nohup", "disown"].into_iter().find(|tool| has(tool)) {
        if key == "ExecStartPost" && oneshot {
            return;
        }
        (
            Severity::Information,
            format!("`{tool}` guards against the end of a terminal, and a service has none."),
        )
    } else {
        return;
    };
    cx.report(&EXEC_BACKGROUND_CHILD, severity, (launch.file(), launch.range()), message);
}
