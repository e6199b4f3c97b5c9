//! Rule: `Accept=` asks for a template where a plain service lies, or the other way round.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::fix::Fix;
use crate::workspace::{Effective, Resolution, UnitName, accepts};

declare_rule! {
    /// ## What it does
    ///
    /// Compares a socket's `Accept=` with the service that lies beside it: `Accept=yes` needs the
    /// template `foo@.service`, `Accept=no` (the default) the plain `foo.service`.
    ///
    /// ## Why it bites
    ///
    /// With `Accept=yes` and only a plain service the socket starts and listens, then resets its first
    /// client and fails. The other way round the socket refuses to start.
    ///
    /// ## Example
    ///
    /// ```ini echo.socket
    /// [Socket]
    /// ListenStream=7
    /// Accept=yes
    /// ```
    ///
    /// ```ini echo.service
    /// [Service]
    /// ExecStart=/usr/bin/echod
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini echo.socket
    /// [Socket]
    /// ListenStream=7
    /// Accept=yes
    /// ```
    ///
    /// ```ini echo@.service
    /// [Service]
    /// ExecStart=-/usr/bin/echo-one
    /// StandardInput=socket
    /// ```
    ///
    /// ## Silent when
    ///
    /// Both services exist (`sshd.service` and `sshd@.service`), `Service=` names one that does, or the
    /// socket's own file is out of sight.
    ///
    /// ## Source
    ///
    /// systemd.socket(5), `Accept=`; `socket_load_service_unit()`. Seen on 252, 257 and 262: with
    /// `Accept=yes` the socket fails with `resources` at the first connection.
    SOCKET_ACCEPT_MISMATCH {
        code: "socket-accept-mismatch",
        category: SocketActivation,
        severity: Error,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Socket || cx.unit.fragment.is_none() {
        return;
    }
    let Some((name, (service, _))) = cx.name().zip(cx.workspace.trigger_target(cx.unit)) else {
        return;
    };
    let Some(other) = other_service(cx.unit, &service) else {
        return;
    };
    let missing = !matches!(cx.workspace.resolve(&service, cx.place()), Resolution::Found(_));
    let Resolution::Found(found) = cx.workspace.resolve(&other, cx.place()) else {
        return;
    };
    if !missing {
        return;
    }
    let accept = cx.unit.scalar(Section::Socket, "Accept", |value| crate::value::boolean(value).is_some());
    let (message, flipped) = match accepts(cx.unit) {
        true => (
            format!(
                "With `Accept=yes` each connection starts an instance of `{service}`, but only `{other}` exists: \
                 the socket listens, resets its first client and fails."
            ),
            "no",
        ),
        false => (
            format!(
                "`{name}` starts `{service}` (`Accept=no`), but only the template `{other}` exists: \
                 systemd refuses to start the socket."
            ),
            "yes",
        ),
    };
    let (file, range) = match accept {
        Some(setting) => (setting.file, setting.value_range()),
        None => match cx.header() {
            Some(header) => header,
            None => return,
        },
    };
    let severity = SOCKET_ACCEPT_MISMATCH.severity;
    let Some(finding) = cx.report(&SOCKET_ACCEPT_MISMATCH, severity, (file, range), message) else {
        return;
    };
    finding.relate(found, unit_syntax::TextRange::new(0, 0), format!("`{other}` is the service that exists"));
    let fix = Fix::risky(format!("Set `Accept={flipped}`"));
    finding.offer(match accept {
        Some(setting) => fix.set(setting, flipped),
        None => fix.insert(file, Section::Socket, &format!("Accept={flipped}")),
    });
}

/// The service that the socket would start with the other `Accept=`; `None` when `Service=` decides.
pub(super) fn other_service(socket: &Effective<'_>, service: &UnitName) -> Option<UnitName> {
    if accepts(socket) {
        return UnitName::parse(&format!("{}.service", service.prefix()));
    }
    let explicit = !socket.list(Section::Socket, "Service").is_empty();
    match service.instance() {
        None if !explicit => UnitName::parse(&format!("{}@.service", service.prefix())),
        _ => None,
    }
}
