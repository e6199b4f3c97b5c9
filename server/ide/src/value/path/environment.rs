//! Environment variables: `config_parse_environ()`, `config_parse_pass_environ()` and
//! `config_parse_unset_environ()`.

use unit_catalog::ValueKind as K;

use crate::value::Checker;
use crate::value::extract_word::{Extract, Word, words};
use crate::value::specifier::SpecifierSet;

/// Judges `NAME=VALUE` words, names, or both, as the kind says.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) {
    let flags = match kind {
        K::EnvNameList => Extract::UNQUOTE,
        _ => Extract::UNQUOTE | Extract::CUNESCAPE,
    };
    checker.each_word(words(checker.value, flags), |checker, word| {
        if checker.bad_specifier(word.piece(), SpecifierSet::Unit).is_some() {
            checker.specifier(word.piece(), SpecifierSet::Unit).map(|error| error.word_only());
            return;
        }
        let text = is_text(checker, &word);
        let fault = checker.expanded(&word.text).fault(|word| Fault::of(word, kind, text));
        if let Some(Fault(what, expected)) = fault {
            checker.report(word.range, what, expected).word_only();
        }
    });
}

/// What a word is, and what would do.
struct Fault(&'static str, &'static str);

impl Fault {
    /// What is wrong with a word, if anything is; `text` says whether it is text.
    fn of(word: &str, kind: K, text: bool) -> Option<Self> {
        Some(match (kind, word.split_once('=')) {
            (K::EnvAssignments, None) => {
                Self("no assignment", "NAME=VALUE, in quotes where blanks are part of it")
            }
            (K::EnvNameList, _) if is_name(word) => return None,
            (K::EnvNameList, Some(_)) => Self("an assignment", "names of variables"),
            (K::EnvNameOrAssignmentList, None) if is_name(word) => return None,
            (_, Some((name, _))) if is_name(name) && text => return None,
            (_, Some((name, _))) if is_name(name) => Self("no text", "text without control characters"),
            _ => Self("no name of a variable", "names of letters, digits and _, no digit first"),
        })
    }
}

/// Whether a variable may have this name: `env_name_is_valid()`.
fn is_name(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
}

/// Whether escapes made text of the word.
fn is_text(checker: &Checker<'_>, word: &Word<'_>) -> bool {
    let written = || checker.value.get(word.range.clone()).unwrap_or_default();
    !word.text.contains(char::REPLACEMENT_CHARACTER) || written().contains(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{faults, good};
    use crate::value::Effect::{IgnoresLine, IgnoresWord};

    #[test]
    fn variables() {
        good("Service", "Environment", &["A=1 \"B=x y\" C=", r"A=\x41\n", "A_%i=%n", "A=\"$B\"", "%I"]);
        faults("Service", "Environment", &["A", "1A=x", "A =x", "A=1 B", "A-B=x", "A=%Z", "=x"], IgnoresWord);
        faults("Service", "Environment", &[r"A=\xff"], IgnoresWord);
        faults("Service", "Environment", &[r"A=\q", "\"A=1"], IgnoresLine);
        good("Service", "PassEnvironment", &["A B_1", "%i"]);
        faults("Service", "PassEnvironment", &["A=1", "1A", "A-B", "%t", "é", "%n"], IgnoresWord);
        good("Service", "UnsetEnvironment", &["A B=1"]);
        faults("Service", "UnsetEnvironment", &["A-B", "1=2"], IgnoresWord);
    }
}
