//! Paths, as `path_simplify_and_warn()` judges them: absolute or relative, without `..`, not too long.

use std::ops::Range;

use super::super::extract_word::{Extract, Word, WordError, Words, words_between};
use super::super::specifier::{SpecifierSet, bad_specifier, starts_absolute};
use super::super::{Checker, MOST_ERRORS, ValueError};

/// Which paths a value takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wanted {
    /// From the root.
    Absolute,
    /// From the root, and since release 256 not below `/dev`, `/proc` or `/sys`.
    AbsoluteNoApi,
    /// From the root, and since release 256 not below `/proc` or `/sys`.
    AbsoluteNoApiButDev,
    /// Below a directory that systemd knows.
    Relative,
    /// Both.
    Any,
}

impl Wanted {
    pub(super) fn expected(self) -> &'static str {
        match self {
            Self::Absolute | Self::AbsoluteNoApi | Self::AbsoluteNoApiButDev => {
                "absolute paths such as /srv/data"
            }
            Self::Relative => "relative paths such as app/data",
            Self::Any => "paths",
        }
    }

    fn absolute(self) -> bool {
        !matches!(self, Self::Relative | Self::Any)
    }
}

/// The longest path and the longest name in it, in bytes.
const PATH_MAX: usize = 4095;
const NAME_MAX: usize = 255;

/// Whether a path stays below the root or leaves its directory: no part of it is `..`.
pub(super) fn is_normalized(path: &str) -> bool {
    path != "." && !path.split('/').any(|name| name == "..")
}

/// Whether systemd takes the lengths of a path and of the names in it; empty is no path.
pub(super) fn is_valid(path: &str) -> bool {
    !path.is_empty() && path.len() <= PATH_MAX && path.split('/').all(|name| name.len() <= NAME_MAX)
}

/// The path without doubled slashes, `.` and a slash at its end.
fn simplified(path: &str) -> String {
    let names: Vec<_> = path.split('/').filter(|name| !matches!(*name, "" | ".")).collect();
    let root = if path.starts_with('/') { "/" } else { "" };
    format!("{root}{}", names.join("/"))
}

/// The path with each `..` and the name before it taken away, where that is another path.
fn folded(path: &str) -> Option<String> {
    let mut names = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop()?;
            }
            name => names.push(name),
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    (!names.is_empty() && !path.contains('%')).then(|| format!("{root}{}", names.join("/")))
}

/// Whether the path is this directory or below it.
fn below(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Checker<'_> {
    /// Judges a path that stands at `part` and is `text` once unquoted; gives the fault that it reported.
    pub(super) fn path(&mut self, part: Range<usize>, text: &str, wanted: Wanted) -> Option<&mut ValueError> {
        if let Some(bad) = bad_specifier(text, SpecifierSet::Unit, self.context.version) {
            return Some(self.specifier_within(part, text, bad));
        }
        let what = if wanted.absolute() && !starts_absolute(text) {
            if text.starts_with(['"', '\'']) { "in quotes, which stay here" } else { "no absolute path" }
        } else if wanted == Wanted::Relative && surely_absolute(text) {
            "an absolute path"
        } else if text.is_empty() {
            "an empty path"
        } else if !is_normalized(text) {
            let meant = folded(text).filter(|_| self.value.get(part.clone()) == Some(text));
            let error = self.report(part, "not normalized", "paths without ..").instead(meant);
            return Some(error);
        } else if !text.contains('%') && !is_valid(text) && !is_valid(&simplified(text)) {
            "too long a path"
        } else if self.since(256) && api_vfs(text, wanted) {
            "a path below the kernel's own file systems"
        } else {
            return None;
        };
        let quoted = text.strip_prefix(['"', '\'']).and_then(|text| text.strip_suffix(['"', '\'']));
        let meant = match wanted {
            Wanted::Relative => text.strip_prefix('/').filter(|path| !path.is_empty()).map(str::to_owned),
            _ => quoted.filter(|path| path.starts_with('/')).map(str::to_owned),
        };
        let exact = self.value.get(part.clone()) == Some(text);
        Some(self.report(part, what, wanted.expected()).instead(meant.filter(|_| exact)))
    }

    /// Reports the specifier at `bad` of `text`, which stands at `part` with or without quotes.
    pub(super) fn specifier_within(
        &mut self,
        part: Range<usize>,
        text: &str,
        bad: Range<usize>,
    ) -> &mut ValueError {
        // Quotes and the marks before a path are few; more is a text that escapes hide.
        let source = self.value.get(part.clone()).filter(|source| source.len() <= text.len() + 4);
        match source.and_then(|source| source.find(text)) {
            Some(at) => self.specifier(part.start + at + bad.start..part.start + at + bad.end),
            None => {
                self.report(part, "with a specifier that is none", "specifiers, and %% for a percent sign")
            }
        }
    }

    /// Reports where a value cannot be split. What stands before it counts, unless it is the first word.
    pub(super) fn word_error(&mut self, error: WordError, first: bool) -> &mut ValueError {
        let (part, what, expected) = match error {
            WordError::UnclosedQuote(part) => (part, "without its closing quote", "words in balanced quotes"),
            WordError::BadEscape(part) => (part, "no escape", "C escapes, and \\\\ for a backslash"),
        };
        let error = self.report(part, what, expected);
        if first { error } else { error.word_only() }
    }
}

/// Where the parts of a word's text stand in the value.
pub(super) struct Place {
    word: Range<usize>,
    /// Where the text begins, unless quotes or escapes hide that.
    text: Option<usize>,
}

impl Place {
    /// Looks for the word's text in the value.
    pub(super) fn of(word: &Word<'_>, value: &str) -> Self {
        let source = value.get(word.range.clone()).unwrap_or_default();
        let skip = [0, 1]
            .into_iter()
            .find(|skip| source.get(*skip..).is_some_and(|source| source.starts_with(&*word.text)));
        Self { word: word.range.clone(), text: skip.map(|skip| word.range.start + skip) }
    }

    /// Where this part of the text stands; the whole word where that is hidden or the part is empty.
    pub(super) fn part(&self, part: Range<usize>) -> Range<usize> {
        match self.text.filter(|_| !part.is_empty()) {
            Some(start) => start + part.start..start + part.end,
            None => self.word.clone(),
        }
    }
}

impl<'v> Checker<'v> {
    /// Goes through the words of the value, and reports where it cannot be split any further.
    pub(super) fn each_word(&mut self, words: Words<'v>, mut judge: impl FnMut(&mut Self, Word<'v>)) {
        for (index, word) in words.enumerate() {
            match word {
                Ok(word) => judge(self, word),
                Err(error) => {
                    self.word_error(error, index == 0);
                }
            }
            if self.errors.len() >= MOST_ERRORS {
                return;
            }
        }
    }
}

impl Checker<'_> {
    /// Splits a word's text at its colons, into so many parts at most; reports where that cannot be done:
    /// then the whole line is ignored, or only the word.
    pub(super) fn parts<'t>(
        &mut self,
        word: &'t Word<'_>,
        place: &Place,
        flags: Extract,
        most: usize,
        whole_line: bool,
    ) -> Option<Vec<Word<'t>>> {
        match words_between(&word.text, b":", flags).take(most).collect() {
            Ok(parts) => Some(parts),
            Err(error) => {
                let (WordError::UnclosedQuote(part) | WordError::BadEscape(part)) = &error;
                let part = place.part(part.clone());
                self.word_error(error.at(part), whole_line);
                None
            }
        }
    }
}

/// Whether the path is absolute whatever its specifiers are replaced by.
fn surely_absolute(path: &str) -> bool {
    let directory = |letter| "CDELSTVYcdfhsty".contains(letter);
    path.starts_with('/') || path.strip_prefix('%').is_some_and(|letters| letters.starts_with(directory))
}

/// Whether the path lies where this kind of path must not.
fn api_vfs(path: &str, wanted: Wanted) -> bool {
    let below_any = |directories: &[&str]| directories.iter().any(|directory| below(path, directory));
    match wanted {
        Wanted::AbsoluteNoApi => below_any(&["/dev", "/proc", "/sys"]),
        Wanted::AbsoluteNoApiButDev => below_any(&["/proc", "/sys"]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalized() {
        for good in ["/a/./b", "a..b", "/..a", "", "/", "..."] {
            assert!(is_normalized(good), "{good}");
        }
        for bad in ["/..", "../a", "a/..", "."] {
            assert!(!is_normalized(bad), "{bad}");
        }
    }

    #[test]
    fn lengths() {
        assert!(is_valid(&"a".repeat(255)) && !is_valid(&"a".repeat(256)) && !is_valid(""));
        assert!(is_valid(&"/a".repeat(2047)) && !is_valid(&"/a".repeat(2048)));
        assert_eq!(simplified("//a/./b//"), "/a/b");
    }

    #[test]
    fn repairs() {
        assert_eq!(folded("/usr/bin/../lib").as_deref(), Some("/usr/lib"));
        assert_eq!(folded("/../a"), None);
        assert!(below("/dev", "/dev") && below("/dev/x", "/dev") && !below("/device", "/dev"));
    }
}
