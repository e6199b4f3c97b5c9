//! `BindPaths=`: `SOURCE[:DESTINATION[:OPTION]]`, as `config_parse_bind_paths()` reads it.

use super::path_simplify::Wanted;
use crate::value::extract_word::{Extract, Word, words, words_between};
use crate::value::piece::Piece;
use crate::value::{Checker, MOST_ERRORS, nearest};

const PATHS: Extract = Extract::UNQUOTE;

/// Judges the list; release 258 began to split it into words before it looks for colons.
pub(super) fn check(checker: &mut Checker<'_>) {
    if checker.since(258) { check_words(checker) } else { check_stream(checker) }
}

fn check_words(checker: &mut Checker<'_>) {
    let triples = words(checker.value, PATHS | Extract::RETAIN_ESCAPE);
    checker.each_word(triples, |checker, triple| {
        let flags = Extract::UNESCAPE_SEPARATORS | Extract::CUNESCAPE | Extract::DONT_COALESCE_SEPARATORS;
        let Some(parts) = checker.parts(&triple, flags, 4, false) else { return };
        if let [_, _, _, fourth, ..] = &parts[..] {
            checker.report(fourth.range.clone(), "one part too many", EXPECTED).word_only();
            return;
        }
        for (index, path) in parts.iter().take(2).enumerate() {
            if judge_path(checker, path.piece(), index == 0) {
                return;
            }
        }
        if let Some(option) = parts.get(2) {
            judge_option(checker, option);
        }
    });
}

/// Colons and blanks part the same way, and each ends a word, empty or not.
fn check_stream(checker: &mut Checker<'_>) {
    const COLONS_AND_BLANKS: &[u8] = b": \t\n\r";
    let value = checker.value;
    let mut at = Some(0);
    let mut first = true;
    while let Some(from) = at {
        let colon = |next: Option<usize>| next.filter(|next| value.as_bytes().get(next - 1) == Some(&b':'));
        let mut fault = None;
        let mut one = |from: usize, separators: Option<&'static [u8]>| {
            let mut split = match separators {
                Some(separators) => {
                    words_between(value, separators, PATHS | Extract::DONT_COALESCE_SEPARATORS)
                }
                None => words(value, PATHS),
            }
            .from(from);
            let word = match split.next() {
                Some(Ok(word)) => Some(word),
                Some(Err(error)) => {
                    fault = Some(error);
                    None
                }
                None => None,
            };
            (word, split.rest().map(|rest| rest.start))
        };
        let (source, next) = one(from, Some(COLONS_AND_BLANKS));
        at = next;
        // The source is judged first: behind a bad one the destination is read as the next source.
        let bad = source.is_some_and(|source| judge_path(checker, source.piece(), true));
        if let Some(from) = colon(at).filter(|_| !bad) {
            let (destination, next) = one(from, Some(COLONS_AND_BLANKS));
            at = next;
            let bad = destination.is_some_and(|path| judge_path(checker, path.piece(), false));
            if let Some(from) = colon(at).filter(|_| !bad) {
                let (option, next) = one(from, None);
                at = next;
                if let Some(option) = option {
                    judge_option(checker, &option);
                }
            }
        }
        if let Some(error) = fault {
            checker.word_error(error, first);
            return;
        }
        if checker.errors.len() >= MOST_ERRORS {
            return;
        }
        first = false;
    }
}

const EXPECTED: &str = "SOURCE[:DESTINATION[:rbind or norbind]] with absolute paths";

/// Judges a path; true where it is bad.
fn judge_path(checker: &mut Checker<'_>, path: Piece<'_>, source: bool) -> bool {
    let error = match source {
        true => checker.optional_path(path, Wanted::Absolute),
        false => checker.path(path, Wanted::Absolute),
    };
    error.map(|error| error.word_only()).is_some()
}

fn judge_option(checker: &mut Checker<'_>, option: &Word<'_>) {
    if !matches!(&*option.text, "" | "rbind" | "norbind") {
        let meant = nearest(&option.text, ["rbind", "norbind"]);
        checker
            .report(option.range.clone(), "no option of a bind mount", "rbind or norbind")
            .word_only()
            .instead(meant);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{faults, faults_in, good, good_in};
    use crate::value::Effect::{IgnoresLine, IgnoresWord};

    #[test]
    fn binds() {
        good(
            "Service",
            "BindPaths",
            &["/a", "-/a:/b", "/a:/b:norbind /c", "/a:/b:", "\"/a b\":/c", "%t/x:/x", "\"/a'b\""],
        );
        let bad =
            ["a", "/a:b", "/a:", ":/b", "/a:-/b", "/a:/b:ro", "/a:/b:norbind:x", "/%Z", "/a::norbind", "-"];
        faults("Service", "BindPaths", &bad, IgnoresWord);
        for version in [252, 257] {
            faults_in(version, "Service", "BindPaths", &bad, IgnoresWord);
            faults_in(version, "Service", "BindPaths", &["/a  /b", "/a:/b: /c"], IgnoresWord);
            good_in(version, "Service", "BindPaths", &["/a:/b /c:/d:rbind", r"/a\qb"]);
        }
        good("Service", "BindPaths", &["/a  /b", "/a:/b: /c"]);
        faults("Service", "BindPaths", &[r"/a\qb"], IgnoresWord);
        faults("Service", "BindPaths", &["'/a"], IgnoresLine);
        faults_in(252, "Service", "BindPaths", &["'/a", "/a:'/b"], IgnoresLine);
    }
}
