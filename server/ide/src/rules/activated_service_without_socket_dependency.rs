//! Rule: a service that cannot work without its socket and does not ask for it.

use unit_catalog::{Section, Sockets, UnitType};
use unit_syntax::TextRange;

use super::declare::declare_rule;
use super::neighbours::is_tied;
use super::unit::UnitContext;
use crate::activation::settings::flag;
use crate::fix::Fix;
use crate::workspace::{File, accepts};

declare_rule! {
    /// ## What it does
    ///
    /// Reports a service that can only work with the descriptors that its socket passes, and that does not name the
    /// socket in `Requires=`, `BindsTo=`, `Wants=` or `Sockets=`.
    ///
    /// ## Why it bites
    ///
    /// A service gains no dependency on the socket that starts it. Started by hand, at boot or by another unit while
    /// the socket is down, it gets no descriptor and fails; the socket stays down.
    ///
    /// ## Example
    ///
    /// ```ini proxy.service
    /// [Service]
    /// ExecStart=/usr/lib/systemd/systemd-socket-proxyd 10.0.0.1:80
    /// ```
    ///
    /// ```ini proxy.socket
    /// [Socket]
    /// ListenStream=80
    /// ```
    ///
    /// ## Use instead
    ///
    /// The order between the two is there already.
    ///
    /// ```ini proxy.service
    /// [Unit]
    /// Requires=proxy.socket
    ///
    /// [Service]
    /// ExecStart=/usr/lib/systemd/systemd-socket-proxyd 10.0.0.1:80
    /// ```
    ///
    /// ```ini proxy.socket
    /// [Socket]
    /// ListenStream=80
    /// ```
    ///
    /// ## Silent when
    ///
    /// One of these keys names a socket of the service, a socket names the service in its own `[Install]`,
    /// `Accept=yes`, `RefuseManualStart=yes`, or the program binds by itself when it is passed nothing.
    ///
    /// ## Source
    ///
    /// systemd.socket(5); `socket_start()`. Seen on 252, 257 and 262: alone the service fails and the socket stays down,
    /// with `Requires=` or `Sockets=` the socket is started first.
    ACTIVATED_SERVICE_WITHOUT_SOCKET_DEPENDENCY {
        code: "activated-service-without-socket-dependency",
        category: SocketActivation,
        severity: Warning,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Service || cx.unit.fragment.is_none() {
        return;
    }
    let Some((place, what)) = needs_descriptors(cx) else { return };
    if flag(cx.unit, Section::Unit, "RefuseManualStart") == Some(true) {
        return;
    }
    let sockets = cx.triggers(UnitType::Socket);
    if sockets.iter().any(|socket| accepts(socket) || is_tied(cx, socket)) {
        return;
    }
    let Some(socket) = sockets.first() else { return };
    let Some(name) = socket.name.clone() else { return };
    let message = format!(
        "{what} works only with what `{name}` passes to it, but does not ask for that socket: started by hand or by \
         another unit while the socket is down, it gets nothing and fails."
    );
    let rule = &ACTIVATED_SERVICE_WITHOUT_SOCKET_DEPENDENCY;
    // The specifier says the same for every instance.
    let written = match cx.name().is_some_and(|own| own.is_template()) {
        true => format!("{}@%i.socket", name.prefix()),
        false => name.to_string(),
    };
    if let Some(finding) = cx.report(rule, rule.severity, place, message) {
        if let Some((file, range)) = socket.header() {
            finding.relate(file, range, format!("`{name}` starts the service"));
        }
        let fix = Fix::risky(format!("Require `{written}`"));
        finding.offer(fix.insert(place.0, Section::Unit, &format!("Requires={written}")));
    }
}

/// Where the unit says that it needs descriptors, and what does.
fn needs_descriptors<'a>(cx: &UnitContext<'a>) -> Option<((&'a std::sync::Arc<File>, TextRange), String)> {
    let input = cx.unit.scalar(Section::Service, "StandardInput", |_| true);
    if let Some(input) = input.filter(|input| input.value() == "socket") {
        return Some(((input.file, input.value_range()), "A service with `StandardInput=socket`".to_owned()));
    }
    let launches = cx.launches();
    let launch = launches.last().filter(|launch| launch.sockets() == Some(Sockets::Required))?;
    let flag =
        launch.program.and_then(|program| program.sockets_with.first()).filter(|flag| flag.starts_with('-'));
    let what = match flag {
        Some(flag) => format!("`{} {}`", launch.name(), flag.trim_end_matches('*')),
        None => format!("`{}`", launch.name()),
    };
    Some(((launch.file(), launch.range()), what))
}
