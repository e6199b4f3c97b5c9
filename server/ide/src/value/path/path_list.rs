//! Lists of paths: `config_parse_namespace_path_strv()`, `config_parse_unit_mounts_for()`,
//! `config_parse_colon_separated_paths()` and `config_parse_temporary_filesystems()`.

use super::path_simplify::Wanted;
use crate::value::extract_word::{Extract, words, words_between};
use crate::value::specifier::SpecifierSet;
use crate::value::{Checker, Effect};

/// Judges paths between blanks.
pub(super) fn check(checker: &mut Checker<'_>) {
    checker.each_word(words(checker.value, Extract::UNQUOTE), |checker, word| {
        checker.path(word.piece(), Wanted::Absolute).map(|error| error.word_only());
    });
}

/// Judges paths between colons; an empty one is no path.
pub(super) fn check_colons(checker: &mut Checker<'_>) {
    let paths = words_between(checker.value, b":", Extract::DONT_COALESCE_SEPARATORS);
    checker.each_word(paths, |checker, word| {
        checker.path(word.piece(), Wanted::Absolute).map(|error| error.word_only());
    });
}

/// Judges paths that `-` and then `+` may stand before.
pub(super) fn check_namespace(checker: &mut Checker<'_>) {
    checker.each_word(words(checker.value, Extract::UNQUOTE), |checker, word| {
        let path = word.piece();
        let path = path.strip_prefix("-").unwrap_or(path);
        let path = path.strip_prefix("+").unwrap_or(path);
        // Of a specifier it does not know systemd logs that it failed, not that it goes on without the path.
        let unknown = checker.bad_specifier(path, SpecifierSet::Unit).is_some();
        if let Some(error) = checker.path(path, Wanted::Absolute) {
            error.effect = if unknown { Effect::DropsWord } else { Effect::IgnoresWord };
        }
    });
}

/// Judges paths that mount options may follow behind a colon.
pub(super) fn check_tmpfs(checker: &mut Checker<'_>) {
    checker.each_word(words(checker.value, Extract::UNQUOTE), |checker, word| {
        match word.split(b":", Extract::DONT_COALESCE_SEPARATORS).next() {
            Some(Ok(path)) => {
                checker.path(path.piece(), Wanted::Absolute).map(|error| error.word_only());
            }
            // A backslash is left at the end of the word.
            _ => {
                checker.report(word.range, "no path", Wanted::Absolute.expected()).word_only();
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::tests::{faults, good};
    use crate::value::Effect::{DropsWord, IgnoresLine, IgnoresWord};

    #[test]
    fn lists() {
        good("Service", "ReadOnlyPaths", &["/a -/b -+/c", "\"/a b\" %t/x", r"/a\ b"]);
        faults("Service", "ReadOnlyPaths", &["/a b", "+-/a", "-", "/a/..", "/a 'b"], IgnoresWord);
        faults("Service", "ReadOnlyPaths", &["/a/%Z"], DropsWord);
        faults("Service", "ReadOnlyPaths", &["'/a"], IgnoresLine);
        good("Unit", "RequiresMountsFor", &["/a /b", "'/a b'"]);
        faults("Unit", "RequiresMountsFor", &["/a b", "-/a"], IgnoresWord);
        good("Service", "ExecSearchPath", &["/a:/b", r"/a\:b", "/a b"]);
        faults("Service", "ExecSearchPath", &["/a:", "/a::/b", "\"/a\"", "/a:%Z"], IgnoresWord);
        good("Service", "TemporaryFileSystem", &["/a:ro,size=5%", "/a /b", "/a:", "/a:%Z"]);
        faults("Service", "TemporaryFileSystem", &[":ro", "/a b:ro", "/%Z"], IgnoresWord);
    }
}
