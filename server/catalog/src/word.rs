//! Words that values are made of.

use crate::Version;

/// One word of a value, such as `on-failure` of `Restart=`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Word {
    /// The word as written in a file.
    pub text: &'static str,
    /// The first release that knows it, or the earliest that may; [`Version::ALWAYS`] when older than any record.
    pub since: Version,
    /// The last release that knew it, or the latest that may have.
    pub until: Option<Version>,
    /// Read, but systemd warns about it.
    pub deprecated: bool,
    /// Only a beginning, which an argument follows: `file:`.
    pub takes_argument: bool,
    /// The usual spelling, when this is another one of the same word.
    pub same_as: Option<&'static str>,
}

impl Word {
    /// A word that every release knows.
    pub(crate) const fn plain(text: &'static str) -> Word {
        Word {
            text,
            since: Version::ALWAYS,
            until: None,
            deprecated: false,
            takes_argument: false,
            same_as: None,
        }
    }

    /// Whether this release reads the word.
    pub fn known_to(&self, version: Version) -> bool {
        self.since <= version && self.until.is_none_or(|last| version <= last)
    }
}
