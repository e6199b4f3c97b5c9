//! Rule: a socket's service that ends without taking the connection.

use unit_catalog::{Section, Sockets, UnitType};

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::settings::{flag, remains_after_exit, type_setting};
use crate::activation::{Launch, Mode, ServiceType};
use crate::fix::Fix;
use crate::workspace::{Effective, accepts};

declare_rule! {
    /// ## What it does
    ///
    /// Reports a socket with `Accept=no` whose service is a oneshot, or runs a command that ends without looking at what
    /// arrives.
    ///
    /// ## Why it bites
    ///
    /// The service ends, the connection still waits, so the socket starts the service again at once: five times in a
    /// tenth of a second, until a limit fails the socket and its address closes.
    ///
    /// ## Example
    ///
    /// ```ini wake.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/logger "somebody called"
    /// ```
    ///
    /// ```ini wake.socket
    /// [Socket]
    /// ListenStream=5000
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini wake.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/logger "somebody called"
    /// ```
    ///
    /// ```ini wake.socket
    /// [Socket]
    /// ListenStream=5000
    /// FlushPending=yes
    /// ```
    ///
    /// ## Silent when
    ///
    /// `FlushPending=yes` (from 247), `Accept=yes`, `StandardInput=socket`, a program that is known to take passed
    /// sockets, `RemainAfterExit=yes`, a oneshot that refuses on purpose (its last command is `false`), or a socket that listens on FIFOs, queues, netlink or device files only.
    ///
    /// ## Source
    ///
    /// systemd.socket(5), `FlushPending=`; `socket_enter_listening()`. Seen on 252, 257 and 262: five runs in 0.1 s, then
    /// `service-start-limit-hit`.
    SOCKET_ONESHOT_DOES_NOT_DRAIN {
        code: "socket-oneshot-does-not-drain",
        category: SocketActivation,
        severity: Warning,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

const LISTENS: [&str; 3] = ["ListenStream", "ListenDatagram", "ListenSequentialPacket"];

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Service || cx.unit.fragment.is_none() || remains_after_exit(cx.unit) {
        return;
    }
    let sockets = cx.triggers(UnitType::Socket);
    if sockets.is_empty() {
        return;
    }
    let input = cx.unit.scalar(Section::Service, "StandardInput", |_| true);
    if input.is_some_and(|input| input.value() == "socket") {
        return;
    }
    let launches = cx.launches();
    let oneshot = cx.service_type() == Some(ServiceType::Oneshot);
    let Some(launch) = launches.last().filter(|_| !launches.iter().any(takes_sockets)) else {
        return;
    };
    let ends = matches!(cx.service_type(), Some(ServiceType::Simple | ServiceType::Exec | ServiceType::Idle))
        && ignores_input(launch);
    // It is not to be started at all.
    let refuses = oneshot && launch.name() == "false";
    if refuses || !oneshot && !ends {
        return;
    }
    for socket in sockets.iter().filter(|socket| keeps_pending(socket)) {
        report(cx, socket, launch, oneshot);
    }
}

fn report(cx: &mut UnitContext<'_>, socket: &Effective<'_>, launch: &Launch<'_>, oneshot: bool) {
    let Some((name, fragment)) = socket.name.as_ref().zip(socket.fragment) else {
        return;
    };
    let typed = type_setting(cx.unit).filter(|_| oneshot);
    let place = match typed {
        Some(typed) => (typed.file, typed.value_range()),
        None => (launch.file(), launch.range()),
    };
    let what = if oneshot { "A oneshot".to_owned() } else { format!("`{}`", launch.name()) };
    let message = format!(
        "{what} ends without taking the connection, so `{name}` starts it again at once, until a limit fails the socket."
    );
    let severity = SOCKET_ONESHOT_DOES_NOT_DRAIN.severity;
    if let Some(finding) = cx.report(&SOCKET_ONESHOT_DOES_NOT_DRAIN, severity, place, message) {
        let listens = LISTENS.iter().flat_map(|key| socket.list(Section::Socket, key)).next();
        if let Some(listens) = listens {
            finding.relate_line(listens, format!("`{name}` listens here"));
        }
        let flush = "FlushPending=yes";
        finding.offer(Fix::risky(format!("Set `{flush}` in `{name}`")).insert(
            fragment,
            Section::Socket,
            flush,
        ));
    }
}

/// Whether the program is known to take what systemd passes.
fn takes_sockets(launch: &Launch<'_>) -> bool {
    launch.sockets().is_some_and(|sockets| sockets != Sockets::No)
}

/// Whether what has arrived at the socket stays until a program takes it.
fn keeps_pending(socket: &Effective<'_>) -> bool {
    !accepts(socket)
        && flag(socket, Section::Socket, "FlushPending") != Some(true)
        && LISTENS.iter().any(|key| !socket.list(Section::Socket, key).is_empty())
}

/// Whether the command ends, and surely does not look at the socket.
fn ignores_input(launch: &Launch<'_>) -> bool {
    let ignores = [
        "true",
        "false",
        "echo",
        "printf",
        "touch",
        "logger",
        "systemctl",
        "wall",
        "date",
        "mkdir",
        "rm",
        "sync",
        "notify-send",
        "cp",
        "mv",
        "chmod",
        "chown",
        "ln",
        "install",
    ];
    match &launch.script {
        Some(script) => {
            !script.loops_forever
                && !script.commands.is_empty()
                && script.commands.iter().all(|command| ignores.contains(&command.name()))
        }
        None => {
            ignores.contains(&launch.name())
                && launch.mode() != Mode::Foreground(crate::activation::Reason::Default)
        }
    }
}
