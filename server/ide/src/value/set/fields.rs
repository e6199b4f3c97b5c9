//! Fields for the journal: `LogExtraFields=`, as `config_parse_log_extra_fields()` reads it.

use super::MOST_ERRORS;
use crate::value::Checker;
use crate::value::extract_word::{Extract, WordError, words};
use crate::value::specifier::{SpecifierSet, bad_specifier};

const EXPECTED: &str = "words such as FIELD=value";

/// Judges the words; a bad one is ignored alone, but nothing is read behind a bad quote or escape.
pub(super) fn check(checker: &mut Checker<'_>) {
    let mut all = words(checker.value, Extract::CUNESCAPE | Extract::UNQUOTE);
    while checker.errors.len() < MOST_ERRORS {
        let word = match all.next() {
            None => return,
            Some(Ok(word)) => word,
            Some(Err(WordError::UnclosedQuote(part))) => {
                checker.report(part, "a quote that is never closed", EXPECTED).word_only();
                return;
            }
            Some(Err(WordError::BadEscape(part))) => {
                checker.report(part, "no C escape", EXPECTED).word_only();
                return;
            }
        };
        if let Some(bad) = bad_specifier(&word.text, SpecifierSet::Unit, checker.context.version) {
            let part = match checker.value.get(word.range.clone()) {
                Some(source) if source == word.text => {
                    word.range.start + bad.start..word.range.start + bad.end
                }
                _ => word.range,
            };
            checker.specifier(part).word_only();
            continue;
        }
        let Some((name, _)) = word.text.split_once('=') else {
            checker.report(word.range, "without =", EXPECTED).word_only();
            continue;
        };
        if !name.contains('%') && !field_name(name) {
            let meant = name.to_ascii_uppercase().replace('-', "_");
            let meant = field_name(&meant).then(|| word.text.replacen(name, &meant, 1));
            let expected = "field names of upper case letters, digits and _ that begin with a letter";
            checker.report(word.range, "no journal field", expected).word_only().instead(meant);
        }
    }
}

/// `journal_field_valid()` without the protected fields.
fn field_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::field_name;

    #[test]
    fn names() {
        for good in ["A", "FOO_1", &"A".repeat(64)] {
            assert!(field_name(good), "{good}");
        }
        for bad in ["", "_A", "1A", "a", "A-B", &"A".repeat(65)] {
            assert!(!field_name(bad), "{bad}");
        }
    }
}
