//! Semantic tokens: what editors colour, from the same readers of values as hover and diagnostics.

use unit_catalog::Availability;
use unit_syntax::{Entry, ItemKind, TextRange};

use crate::unit_reference::header_range;
use crate::value::part::parts;
use crate::workspace::{File, FileKind, Line, SectionContext};

pub use crate::value::part::PartKind;

/// A stretch of one line that an editor colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SemanticToken {
    /// Where, in bytes; never across a line's end.
    pub range: TextRange,
    /// What it is.
    pub kind: TokenKind,
    /// Whether nobody should write it any more, or systemd ignores it.
    pub deprecated: bool,
}

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenKind {
    /// A comment, or what systemd ignores.
    Comment,
    /// A section's header with its brackets.
    Section,
    /// A key.
    Key,
    /// A part of a value.
    Value(PartKind),
}

/// The tokens of the file, or of the lines that `range` touches, in order. None overlap.
pub fn semantic_tokens(file: &File, range: Option<TextRange>) -> Vec<SemanticToken> {
    let entries = file.unit.entries();
    let (first, last) = match range {
        Some(range) => (
            entries.partition_point(|entry| entry.range().end <= range.start),
            entries.partition_point(|entry| entry.start < range.end.max(range.start + 1)),
        ),
        None => (0, entries.len()),
    };
    let mut tokens = Vec::new();
    let mut line = Vec::new();
    for (entry, facts) in entries.iter().zip(file.lines()).take(last).skip(first) {
        Tokens { file, entry, found: &mut line }.of(facts);
        line.sort_by_key(|token: &SemanticToken| token.range.start);
        tokens.append(&mut line);
    }
    tokens
}

/// What systemd does with an assignment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Reads,
    /// Reads it, though there is something better.
    Deprecates,
    /// Leaves it to others, or it is not known what it does.
    Leaves,
    Ignores,
}

/// Collects the tokens of one logical line.
struct Tokens<'a> {
    file: &'a File,
    entry: &'a Entry,
    found: &'a mut Vec<SemanticToken>,
}

impl Tokens<'_> {
    fn of(&mut self, line: &Line) {
        let entry = self.entry;
        match entry.item.kind() {
            ItemKind::Blank => return,
            ItemKind::Comment => self.add(entry.range(), TokenKind::Comment, false),
            ItemKind::Junk(_) => self.add(entry.range(), TokenKind::Comment, !self.is_foreign()),
            ItemKind::Header => {
                let unread = matches!(line.section, SectionContext::Foreign(_) | SectionContext::Unknown);
                let range = header_range(entry).unwrap_or_default();
                self.add(range, TokenKind::Section, unread && !self.is_foreign());
            }
            ItemKind::Assignment { .. } => self.assignment(line),
        }
        if entry.item.text().trim_end().contains(['\n', '\r'])
            && !matches!(entry.item.kind(), ItemKind::Junk(_))
        {
            self.comments_inside();
        }
    }

    fn assignment(&mut self, line: &Line) {
        let entry = self.entry;
        let (key, value) = (entry.key_range().unwrap_or_default(), entry.value_range().unwrap_or_default());
        let fate = self.fate(line);
        match fate {
            Fate::Ignores => self.add(key, TokenKind::Comment, true),
            _ => self.add(key, TokenKind::Key, fate == Fate::Deprecates),
        }
        match (fate, line.directive) {
            (Fate::Ignores, _) => self.add(value, TokenKind::Comment, false),
            (_, Some(directive)) => {
                for part in parts(directive, self.file.version, entry.value().unwrap_or_default()) {
                    let range = entry.value_to_source(part.range.into());
                    self.add(range, TokenKind::Value(part.kind), false);
                }
            }
            (_, None) => {}
        }
    }

    fn fate(&self, line: &Line) -> Fate {
        if let Some(directive) = line.directive {
            return match directive.availability(self.file.version) {
                Availability::Active if directive.deprecated.is_some() => Fate::Deprecates,
                Availability::Active => Fate::Reads,
                _ => Fate::Ignores,
            };
        }
        let extension = self.entry.key().is_some_and(|key| key.starts_with("X-"));
        match line.section {
            _ if self.is_foreign() => Fate::Leaves,
            SectionContext::Extension => Fate::Leaves,
            SectionContext::Known(_) if extension => Fate::Leaves,
            _ => Fate::Ignores,
        }
    }

    /// Whether others than systemd have a say in what counts here.
    fn is_foreign(&self) -> bool {
        let kind = &self.file.kind;
        self.file.foreign_template || !kind.has_settings() && *kind != FileKind::Other
    }

    /// Comments between the lines of a continuation.
    fn comments_inside(&mut self) {
        let mut start = self.entry.start;
        for line in self.entry.item.text().split_inclusive(['\n', '\r']) {
            let range = TextRange::new(start, start + line.len() as u32);
            if start > self.entry.start && line.trim_start_matches([' ', '\t']).starts_with(['#', ';']) {
                self.add(range, TokenKind::Comment, false);
            }
            start = range.end;
        }
    }

    /// Adds what stands in a range of the file, line by line, without blanks, comments and backslashes at line ends.
    fn add(&mut self, range: TextRange, kind: TokenKind, deprecated: bool) {
        let part = TextRange::new(range.start - self.entry.start, range.end - self.entry.start);
        let text = &self.entry.item.text()[std::ops::Range::from(part)];
        let mut start = range.start;
        for (index, line) in text.split_inclusive(['\n', '\r']).enumerate() {
            let (body, whole) = (line.trim_end_matches(['\n', '\r']), line.len() as u32);
            let goes_on = body.len() < line.len() && body.ends_with('\\') && kind != TokenKind::Comment;
            let body = if goes_on { &body[..body.len() - 1] } else { body }.trim_end();
            let inner = body.trim_start();
            let comment = index > 0 && inner.starts_with(['#', ';']);
            if !inner.is_empty() && !comment {
                let from = start + (body.len() - inner.len()) as u32;
                let range = TextRange::new(from, from + inner.len() as u32);
                self.found.push(SemanticToken { range, kind, deprecated });
            }
            start += whole;
        }
    }
}
