//! Users and groups, as `valid_user_group_name()` takes them.

use unit_catalog::ValueKind as K;

use super::split;
use crate::value::Checker;
use crate::value::extract_word::{Extract, words};
use crate::value::specifier::SpecifierSet;

/// A number that may be a user or a group: not -1 in 16 or 32 bits, and no other notation than plain decimal.
fn id(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'))
        && text.parse::<u32>().is_ok_and(|id| id != u32::MAX && id != u32::from(u16::MAX))
}

/// What unit files may say: nearly any text, as long as it is no odd number and holds no colon and no slash.
fn relaxed(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    id(text)
        || !digits.bytes().all(|byte| byte.is_ascii_digit())
            && !matches!(text, "." | "..")
            && text.trim_matches(' ') == text
            && !text.bytes().any(|byte| byte.is_ascii_control() || matches!(byte, b':' | b'/'))
}

/// What `useradd` would make: systemd logs a notice about any other name.
fn strict(text: &str) -> bool {
    id(text)
        || text.len() <= 31
            && text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// Judges the value of `User=`, `Group=` and their kin.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) {
    let value = checker.value;
    if checker.refuse_specifier(SpecifierSet::Unit) {
        return;
    }
    let user = kind == K::User;
    if !checker.possible(value, relaxed) {
        let (what, expected) = match user {
            true => ("no name and no number of a user", "the name or the number of a user"),
            false => ("no name and no number of a group", "the name or the number of a group"),
        };
        checker.whole(what, expected);
    } else if user && value == "nobody" {
        checker.whole("shared by all that has no owner", "a user of the service's own").notice();
    } else if !value.contains('%') && !strict(value) {
        checker.whole("an unusual name", "a name of ASCII letters, digits, `_` and `-`").notice();
    }
}

/// Judges the value of `SupplementaryGroups=`: one bad word refuses the unit.
pub(super) fn check_groups(checker: &mut Checker<'_>) {
    for word in words(checker.value, Extract::PLAIN) {
        let Some(word) = split(checker, word) else { break };
        if checker.specifier(word.piece(), SpecifierSet::Unit).is_some() {
            continue;
        }
        if !checker.possible(&word.text, relaxed) {
            checker.report(word.range, "no name and no number of a group", "names or numbers of groups");
        } else if !word.text.contains('%') && !strict(&word.text) {
            checker
                .report(word.range, "an unusual name", "names of ASCII letters, digits, `_` and `-`")
                .notice();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Effect;
    use crate::value::name::tests::{faults, refused};

    #[test]
    fn names() {
        for good in ["root", "0", "www-data", "user.name", "user$", "-user", "-5s", "~", "é", "a b", "1.5"] {
            assert!(relaxed(good), "{good}");
        }
        for bad in
            ["", "-", "-1", "65535", "4294967295", "4294967296", "0755", "a:b", "/x", ".", "a\tb", " a", "a "]
        {
            assert!(!relaxed(bad), "{bad}");
        }
        assert!(strict("_chrony") && !strict("user.name") && !strict(&"a".repeat(32)));
    }

    #[test]
    fn values() {
        assert_eq!(faults("Service", "User", "a/b", 262)[0].effect, Effect::RefusesUnit);
        assert_eq!(faults("Service", "User", "nobody", 262)[0].effect, Effect::Notice);
        assert_eq!(faults("Service", "User", "x-%i", 262), []);
        assert_eq!(refused("Service", "User", "%t", 262), ["%t"]);
        assert_eq!(refused("Service", "Group", "a%Z", 252), ["%Z"]);
        assert_eq!(refused("Service", "SupplementaryGroups", "adm a:b 0777 x", 252), ["a:b", "0777"]);
    }
}
