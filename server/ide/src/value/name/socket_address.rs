//! What a socket listens on, as `socket_address_parse()` and `socket_address_parse_netlink()` read it.

use core::net::{Ipv4Addr, Ipv6Addr};

use unit_catalog::{ValueKind as K, words};

use crate::value::extract_word::{Extract, words};
use crate::value::number::integer;
use crate::value::piece::Piece;
use crate::value::specifier::SpecifierSet;
use crate::value::{Checker, nearest};

/// The kind of an address, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Unix,
    Vsock,
    Ip,
}

/// The longest path of a socket in bytes: `sun_path` of the kernel less its final NUL.
const LONGEST_PATH: usize = 107;

const EXPECTED: &str = "an absolute path, @NAME, a port, ADDRESS:PORT, [IPV6]:PORT or vsock:CID:PORT";

/// The family of an address; otherwise what is wrong with it. `release` is that of systemd.
fn parse(text: &str, release: u16) -> Result<Family, &'static str> {
    if text.starts_with(['/', '@']) {
        return match text.len() {
            2..=LONGEST_PATH => Ok(Family::Unix),
            ..2 => Err("an empty name"),
            _ => Err("too long for the address of a socket (107 bytes at most)"),
        };
    }
    let mut vsock = ["vsock:", "vsock-stream:", "vsock-dgram:", "vsock-seqpacket:"].into_iter();
    // The longer prefixes came with 254.
    let prefixes = if release < 254 { 1 } else { 4 };
    if let Some(rest) = vsock.by_ref().take(prefixes).find_map(|prefix| text.strip_prefix(prefix)) {
        return parse_vsock(rest, release).then_some(Family::Vsock).ok_or("no vsock address");
    }
    match integer::signed(text) {
        Some(port) if (1..=65535).contains(&port) => return Ok(Family::Ip),
        Some(_) => return Err("no port (1 to 65535)"),
        None => {}
    }
    // An interface may follow the port.
    let text =
        text.split_once('%').filter(|(_, interface)| !interface.is_empty()).map_or(text, |(text, _)| text);
    let (address, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) = rest.split_once(']').ok_or("an IPv6 address with no closing bracket")?;
            let port = rest.strip_prefix(':').ok_or("an address without a port")?;
            (address.parse::<Ipv6Addr>().is_ok(), port)
        }
        None => {
            if text.parse::<Ipv4Addr>().is_ok() {
                return Err("an address without a port");
            }
            if text.parse::<Ipv6Addr>().is_ok() {
                return Err("an IPv6 address without brackets and port");
            }
            let (address, port) = text.rsplit_once(':').ok_or("no address")?;
            (address.parse::<Ipv4Addr>().is_ok(), port)
        }
    };
    match integer::unsigned(port) {
        _ if !address => Err("no address"),
        Some(1..=65535) => Ok(Family::Ip),
        _ => Err("an address with no port (1 to 65535) at its end"),
    }
}

/// `[CID]:PORT`. From 258 on the CID may be a word.
fn parse_vsock(text: &str, release: u16) -> bool {
    let number = |text: &str| integer::unsigned(text).is_some_and(|number| number <= u64::from(u32::MAX));
    text.split_once(':').is_some_and(|(cid, port)| {
        let word = release >= 258 && matches!(cid, "any" | "hypervisor" | "local" | "host");
        (cid.is_empty() || word || number(cid)) && number(port)
    })
}

/// Judges the value of `ListenStream=`, `ListenDatagram=` and `ListenSequentialPacket=`.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) {
    let value = checker.value;
    if checker.refuse_specifier(SpecifierSet::Unit) {
        return;
    }
    let release = checker.context.version.0;
    let fits = |family: Family| kind == K::SocketAddress || family == Family::Unix;
    if checker.possible(value, |text| parse(text, release).is_ok_and(fits)) {
        checker.note_var_run(Piece::of_value(value));
        return;
    }
    let what = parse(value, release).err().unwrap_or("no address in the file system nor an abstract one");
    let expected = if kind == K::SocketAddress { EXPECTED } else { "an absolute path or @NAME" };
    let loopback = value.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    let any = value.strip_prefix("*:").or_else(|| value.strip_prefix(':')).map(str::to_owned);
    let instead = loopback.or(any).filter(|text| kind == K::SocketAddress && parse(text, release).is_ok());
    checker.whole(what, expected).instead(instead);
}

/// Judges the value of `ListenNetlink=`: a family, and perhaps a multicast group.
pub(super) fn check_netlink(checker: &mut Checker<'_>) {
    let value = checker.value;
    if checker.refuse_specifier(SpecifierSet::Unit) || checker.possible(value, netlink) {
        return;
    }
    let start = value.len() - value.trim_ascii_start().len();
    let family = value[start..].split_ascii_whitespace().next().unwrap_or_default();
    let behind = start + family.len();
    let known = netlink(family);
    let (part, what) = match known {
        true => {
            let group = value.len() - value[behind..].trim_ascii_start().len();
            (group..value.len(), "no number of a multicast group")
        }
        false => (start..behind, "no netlink family"),
    };
    let instead = nearest(family, words::NETLINK_FAMILY.iter().map(|word| word.text)).filter(|_| !known);
    checker
        .report(part, what, "a netlink family such as route, and perhaps the number of a group")
        .instead(instead);
}

fn netlink(text: &str) -> bool {
    let mut rest = words(text, Extract::PLAIN);
    let Some(Ok(family)) = rest.next() else {
        return false;
    };
    let number =
        |text: &str, most: u32| integer::unsigned(text).is_some_and(|number| number <= u64::from(most));
    let known = words::NETLINK_FAMILY.iter().any(|word| word.text == family.text);
    let group = rest.rest().and_then(|rest| text.get(rest)).unwrap_or("");
    (known || number(&family.text, i32::MAX as u32)) && (group.is_empty() || number(group, u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::name::tests::{faults, refused};

    #[test]
    fn addresses() {
        for good in [
            "/run/x",
            "@x",
            "80",
            "0644",
            "+80",
            "127.0.0.1:0x50",
            "[::1]:80",
            "[fe80::1]:80%lo",
            "vsock::1234",
            "vsock:4294967295:1",
            "127.0.0.1:80%eth0",
        ] {
            assert!(parse(good, 252).is_ok(), "{good}");
        }
        for bad in [
            "/",
            "@",
            "0",
            "65536",
            "-1",
            "127.0.0.1",
            "127.0.0.1:0",
            "::1:80",
            "[::1%lo]:80",
            "localhost:80",
            "vsock:x:1",
            "vsock:2:",
            "vsock:any:1",
            "vsock-stream:2:1",
            "",
            ":",
            "[",
            "[]",
            "[::1]",
            "é:1",
        ] {
            assert!(parse(bad, 252).is_err(), "{bad}");
        }
        assert!(parse(&format!("/{}", "x".repeat(106)), 262).is_ok());
        assert!(parse(&format!("/{}", "x".repeat(107)), 262).is_err());
        assert!(parse("vsock-dgram::1", 257).is_ok() && parse("vsock:any:1", 262).is_ok());
    }

    #[test]
    fn values() {
        assert_eq!(refused("Socket", "ListenStream", "%t/x", 252), [""; 0]);
        assert_eq!(refused("Socket", "ListenStream", "127.0.0.1:%i", 252), [""; 0]);
        assert_eq!(refused("Socket", "ListenSequentialPacket", "80", 262), ["80"]);
        assert_eq!(
            faults("Socket", "ListenStream", "localhost:80", 262)[0].instead.as_deref(),
            Some("127.0.0.1:80")
        );
        assert_eq!(faults("Socket", "ListenStream", "*:80", 262)[0].instead.as_deref(), Some("80"));
        for good in ["route", "route 1", "16 0x10", "kobject-uevent  1", "2147483647"] {
            assert_eq!(refused("Socket", "ListenNetlink", good, 262), [""; 0], "{good}");
        }
        assert_eq!(refused("Socket", "ListenNetlink", "rout 1", 262), ["rout"]);
        assert_eq!(refused("Socket", "ListenNetlink", "\tro\u{fc} 1", 262), ["ro\u{fc}"]);
        assert_eq!(refused("Socket", "ListenNetlink", "route 1 2", 262), ["1 2"]);
        assert_eq!(refused("Socket", "ListenNetlink", "2147483648", 262), ["2147483648"]);
    }
}
