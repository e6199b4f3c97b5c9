//! Rule: a socket's service that boot starts anyway.

use unit_catalog::{Section, Sockets, UnitType};

use super::declare::declare_rule;
use super::dependency::names;
use super::neighbours::{boot_setting, is_tied};
use super::unit::UnitContext;
use crate::diagnostic::Severity;
use crate::fix::Fix;
use crate::workspace::accepts;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a service that a socket starts on demand and whose own `[Install]` starts it at boot as well.
    ///
    /// ## Why it bites
    ///
    /// Enabled, the service runs from boot on and the socket delays nothing. Worse, a socket that is
    /// started after its service is refused ("already active"), so which of the two wins depends on order.
    ///
    /// ## Example
    ///
    /// ```ini dice.service
    /// [Service]
    /// ExecStart=/usr/bin/dice
    ///
    /// [Install]
    /// WantedBy=multi-user.target
    /// ```
    ///
    /// ```ini dice.socket
    /// [Socket]
    /// ListenStream=5000
    ///
    /// [Install]
    /// WantedBy=sockets.target
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini dice.service
    /// [Service]
    /// ExecStart=/usr/bin/dice
    ///
    /// [Install]
    /// Also=dice.socket
    /// ```
    ///
    /// ```ini dice.socket
    /// [Socket]
    /// ListenStream=5000
    ///
    /// [Install]
    /// WantedBy=sockets.target
    /// ```
    ///
    /// ## Silent when
    ///
    /// The service is tied to its socket by `Also=`, `Requires=`, `Wants=`, `BindsTo=` or `Sockets=`
    /// (an eager start on purpose) or the socket names the service in its `[Install]`, the socket has
    /// `Conflicts=` with the service, or `Accept=yes`. It is a warning where the program cannot work without its socket.
    ///
    /// ## Source
    ///
    /// systemd.socket(5); `socket_start()`. Seen on 252, 257 and 262.
    ACTIVATED_SERVICE_ENABLED_AT_BOOT {
        code: "activated-service-enabled-at-boot",
        category: Install,
        severity: Information,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Service {
        return;
    }
    let Some((name, boot)) = cx.name().zip(boot_setting(cx.unit)) else {
        return;
    };
    let fd_only = cx.launches().last().is_some_and(|launch| launch.sockets() == Some(Sockets::Required));
    for socket in cx.triggers(UnitType::Socket).iter() {
        let Some(socket_name) = socket.name.clone().filter(|_| !accepts(socket)) else {
            continue;
        };
        let excludes = names(cx, socket, Section::Unit, &["Conflicts"], name);
        let comes_along = names(cx, cx.unit, Section::Install, &["Also"], &socket_name);
        if excludes || comes_along || is_tied(cx, socket) {
            continue;
        }
        let message = format!(
            "`{socket_name}` starts this service on demand, but enabling the service starts it at boot as well: \
             the socket then delays nothing, and is refused when started after its service."
        );
        // A program that cannot work without its socket will even fail.
        let severity = if fd_only { Severity::Warning } else { ACTIVATED_SERVICE_ENABLED_AT_BOOT.severity };
        if let Some(finding) = cx.report_value(&ACTIVATED_SERVICE_ENABLED_AT_BOOT, severity, boot, message) {
            if let Some((file, range)) = socket.header() {
                finding.relate(file, range, format!("`{socket_name}` starts `{name}`"));
            }
            let key = boot.entry.key().unwrap_or_default();
            let also = format!("Also={socket_name}");
            let install = Fix::risky(format!("Replace `{key}=` by `{also}`"));
            finding.offer(install.replace(boot.file, boot.line_range(), also));
            let requires = format!("Requires={socket_name}");
            finding.offer(Fix::risky(format!("Add `{requires}`")).insert(
                boot.file,
                Section::Unit,
                &requires,
            ));
        }
    }
}
