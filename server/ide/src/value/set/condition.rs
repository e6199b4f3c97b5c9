//! Conditions and assertions: `config_parse_unit_condition_path()` and `config_parse_unit_condition_string()`.
//!
//! systemd reads the marks, replaces specifiers and, where a path is asked for, looks at its form. All else it finds
//! out when the unit is started; words that no systemd knows are then an error in the log.

use unit_catalog::{ValueKind as K, table};

use crate::value::path::Wanted;
use crate::value::piece::Piece;
use crate::value::specifier::SpecifierSet;
use crate::value::{Checker, boolean, nearest};

/// The blanks that may stand behind a mark.
const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// Judges a value of a condition's kind; false for all others.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) -> bool {
    let path = matches!(kind, K::ConditionPath | K::ConditionGlob | K::ConditionNeedsUpdate);
    if !path && !kind.name().starts_with("condition_") {
        return false;
    }
    let value = checker.value;
    let start = if path { marks(value) } else { parameter(value) };
    let parameter = Piece::of_value(value).behind(start);
    if checker.specifier(parameter, SpecifierSet::Unit).is_some() {
        // Its fault is reported.
    } else if path {
        if let Some(error) = checker.path(parameter, Wanted::Absolute) {
            error.expected = "an absolute path, with | or ! right before it or both".into();
            let unblanked = parameter.text.trim_start_matches(BLANKS);
            if unblanked.len() < parameter.text.len() && unblanked.starts_with('/') {
                error.instead = Some(unblanked.to_owned().into());
            }
        }
    } else {
        check_word(checker, kind, parameter);
    }
    true
}

/// Where the parameter begins: behind `|`, then `!`, each with blanks after it.
pub(in crate::value) fn parameter(value: &str) -> usize {
    let mut rest = value;
    for mark in ['|', '!'] {
        if let Some(behind) = rest.strip_prefix(mark) {
            rest = behind.trim_start_matches(BLANKS);
        }
    }
    value.len() - rest.len()
}

/// The bytes of `|`, then `!`, before a path: no blank may stand behind them.
fn marks(value: &str) -> usize {
    let rest = value.strip_prefix('|').unwrap_or(value);
    let rest = rest.strip_prefix('!').unwrap_or(rest);
    value.len() - rest.len()
}

/// What systemd says in its log when the unit is started: the condition cannot be told or never holds.
fn check_word(checker: &mut Checker<'_>, kind: K, parameter: Piece<'_>) {
    let text = parameter.text;
    if text.contains('%') {
        return;
    }
    let directive = checker.context.directive;
    let known = match kind {
        K::ConditionBoolean => boolean(text).is_some(),
        K::ConditionArchitecture | K::ConditionSecurity => {
            directive.words.is_empty() || directive.word(text).is_some() || text == "native"
        }
        K::ConditionVirtualization => {
            directive.words.is_empty()
                || directive.word(text).is_some()
                || boolean(text).is_some()
                || ["vm", "container", "private-users"].contains(&text)
        }
        K::ConditionCapability => {
            text.bytes().all(|byte| byte.is_ascii_digit())
                || table::capabilities().iter().any(|known| known.name.eq_ignore_ascii_case(text))
        }
        _ => true,
    };
    if known {
        return;
    }
    let (what, expected) = match kind {
        K::ConditionBoolean => ("no boolean", "yes or no"),
        K::ConditionArchitecture => {
            ("no architecture that systemd knows", "a word such as x86-64, or native")
        }
        K::ConditionSecurity => ("no security feature that systemd knows", "a word such as selinux or tpm2"),
        K::ConditionCapability => ("no capability", "a name such as CAP_NET_ADMIN"),
        _ => ("no virtualization that systemd knows", "vm, container, yes, no or a word such as kvm"),
    };
    let meant = match kind {
        K::ConditionBoolean => nearest(text, ["yes", "no", "true", "false"]),
        K::ConditionCapability => nearest(text, table::capabilities().iter().map(|known| known.name)),
        _ => nearest(text, directive.words.iter().map(|word| word.text)),
    };
    checker.report(parameter.range(), what, expected).notice().instead(meant);
}

#[cfg(test)]
mod tests {
    use unit_catalog::Section;

    use crate::value::Effect;

    fn faults(key: &str, value: &str) -> Vec<(String, Effect)> {
        super::super::tests::faults(Section::Unit, key, value)
    }

    #[test]
    fn paths() {
        for good in ["/a", "!/a b", "|!/a", "%t/x", "%h", "/a/./b//", "%I/x", "/50%", "//", "%r/x"] {
            assert_eq!(faults("ConditionPathExists", good), [], "{good}");
        }
        for (bad, part) in [
            ("a", "a"),
            ("!|/a", "|/a"),
            ("!!/a", "!/a"),
            ("|!", "|!"),
            ("/a/../b", "/a/../b"),
            ("%n/x", "%n/x"),
            ("%%/x", "%%/x"),
            ("!/a/%Z", "%Z"),
            ("! /a", " /a"),
        ] {
            let expected = [(part.to_owned(), Effect::IgnoresLine)];
            assert_eq!(faults("ConditionPathExists", bad), expected, "{bad}");
        }
        assert_eq!(faults("ConditionPathExistsGlob", &format!("/{}", "x".repeat(256))).len(), 1);
        assert_eq!(faults("ConditionNeedsUpdate", &"/x".repeat(3000)).len(), 1);
    }

    #[test]
    fn words_are_found_out_later() {
        for (key, good) in [
            ("ConditionArchitecture", "!arm64"),
            ("ConditionVirtualization", "|container"),
            ("ConditionFirstBoot", "yes"),
            ("ConditionCapability", "cap_net_admin"),
            ("ConditionHost", "any thing"),
        ] {
            assert_eq!(faults(key, good), [], "{key}={good}");
        }
        for (key, bad) in [
            ("ConditionArchitecture", "x86_64"),
            ("ConditionVirtualization", "kvn"),
            ("ConditionFirstBoot", "maybe"),
        ] {
            assert_eq!(faults(key, bad), [(bad.to_owned(), Effect::Notice)], "{key}={bad}");
        }
    }
}
