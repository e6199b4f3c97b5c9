//! A part of a logical line: its key, its value or its section's name.

use std::ops::Range;

use crate::TextRange;
use crate::position::{lines, without_ending};

/// The blanks that systemd strips from both ends of lines, keys and values (its `WHITESPACE`).
const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// A part of an item's text.
///
/// Continuations are joined as `config_parse` joins them: backslash and line ending become one space, comment
/// lines in between vanish, blanks at the start of the next line stay. Blanks at both ends are then stripped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    /// The text of the item that it is a part of.
    item: &'a str,
    /// From the first to behind the last character, relative to the item. Empty parts lie where text would
    /// go.
    range: TextRange,
    joined: Option<&'a Joined>,
}

/// What is kept of a part of an item that spans lines; parts of single lines are cheap to find again.
#[derive(PartialEq, Debug)]
pub(crate) struct Spanning {
    range: TextRange,
    /// Present when the part itself spans several lines, so that its text is no slice of the item's.
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

impl<'a> Part<'a> {
    /// What lies in a range of an item, stripped of blanks; there is no line ending in between.
    pub(crate) fn on_one_line(item: &'a str, range: TextRange) -> Self {
        let text = &item[Range::from(range)];
        let end = text.trim_end_matches(BLANKS).len() as u32;
        let start = match end {
            0 => 0,
            _ => (text.len() - text.trim_start_matches(BLANKS).len()) as u32,
        };
        Part { item, range: TextRange::new(start, end).shift(range.start), joined: None }
    }

    /// This part without its first and last byte.
    pub(crate) fn between_brackets(self) -> Self {
        Part { range: self.to_source(TextRange::new(1, self.len() - 1)), ..self }
    }

    /// Where it is, in bytes from the item's start: from its first to behind its last character.
    pub(crate) fn range(self) -> TextRange {
        self.range
    }

    /// Its text.
    pub(crate) fn text(self) -> &'a str {
        match self.joined {
            Some(joined) => &joined.text,
            None => &self.item[Range::from(self.range)],
        }
    }

    /// Length of its text in bytes.
    fn len(self) -> u32 {
        self.joined.map_or(self.range.len(), |joined| joined.text.len() as u32)
    }

    /// Where a range of its text comes from, in bytes from the item's start; clamped to the text.
    pub(crate) fn to_source(self, logical: TextRange) -> TextRange {
        let end = logical.end.min(self.len());
        let start = logical.start.min(end);
        match self.joined {
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

    /// Which byte of its text a place in the item is, the place behind the last byte included.
    pub(crate) fn to_logical(self, source: u32) -> Option<u32> {
        if !self.range.contains_inclusive(source) {
            return None;
        }
        let Some(joined) = self.joined else { return Some(source - self.range.start) };
        let index = joined.pieces.partition_point(|piece| piece.source <= source) - 1;
        let piece = joined.pieces[index];
        let end = joined.pieces.get(index + 1).map_or(self.len(), |next| next.logical);
        let logical = piece.logical + (source - piece.source);
        (logical <= end).then_some(logical)
    }

    /// The part of this part that is `range` of its text.
    fn slice(self, range: TextRange) -> Spanning {
        let source = self.to_source(range);
        let joined = self.joined.and_then(|joined| {
            let text = &joined.text[Range::from(range)];
            // On one line, and no space of it stands for a backslash.
            if text == &self.item[Range::from(source)] {
                return None;
            }
            let pieces = joined.pieces.iter().filter(|piece| piece.source < source.end).map(|piece| {
                let cut = range.start.saturating_sub(piece.logical);
                Piece { logical: (piece.logical + cut) - range.start, source: piece.source + cut }
            });
            let first = joined.pieces.partition_point(|piece| piece.logical <= range.start) - 1;
            Some(Box::new(Joined { text: text.into(), pieces: pieces.skip(first).collect() }))
        });
        Spanning { range: source, joined }
    }
}

impl Spanning {
    /// The part of an item's text between two offsets on its logical line, stripped of blanks. All line
    /// endings in between are those of continuations and comments.
    pub(crate) fn stripped(item: &str, range: TextRange) -> Self {
        let joined = Self::joined(item, range);
        let part = joined.part(item);
        let text = part.text();
        let end = text.trim_end_matches(BLANKS).len() as u32;
        if end == 0 {
            return Spanning { range: TextRange::at(range.start), joined: None };
        }
        let start = (text.len() - text.trim_start_matches(BLANKS).len()) as u32;
        part.slice(TextRange::new(start, end))
    }

    /// What stands between the brackets of a logical line that is from `[` to `]` behind `start`.
    pub(crate) fn between_brackets(item: &str, start: u32) -> Self {
        let line = Self::stripped(item, TextRange::new(start, line_end(item)));
        let part = line.part(item);
        part.slice(TextRange::new(1, part.len() - 1))
    }

    /// As [`Spanning::stripped`], blanks left alone.
    fn joined(item: &str, range: TextRange) -> Self {
        let source = &item[Range::from(range)];
        if !source.contains(['\n', '\r']) {
            return Spanning { range, joined: None };
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
        Spanning { range, joined: Some(Box::new(Joined { text: text.into(), pieces: pieces.into() })) }
    }

    /// The part itself; `item` is the text of the item that it is a part of.
    pub(crate) fn part<'a>(&'a self, item: &'a str) -> Part<'a> {
        Part { item, range: self.range, joined: self.joined.as_deref() }
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
pub(crate) fn line_end(item: &str) -> u32 {
    let line = without_ending(item);
    let backslashes = line.len() - line.trim_end_matches('\\').len();
    (line.len() - backslashes % 2) as u32
}
