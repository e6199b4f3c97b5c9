//! Rule: a program that is told to bind what its socket unit holds already.

use unit_catalog::{Section, Sockets, UnitType};
use unit_syntax::TextRange;

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::Launch;
use crate::diagnostic::Severity;
use crate::workspace::{Effective, Setting, accepts};

declare_rule! {
    /// ## What it does
    ///
    /// Reports a service behind a socket unit whose command is told to listen on the very port or path that the socket
    /// holds, and whose program is not known to take passed descriptors.
    ///
    /// ## Why it bites
    ///
    /// systemd has bound the address and keeps it. A program that binds it again fails with "address in use";
    /// the next connection starts it again, and after five runs the socket fails along with the service.
    ///
    /// ## Example
    ///
    /// ```ini dice.service
    /// [Service]
    /// ExecStart=/usr/bin/dice --port 5000
    /// ```
    ///
    /// ```ini dice.socket
    /// [Socket]
    /// ListenStream=5000
    /// ```
    ///
    /// ## Use instead
    ///
    /// A program that takes the descriptor (`LISTEN_FDS`), or another port for it behind systemd-socket-proxyd.
    ///
    /// ```ini dice.service
    /// [Service]
    /// ExecStart=/usr/lib/systemd/systemd-socket-proxyd 127.0.0.1:5001
    /// ```
    ///
    /// ```ini dice.socket
    /// [Socket]
    /// ListenStream=5000
    /// ```
    ///
    /// ## Silent when
    ///
    /// The program is known to take descriptors or to match its arguments with them (gunicorn, uWSGI, Puma), the call
    /// speaks of descriptors or of systemd, the socket names its descriptors, `Accept=yes`, the option is a
    /// client's (`--connect`, `--upstream`), or the addresses differ. For a path and a program that nobody knows
    /// it is information.
    ///
    /// ## Source
    ///
    /// systemd.socket(5); sd_listen_fds(3). Seen on 252, 257 and 262: five runs, then the socket fails too.
    SERVICE_REBINDS_ACTIVATED_ADDRESS {
        code: "service-rebinds-activated-address",
        category: SocketActivation,
        severity: Warning,
        since: Always,
        fix: None,
        check: Unit(check),
    }
}

/// Options that say where to listen.
const BINDING: [&str; 40] = [
    "p",
    "port",
    "P",
    "b",
    "bind",
    "l",
    "listen",
    "L",
    "listen-address",
    "listen-addr",
    "listen-port",
    "listen-on",
    "bind-address",
    "bind-addr",
    "bind-port",
    "address",
    "addr",
    "a",
    "socket",
    "sock",
    "s",
    "S",
    "socket-path",
    "socket-file",
    "unix",
    "unix-socket",
    "unixsocket",
    "uds",
    "http-port",
    "https-port",
    "http.port",
    "http-address",
    "http-addr",
    "web.listen-address",
    "server-port",
    "server.port",
    "urls",
    "rpc-port",
    "api-port",
    "endpoint",
];

/// Programs whose options of these names lead elsewhere.
const CLIENTS: [&str; 14] = [
    "ssh",
    "scp",
    "sftp",
    "psql",
    "mysql",
    "mariadb",
    "redis-cli",
    "curl",
    "wget",
    "telnet",
    "nmap",
    "autossh",
    "rsync",
    "systemd-socket-proxyd",
];

/// Programs that listen on an operand when told to by a letter.
const NETCATS: [&str; 3] = ["nc", "ncat", "netcat"];

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Service || cx.unit.fragment.is_none() {
        return;
    }
    let sockets = cx.triggers(UnitType::Socket);
    if sockets.is_empty() {
        return;
    }
    let launches = cx.launches();
    let Some(launch) = launches.last() else { return };
    let Some(known) = binds_by_itself(cx, launch) else { return };
    for socket in sockets.iter().filter(|socket| !accepts(socket)) {
        let named = socket.list(Section::Socket, "FileDescriptorName");
        if !named.is_empty() {
            continue;
        }
        for listen in listens(socket) {
            let Some((word, written)) = binding(launch, listen.value()) else { continue };
            let path = listen.value().contains('/');
            let severity = if path && !known { Severity::Information } else { Severity::Warning };
            let name = launch.name();
            let unless = if known { "" } else { ", unless it takes the descriptor that it is passed" };
            let message = format!(
                "systemd already holds `{}` for `{}`: `{name}` is told to bind it again (`{written}`) and fails with \
                 \"address in use\"{unless}.",
                listen.value(),
                socket.name.as_ref().map_or("the socket", |name| name.as_str()),
            );
            let place = cx.blame((launch.file(), word), &[]);
            if let Some(finding) = cx.report(&SERVICE_REBINDS_ACTIVATED_ADDRESS, severity, place, message) {
                finding.relate(listen.file, listen.line_range(), "systemd listens here");
            }
            return;
        }
    }
}

/// Whether the program is known to bind by itself; `None` when it is known, or looks as if, it takes descriptors.
fn binds_by_itself(cx: &UnitContext<'_>, launch: &Launch<'_>) -> Option<bool> {
    let input = cx.unit.scalar(Section::Service, "StandardInput", |_| true);
    if input.is_some_and(|input| matches!(input.value(), "socket") || input.value().starts_with("fd:"))
        || CLIENTS.contains(&launch.name())
    {
        return None;
    }
    let aware = |text: &str| {
        let text = text.to_ascii_lowercase();
        ["fd://", "systemd", "listen_fd", "activat", "--fd", "inherit"].iter().any(|sign| text.contains(sign))
    };
    let environment = cx.unit.list(Section::Service, "Environment");
    if launch.words.iter().skip(1).any(|word| aware(&word.text))
        || environment.iter().any(|setting| aware(setting.value()))
    {
        return None;
    }
    match launch.sockets() {
        Some(Sockets::Auto | Sockets::Required) => None,
        Some(Sockets::No | Sockets::Inetd) => Some(launch.program.is_some_and(|program| program.verified)),
        None => Some(false),
    }
}

/// The addresses that a socket listens on, as far as programs can be told to bind them.
fn listens<'a>(socket: &Effective<'a>) -> Vec<Setting<'a>> {
    let keys = ["ListenStream", "ListenDatagram", "ListenSequentialPacket"];
    keys.iter().flat_map(|key| socket.list(Section::Socket, key)).collect()
}

/// The argument that tells the program to bind `address`: its place and text.
fn binding(launch: &Launch<'_>, address: &str) -> Option<(TextRange, String)> {
    let container = launch.program.is_some_and(|program| program.detached);
    let words = &launch.words;
    for (at, word) in words.iter().enumerate().skip(1) {
        let text = word.text.as_str();
        let option = text.trim_start_matches('-');
        let dashes = text.len() - option.len();
        let given =
            |value: &str| if container { published(value, address) } else { same_address(value, address) };
        if dashes == 0 {
            let before = words[at - 1].text.as_str();
            let is_value = before.starts_with('-') && !before.contains('=') && !before.starts_with("--no-");
            let listener = operand_listens(launch, text, address);
            let is_value = is_value && !NETCATS.contains(&launch.name());
            if listener && (!is_value || is_binding(before.trim_start_matches('-'))) {
                return Some((launch.word_range(at), text.to_owned()));
            }
            continue;
        }
        if let Some((name, value)) = option.split_once('=') {
            if (is_binding(name) || names_wildcard(name, value)) && given(value) {
                return Some((launch.word_range(at), text.to_owned()));
            }
            continue;
        }
        if let Some(next) = words.get(at + 1).filter(|next| given(&next.text))
            && (is_binding(option) || names_wildcard(option, &next.text))
        {
            return Some((launch.word_range(at + 1), format!("{text} {}", next.text)));
        }
        if dashes == 1
            && let Some(first) = option.chars().next()
            && let Some(value) = option.get(first.len_utf8()..).filter(|value| !value.is_empty())
            && is_binding(&option[..first.len_utf8()])
            && given(value)
        {
            return Some((launch.word_range(at), text.to_owned()));
        }
    }
    // Java's properties stand before the program.
    let property = launch.command.words.iter().find(|word| {
        let property = word.text.strip_prefix("-D").and_then(|property| property.split_once('='));
        property.is_some_and(|(name, value)| is_binding(name) && same_address(value, address))
    })?;
    let range = launch.setting.entry.value_to_source(property.range);
    Some((range, property.text.clone()))
}

fn is_binding(option: &str) -> bool {
    BINDING.contains(&option) || BINDING.contains(&option.to_ascii_lowercase().replace('_', "-").as_str())
}

/// Whether a value can only be meant to be listened on, as it leaves the host open (`:80`, `0.0.0.0:80`), unless the option
/// speaks of another side.
fn names_wildcard(option: &str, value: &str) -> bool {
    const ELSEWHERE: [&str; 12] = [
        "backend", "client", "connect", "dest", "forward", "peer", "proxy", "remote", "server", "source",
        "target", "upstream",
    ];
    let option = option.to_ascii_lowercase();
    let address = value.split_once("://").map_or(value, |(_, address)| address);
    let host = address.rsplit_once(':').map(|(host, _)| host.trim_matches(['[', ']']));
    host.is_some_and(is_any) && !ELSEWHERE.iter().any(|word| option.contains(word))
}

/// Whether a word that is no option reads like an address to listen on.
fn operand_listens(launch: &Launch<'_>, text: &str, address: &str) -> bool {
    let name = launch.name();
    if let Some(listen) =
        text.to_ascii_uppercase().split_once("-LISTEN:").map(|(kind, _)| kind.len() + "-LISTEN:".len())
    {
        let rest = text.get(listen..).unwrap_or_default();
        return same_address(rest.split(',').next().unwrap_or_default(), address);
    }
    if matches!(name, "http.server" | "runserver") || text.contains("://") {
        return name == "http.server" && same_address(text, address);
    }
    let listens = || launch.words.iter().any(|word| is_row_with(&word.text, 'l') || word.text == "--listen");
    if NETCATS.contains(&name) && listens() {
        return same_address(text, address);
    }
    let host = text.rsplit_once(':').map(|(host, _)| host);
    let unix = text.strip_prefix("unix:").is_some_and(|path| same_address(path, address));
    let any = host.is_some_and(|host| matches!(host, "" | "*" | "0.0.0.0" | "[::]" | "[::0]"));
    unix || any && same_address(text, address)
        || launch.words.iter().any(|word| word.text == "runserver") && same_address(text, address)
}

/// Whether a word is a row of option letters with this one.
fn is_row_with(word: &str, letter: char) -> bool {
    word.strip_prefix('-').is_some_and(|row| !row.starts_with('-') && row.contains(letter))
}

/// Whether a published port of a container (`[HOST:]PORT:INNER`) is the socket's.
fn published(value: &str, address: &str) -> bool {
    value.rsplit_once(':').is_some_and(|(outer, _)| same_address(outer, address))
}

/// Whether binding `given` collides with a socket's `address`.
fn same_address(given: &str, address: &str) -> bool {
    let given = ["tcp://", "http://", "https://", "tcp:", "udp:", "unix://", "unix:"]
        .iter()
        .find_map(|scheme| given.strip_prefix(scheme))
        .unwrap_or(given)
        .trim_end_matches('/');
    if address.starts_with(['/', '@', '%']) {
        return given == address.trim_end_matches('/');
    }
    match (host_and_port(given), host_and_port(address)) {
        (Some((one, port)), Some((other, held))) => {
            port == held && (is_any(one) || is_any(other) || one == other)
        }
        _ => false,
    }
}

fn host_and_port(address: &str) -> Option<(&str, u16)> {
    let (host, port) = address.rsplit_once(':').unwrap_or(("", address));
    Some((host.trim_matches(['[', ']']), port.parse().ok().filter(|port| *port > 0)?))
}

fn is_any(host: &str) -> bool {
    matches!(host, "" | "*" | "0.0.0.0" | "::" | "::0")
}
