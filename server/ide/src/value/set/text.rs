//! Free text with specifiers: `config_parse_unit_string_printf()` and its kin.

use std::ops::Range;

use unit_catalog::Section;

use crate::value::piece::Piece;
use crate::value::specifier::SpecifierSet;
use crate::value::{Checker, Effect};

/// Text of one line. `RebootArgument=` in `[Unit]` is handed to the kernel and may not be any text.
pub(super) fn check(checker: &mut Checker<'_>) {
    let directive = checker.context.directive;
    // config_parse_string() replaces nothing.
    if directive.name == "TCPCongestion" || checker.refuse_specifier(SpecifierSet::Unit) {
        return;
    }
    let reboot = directive.section == Section::Unit && directive.name.ends_with("RebootArgument");
    if reboot && !checker.possible(checker.value, |text| text.is_ascii() && text.len() <= 255) {
        checker.whole("no argument for a reboot", "at most 255 ASCII characters");
    }
}

/// Text with C escapes, which `cunescape()` undoes first.
pub(super) fn check_escaped(checker: &mut Checker<'_>) {
    match bad_escape(checker.value) {
        Some(bad) => {
            let escaped = format!("\\{}", &checker.value[bad.clone()]);
            let what = "no C escape";
            let expected = r"C escapes such as \n, \t, \\ and \x41";
            checker.report(bad, what, expected).instead(Some(escaped));
        }
        None => {
            checker.refuse_specifier(SpecifierSet::Unit);
        }
    }
}

/// A label of a security module; with `-` before it a bad one costs its line only.
pub(super) fn check_label(checker: &mut Checker<'_>) {
    let value = Piece::of_value(checker.value);
    if let Some(error) = checker.specifier(value, SpecifierSet::Unit) {
        error.effect = if value.text.starts_with('-') { Effect::IgnoresLine } else { Effect::RefusesUnit };
    }
}

/// A regular expression, or one behind `~`; whether it is a good one only machines with that library say.
pub(super) fn check_pattern(checker: &mut Checker<'_>) {
    if checker.value == "~" {
        checker.whole("without a pattern", "a regular expression, with ~ before it for what is left out");
    }
}

/// The first escape that `cunescape_one()` does not take; NUL is none.
fn bad_escape(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find('\\')).map(|found| from + found) {
        let digits = |from: usize, count: usize, radix: u32| {
            let digits = text.get(from..from + count).filter(|digits| !digits.starts_with('+'))?;
            u32::from_str_radix(digits, radix).ok()
        };
        let length = match bytes.get(at + 1) {
            Some(b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'\\' | b'"' | b'\'' | b's') => Some(2),
            Some(b'x') => digits(at + 2, 2, 16).filter(|code| *code != 0).map(|_| 4),
            Some(b'u') => {
                digits(at + 2, 4, 16).and_then(char::from_u32).filter(|char| *char != '\0').map(|_| 6)
            }
            Some(b'U') => {
                digits(at + 2, 8, 16).and_then(char::from_u32).filter(|char| *char != '\0').map(|_| 10)
            }
            Some(b'0'..=b'7') => digits(at + 1, 3, 8).filter(|code| (1..=255).contains(code)).map(|_| 4),
            _ => None,
        };
        match length {
            Some(length) => from = at + length,
            None => {
                let next = text[at + 1..].chars().next().map_or(0, char::len_utf8);
                return Some(at..at + 1 + next);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        for good in ["", "a b", r"\n\s\\", r"\x41\101\u00e4\U0001f600", r"\'"] {
            assert_eq!(bad_escape(good), None, "{good}");
        }
        for (bad, part) in [
            (r"a\q", r"\q"),
            ("a\\", "\\"),
            (r"\x00", r"\x"),
            (r"\777", r"\7"),
            (r"\ü", r"\ü"),
            (r"\x+1", r"\x"),
            (r"\ud800", r"\u"),
            (r"\\\e", r"\e"),
        ] {
            assert_eq!(bad_escape(bad).map(|range| &bad[range]), Some(part), "{bad}");
        }
    }
}
