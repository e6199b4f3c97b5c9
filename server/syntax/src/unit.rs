//! The typed view of a whole unit file.

use crate::position::{Encoding, Position, Positions, lines, without_ending};
use crate::{Item, TextRange, parse};

/// The logical lines of a file. They tile its text: nothing is left out, so that [`Unit::text`] gives it
/// back.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Unit {
    pub(crate) entries: Vec<Entry>,
    pub(crate) len: u32,
}

/// An [`Item`] in its place.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// Byte offset at which the item starts.
    pub start: u32,
    /// The logical line; shared with later versions of the text as long as no edit touches it.
    pub item: Item,
}

/// A section: its header and what follows up to the next header.
#[derive(Clone, Copy, Debug)]
pub struct SectionRef<'a> {
    /// The `[name]` line.
    pub header: &'a Entry,
    /// The entries behind the header.
    pub entries: &'a [Entry],
    /// Header and entries, in bytes.
    pub range: TextRange,
}

impl Unit {
    /// Reads a whole text, the way systemd's `config_parse` does. Never fails: what systemd cannot use
    /// becomes [`Junk`](crate::Junk).
    pub fn parse(text: &str) -> Unit {
        Unit { entries: parse::all_lines(text).entries(text, 0).collect(), len: text.len() as u32 }
    }

    /// All logical lines in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Length of the text in bytes.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The whole text.
    pub fn text(&self) -> String {
        self.entries.iter().map(|entry| entry.item.text()).collect()
    }

    /// The sections in order. What stands before the first header is no section, see [`Unit::preamble`].
    pub fn sections(&self) -> impl Iterator<Item = SectionRef<'_>> {
        let mut rest = &self.entries[self.preamble().len()..];
        std::iter::from_fn(move || {
            let section = self.section_from(rest)?;
            rest = &rest[1 + section.entries.len()..];
            Some(section)
        })
    }

    /// The entries before the first header.
    pub fn preamble(&self) -> &[Entry] {
        let end = self.entries.iter().position(Entry::is_header).unwrap_or(self.entries.len());
        &self.entries[..end]
    }

    /// The entry that holds the byte at `offset`, and its index. The end of the text belongs to the last
    /// entry.
    pub fn entry_at(&self, offset: u32) -> Option<(usize, &Entry)> {
        if offset > self.len {
            return None;
        }
        let index = self.entries.partition_point(|entry| entry.start <= offset).checked_sub(1)?;
        Some((index, &self.entries[index]))
    }

    /// The section that holds the byte at `offset`.
    pub fn section_at(&self, offset: u32) -> Option<SectionRef<'_>> {
        let (index, _) = self.entry_at(offset)?;
        let header = self.entries[..=index].iter().rposition(Entry::is_header)?;
        self.section_from(&self.entries[header..])
    }

    /// Line and column of a byte offset, clamped to the text, to the start of its character and to the end of
    /// its line. Reads the text from its start; an open [`Document`](crate::Document) knows a faster way.
    pub fn position(&self, offset: u32, encoding: Encoding) -> Position {
        let (mut line, mut start) = (0, 0);
        for text in self.lines() {
            let end = start + text.len() as u32;
            if offset < end || without_ending(text).len() == text.len() {
                return Position { line, column: encoding.column(text, (offset - start) as usize) };
            }
            line += 1;
            start = end;
        }
        Position { line, column: 0 }
    }

    /// Positions of offsets that ascend, found in one walk over the text.
    pub fn positions(&self, encoding: Encoding) -> Positions<'_> {
        Positions::new(Box::new(self.lines()), encoding)
    }

    /// The byte offset of a position, clamped to the end of its line and of the text, and to the start of its
    /// character. Reads the text from its start.
    pub fn offset(&self, position: Position, encoding: Encoding) -> u32 {
        let mut start = 0;
        for (line, text) in self.lines().enumerate() {
            if line as u32 == position.line {
                return start + encoding.offset(text, position.column);
            }
            start += text.len() as u32;
        }
        self.len
    }

    /// The physical lines with their endings.
    fn lines(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().flat_map(|entry| lines(entry.item.text()))
    }

    /// The section whose header is the first of `entries`.
    fn section_from<'a>(&self, entries: &'a [Entry]) -> Option<SectionRef<'a>> {
        let (header, rest) = entries.split_first()?;
        let count = rest.iter().position(Entry::is_header).unwrap_or(rest.len());
        let entries = &rest[..count];
        let end = entries.last().unwrap_or(header).range().end;
        Some(SectionRef { header, entries, range: TextRange::new(header.start, end) })
    }
}

impl<'a> SectionRef<'a> {
    /// The name between the brackets.
    pub fn name(&self) -> &'a str {
        self.header.section_name().expect("a section starts with a header")
    }
}

impl Entry {
    /// The lines it spans, in bytes of the whole text.
    pub fn range(&self) -> TextRange {
        TextRange::new(self.start, self.start + self.item.text().len() as u32)
    }

    /// The key, if this is an assignment.
    pub fn key(&self) -> Option<&str> {
        self.item.key()
    }

    /// The value, if this is an assignment.
    pub fn value(&self) -> Option<&str> {
        self.item.value()
    }

    /// The section's name, if this is a header.
    pub fn section_name(&self) -> Option<&str> {
        self.item.section_name()
    }

    /// Where the key is in the whole text.
    pub fn key_range(&self) -> Option<TextRange> {
        Some(self.item.key_range()?.shift(self.start))
    }

    /// Where the value is in the whole text; an empty value is right behind the `=`.
    pub fn value_range(&self) -> Option<TextRange> {
        Some(self.item.value_range()?.shift(self.start))
    }

    /// Where the section's name is in the whole text.
    pub fn name_range(&self) -> Option<TextRange> {
        Some(self.item.name_range()?.shift(self.start))
    }

    /// [`Item::value_to_source`] in bytes of the whole text.
    pub fn value_to_source(&self, logical: TextRange) -> TextRange {
        self.item.value_to_source(logical).shift(self.start)
    }

    /// [`Item::source_to_value`] for a byte offset of the whole text.
    pub fn source_to_value(&self, offset: u32) -> Option<u32> {
        self.item.source_to_value(offset.checked_sub(self.start)?)
    }

    fn is_header(&self) -> bool {
        self.section_name().is_some()
    }
}
