//! What goes into core dumps, as `coredump_filter_mask_from_string()` reads it.

use unit_catalog::words;

use super::integer;
use crate::value::extract_word::{self, Extract};
use crate::value::{Checker, nearest};

/// Judges a list of kinds of memory and hexadecimal masks; one bad word spoils it all.
pub(super) fn check(checker: &mut Checker<'_>) {
    const EXPECTED: &str =
        "kinds of memory such as `private-anonymous`, `default`, `all`, or a hexadecimal mask";
    let names = || words::COREDUMP_FILTER.iter().map(|word| word.text).chain(["all", "default"]);
    for word in extract_word::words(checker.value, Extract::PLAIN) {
        let Ok(word) = word else {
            checker.whole("no list of words: a backslash has nothing behind it", EXPECTED);
            return;
        };
        let text = &*word.text;
        let mask = matches!(integer::strtoull(text, 16), Some((false, _) | (true, 0)));
        if !mask && !names().any(|name| name == text) {
            let meant = nearest(text, names());
            checker.report(word.range, "no kind of memory", EXPECTED).instead(meant);
            return;
        }
    }
}
