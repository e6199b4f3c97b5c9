//! Paths, as `path_simplify_and_warn()` judges them: absolute or relative, without `..`, not too long.

use std::borrow::Cow;

use crate::value::extract_word::{Extract, Word, WordError, Words};
use crate::value::piece::Piece;
use crate::value::specifier::SpecifierSet;
use crate::value::{Checker, MOST_ERRORS, ValueError};

/// Which paths a value takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::value) enum Wanted {
    /// From the root.
    Absolute,
    /// From the root, and since release 256 not below `/dev`, `/proc` or `/sys`.
    AbsoluteNoApi,
    /// From the root, and since release 256 not below `/proc` or `/sys`.
    AbsoluteNoApiButDev,
    /// Below a directory that systemd knows.
    Relative,
    /// The same, but not where systemd keeps what dynamic users have.
    RelativeNotPrivate,
    /// Both.
    Any,
    /// From the root or below `/run`, and since release 256 not below `/dev`, `/proc` or `/sys`.
    BelowRunNoApi,
}

impl Wanted {
    pub(super) fn expected(self) -> &'static str {
        match self {
            Self::Absolute | Self::AbsoluteNoApi | Self::AbsoluteNoApiButDev => {
                "absolute paths such as /srv/data"
            }
            Self::Relative | Self::RelativeNotPrivate => "relative paths such as app/data",
            Self::Any | Self::BelowRunNoApi => "paths",
        }
    }

    fn absolute(self) -> bool {
        !matches!(self, Self::Relative | Self::RelativeNotPrivate | Self::Any | Self::BelowRunNoApi)
    }
}

/// The longest path and the longest name in it, in bytes.
const PATH_MAX: usize = 4095;
const NAME_MAX: usize = 255;

/// The path without `..` at the root, which newer releases drop.
fn rooted(path: &str) -> &str {
    let mut rest = path;
    while let Some(behind) = rest.strip_prefix('/') {
        let name = behind.split('/').next().unwrap_or_default();
        if !matches!(name, "" | "." | "..") {
            break;
        }
        rest = &behind[name.len()..];
    }
    rest
}

/// Whether a path leads somewhere without detours: no part of it is `..`, and it is not the directory itself.
pub(super) fn is_normalized(path: &str) -> bool {
    let here = path.starts_with('.') && path.split('/').all(|name| matches!(name, "" | "."));
    !(here || path.contains('.') && path.split('/').any(|name| name == ".."))
}

/// Whether systemd takes the lengths of a path and of the names in it; empty is no path.
pub(super) fn is_valid(path: &str) -> bool {
    let short = || path.len() <= NAME_MAX || path.split('/').all(|name| name.len() <= NAME_MAX);
    !path.is_empty() && path.len() <= PATH_MAX && short()
}

/// The path without doubled slashes, `.` and a slash at its end.
pub(super) fn simplified(path: &str) -> Cow<'_, str> {
    let (root, relative) = path.strip_prefix('/').map_or(("", path), |relative| ("/", relative));
    let superfluous = |name: &str| matches!(name, "" | ".");
    if !relative.split('/').any(superfluous) {
        return path.into();
    }
    let names: Vec<_> = relative.split('/').filter(|name| !superfluous(name)).collect();
    format!("{root}{}", names.join("/")).into()
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

/// Why systemd has no use for a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fault {
    Quoted,
    NotAbsolute,
    Absolute,
    Empty,
    NotNormalized,
    TooLong,
    ApiVfs,
    Private,
}

impl Fault {
    /// What is wrong with the path, if anything is, to this release.
    fn of(text: &str, wanted: Wanted, release: u16) -> Option<Self> {
        if wanted == Wanted::BelowRunNoApi {
            let below_run = if text.starts_with('/') { text.into() } else { format!("/run/{text}") };
            return Self::of(&below_run, Wanted::AbsoluteNoApi, release);
        }
        Some(if wanted.absolute() && !text.starts_with('/') {
            if text.starts_with(['"', '\'']) { Self::Quoted } else { Self::NotAbsolute }
        } else if matches!(wanted, Wanted::Relative | Wanted::RelativeNotPrivate) && text.starts_with('/') {
            Self::Absolute
        } else if text.is_empty() {
            Self::Empty
        } else if !is_normalized(if release > 252 { rooted(text) } else { text }) {
            Self::NotNormalized
        } else if !is_valid(text) && !is_valid(&simplified(text)) {
            Self::TooLong
        } else if release >= 256 && api_vfs(text, wanted) {
            Self::ApiVfs
        } else if wanted == Wanted::RelativeNotPrivate && below(&simplified(text), "private") {
            Self::Private
        } else {
            return None;
        })
    }

    fn what(self) -> &'static str {
        match self {
            Self::Quoted => "in quotes, which stay here",
            Self::NotAbsolute => "no absolute path",
            Self::Absolute => "an absolute path",
            Self::Empty => "an empty path",
            Self::NotNormalized => "not normalized",
            Self::TooLong => "too long a path",
            Self::Private => "reserved for systemd",
            Self::ApiVfs => "a path below the kernel's own file systems",
        }
    }

    /// The path that was probably meant.
    fn meant(self, text: &str) -> Option<String> {
        match self {
            Self::Quoted => {
                let path = text.strip_prefix(['"', '\''])?.strip_suffix(['"', '\''])?;
                path.starts_with('/').then(|| path.to_owned())
            }
            Self::Absolute => text.strip_prefix('/').filter(|path| !path.is_empty()).map(str::to_owned),
            Self::NotNormalized => folded(text),
            Self::NotAbsolute | Self::Empty | Self::TooLong | Self::ApiVfs | Self::Private => None,
        }
    }
}

impl Checker<'_> {
    /// Judges a path behind the `-` that lets it be absent; that may be part of what a specifier stands for.
    pub(super) fn optional_path(&mut self, path: Piece<'_>, wanted: Wanted) -> Option<&mut ValueError> {
        match path.strip_prefix("-") {
            Some(path) => self.path(path, wanted),
            None => self.path_behind(Some('-'), path, wanted),
        }
    }

    /// Judges a path; gives the fault that it reported.
    pub(in crate::value) fn path(&mut self, path: Piece<'_>, wanted: Wanted) -> Option<&mut ValueError> {
        self.path_behind(None, path, wanted)
    }

    /// Judges a path behind a mark that may stand before it once its specifiers are replaced.
    fn path_behind(
        &mut self,
        mark: Option<char>,
        path: Piece<'_>,
        wanted: Wanted,
    ) -> Option<&mut ValueError> {
        if self.bad_specifier(path, SpecifierSet::Unit).is_some() {
            return self.specifier(path, SpecifierSet::Unit);
        }
        let release = self.context.version.0;
        let fault = self.expanded(path.text).fault(|text| {
            let path = mark.and_then(|mark| text.strip_prefix(mark)).unwrap_or(text);
            Fault::of(path, wanted, release)
        })?;
        let part = path.range();
        let exact = self.value.get(part.clone()) == Some(path.text);
        let meant = fault.meant(path.text).filter(|_| exact);
        let expected = match fault {
            Fault::NotNormalized => "paths without `..`",
            _ => wanted.expected(),
        };
        Some(self.report(part, fault.what(), expected).instead(meant))
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

impl Checker<'_> {
    /// Takes note of a good path below the directory that `/run` has replaced, as `patch_var_run()` does.
    pub(in crate::value) fn note_var_run(&mut self, path: Piece<'_>) {
        let rest = path.text.strip_prefix("/var/run");
        if let Some(rest) = rest.filter(|rest| rest.is_empty() || rest.starts_with('/'))
            && self.errors.is_empty()
        {
            let meant = (!rest.is_empty()).then(|| format!("/run{rest}"));
            self.report(path.range(), "below the old name of /run", "paths below /run")
                .notice()
                .instead(meant);
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
        flags: Extract,
        most: usize,
        whole_line: bool,
    ) -> Option<Cow<'t, [Word<'t>]>> {
        // Most have one part.
        if !word.text.is_empty() && !word.text.contains([':', '\\', '"', '\'']) {
            return Some(std::slice::from_ref(word).into());
        }
        let mut parts = Vec::new();
        for part in word.split(b":", flags).take(most) {
            match part {
                Ok(part) => parts.push(part),
                Err(error) => {
                    self.word_error(error, whole_line);
                    return None;
                }
            }
        }
        Some(Cow::Owned(parts))
    }
}

/// Whether the path lies where this kind of path must not.
fn api_vfs(path: &str, wanted: Wanted) -> bool {
    let below_any = |directories: &[&str]| {
        let path = simplified(path);
        directories.iter().any(|directory| below(&path, directory))
    };
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
        for bad in ["/..", "../a", "a/..", ".", "././/"] {
            assert!(!is_normalized(bad), "{bad}");
        }
    }

    #[test]
    fn above_the_root() {
        for (path, rest) in
            [("/../a", "/a"), ("//.././..", ""), ("/a/..", "/a/.."), ("a/..", "a/.."), ("/..a", "/..a")]
        {
            assert_eq!(rooted(path), rest, "{path}");
        }
        let fault = |path, release| Fault::of(path, Wanted::Absolute, release);
        assert_eq!((fault("/../a", 252), fault("/../a", 257)), (Some(Fault::NotNormalized), None));
        assert_eq!(fault("/..", 262), None);
        assert_eq!(fault("/a/..", 262), Some(Fault::NotNormalized));
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
