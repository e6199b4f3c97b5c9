//! Rule: an address that two sockets listen on.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::dependency::names;
use super::unit::UnitContext;
use crate::activation::settings::flag;
use crate::workspace::{Effective, File, Scope, Setting, UnitName};

declare_rule! {
    /// ## What it does
    ///
    /// Reports two sockets, or two lines of one, that listen on the same address.
    ///
    /// ## Why it bites
    ///
    /// Of two sockets with one port, whichever starts second fails. Of two with one path both start: the later one takes
    /// the file away, and the earlier listens where nobody can connect. `ListenStream=N` listens on IPv6 and IPv4, so
    /// `0.0.0.0:N` beside it is the same port again.
    ///
    /// ## Example
    ///
    /// ```ini a.socket
    /// [Socket]
    /// ListenStream=5000
    /// ListenStream=0.0.0.0:5000
    /// ```
    ///
    /// ```ini a.service
    /// [Service]
    /// ExecStart=/usr/bin/a
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini a.socket
    /// [Socket]
    /// ListenStream=5000
    /// ```
    ///
    /// ```ini a.service
    /// [Service]
    /// ExecStart=/usr/bin/a
    /// ```
    ///
    /// ## Silent when
    ///
    /// Both have `ReusePort=yes`, they are bound to different devices, one conflicts with the other by `Conflicts=`, one
    /// is for streams and the other for datagrams, `BindIPv6Only=ipv6-only` keeps the families apart, or an address is
    /// known at run time only.
    ///
    /// ## Source
    ///
    /// systemd.socket(5), `BindIPv6Only=`. Seen on 252, 257 and 262: with one port the second socket fails, with one path
    /// both are `listening`.
    LISTEN_ADDRESS_CONFLICT {
        code: "listen-address-conflict",
        category: SocketActivation,
        severity: Warning,
        since: Always,
        fix: None,
        check: Unit(check),
    }
}

const LISTENS: [&str; 4] = ["ListenStream", "ListenDatagram", "ListenSequentialPacket", "ListenFIFO"];

/// An address that a line listens on.
struct Listening<'a> {
    setting: Setting<'a>,
    /// Streams, datagrams, packets or a FIFO: different kinds do not meet.
    kind: &'static str,
    address: Address,
}

#[derive(PartialEq, Eq)]
enum Address {
    /// A path, or an abstract name with its `@`.
    Name(String),
    /// A port of an address; without one, of all.
    Port { host: Option<IpAddr>, port: u16, v6_only: bool },
}

fn check(cx: &mut UnitContext<'_>) {
    let Some(name) = cx.name().filter(|name| name.unit_type() == UnitType::Socket && !name.is_template())
    else {
        return;
    };
    if cx.unit.fragment.is_none() {
        return;
    }
    let own = listening(cx.unit);
    for (at, one) in own.iter().enumerate() {
        if let Some(earlier) = own[..at].iter().find(|earlier| meet(earlier, one)) {
            report(cx, one, earlier, None);
        }
    }
    if own.is_empty() {
        return;
    }
    let mut seen: Vec<UnitName> = vec![name.clone()];
    for other in other_sockets(cx) {
        let Some(other_name) = other.name.clone().filter(|other| !seen.contains(other)) else {
            continue;
        };
        seen.push(other_name.clone());
        if cx.are_same(name, &other_name) || share(cx, &other, &other_name) {
            continue;
        }
        let theirs = listening(&other);
        for one in &own {
            if let Some(same) = theirs.iter().find(|theirs| meet(theirs, one)) {
                report(cx, one, same, Some(&other_name));
            }
        }
    }
}

/// The sockets that the unit sees in its own root.
fn other_sockets<'a>(cx: &UnitContext<'a>) -> Vec<Effective<'a>> {
    let socket = |file: &&Arc<File>| {
        file.kind.unit_name().is_some_and(|name| name.unit_type() == UnitType::Socket && !name.is_template())
            && file.place.root == cx.place().root
            && file.path != cx.file.path
            && !file.masked
    };
    let files = cx.workspace.files().filter(socket);
    files.filter_map(|file| cx.workspace.effective(file.kind.unit_name()?, cx.place())).collect()
}

fn report(cx: &mut UnitContext<'_>, one: &Listening<'_>, other: &Listening<'_>, name: Option<&UnitName>) {
    let value = one.setting.value();
    let fate = match one.address {
        Address::Port { .. } => "whichever starts second fails",
        Address::Name(_) => {
            "the one that starts later takes the name, and the other listens where nobody can connect"
        }
    };
    let message = match name {
        Some(name) => format!("`{name}` listens on `{}` too: {fate}.", other.setting.value()),
        None if value == other.setting.value() => {
            format!("`{value}` is listened on twice: the socket fails to start.")
        }
        None => format!(
            "`{}` listens here already, for IPv6 and IPv4: the socket fails to start.",
            other.setting.value()
        ),
    };
    let severity = LISTEN_ADDRESS_CONFLICT.severity;
    if let Some(finding) = cx.report_value(&LISTEN_ADDRESS_CONFLICT, severity, one.setting, message) {
        finding.relate(other.setting.file, other.setting.line_range(), "the same address");
    }
}

fn listening<'a>(socket: &Effective<'a>) -> Vec<Listening<'a>> {
    let Some(name) = &socket.name else {
        return Vec::new();
    };
    let only = socket
        .scalar(Section::Socket, "BindIPv6Only", |value| ["default", "both", "ipv6-only"].contains(&value));
    // A user's is known at run time only, but one for all sockets.
    let runtime = match socket.parts.first().map(|file| file.place.scope) {
        Some(Scope::User) => "/run/user/UID/",
        _ => "/run/",
    };
    let v6_only = only.is_some_and(|setting| setting.value() == "ipv6-only");
    let mut all = Vec::new();
    for kind in LISTENS {
        for setting in socket.list(Section::Socket, kind) {
            let value = name.expand_known(setting.value());
            let value = value.replacen("%t/", runtime, usize::from(value.starts_with("%t/")));
            if let Some(address) = Address::parse(&value, v6_only).filter(|_| !value.contains('%')) {
                all.push(Listening { setting, kind, address });
            }
        }
    }
    all
}

impl Address {
    fn parse(text: &str, v6_only: bool) -> Option<Self> {
        if text.starts_with(['/', '@']) {
            let parts: Vec<_> = text.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
            return Some(Self::Name(match text.strip_prefix("/var/run/") {
                Some(rest) => format!("run/{}", rest.trim_matches('/')),
                None => parts.join("/"),
            }));
        }
        if let Ok(port) = text.parse() {
            return Some(Self::Port { host: None, port, v6_only });
        }
        let (host, port) = text.rsplit_once(':')?;
        let host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(host) => IpAddr::V6(host.parse().ok()?),
            None => IpAddr::V4(host.parse().ok()?),
        };
        let port = port.parse().ok()?;
        match host == IpAddr::V6(Ipv6Addr::UNSPECIFIED) {
            true => Some(Self::Port { host: None, port, v6_only }),
            false => Some(Self::Port { host: Some(host), port, v6_only: false }),
        }
    }
}

/// Whether two lines claim one address.
fn meet(one: &Listening<'_>, other: &Listening<'_>) -> bool {
    one.kind == other.kind
        && match (&one.address, &other.address) {
            (Address::Name(one), Address::Name(other)) => one == other,
            (
                Address::Port { host, port, v6_only },
                Address::Port { host: other_host, port: other_port, v6_only: other_v6_only },
            ) => {
                let v4 = |host: &Option<IpAddr>| host.is_some_and(|host| host.is_ipv4());
                let any_v4 = |host: &Option<IpAddr>| *host == Some(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
                let apart = v4(other_host) && *v6_only || v4(host) && *other_v6_only;
                let covers =
                    |one: &Option<IpAddr>, other: &Option<IpAddr>| one.is_none() || any_v4(one) && v4(other);
                port == other_port
                    && (host == other_host
                        || !apart && (covers(host, other_host) || covers(other_host, host)))
            }
            _ => false,
        }
}

/// Whether two sockets may have one address by their own will.
fn share(cx: &UnitContext<'_>, other: &Effective<'_>, other_name: &UnitName) -> bool {
    let reuse = |unit: &Effective<'_>| flag(unit, Section::Socket, "ReusePort") == Some(true);
    let device = |unit: &Effective<'_>| {
        unit.scalar(Section::Socket, "BindToDevice", |_| true).map(|setting| setting.value().to_owned())
    };
    let conflicts = names(cx, cx.unit, Section::Unit, &["Conflicts"], other_name)
        || cx.name().is_some_and(|name| names(cx, other, Section::Unit, &["Conflicts"], name));
    reuse(cx.unit) && reuse(other) || device(cx.unit) != device(other) || conflicts
}
