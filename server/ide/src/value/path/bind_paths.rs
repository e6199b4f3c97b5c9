//! `BindPaths=`: `SOURCE[:DESTINATION[:OPTION]]`, as `config_parse_bind_paths()` reads it.

use std::ops::Range;

use super::path_simplify::{Place, Wanted};
use crate::value::Checker;
use crate::value::extract_word::{Extract, WordError, words, words_between};

const PATHS: Extract = Extract::UNQUOTE;

/// Judges the list; release 258 began to split it into words before it looks for colons.
pub(super) fn check(checker: &mut Checker<'_>) {
    if checker.since(258) { check_words(checker) } else { check_stream(checker) }
}

fn check_words(checker: &mut Checker<'_>) {
    let triples = words(checker.value, PATHS | Extract::RETAIN_ESCAPE);
    checker.each_word(triples, |checker, triple| {
        let place = Place::of(&triple, checker.value);
        let flags =
            PATHS | Extract::UNESCAPE_SEPARATORS | Extract::CUNESCAPE | Extract::DONT_COALESCE_SEPARATORS;
        let Some(parts) = checker.parts(&triple, &place, flags, 4, false) else { return };
        if let [_, _, _, fourth, ..] = &parts[..] {
            checker.report(place.part(fourth.range.clone()), "one part too many", EXPECTED).word_only();
            return;
        }
        for (index, path) in parts.iter().take(2).enumerate() {
            if judge_path(checker, place.part(path.range.clone()), &path.text, index == 0) {
                return;
            }
        }
        if let Some(option) = parts.get(2) {
            judge_option(checker, place.part(option.range.clone()), &option.text);
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
            let rest = value.get(from..).unwrap_or_default();
            let mut split = match separators {
                Some(separators) => {
                    words_between(rest, separators, PATHS | Extract::DONT_COALESCE_SEPARATORS)
                }
                None => words(rest, PATHS),
            };
            let word = match split.next() {
                Some(Ok(word)) => Some((from + word.range.start..from + word.range.end, word.text)),
                Some(Err(error)) => {
                    let (WordError::UnclosedQuote(part) | WordError::BadEscape(part)) = &error;
                    let part = from + part.start..from + part.end;
                    fault = Some(error.at(part));
                    None
                }
                None => None,
            };
            (word, split.rest().map(|rest| from + rest.start))
        };
        let (source, next) = one(from, Some(COLONS_AND_BLANKS));
        let mut parts = [source, None, None];
        at = next;
        // The source is judged first: behind a bad one the destination is read as the next source.
        let bad = parts[0]
            .as_ref()
            .is_some_and(|(part, text)| judge_path(checker, visible(value, part), text, true));
        if let Some(from) = colon(at).filter(|_| !bad) {
            (parts[1], at) = one(from, Some(COLONS_AND_BLANKS));
            let bad = parts[1]
                .as_ref()
                .is_some_and(|(part, text)| judge_path(checker, visible(value, part), text, false));
            if let Some(from) = colon(at).filter(|_| !bad) {
                (parts[2], at) = one(from, None);
                if let Some((part, text)) = &parts[2] {
                    judge_option(checker, part.clone(), text);
                }
            }
        }
        if let Some(error) = fault {
            checker.word_error(error, first);
            return;
        }
        first = false;
    }
}

/// The part, or the character next to it where it is empty.
fn visible(value: &str, part: &Range<usize>) -> Range<usize> {
    if !part.is_empty() {
        return part.clone();
    }
    // Only separators stand there, and these are ASCII.
    if part.end < value.len() { part.start..part.end + 1 } else { part.start.saturating_sub(1)..part.end }
}

const EXPECTED: &str = "SOURCE[:DESTINATION[:rbind or norbind]] with absolute paths";

/// Judges a path; true where it is bad.
fn judge_path(checker: &mut Checker<'_>, part: Range<usize>, text: &str, source: bool) -> bool {
    let path = if source { text.strip_prefix('-').unwrap_or(text) } else { text };
    let exact = checker.value.get(part.clone()) == Some(text);
    let part = if exact && !path.is_empty() { part.end - path.len()..part.end } else { part };
    checker.path(part, path, Wanted::Absolute).map(|error| error.word_only()).is_some()
}

fn judge_option(checker: &mut Checker<'_>, part: Range<usize>, option: &str) {
    if !matches!(option, "" | "rbind" | "norbind") {
        let meant = crate::value::nearest(option, ["rbind", "norbind"]);
        checker.report(part, "no option of a bind mount", "rbind or norbind").word_only().instead(meant);
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
            &["/a", "-/a:/b", "/a:/b:norbind /c", "/a:/b:", "\"/a b\":/c", "%t/x:/x"],
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
