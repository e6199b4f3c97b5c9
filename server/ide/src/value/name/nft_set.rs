//! Sets of nftables, as `config_parse_cgroup_nft_set()` reads them.

use unit_catalog::words;

use super::split;
use crate::value::extract_word::{self, Extract};
use crate::value::{Checker, nearest};

/// What is wrong with `SOURCE:FAMILY:TABLE:SET`, and what was probably meant.
fn fault(text: &str) -> Option<(&'static str, Option<String>)> {
    let parts: Vec<&str> = text.splitn(5, ':').collect();
    let [source, family, table, set] = parts[..] else {
        return Some(("no set (four parts with colons between)", None));
    };
    let swap = |part: &str, known: Option<&str>| known.map(|known| text.replacen(part, known, 1));
    if !matches!(source, "cgroup" | "user" | "group") {
        return Some(("of no known source", swap(source, nearest(source, ["cgroup", "user", "group"]))));
    }
    let families = || words::NFPROTO.iter().map(|word| word.text);
    if !families().any(|known| known == family) {
        return Some(("of no known family", swap(family, nearest(family, families()))));
    }
    (!identifier(table) || !identifier(set)).then_some(("no set (a bad name of a table or a set)", None))
}

/// A name of nftables: a letter first, 31 characters at most.
fn identifier(text: &str) -> bool {
    text.len() < 32
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/\\_.".contains(&byte))
}

/// Judges the value of `NFTSet=`: the first bad word ends the list.
pub(super) fn check(checker: &mut Checker<'_>) {
    for word in extract_word::words(checker.value, Extract::UNQUOTE | Extract::RETAIN_ESCAPE) {
        let Some(word) = split(checker, word) else { break };
        if let Some((what, instead)) = fault(&word.text) {
            checker
                .report(word.range, what, "SOURCE:FAMILY:TABLE:SET such as cgroup:inet:filter:services")
                .instead(instead);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::name::tests::refused;

    #[test]
    fn sets() {
        assert_eq!(fault("cgroup:inet:filter:my_set"), None);
        for bad in [
            "",
            "a",
            "cgroup:inet:a",
            "cgroup:inet:a:b:c",
            "address:inet:a:b",
            "cgroup:x:a:b",
            "cgroup:inet:1a:b",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
        assert_eq!(fault("cgroups:inet:a:b").and_then(|fault| fault.1).as_deref(), Some("cgroup:inet:a:b"));
        assert_eq!(refused("Service", "NFTSet", "user:ip:a:b x y", 257), ["x"]);
    }
}
