//! Rule: a socket whose service is missing or masked.

use std::sync::Arc;

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::diagnostic::Severity;
use crate::fix::Fix;
use crate::workspace::{Effective, File, Resolution, UnitName, World, accepts};

declare_rule! {
    /// ## What it does
    ///
    /// Reports a `.socket` unit whose service is nowhere to be found, or is masked.
    ///
    /// ## Why it bites
    ///
    /// A socket needs the service that it starts: without it `systemctl start foo.socket` fails
    /// with "not loaded, refusing", and the port is never opened.
    ///
    /// ## Example
    ///
    /// ```ini mail.socket
    /// [Socket]
    /// ListenStream=25
    /// Service=maild.service
    ///
    /// [Install]
    /// WantedBy=sockets.target
    /// ```
    ///
    /// ```ini mail.timer
    /// [Timer]
    /// OnCalendar=daily
    /// Unit=mail.target
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini mail.socket
    /// [Socket]
    /// ListenStream=25
    ///
    /// [Install]
    /// WantedBy=sockets.target
    /// ```
    ///
    /// ```ini mail.service
    /// [Service]
    /// ExecStart=/usr/sbin/maild
    /// ```
    ///
    /// ## Silent when
    ///
    /// The socket has no `[Install]` and nothing pulls it in (`syslog.socket` waits for an optional
    /// alias; `After=` alone starts nothing), the service's name holds specifiers, or an alias provides it. Where the rest of the system
    /// is out of sight (one package, one repository) and no other unit of the same name lies beside,
    /// it is a hint only.
    ///
    /// ## Source
    ///
    /// systemd.socket(5); `socket_start()`. Seen on 252, 257 and 262: exit status 1.
    SOCKET_WITHOUT_SERVICE {
        code: "socket-without-service",
        category: SocketActivation,
        severity: Error,
        since: Always,
        fix: Sometimes,
        check: Unit(check),
    }
}

/// Keys that start the units they name, or enable them; others only order or stop.
const PULLING: [&str; 6] = ["Wants", "Requires", "BindsTo", "Upholds", "Sockets", "Also"];

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Socket || cx.unit.fragment.is_none() {
        return;
    }
    let Some(name) = cx.name() else {
        return;
    };
    let Some((service, setting)) = super::trigger::target(cx) else {
        return;
    };
    let masked = match cx.workspace.resolve(&service, cx.place()) {
        Resolution::Found(_) => return,
        Resolution::Masked(_) => true,
        Resolution::Missing => false,
    };
    if is_mismatch(cx, &service) || !is_wanted(cx, name) {
        return;
    }
    let message = match masked {
        true => format!("`{service}`, which `{name}` starts, is masked: the socket cannot be started."),
        false if accepts(cx.unit) => {
            format!(
                "`{name}` starts an instance of `{service}` for each connection, but there is no such template: connections fail."
            )
        }
        false => format!("`{name}` has no `{service}` to start: systemd refuses to start the socket."),
    };
    // What is masked is in sight.
    let severity = if masked { Severity::Error } else { missing_severity(cx, name) };
    let (workspace, file) = (cx.workspace, cx.file);
    let finding = match setting {
        Some(setting) => cx.report_value(&SOCKET_WITHOUT_SERVICE, severity, setting, message),
        None => {
            let Some(header) = cx.header() else { return };
            cx.report(&SOCKET_WITHOUT_SERVICE, severity, header, message)
        }
    };
    if let Some(finding) = finding.filter(|_| !masked) {
        finding.fixes.extend(Fix::creating(workspace, file, &service));
    }
}

/// How sure it is that a missing unit is missing: an error in a whole system or beside a sibling.
pub(super) fn missing_severity(cx: &UnitContext<'_>, name: &UnitName) -> Severity {
    let sure =
        cx.workspace.world(cx.place()) == World::Closed || cx.workspace.has_stem_sibling(name, cx.place());
    if sure { Severity::Error } else { Severity::Hint }
}

/// Whether the other kind of service (plain or template) is there: that is another rule's finding.
fn is_mismatch(cx: &UnitContext<'_>, service: &UnitName) -> bool {
    super::socket_accept_mismatch::other_service(cx.unit, service)
        .is_some_and(|other| matches!(cx.workspace.resolve(&other, cx.place()), Resolution::Found(_)))
}

/// Whether anything would start the socket: its own `[Install]`, a link, or a unit that pulls it in.
fn is_wanted(cx: &UnitContext<'_>, name: &UnitName) -> bool {
    let installs = |unit: &Effective<'_>| {
        ["WantedBy", "RequiredBy", "UpheldBy", "Also", "Alias"]
            .iter()
            .any(|key| !unit.list(Section::Install, key).is_empty())
    };
    let pulls = |file: &Arc<File>| {
        let mut mentions = file.mentions().iter().filter(|mention| &*mention.name == name.as_str());
        cx.workspace.sees(cx.place(), &file.place)
            && mentions.any(|mention| PULLING.contains(&mention.directive.name))
    };
    installs(cx.unit)
        || cx.workspace.is_enabled(name, cx.place())
        || cx.workspace.files_mentioning(name.as_str()).any(pulls)
}
