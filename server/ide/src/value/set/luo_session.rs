//! Sessions of the Live Update Orchestrator: `LUOSession=`, as `config_parse_luo_sessions()` reads it.

use std::collections::BTreeSet;

use unit_catalog::Section;

use super::MOST_ERRORS;
use crate::value::Checker;
use crate::value::extract_word::{Extract, words};

/// Judges the names; a bad one or one said twice is ignored alone.
pub(super) fn check(checker: &mut Checker<'_>) {
    if checker.context.directive.section != Section::Service {
        return;
    }
    let mut seen = BTreeSet::new();
    for word in words(checker.value, Extract::PLAIN).map_while(Result::ok) {
        if checker.errors.len() >= MOST_ERRORS {
            return;
        }
        if !word.text.bytes().all(allowed) {
            checker
                .report(word.range, "no session name", "names without blanks, quotes, globs and :")
                .word_only();
        } else if !seen.insert(word.text) {
            checker.report(word.range, "named twice", "each name once").word_only();
        }
    }
}

/// A character of a session's name.
fn allowed(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"'*?[:\\".contains(&byte)
}
