//! Rules on ports that may be bound, as `parse_socket_bind_item()` reads them.

use crate::value::Checker;
use crate::value::extract_word::{Extract, words_between};
use crate::value::number::integer;

/// `[ipv4|ipv6:][tcp|udp:][PORT[-PORT]]`, or any.
fn rule(text: &str, zero: bool) -> bool {
    if text == "any" {
        return true;
    }
    let Ok(parts) =
        words_between(text, b":", Extract::DONT_COALESCE_SEPARATORS).take(4).collect::<Result<Vec<_>, _>>()
    else {
        return false;
    };
    let mut parts = parts.iter().map(|part| &*part.text).peekable();
    let family = parts.next_if(|part| matches!(*part, "ipv4" | "ipv6"));
    let protocol = parts.next_if(|part| matches!(*part, "tcp" | "udp"));
    let ports = parts.next();
    let qualified = family.is_some() || protocol.is_some();
    parts.next().is_none()
        && match ports {
            None => qualified,
            Some("any") => true,
            Some(ports) => range(ports, zero),
        }
}

/// A port or two with a dash between; 0 counts from 257 on.
fn range(text: &str, zero: bool) -> bool {
    let port = |text: &str| integer::unsigned(text).filter(|port| (u64::from(!zero)..=65535).contains(port));
    match text.split_once('-') {
        Some((from, to)) => matches!((port(from), port(to)), (Some(from), Some(to)) if from <= to),
        None => port(text).is_some(),
    }
}

/// Judges the value of `SocketBindAllow=` and `SocketBindDeny=`.
pub(super) fn check(checker: &mut Checker<'_>) {
    if !rule(checker.value, checker.since(257)) {
        checker.whole("no rule on ports", "any, or [ipv4|ipv6:][tcp|udp:][PORT or PORT-PORT]");
    }
}

#[cfg(test)]
mod tests {
    use super::rule;

    #[test]
    fn rules() {
        for good in [
            "any",
            "ipv4",
            "tcp",
            "ipv6:udp",
            "ipv4:tcp:1-2",
            "80",
            "ipv4:any",
            "1-65535",
            r"tcp:\1",
            r"an\y",
        ] {
            assert!(rule(good, false), "{good}");
        }
        for bad in ["", "foo", "tcp:ipv4:1", "any:1", "0", "5-3", "70000", "1-2-3", "tcp:", "tcp:1:2"] {
            assert!(!rule(bad, false), "{bad}");
        }
        assert!(rule("0", true));
    }
}
