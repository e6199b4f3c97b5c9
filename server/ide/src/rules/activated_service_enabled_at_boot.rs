//! Rule: a socket's service that boot starts anyway.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::workspace::{Effective, Setting, UnitName, accepts};

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
    /// `Conflicts=` with the service, or `Accept=yes`.
    ///
    /// ## Source
    ///
    /// systemd.socket(5); `socket_start()`. Seen on 252, 257 and 262.
    ACTIVATED_SERVICE_ENABLED_AT_BOOT {
        code: "activated-service-enabled-at-boot",
        category: Install,
        severity: Information,
        since: Always,
        fix: None,
        check: Unit(check),
    }
}

/// Targets that boot reaches by itself.
const BOOT: [&str; 6] = [
    "multi-user.target",
    "graphical.target",
    "default.target",
    "basic.target",
    "sysinit.target",
    "network-online.target",
];

/// Keys of `[Install]` that name the units which then start this one.
const INSTALLED_BY: [&str; 3] = ["WantedBy", "RequiredBy", "UpheldBy"];

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Service {
        return;
    }
    let Some((name, boot)) = cx.name().zip(boot_setting(cx.unit)) else {
        return;
    };
    for socket in cx.workspace.triggers_of(cx.unit, UnitType::Socket) {
        let Some(socket_name) = socket.name.clone().filter(|_| !accepts(&socket)) else {
            continue;
        };
        let excludes = names(&socket, Section::Unit, "Conflicts", name);
        let comes_along = INSTALLED_BY.iter().any(|key| names(&socket, Section::Install, key, name));
        if excludes || comes_along || is_tied(cx.unit, name, &socket_name) {
            continue;
        }
        let message = format!(
            "`{socket_name}` starts this service on demand, but enabling the service starts it at boot as well: \
             the socket then delays nothing, and is refused when started after its service."
        );
        let severity = ACTIVATED_SERVICE_ENABLED_AT_BOOT.severity;
        if let Some(finding) = cx.report_value(&ACTIVATED_SERVICE_ENABLED_AT_BOOT, severity, boot, message)
            && let Some(fragment) = socket.fragment
        {
            let header = fragment.unit.sections().find(|section| section.name() == "Socket");
            let range = header.map_or(unit_syntax::TextRange::new(0, 0), |section| section.header.range());
            finding.relate(fragment, range, format!("`{socket_name}` starts `{name}`"));
        }
    }
}

/// The `[Install]` line that starts the unit at boot.
fn boot_setting<'a>(unit: &Effective<'a>) -> Option<Setting<'a>> {
    INSTALLED_BY.iter().find_map(|key| {
        let settings = unit.list(Section::Install, key).into_iter();
        settings
            .into_iter()
            .find(|setting| setting.value().split_ascii_whitespace().any(|word| BOOT.contains(&word)))
    })
}

/// Whether the service itself asks for the socket, so that the early start is meant.
fn is_tied(service: &Effective<'_>, name: &UnitName, socket: &UnitName) -> bool {
    let mut lists = vec![(Section::Install, "Also"), (Section::Service, "Sockets")];
    lists.extend(["Requires", "Wants", "BindsTo", "Requisite", "Upholds"].map(|key| (Section::Unit, key)));
    lists.into_iter().any(|(section, key)| {
        service.list(section, key).iter().any(|setting| {
            let mut words = setting.value().split_ascii_whitespace();
            words.any(|word| name.expand(word).as_deref() == Some(socket.as_str()))
        })
    })
}

fn names(unit: &Effective<'_>, section: Section, key: &str, other: &UnitName) -> bool {
    let settings = unit.list(section, key);
    settings.iter().any(|setting| setting.value().split_ascii_whitespace().any(|word| word == other.as_str()))
}
