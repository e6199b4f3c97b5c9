//! IP addresses with prefix lengths, as `config_parse_in_addr_prefixes()` reads them.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::split;
use crate::value::extract_word::{Extract, words};
use crate::value::number::integer;
use crate::value::{Checker, nearest};

/// What stands for several prefixes.
const NAMES: [&str; 4] = ["any", "localhost", "link-local", "multicast"];

/// What is wrong with a word that is none of the names.
fn fault(text: &str) -> Option<&'static str> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let Ok(address) = address.parse::<IpAddr>() else {
        return Some("no IP address");
    };
    let longest = match address {
        IpAddr::V4(_) => u64::from(Ipv4Addr::BITS),
        IpAddr::V6(_) => u64::from(Ipv6Addr::BITS),
    };
    let good = length.is_none_or(|length| integer::unsigned(length).is_some_and(|length| length <= longest));
    match (good, address) {
        (true, _) => None,
        (false, IpAddr::V4(_)) => Some("an IPv4 address with a prefix length other than 0 to 32"),
        (false, IpAddr::V6(_)) => Some("an IPv6 address with a prefix length other than 0 to 128"),
    }
}

/// A name of this very machine, as `is_localhost()` knows it.
fn is_localhost(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix('.').unwrap_or(&name);
    let name = name.strip_suffix(".localdomain").unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

/// Judges the value of `IPAddressAllow=` and `IPAddressDeny=`: bad words are ignored one by one.
pub(super) fn check(checker: &mut Checker<'_>) {
    for word in words(checker.value, Extract::PLAIN) {
        let Some(word) = split(checker, word) else { break };
        let text = word.text.as_ref();
        if NAMES.contains(&text) || is_localhost(text) {
            continue;
        }
        if let Some(what) = fault(text) {
            let meant = if matches!(text, "all" | "*") { Some("any") } else { nearest(text, NAMES) };
            checker
                .report(
                    word.range,
                    what,
                    "IP addresses with or without a prefix length, any, localhost, link-local or multicast",
                )
                .word_only()
                .instead(meant);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::value::name::tests::refused;

    #[test]
    fn prefixes() {
        let refused = |value| refused("Service", "IPAddressAllow", value, 252);
        assert_eq!(refused("LOCALHOST. localhost.localdomain a.localhost.localdomain."), [""; 0]);
        assert_eq!(refused("ANY localhost.a xlocalhost"), ["ANY", "localhost.a", "xlocalhost"]);
        assert_eq!(refused("any 10.0.0.0/8 ::1 fe80::/10 1.2.3.4/032 ::ffff:1.2.3.4/128"), [""; 0]);
        assert_eq!(
            refused("all 10.0.0.0/33 300.1.1.1 1.2.3 ::/129 a/8 1.2.3.4/"),
            ["all", "10.0.0.0/33", "300.1.1.1", "1.2.3", "::/129", "a/8", "1.2.3.4/"]
        );
    }
}
