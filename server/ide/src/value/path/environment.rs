//! Environment variables: `config_parse_environ()`, `config_parse_pass_environ()` and
//! `config_parse_unset_environ()`.

use unit_catalog::ValueKind as K;

use crate::value::Checker;
use crate::value::extract_word::{Extract, Word, words};
use crate::value::specifier::{SpecifierSet, bad_specifier};

/// Judges `NAME=VALUE` words, names, or both, as the kind says.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) {
    let flags = match kind {
        K::EnvNameList => Extract::UNQUOTE,
        _ => Extract::UNQUOTE | Extract::CUNESCAPE,
    };
    checker.each_word(words(checker.value, flags), |checker, word| {
        if let Some(bad) = bad_specifier(&word.text, SpecifierSet::Unit, checker.context.version) {
            checker.specifier_within(word.range, &word.text, bad).word_only();
            return;
        }
        let (what, expected) = match (kind, word.text.split_once('=')) {
            (K::EnvAssignments, None) if may_hold_equals(&word.text) => return,
            (K::EnvAssignments, None) => {
                ("no assignment", "NAME=VALUE, in quotes where blanks are part of it")
            }
            (K::EnvNameList, _) if is_name(&word.text) => return,
            (K::EnvNameList, Some(_)) => ("an assignment", "names of variables"),
            (K::EnvNameOrAssignmentList, None) if is_name(&word.text) => return,
            (_, Some((name, value))) if is_name(name) && is_value(checker, &word, value) => return,
            (_, Some((name, _))) if is_name(name) => ("no text", "text without control characters"),
            _ => ("no name of a variable", "names of letters, digits and _, no digit first"),
        };
        checker.report(word.range, what, expected).word_only();
    });
}

/// Whether a specifier may be replaced by a text with `=`: what is named freely, or unescaped.
fn may_hold_equals(text: &str) -> bool {
    ["%I", "%J", "%P", "%f", "%q"].iter().any(|specifier| text.contains(specifier))
}

/// Whether this is a name, or may be one when its specifiers are replaced: `env_name_is_valid()`.
fn is_name(name: &str) -> bool {
    let mut letters = name.bytes().peekable();
    let digit_first =
        letters.peek().is_some_and(u8::is_ascii_digit) || name.starts_with("%U") || name.starts_with("%G");
    if name.is_empty() || digit_first {
        return false;
    }
    while let Some(letter) = letters.next() {
        match letter {
            b'%' => {
                // Paths are no names, nor is what has a dot in it.
                let never = |letter: &u8| b"CDELSTVYcdfhnstvy".contains(letter);
                if letters
                    .next()
                    .as_ref()
                    .is_none_or(|letter| never(letter) || !letter.is_ascii_alphanumeric())
                {
                    return false;
                }
            }
            letter if letter.is_ascii_alphanumeric() || letter == b'_' => {}
            _ => return false,
        }
    }
    true
}

/// Whether a variable may have this value: anything but what escapes made no text of.
fn is_value(checker: &Checker<'_>, word: &Word<'_>, value: &str) -> bool {
    let written = || checker.value.get(word.range.clone()).unwrap_or_default();
    !value.contains(char::REPLACEMENT_CHARACTER) || written().contains(char::REPLACEMENT_CHARACTER)
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
