//! Fields for the journal: `LogExtraFields=`, as `config_parse_log_extra_fields()` reads it.

use super::MOST_ERRORS;
use crate::value::Checker;
use crate::value::extract_word::{Extract, WordError, words};
use crate::value::specifier::SpecifierSet;

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
        if let Some(error) = checker.specifier(word.piece(), SpecifierSet::Unit) {
            error.word_only();
            continue;
        }
        let fault = checker.expanded(&word.text).fault(|field| match field.split_once('=') {
            None => Some(("without =", EXPECTED)),
            Some((name, _)) if field_name(name) => None,
            Some(_) => {
                let expected = "field names of upper case letters, digits and _ that begin with a letter";
                Some(("no journal field", expected))
            }
        });
        if let Some((what, expected)) = fault {
            let meant = meant(&word.text);
            checker.report(word.range, what, expected).word_only().instead(meant);
        }
    }
}

/// The field with a name that was probably meant.
fn meant(field: &str) -> Option<String> {
    let (name, value) = field.split_once('=')?;
    let name = name.to_ascii_uppercase().replace('-', "_");
    (field_name(&name) && !field.contains([' ', '"', '\'', '\\'])).then(|| format!("{name}={value}"))
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
