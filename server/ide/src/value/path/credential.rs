//! Credentials: `config_parse_set_credential()`, `config_parse_load_credential()` and
//! `config_parse_import_credential()`.

use std::ops::Range;

use super::path_simplify::is_normalized;
use crate::value::Checker;
use crate::value::extract_word::{Extract, Word, bad_escape, words_between};
use crate::value::piece::Piece;
use crate::value::set::base64;
use crate::value::specifier::SpecifierSet;

/// Whether a credential may have this name, as `credential_name_valid()` tells; specifiers are not judged.
fn valid_name(name: &str) -> bool {
    let printable = |byte: u8| (b' '..0x7F).contains(&byte) && !matches!(byte, b':' | b'/');
    !matches!(name, "" | "." | "..") && name.len() <= 255 && name.bytes().all(printable)
}

/// Whether the name is the beginning of others, or one itself: `credential_glob_valid()`.
fn valid_glob(glob: &str) -> bool {
    match glob.split_once('*') {
        Some((prefix, rest)) => {
            rest.is_empty() && (prefix.is_empty() || valid_name(prefix) && !has_wildcard(prefix))
        }
        None => valid_name(glob) && !has_wildcard(glob),
    }
}

fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

const NAME: &str = "names of printable ASCII characters without / and :";

/// Judges `NAME:DATA`.
pub(super) fn check_set(checker: &mut Checker<'_>) {
    let value = checker.value;
    let Some((name, data)) = split(checker) else { return };
    let encrypted = checker.context.directive.name.ends_with("Encrypted");
    if data.is_empty() {
        checker.whole("without data", if encrypted { "NAME:BASE64" } else { "NAME:DATA" });
    } else if bad_name(checker, name.piece(), valid_name) {
        // Its fault is reported.
    } else if encrypted {
        check_base64(checker, data.start);
    } else if let Some(bad) = bad_escape(&value[data.clone()]) {
        // A last backslash stands for itself only in newer releases, and hardly ever in files.
        let part = data.start + bad.start..data.start + bad.end;
        if part.len() > 1 {
            checker.report(part, "no escape", "C escapes, and \\\\ for a backslash");
        }
    }
}

/// Judges `NAME[:SOURCE]`, the source being a path or another credential.
pub(super) fn check_load(checker: &mut Checker<'_>) {
    let value = checker.value;
    let Some((name, source)) = split(checker) else { return };
    if bad_name(checker, name.piece(), valid_name) || source.is_empty() {
        return;
    }
    let source = Piece::of_value(value).slice(source);
    if checker.specifier(source, SpecifierSet::Unit).is_some() {
        return;
    }
    let fault = checker.expanded(source.text).fault(|text| {
        if text.starts_with('/') {
            // The path is not simplified first.
            let good =
                is_normalized(text) && !text.contains("//") && !text.contains("/./") && !text.ends_with("/.");
            (!good).then_some(("not normalized", "absolute paths without .., or names of credentials"))
        } else {
            let what = "no absolute path and no credential's name";
            (!valid_name(text)).then_some((what, "NAME:SOURCE"))
        }
    });
    if let Some((what, expected)) = fault {
        checker.report(source.range(), what, expected);
    }
}

/// Judges `NAME-OR-GLOB[:NEW-NAME]`; the new name came with release 257.
pub(super) fn check_import(checker: &mut Checker<'_>) {
    let value = checker.value;
    if !checker.since(257) {
        bad_name(checker, Piece::of_value(value), valid_glob);
        return;
    }
    let Some((name, renamed)) = split(checker) else { return };
    if bad_name(checker, name.piece(), valid_glob) || renamed.is_empty() {
        return;
    }
    // No specifier is replaced in it, and what is behind a second colon would belong to it.
    if !valid_name(&value[renamed.clone()]) {
        checker.report(renamed, "no name of a credential", NAME);
    }
}

/// Splits the name off at the first colon; gives it and where the rest stands.
fn split<'v>(checker: &mut Checker<'v>) -> Option<(Word<'v>, Range<usize>)> {
    let end = checker.value.len();
    let mut parts = words_between(checker.value, b":", Extract::DONT_COALESCE_SEPARATORS);
    match parts.next()? {
        Ok(name) => Some((name, parts.rest().unwrap_or(end..end))),
        Err(error) => {
            checker.word_error(error, true);
            None
        }
    }
}

/// Judges a credential's name; true where it is bad.
fn bad_name(checker: &mut Checker<'_>, name: Piece<'_>, valid: fn(&str) -> bool) -> bool {
    if checker.specifier(name, SpecifierSet::Unit).is_some() {
        return true;
    }
    let good = checker.possible(name.text, valid);
    if !good {
        let what = if name.text.is_empty() { "without a name" } else { "no name of a credential" };
        checker.report(name.range(), what, NAME);
    }
    !good
}

/// Judges base64 data from `start` to the value's end.
pub(super) fn check_base64(checker: &mut Checker<'_>, start: usize) {
    let Some(data) = checker.value.get(start..) else { return };
    if let Err(at) = base64::decode(data, checker.since(253)) {
        let part = match data.get(at..).and_then(|rest| rest.chars().next()) {
            Some(char) => start + at..start + at + char.len_utf8(),
            None => start..start + data.len(),
        };
        checker.report(part, "no base64", "base64 with its padding");
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{faults, faults_in, good, good_in};
    use crate::value::Effect::IgnoresLine;

    #[test]
    fn credentials() {
        good("Service", "SetCredential", &["a:b", r"a:b\n\x00", "a b:c:d", "%n:x", "\"a:b"]);
        faults("Service", "SetCredential", &["a", "a:", ":b", "a/b:c", "é:x", r"a:\q", "%Z:b"], IgnoresLine);
        good("Service", "SetCredentialEncrypted", &["a:YWJj", "a: YW Jj"]);
        faults("Service", "SetCredentialEncrypted", &["a:YWJ", "a:ü"], IgnoresLine);
        good("Service", "LoadCredential", &["a", "a:", "a:b", "a:/b/c", "a:%t/x", "%i"]);
        let bad = ["a:../b", "a:/b/../c", "a://", "a:b:c", "/a", "", "a/b", "%t", "a:%Z"];
        faults("Service", "LoadCredential", &bad[..5], IgnoresLine);
        faults("Service", "LoadCredential", &bad[6..], IgnoresLine);
        good("Service", "ImportCredential", &["a*", "*", "a:b", "a*:b", "a b", "a:"]);
        faults(
            "Service",
            "ImportCredential",
            &["a*b", "a?", "**", ":b", "a:b:c", "a:b/c", "é*"],
            IgnoresLine,
        );
        faults_in(255, "Service", "ImportCredential", &["a:b"], IgnoresLine);
        good_in(255, "Service", "ImportCredential", &["a.*"]);
    }
}
