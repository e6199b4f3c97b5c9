//! One logical line of a unit file: what it is, and where its parts lie.

use std::ops::Range;

use crate::TextRange;
use crate::position::{lines, without_ending};

/// The blanks that systemd strips from both ends of lines, keys and values (its `WHITESPACE`).
const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// May stand at the start of a text, where it means nothing.
pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

/// One logical line: the physical lines that `config_parse` joins into one, with all their line endings.
///
/// It knows no absolute place, so that an edit elsewhere leaves it as it is; see [`Entry`](crate::Entry) for
/// that.
#[derive(PartialEq, Debug)]
pub struct Item {
    text: Box<str>,
    kind: ItemKind,
}

/// What a logical line is to systemd's `parse_line`.
#[derive(PartialEq, Debug)]
pub enum ItemKind {
    /// Nothing but blanks and continuations.
    Blank,
    /// One line that starts with `#` or `;`.
    Comment,
    /// `[name]`.
    Header {
        /// The text between the brackets, blanks included.
        name: Logical,
    },
    /// `key=value`.
    Assignment {
        /// The text before the first `=`.
        key: Logical,
        /// The text behind it; may be empty.
        value: Logical,
        /// Byte offset of that `=` in the item's text.
        eq: u32,
    },
    /// A line that systemd cannot use.
    Junk(Junk),
}

/// Why systemd cannot use a line.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Junk {
    /// "Missing '=', ignoring line."
    MissingEquals,
    /// "Missing key name before '=', ignoring line."
    MissingKey,
    /// "Invalid section header" without a `]` at the end, or "Bad characters in section header" when there
    /// are quotes, backslashes or control characters (tabs as well) inside: systemd stops reading here and
    /// refuses the unit.
    BadHeader,
}

/// A part of a logical line: key, value or section name.
///
/// Continuations are joined as `config_parse` joins them: backslash and line ending become one space, comment
/// lines in between vanish, blanks at the start of the next line stay. Blanks at both ends are then stripped.
#[derive(PartialEq, Debug)]
pub struct Logical {
    /// From the first to behind the last character, relative to the item. Empty parts lie where text would
    /// go.
    range: TextRange,
    /// Present when the part spans several lines, so that its text is no slice of the item's.
    joined: Option<Box<Joined>>,
}

/// The text of a part that spans lines, and where its pieces come from.
#[derive(PartialEq, Debug)]
struct Joined {
    text: Box<str>,
    pieces: Box<[Piece]>,
}

/// A stretch of joined text that is a slice of the source byte for byte (but for its last byte, where a space
/// stands for the backslash). It reaches to the next piece.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Piece {
    /// Offset in the joined text.
    logical: u32,
    /// Offset in the item's text.
    source: u32,
}

impl Item {
    pub(crate) fn blank(text: &str) -> Self {
        Item { text: text.into(), kind: ItemKind::Blank }
    }

    pub(crate) fn comment(text: &str) -> Self {
        Item { text: text.into(), kind: ItemKind::Comment }
    }

    /// A logical line that is from `[` to `]` from `start` on.
    pub(crate) fn header(text: &str, start: u32) -> Self {
        let line = Logical::stripped(text, TextRange::new(start, line_end(text)));
        let name = line.slice(text, TextRange::new(1, line.len() - 1));
        // systemd's string_is_safe().
        let unsafe_char = |c: char| c.is_ascii_control() || matches!(c, '"' | '\'' | '\\');
        let kind = if name.text(text).contains(unsafe_char) {
            ItemKind::Junk(Junk::BadHeader)
        } else {
            ItemKind::Header { name }
        };
        Item { text: text.into(), kind }
    }

    /// A logical line with the key between `start` and `eq` and the value behind that.
    pub(crate) fn assignment(text: &str, start: u32, eq: u32) -> Self {
        let key = Logical::stripped(text, TextRange::new(start, eq));
        let value = Logical::stripped(text, TextRange::new(eq + 1, line_end(text)));
        Item { text: text.into(), kind: ItemKind::Assignment { key, value, eq } }
    }

    /// A logical line that is none of these; `start` is its first character.
    pub(crate) fn junk(text: &str, start: u32) -> Self {
        let junk = match text.as_bytes()[start as usize] {
            b'[' => Junk::BadHeader,
            b'=' => Junk::MissingKey,
            _ => Junk::MissingEquals,
        };
        Item { text: text.into(), kind: ItemKind::Junk(junk) }
    }

    /// The whole lines with their line endings.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it is.
    pub fn kind(&self) -> &ItemKind {
        &self.kind
    }

    /// The key, if this is an assignment.
    pub fn key(&self) -> Option<&str> {
        Some(self.key_part()?.text(&self.text))
    }

    /// The value, if this is an assignment.
    pub fn value(&self) -> Option<&str> {
        Some(self.value_part()?.text(&self.text))
    }

    /// The section's name, if this is a header.
    pub fn section_name(&self) -> Option<&str> {
        Some(self.name_part()?.text(&self.text))
    }

    /// Where the key is, in bytes from the item's start.
    pub fn key_range(&self) -> Option<TextRange> {
        Some(self.key_part()?.range)
    }

    /// Where the value is, in bytes from the item's start. An empty value is right behind the `=`.
    pub fn value_range(&self) -> Option<TextRange> {
        Some(self.value_part()?.range)
    }

    /// Where the section's name is, in bytes from the item's start.
    pub fn name_range(&self) -> Option<TextRange> {
        Some(self.name_part()?.range)
    }

    /// Where a byte range of [`Item::value`] comes from, in bytes from the item's start. Clamped to the
    /// value; for an item without value an empty range at its start.
    pub fn value_to_source(&self, logical: TextRange) -> TextRange {
        self.value_part().map_or(TextRange::at(0), |value| value.to_source(logical))
    }

    /// Which byte of [`Item::value`] a place in the item is, the place behind the last byte included. `None`
    /// outside the value, and inside of it in comments and line endings.
    pub fn source_to_value(&self, relative: u32) -> Option<u32> {
        self.value_part()?.to_logical(relative)
    }

    /// Whether the value, counted from the `=`, spans several lines.
    pub fn continuations(&self) -> bool {
        match &self.kind {
            ItemKind::Assignment { value, eq, .. } => {
                self.text[*eq as usize..value.range.end as usize].contains(['\n', '\r'])
            }
            _ => false,
        }
    }

    fn key_part(&self) -> Option<&Logical> {
        match &self.kind {
            ItemKind::Assignment { key, .. } => Some(key),
            _ => None,
        }
    }

    fn value_part(&self) -> Option<&Logical> {
        match &self.kind {
            ItemKind::Assignment { value, .. } => Some(value),
            _ => None,
        }
    }

    fn name_part(&self) -> Option<&Logical> {
        match &self.kind {
            ItemKind::Header { name } => Some(name),
            _ => None,
        }
    }
}

impl Logical {
    /// The part of an item's text between two offsets on its logical line, stripped of blanks. All line
    /// endings in between are those of continuations and comments.
    fn stripped(item: &str, range: TextRange) -> Self {
        let part = Self::joined(item, range);
        let text = part.text(item);
        let end = text.trim_end_matches(BLANKS).len() as u32;
        if end == 0 {
            return Logical { range: TextRange::at(range.start), joined: None };
        }
        let start = (text.len() - text.trim_start_matches(BLANKS).len()) as u32;
        part.slice(item, TextRange::new(start, end))
    }

    /// As [`Logical::stripped`], blanks left alone.
    fn joined(item: &str, range: TextRange) -> Self {
        let source = &item[Range::from(range)];
        if !source.contains(['\n', '\r']) {
            return Logical { range, joined: None };
        }
        let mut text = String::with_capacity(source.len());
        let mut pieces = Vec::new();
        let mut at = range.start;
        for (index, line) in lines(source).enumerate() {
            // The first may start behind a `=`, where no comment can be.
            let comment = index > 0 && line.trim_start_matches(BLANKS).starts_with(['#', ';']);
            if !comment {
                pieces.push(Piece { logical: text.len() as u32, source: at });
                match without_ending(line).strip_suffix('\\') {
                    Some(start) if !line.ends_with('\\') => text.extend([start, " "]),
                    _ => text.push_str(line),
                }
            }
            at += line.len() as u32;
        }
        Logical { range, joined: Some(Box::new(Joined { text: text.into(), pieces: pieces.into() })) }
    }

    /// Where it is, in bytes from the item's start: from its first to behind its last character.
    pub fn range(&self) -> TextRange {
        self.range
    }

    /// Its text; `item` is the text of the item that it is a part of.
    pub fn text<'a>(&'a self, item: &'a str) -> &'a str {
        match &self.joined {
            Some(joined) => &joined.text,
            None => &item[Range::from(self.range)],
        }
    }

    /// Length of its text in bytes.
    fn len(&self) -> u32 {
        self.joined.as_ref().map_or(self.range.len(), |joined| joined.text.len() as u32)
    }

    /// The part of this part that is `range` of its text.
    fn slice(&self, item: &str, range: TextRange) -> Self {
        let source = self.to_source(range);
        let joined = self.joined.as_ref().and_then(|joined| {
            let text = &joined.text[Range::from(range)];
            // On one line, and no space of it stands for a backslash.
            if text == &item[Range::from(source)] {
                return None;
            }
            let pieces = joined.pieces.iter().filter(|piece| piece.source < source.end).map(|piece| {
                let cut = range.start.saturating_sub(piece.logical);
                Piece { logical: (piece.logical + cut) - range.start, source: piece.source + cut }
            });
            let first = joined.pieces.partition_point(|piece| piece.logical <= range.start) - 1;
            Some(Box::new(Joined { text: text.into(), pieces: pieces.skip(first).collect() }))
        });
        Logical { range: source, joined }
    }

    fn to_source(&self, logical: TextRange) -> TextRange {
        let end = logical.end.min(self.len());
        let start = logical.start.min(end);
        match &self.joined {
            None => TextRange::new(start, end).shift(self.range.start),
            Some(joined) => {
                let map = |offset, piece: Piece| piece.source + (offset - piece.logical);
                let first = map(start, joined.piece(start));
                // The end belongs to the piece of the last byte, not to a next line on which nothing is
                // covered.
                let last = if start == end { first } else { map(end, joined.piece(end - 1)) };
                TextRange::new(first, last)
            }
        }
    }

    fn to_logical(&self, source: u32) -> Option<u32> {
        if !self.range.contains_inclusive(source) {
            return None;
        }
        let Some(joined) = &self.joined else { return Some(source - self.range.start) };
        let index = joined.pieces.partition_point(|piece| piece.source <= source) - 1;
        let piece = joined.pieces[index];
        let end = joined.pieces.get(index + 1).map_or(self.len(), |next| next.logical);
        let logical = piece.logical + (source - piece.source);
        (logical <= end).then_some(logical)
    }
}

impl Joined {
    /// The piece in which the byte at `logical` lies.
    fn piece(&self, logical: u32) -> Piece {
        let index = self.pieces.partition_point(|piece| piece.logical <= logical);
        self.pieces[index - 1]
    }
}

/// Where the logical line of an item ends: before its line ending, and before a backslash there, which
/// continues nothing at the end of the text.
fn line_end(item: &str) -> u32 {
    let line = without_ending(item);
    let backslashes = line.len() - line.trim_end_matches('\\').len();
    (line.len() - backslashes % 2) as u32
}
