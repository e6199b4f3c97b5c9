//! Sets of nftables, as `config_parse_cgroup_nft_set()` reads them.

use std::ops::Range;

use unit_catalog::words;

use super::split;
use crate::value::extract_word::{self, Extract, Word};
use crate::value::{Checker, nearest};

/// What is wrong with a part of `SOURCE:FAMILY:TABLE:SET`, and what was probably meant; the whole set where no part can
/// be blamed.
fn fault(set: &Word<'_>) -> Option<(Range<usize>, &'static str, Option<&'static str>)> {
    let parts = set.split(b":", Extract::CUNESCAPE).take(5).collect::<Result<Vec<_>, _>>();
    let Ok([source, family, table, name]) = parts.as_deref() else {
        return Some((set.range.clone(), "no set (four parts with colons between)", None));
    };
    const SOURCES: [&str; 3] = ["cgroup", "user", "group"];
    let families = || words::NFPROTO.iter().map(|word| word.text);
    if !SOURCES.contains(&&*source.text) {
        Some((source.range.clone(), "no source of a set", nearest(&source.text, SOURCES)))
    } else if !families().any(|known| known == family.text) {
        Some((family.range.clone(), "no family of a set", nearest(&family.text, families())))
    } else {
        let bad = [table, name].into_iter().find(|name| !identifier(&name.text))?;
        Some((bad.range.clone(), "no name of a table or a set", None))
    }
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
        if let Some((part, what, instead)) = fault(&word) {
            checker
                .report(part, what, "SOURCE:FAMILY:TABLE:SET such as cgroup:inet:filter:services")
                .instead(instead);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::value::name::tests::{faults, refused};

    #[test]
    fn sets() {
        let refused = |value: &str| refused("Service", "NFTSet", value, 257);
        for good in ["cgroup:inet:filter:my_set", ":user::ip:a:b:", r"cgroup:in\x65t:a:b"] {
            assert_eq!(refused(good), [""; 0], "{good}");
        }
        for (bad, part) in [
            ("a", "a"),
            ("cgroup:inet:a", "cgroup:inet:a"),
            ("cgroup:inet:a:b:c", "cgroup:inet:a:b:c"),
            (r"cgroup:in\et:a:b", r"cgroup:in\et:a:b"),
            ("address:inet:a:b", "address"),
            ("\"cgroup:x:a:b\"", "x"),
            ("cgroup:inet:1a:b", "1a"),
            ("user:ip:a:b x y", "x"),
        ] {
            assert_eq!(refused(bad), [part], "{bad}");
        }
        let found = faults("Service", "NFTSet", "cgroups:inet:a:b", 257);
        assert_eq!(found[0].instead.as_deref(), Some("cgroup"));
    }
}
