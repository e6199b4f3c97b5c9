//! Rules of the userspace out-of-memory killer: `OOMRules=`, as `config_parse_oom_rules()` reads it.

use super::MOST_ERRORS;
use crate::value::Checker;
use crate::value::extract_word::{Extract, words};

const EXPECTED: &str = "names of `.oomrule` files without their suffix";

/// Judges the names; a bad one is ignored alone.
pub(super) fn check(checker: &mut Checker<'_>) {
    for word in words(checker.value, Extract::UNQUOTE | Extract::RETAIN_ESCAPE) {
        let Ok(word) = word else {
            checker.whole("no list of words: a quote has no counterpart", EXPECTED);
            return;
        };
        let name = &*word.text;
        if matches!(name, "" | "." | "..")
            || name.len() > 255
            || name.contains(['/', '*', '?', '[', '\\', '"', '\''])
        {
            checker.report(word.range, "no name of a rule", EXPECTED).word_only();
        }
        if checker.errors.len() >= MOST_ERRORS {
            return;
        }
    }
}
