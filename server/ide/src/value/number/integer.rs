//! Whole numbers, as `safe_atou64()`, `safe_atoi64()` and their kin read them.

use std::ops::RangeInclusive;

use unit_catalog::{Directive, ValueKind as K};

use crate::value::Checker;

/// A number that is not negative: decimal, or with one of the prefixes `0x`, `0o`, `0b` and `0`.
pub(in crate::value) fn unsigned(text: &str) -> Option<u64> {
    match prefixed(text)? {
        (true, 1..) => None,
        (_, magnitude) => Some(magnitude),
    }
}

/// A number with an optional sign, in the same notations.
pub(in crate::value) fn signed(text: &str) -> Option<i64> {
    match prefixed(text)? {
        (true, magnitude) => 0i64.checked_sub_unsigned(magnitude),
        (false, magnitude) => i64::try_from(magnitude).ok(),
    }
}

/// Sign and magnitude of a number whose prefix tells its base.
fn prefixed(text: &str) -> Option<(bool, u64)> {
    let text = text.trim_start_matches(is_space);
    // systemd takes these two prefixes off before strtoull() looks for a sign.
    for (prefix, base) in [("0b", 2), ("0B", 2), ("0o", 8), ("0O", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return strtoull(digits, base);
        }
    }
    strtoull(text, 0)
}

/// Sign and magnitude of a text that `strtoull()` reads to its end; base 0 goes by the prefix.
pub(super) fn strtoull(text: &str, base: u32) -> Option<(bool, u64)> {
    let text = text.trim_start_matches(is_space);
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, base) = match (base, digits.get(..2)) {
        (0 | 16, Some("0x" | "0X")) => (&digits[2..], 16),
        // Newer C libraries know this prefix; of those without a sign systemd has taken it off.
        (0, Some("0b" | "0B")) => (&digits[2..], 2),
        (0, _) if digits.starts_with('0') => (digits, 8),
        (0, _) => (digits, 10),
        (base, _) => (digits, base),
    };
    // from_str_radix() would take a second sign.
    let digits = Some(digits).filter(|digits| !digits.starts_with(['+', '-']))?;
    u64::from_str_radix(digits, base).ok().map(|magnitude| (negative, magnitude))
}

/// White space to C.
pub(super) fn is_space(char: char) -> bool {
    matches!(char, ' ' | '\t'..='\r')
}

/// The numbers that a directive takes.
pub(super) fn range(directive: &Directive, usual: RangeInclusive<i64>) -> RangeInclusive<i64> {
    directive.range.map_or(usual, |(least, most)| least..=most)
}

/// What a range takes, in prose.
pub(super) fn described(range: &RangeInclusive<i64>) -> String {
    match (*range.start(), *range.end()) {
        (0, i64::MAX) => "a number that is not negative".to_owned(),
        (i64::MIN, i64::MAX) => "a whole number".to_owned(),
        (least, most) => format!("a whole number from {least} to {most}"),
    }
}

/// Judges a value of one number, with or without a word that may stand for it.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) {
    let (value, directive) = (checker.value, checker.context.directive);
    let (range, word) = match kind {
        K::Integer => (range(directive, i64::MIN..=i64::MAX), ""),
        K::Weight => (range(directive, 1..=10_000), ""),
        K::WeightOrIdle => (range(directive, 1..=10_000), "idle"),
        K::ExitStatus => (range(directive, 0..=255), ""),
        K::UnsignedOrInfinity => (range(directive, 0..=i64::MAX), "infinity"),
        K::UnsignedOrMax => (range(directive, 0..=i64::MAX), "max"),
        K::UnsignedOrOff => (range(directive, 0..=i64::MAX), "off"),
        _ => (range(directive, 0..=i64::MAX), ""),
    };
    if !word.is_empty() && value == word {
        return;
    }
    let number = match kind {
        K::Integer => signed(value),
        // Those beyond the signed ones are out of every range but the unlimited one.
        _ => unsigned(value).map(|number| i64::try_from(number).unwrap_or(i64::MAX)),
    };
    let what = match number {
        Some(number) if range.contains(&number) => return,
        Some(_) => "out of range",
        None if integer_too_long(value) => "out of range",
        None => "no whole number",
    };
    let expected = match word {
        "" => described(&range),
        word => format!("{}, or {word}", described(&range)),
    };
    let endless = word == "infinity" && matches!(value, "unlimited" | "-1" | "inf");
    let meant = match endless {
        true => Some("infinity"),
        false => crate::value::nearest(value, Some(word).filter(|word| !word.is_empty())),
    };
    checker.whole(what, expected).instead(meant);
}

/// Judges a list of numbers.
pub(super) fn check_list(checker: &mut Checker<'_>) {
    super::each_word(checker, |checker, word| {
        if unsigned(&word.text).is_none() {
            checker.report(word.range, "no number", "numbers separated by spaces").word_only();
        }
    });
}

fn integer_too_long(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notations() {
        for (text, number) in [
            ("0", 0),
            ("-0", 0),
            ("+7", 7),
            ("010", 8),
            ("0x1F", 31),
            ("0o17", 15),
            ("0b101", 5),
            ("+0B11", 3),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(unsigned(text), Some(number), "{text}");
        }
        for text in ["", "-1", "0x", "08", "1 ", "1k", "++1", "0b2", "18446744073709551616", "٣"] {
            assert_eq!(unsigned(text), None, "{text}");
        }
        assert_eq!(signed("-20"), Some(-20));
        assert_eq!(signed("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(signed("9223372036854775808"), None);
    }
}
