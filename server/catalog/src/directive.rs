//! The keys of unit files and what is known about each.

use crate::{Doc, Section, ValueKind, Version, Word, generated::directives::SECTIONS, man};

/// What systemd knows about one key of one section.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Directive {
    /// The key as written in a file.
    pub name: &'static str,
    /// The section this row is about; the same key may differ in another one.
    pub section: Section,
    /// The syntax of the value.
    pub kind: ValueKind,
    /// The kind up to and including a release, where it was another one.
    pub older_kind: Option<(Version, ValueKind)>,
    /// The words the value may be, or be made of.
    pub words: &'static [Word],
    /// The words are read in any letter case.
    pub words_ignore_case: bool,
    /// Boolean spellings are accepted beside the words.
    pub boolean: Option<BooleanWords>,
    /// Smallest and largest number.
    pub range: Option<(i64, i64)>,
    /// The value when the key is absent, where that is one value.
    pub default: Option<&'static str>,
    /// Where the default comes from, or when it is another one; Markdown.
    pub default_note: Option<&'static str>,
    /// Several assignments add up; otherwise the last one counts.
    pub list: bool,
    /// What an empty value does.
    pub empty: Empty,
    /// The first release that acts on it; `None` when older than any record.
    pub since: Option<Version>,
    /// The last release that acts on it.
    pub until: Option<Version>,
    /// Releases after `until` read it and throw it away.
    pub legacy: bool,
    /// The manual page (section 5) that describes it.
    pub man: Option<&'static str>,
    /// The manual describes it.
    pub documented: bool,
    /// Why not to use it any more.
    pub deprecated: Option<Deprecation>,
    /// A bad value refuses the whole unit, not only its line.
    pub fatal: bool,
    /// The value is checked when the unit is loaded. Conditions and `[Install]` take any text then.
    pub validated_at_load: bool,
    pub(crate) doc: Option<&'static Doc>,
}

/// The words that boolean spellings stand for, where they are accepted beside words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BooleanWords {
    /// What `yes`, `true`, `on` and `1` mean.
    pub yes: Option<&'static str>,
    /// What `no`, `false`, `off` and `0` mean.
    pub no: Option<&'static str>,
}

/// What an empty value (`Key=`) does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Empty {
    /// Clears the list, or goes back to the default.
    Reset,
    /// Is a bad value like any other: systemd warns and ignores the line.
    Rejected,
    /// Is accepted and changes nothing.
    Noop,
}

/// Why a key should not be used any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Deprecation {
    /// The key that took its place.
    pub replaced_by: Option<&'static str>,
    /// The section of that key, where it is another one.
    pub replaced_in: Option<Section>,
    /// The reason, as half a sentence: "258 dropped it".
    pub reason: Option<&'static str>,
}

/// What a release makes of a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Availability {
    /// It acts on it.
    Active,
    /// It reads it and throws it away.
    Ignored,
    /// It does not know it yet; this is the first release that does.
    TooNew(Version),
    /// It does not know it any more.
    Unknown,
}

impl Directive {
    /// What this release makes of the key.
    pub fn availability(&self, version: Version) -> Availability {
        match (self.since, self.until) {
            (Some(first), _) if version < first => Availability::TooNew(first),
            (_, Some(last)) if version > last && self.legacy => Availability::Ignored,
            (_, Some(last)) if version > last => Availability::Unknown,
            _ => Availability::Active,
        }
    }

    /// The kind of the value in this release.
    pub fn kind_in(&self, version: Version) -> ValueKind {
        match self.older_kind {
            Some((last, kind)) if version <= last => kind,
            _ => self.kind,
        }
    }

    /// The word of this spelling, if the value may be made of it.
    pub fn word(&self, text: &str) -> Option<&'static Word> {
        self.words.iter().find(|word| {
            word.text == text || (self.words_ignore_case && word.text.eq_ignore_ascii_case(text))
        })
    }

    /// The documentation in our own words.
    pub fn doc(&self) -> Option<&'static Doc> {
        self.doc
    }

    /// The address of the manual's paragraph about it.
    pub fn man_url(&self) -> Option<String> {
        self.man.map(|page| man::man_url(page, self.name))
    }

    /// What most rows share; the generated tables name only what differs.
    pub(crate) const fn usual(name: &'static str, kind: ValueKind) -> Directive {
        Directive {
            name,
            section: Section::Unit,
            kind,
            older_kind: None,
            words: &[],
            words_ignore_case: false,
            boolean: None,
            range: None,
            default: None,
            default_note: None,
            list: false,
            empty: Empty::Rejected,
            since: None,
            until: None,
            legacy: false,
            man: None,
            documented: false,
            deprecated: None,
            fatal: false,
            validated_at_load: true,
            doc: None,
        }
    }

    /// The row of one section, out of what its sections share.
    pub(crate) const fn in_section(self, section: Section, doc: Option<&'static Doc>) -> Directive {
        Directive { section, doc, ..self }
    }
}

/// What is known about a key of a section. Letter case counts, as it does for systemd.
pub fn directive(section: Section, name: &str) -> Option<&'static Directive> {
    let rows = directives(section);
    let at = rows.binary_search_by(|row| row.name.cmp(name)).ok()?;
    Some(&rows[at])
}

/// Every key of a section, sorted by name; those that releases only ignore are among them.
pub fn directives(section: Section) -> &'static [Directive] {
    SECTIONS[section as usize]
}

/// The rows of this key in every section that has it, in the order of [`Section::ALL`].
pub fn sections_with(name: &str) -> impl Iterator<Item = &'static Directive> {
    Section::ALL.into_iter().filter_map(move |section| directive(section, name))
}
