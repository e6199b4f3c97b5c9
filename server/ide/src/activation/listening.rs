//! The addresses that sockets listen on, and which of them are one.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use unit_catalog::{Section, UnitType, directive};

use crate::workspace::{Effective, File, Scope, Setting, UnitName};

/// The keys of a socket's lines that take an address which others could take too.
const LISTENS: [&str; 4] = ["ListenStream", "ListenDatagram", "ListenSequentialPacket", "ListenFIFO"];

/// An address that a line listens on.
pub(crate) struct Listening<'a> {
    /// The line.
    pub(crate) setting: Setting<'a>,
    /// Its key: streams, datagrams, packets or a FIFO. Different kinds do not meet.
    kind: &'static str,
    /// The address.
    pub(crate) address: Address,
}

/// Where a socket can be reached.
#[derive(PartialEq, Eq)]
pub(crate) enum Address {
    /// A path, or an abstract name with its `@`.
    Name(String),
    /// A port of an address; without one, of all.
    Port {
        /// The address.
        host: Option<IpAddr>,
        /// The port.
        port: u16,
        /// Whether IPv4 is left to others.
        v6_only: bool,
    },
}

/// What a socket listens on, as far as files tell.
pub(crate) fn listening<'a>(socket: &Effective<'a>) -> Vec<Listening<'a>> {
    let Some(name) = &socket.name else {
        return Vec::new();
    };
    let only = socket
        .scalar(Section::Socket, "BindIPv6Only", |value| ["default", "both", "ipv6-only"].contains(&value));
    let v6_only = only.is_some_and(|setting| setting.value() == "ipv6-only");
    let mut all = Vec::new();
    for kind in LISTENS {
        for setting in socket.list(Section::Socket, kind) {
            if let Some(address) = Address::of_value(name, setting, v6_only) {
                all.push(Listening { setting, kind, address });
            }
        }
    }
    all
}

/// The keys of what a file gives to its unit that two units could have: the addresses that a socket listens on, the
/// runtime directories of a service.
pub(crate) fn keys(file: &Arc<File>) -> Vec<Box<str>> {
    match file.kind.unit_type() {
        Some(UnitType::Socket) => address_keys(file),
        Some(UnitType::Service) => folder_keys(file),
        _ => Vec::new(),
    }
}

/// The key of the files that give their services a runtime directory which lies in `top`; without it of those of which only
/// their units tell where it lies.
pub(crate) fn folder_key(top: Option<&str>) -> Box<str> {
    format!("RuntimeDirectory={}", top.unwrap_or("%")).into()
}

fn folder_keys(file: &Arc<File>) -> Vec<Box<str>> {
    let directive =
        directive(Section::Service, "RuntimeDirectory").expect("services have runtime directories");
    let values = file.assignments(directive).filter_map(|entry| entry.value());
    let keys = values.flat_map(|value| match value.contains(['%', '"', '\'', '\\']) {
        true => vec![folder_key(None)],
        false => value.split_whitespace().map(|path| folder_key(path.split('/').next())).collect(),
    });
    keys.collect()
}

fn address_keys(file: &Arc<File>) -> Vec<Box<str>> {
    let Some(name) = file.unit_name() else {
        return Vec::new();
    };
    let directives = LISTENS.iter().filter_map(|kind| directive(Section::Socket, kind));
    let settings =
        directives.flat_map(|directive| file.assignments(directive).map(|entry| Setting { file, entry }));
    let addresses = settings.filter_map(|setting| Address::of_value(&name, setting, false));
    addresses.map(|address| address.key().into()).collect()
}

impl Address {
    /// What a value is for the socket of this name; `None` where only the running machine knows.
    fn of_value(socket: &UnitName, setting: Setting<'_>, v6_only: bool) -> Option<Self> {
        // A user's is known at run time only, but one for all sockets.
        let runtime = match setting.file.place.scope {
            Scope::User => "/run/user/UID/",
            Scope::System => "/run/",
        };
        let value = socket.expand_known(setting.value());
        let value = value.replacen("%t/", runtime, usize::from(value.starts_with("%t/")));
        Self::parse(&value, v6_only).filter(|_| !value.contains('%'))
    }

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

    /// What all addresses have in common that meet this one.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Port { port, .. } => port.to_string(),
        }
    }
}

impl Listening<'_> {
    /// Whether two lines claim one address.
    pub(crate) fn meets(&self, other: &Listening<'_>) -> bool {
        self.kind == other.kind
            && match (&self.address, &other.address) {
                (Address::Name(one), Address::Name(other)) => one == other,
                (
                    Address::Port { host, port, v6_only },
                    Address::Port { host: other_host, port: other_port, v6_only: other_v6_only },
                ) => {
                    let v4 = |host: &Option<IpAddr>| host.is_some_and(|host| host.is_ipv4());
                    let any_v4 = |host: &Option<IpAddr>| *host == Some(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
                    let apart = v4(other_host) && *v6_only || v4(host) && *other_v6_only;
                    let covers = |one: &Option<IpAddr>, other: &Option<IpAddr>| {
                        one.is_none() || any_v4(one) && v4(other)
                    };
                    port == other_port
                        && (host == other_host
                            || !apart && (covers(host, other_host) || covers(other_host, host)))
                }
                _ => false,
            }
    }
}
