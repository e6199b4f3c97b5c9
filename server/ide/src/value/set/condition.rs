//! Conditions and assertions: `config_parse_unit_condition_path()` and `config_parse_unit_condition_string()`.
//!
//! systemd reads the marks, replaces specifiers and, where a path is asked for, looks at its form. All else it finds
//! out when the unit is started; words that no systemd knows are then an error in the log.

use std::ops::Range;

use unit_catalog::{ValueKind as K, table};

use crate::value::specifier::{SpecifierSet, bad_specifier, starts_absolute};
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
    let start = parameter(value);
    let Some(text) = value.get(start..) else {
        return true;
    };
    if let Some(bad) = bad_specifier(text, SpecifierSet::Unit, checker.context.version) {
        checker.specifier(bad.start + start..bad.end + start);
    } else if path {
        check_path(checker, text, start);
    } else {
        check_word(checker, kind, text, start..value.len());
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

/// `path_simplify_and_warn()` with `PATH_CHECK_ABSOLUTE`.
fn check_path(checker: &mut Checker<'_>, text: &str, start: usize) {
    let part = start..checker.value.len();
    if !starts_absolute(text) {
        let what = if text.is_empty() { "no path" } else { "no absolute path" };
        checker.report(part, what, "an absolute path, with | or ! before it or both");
        return;
    }
    let mut at = start;
    for component in text.split('/') {
        let range = at..at + component.len();
        at = range.end + 1;
        if component == ".." {
            checker.report(range, "no part of a path without detours", "a path without ..");
            return;
        }
        if component.len() > 255 && !component.contains('%') {
            checker.report(range, "longer than a file name may be", "names of at most 255 bytes");
            return;
        }
    }
    if text.len() >= 4096 && !text.contains('%') {
        checker.report(part, "longer than a path may be", "a path of at most 4095 bytes");
    }
}

/// What systemd says in its log when the unit is started: the condition cannot be told or never holds.
fn check_word(checker: &mut Checker<'_>, kind: K, text: &str, part: Range<usize>) {
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
    checker.report(part, what, expected).notice().instead(meant);
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
        for good in ["/a", "!/a b", "| ! /a", "%t/x", "%h", "/a/./b//", "%I/x", "/50%", "//", "%r/x"] {
            assert_eq!(faults("ConditionPathExists", good), [], "{good}");
        }
        for (bad, part) in [
            ("a", "a"),
            ("!|/a", "|/a"),
            ("!!/a", "!/a"),
            ("|!", ""),
            ("/a/../b", ".."),
            ("%n/x", "%n/x"),
            ("%%/x", "%%/x"),
            ("! /a/%Z", "%Z"),
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
