//! Sets of processors and NUMA nodes, as `parse_cpu_set()` reads them.

use unit_catalog::ValueKind as K;

use super::integer;
use crate::value::extract_word::{Extract, words_between};
use crate::value::specifier::SpecifierSet;
use crate::value::{Checker, ValueError};

/// The largest number that systemd has room for.
const LAST_CPU: u32 = 8191;

/// The first and the last number of a range.
fn range(text: &str) -> Option<(u32, u32)> {
    let number = |text: &str| u32::try_from(integer::unsigned(text)?).ok();
    match text.split_once('-') {
        Some((first, last)) => Some((number(first)?, number(last)?)),
        None => number(text).map(|number| (number, number)),
    }
}

/// Judges a set; specifiers are expanded first.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) {
    let value = checker.value;
    if kind == K::CpuSetOrAll && value == "all" {
        return;
    }
    // NUMAMask= was strict before the others were, which only logged what they could not use.
    let strict = kind == K::CpuSetOrAll || checker.since(258);
    // NUMAMask= was not read with specifiers before the others' parser read it.
    let expanded = kind == K::CpuSet || checker.since(258);
    if !expanded {
        set(checker, strict);
    } else if !checker.refuse_specifier(SpecifierSet::Unit) {
        checker.judge_expanded(|checker| set(checker, strict));
    }
}

/// Judges a set without specifiers.
fn set(checker: &mut Checker<'_>, strict: bool) {
    const EXPECTED: &str = "numbers and ranges such as `0-3 8`";
    let value = checker.value;
    let lenient = |error: &mut ValueError| {
        if !strict {
            error.dropped();
        }
    };
    for word in words_between(value, b" \t\n\r,", Extract::UNQUOTE) {
        let Ok(word) = word else {
            lenient(checker.whole("no list of words: a quote or a backslash has no counterpart", EXPECTED));
            return;
        };
        match range(&word.text) {
            None => {
                let what = if strict { "no number or range" } else { "no number or range, and adds nothing" };
                let meant = word.text.replacen("..", "-", 1).replacen(':', "-", 1);
                let meant = Some(meant).filter(|meant| range(meant).is_some());
                lenient(checker.report(word.range, what, EXPECTED).instead(meant));
                return;
            }
            Some((first, last)) if first > last => {
                let swapped = format!("{last}-{first}");
                let report = checker.report(word.range, "a range from high to low", EXPECTED);
                report.instead(Some(swapped));
                return;
            }
            // Adding one to the largest number of all gave zero.
            Some((_, last)) if last > LAST_CPU && (last < u32::MAX || checker.since(258)) => {
                let what = if strict { "out of range" } else { "out of range, and adds nothing" };
                lenient(checker.report(word.range, what, "numbers up to 8191"));
                return;
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn ranges() {
        assert_eq!(range("3"), Some((3, 3)));
        assert_eq!(range("0-3"), Some((0, 3)));
        assert_eq!(range("3-0"), Some((3, 0)));
        for text in ["", "-1", "1-", "1-2-3", "a", "0..3", "4294967296"] {
            assert_eq!(range(text), None, "{text}");
        }
    }
}
