//! Rule: a restart policy for something that lives as long as one connection.

use unit_catalog::{Section, UnitType, Version};

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::Restart;
use crate::fix::Fix;
use crate::workspace::accepts;

declare_rule! {
    /// ## What it does
    ///
    /// Reports `Restart=` of a template service whose socket has `Accept=yes`.
    ///
    /// ## Why it bites
    ///
    /// Each instance serves one connection. A restarted one gets the listening socket in place of the connection
    /// (systemd 252), or the same client once more (257 and later), so the restart cannot help and may answer a client
    /// several times.
    ///
    /// ## Example
    ///
    /// ```ini dice@.service
    /// [Service]
    /// ExecStart=-/usr/bin/dice
    /// StandardInput=socket
    /// Restart=on-failure
    /// ```
    ///
    /// ```ini dice.socket
    /// [Socket]
    /// ListenStream=5000
    /// Accept=yes
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini dice@.service
    /// [Service]
    /// ExecStart=-/usr/bin/dice
    /// StandardInput=socket
    /// ```
    ///
    /// ```ini dice.socket
    /// [Socket]
    /// ListenStream=5000
    /// Accept=yes
    /// ```
    ///
    /// ## Silent when
    ///
    /// `Restart=no`, or the socket has `Accept=no`.
    ///
    /// ## Source
    ///
    /// systemd.socket(5), `Accept=`; `service_release_resources()`. Seen on 252 (descriptor 3 listens after a restart), 257
    /// and 262 (a client that stayed got five answers).
    ACCEPT_INSTANCE_RESTART {
        code: "accept-instance-restart",
        category: RestartPolicy,
        severity: Information,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    let Some(name) =
        cx.name().filter(|name| name.unit_type() == UnitType::Service && name.instance().is_some())
    else {
        return;
    };
    let restart = cx.unit.scalar(Section::Service, "Restart", |value| Restart::from_word(value).is_some());
    let Some(restart) = restart.filter(|restart| restart.value() != "no") else {
        return;
    };
    // `foo.socket` starts instances of `foo@.service`.
    let socket = crate::workspace::UnitName::parse(&format!("{}.socket", name.prefix()));
    let socket = socket.and_then(|socket| cx.workspace.effective(&socket, cx.place()));
    let Some(socket) = socket.filter(accepts) else {
        return;
    };
    let gets = match cx.version() < Version(257) {
        true => "the listening socket in place of its connection",
        false => "the same client once more",
    };
    let message = format!(
        "Each instance serves one connection of `{}`: one that is restarted gets {gets}, so `Restart=` cannot help.",
        socket.name.as_ref().map_or("its socket", |name| name.as_str())
    );
    let severity = ACCEPT_INSTANCE_RESTART.severity;
    let Some(finding) = cx.report_value(&ACCEPT_INSTANCE_RESTART, severity, restart, message) else {
        return;
    };
    let accept = socket.scalar(Section::Socket, "Accept", |value| crate::value::boolean(value).is_some());
    if let Some(accept) = accept {
        finding.relate(accept.file, accept.line_range(), "each connection has an instance of its own");
    }
    finding.offer(Fix::risky("Remove `Restart=`").remove(restart.file, restart.entry));
}
