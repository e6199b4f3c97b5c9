//! Documentation of sections and keys, in our own words (`docs/*.md`).

use crate::{Section, generated::docs::SECTIONS};

/// The documentation of a key or a section, as Markdown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Doc {
    /// One sentence of at most 120 characters, which ends with a full stop.
    pub summary: &'static str,
    /// Paragraphs, lists and tables that follow the summary; may be empty.
    pub body: &'static str,
    /// What single words of the value mean, in the order of the text.
    pub words: &'static [(&'static str, &'static str)],
}

impl Doc {
    /// The text about one word of the value.
    pub fn word(&self, word: &str) -> Option<&'static str> {
        self.words.iter().find(|(text, _)| *text == word).map(|&(_, doc)| doc)
    }
}

/// The documentation of a section.
pub fn section_doc(section: Section) -> Option<&'static Doc> {
    SECTIONS[section as usize]
}
