//! `RuntimeDirectory=` and its kin: `DIRECTORY[:SYMLINK[:ro]]`, as `config_parse_exec_directories()` reads it.

use super::path_simplify::Wanted;
use crate::value::Checker;
use crate::value::extract_word::{Extract, words};

/// Judges the list.
pub(super) fn check(checker: &mut Checker<'_>) {
    let flags = Extract::CUNESCAPE | Extract::UNESCAPE_SEPARATORS;
    // Release 257 brought a third part, and empty ones with it.
    let (flags, third) = match checker.since(257) {
        true => (flags | Extract::DONT_COALESCE_SEPARATORS, true),
        false => (flags, false),
    };
    checker.each_word(words(checker.value, Extract::UNQUOTE | Extract::RETAIN_ESCAPE), |checker, tuple| {
        let Some(parts) = checker.parts(&tuple, flags, if third { 3 } else { 2 }, tuple.range.start == 0)
        else {
            return;
        };
        let Some(directory) = parts.first() else {
            checker.report(tuple.range.clone(), "empty", Wanted::Relative.expected()).word_only();
            return;
        };
        if checker
            .path(directory.piece(), Wanted::RelativeNotPrivate)
            .map(|error| error.word_only())
            .is_some()
        {
            return;
        }
        if let Some(link) = parts.get(1).filter(|link| !link.text.is_empty()) {
            if checker.context.directive.name == "ConfigurationDirectory" {
                let part = link.range.clone();
                checker
                    .report(part, "a symbolic link, which this key makes none of", "directories")
                    .word_only();
                return;
            }
            if checker.path(link.piece(), Wanted::Relative).map(|error| error.word_only()).is_some() {
                return;
            }
        }
        if let Some(flag) = parts.get(2).filter(|flag| third && !matches!(&*flag.text, "" | "ro")) {
            checker.report(flag.range.clone(), "no flag of a directory", "DIRECTORY:SYMLINK:ro").word_only();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::tests::{faults, faults_in, good, good_in};
    use crate::value::Effect::{IgnoresLine, IgnoresWord};

    #[test]
    fn directories() {
        good(
            "Service",
            "RuntimeDirectory",
            &["a b/c", "a:b", "a:b:ro", "a::ro", "\"a b\"", r"a\:b", "%i", "a:", "\"a'b\""],
        );
        let bad = ["/a", "../a", "private/x", "a:/b", "a:../b", ".", "\"\"", "%t/a", "a:%Z", ":b"];
        faults("Service", "RuntimeDirectory", &bad, IgnoresWord);
        faults("Service", "RuntimeDirectory", &["a:b:rw"], IgnoresWord);
        good_in(252, "Service", "RuntimeDirectory", &["a:b:rw", ":b", r"a:b:\q"]);
        faults_in(252, "Service", "RuntimeDirectory", &["\"\""], IgnoresWord);
        faults("Service", "RuntimeDirectory", &["'a"], IgnoresLine);
        faults("Service", "ConfigurationDirectory", &["a:b"], IgnoresWord);
        good("Service", "ConfigurationDirectory", &["a::ro"]);
        faults_in(252, "Service", "ConfigurationDirectory", &["a::ro"], IgnoresWord);
    }
}
