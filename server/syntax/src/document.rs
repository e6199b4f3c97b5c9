//! An open file: text, tree and typed view, kept in step.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use ropey::Rope;
use tree_sitter::{InputEdit, Point, Tree};

use crate::item::BYTE_ORDER_MARK;
use crate::parse;
use crate::{Encoding, Position, TextRange, Unit};

/// One open file. Cloning is cheap: the clones share everything until one of them is edited.
#[derive(Clone, Debug)]
pub struct Document {
    text: Rope,
    unit: Arc<Unit>,
    /// The tree of the text, once somebody has asked for it.
    tree: OnceLock<Tree>,
    /// The tree of an earlier text, told of all edits since.
    old_tree: Option<Tree>,
}

impl Document {
    /// Reads a text.
    pub fn new(text: &str) -> Document {
        Document {
            text: Rope::from_str(text),
            unit: Arc::new(Unit::parse(text)),
            tree: OnceLock::new(),
            old_tree: None,
        }
    }

    /// Replaces the text of `range` by `insert`. The range is clamped to the text and to the starts of
    /// characters.
    pub fn edit(&mut self, range: TextRange, insert: &str) {
        let start = self.clamp(range.start);
        let end = self.clamp(range.end).max(start);
        if start == end && insert.is_empty() {
            return;
        }
        let mut edit = InputEdit {
            start_byte: start,
            old_end_byte: end,
            new_end_byte: start + insert.len(),
            start_position: self.point(start),
            old_end_position: self.point(end),
            new_end_position: Point::default(),
        };
        let chars = self.text.byte_to_char(start)..self.text.byte_to_char(end);
        self.text.remove(chars.clone());
        self.text.insert(chars.start, insert);
        edit.new_end_position = self.point(edit.new_end_byte);
        self.refresh_unit(&edit);
        self.refresh_tree(&edit);
    }

    /// Reads the entries anew that an edit has touched, the text being edited already.
    ///
    /// Only their lines are parsed. The tree of the whole text would do as well, but tree-sitter's
    /// incremental parse takes every line in its hand again, if not its inside: milliseconds where there are
    /// thousands.
    fn refresh_unit(&mut self, edit: &InputEdit) {
        let (old_end, new_end) = (edit.old_end_byte as u32, edit.new_end_byte as u32);
        let to_new = |offset: u32| offset - old_end + new_end;
        let new_len = self.text.len_bytes() as u32;
        let unit = Arc::make_mut(&mut self.unit);
        let entries = &mut unit.entries;
        // One that ends where the edit starts is touched too: an inserted `\n` may join the `\r` at its end.
        let first = entries.partition_point(|entry| entry.start < edit.start_byte as u32).saturating_sub(1);
        let start = entries.get(first).map_or(0, |entry| entry.start);
        // From here on old entries may stay. The first of the text does not, be it the first now or before:
        // it may get or lose a byte order mark.
        let behind = entries.partition_point(|entry| entry.start < old_end).max(first + 1);
        let mut lookahead = 1;
        let (fresh, last) = loop {
            let end = entries.get(behind + lookahead).map_or(new_len, |entry| to_new(entry.start));
            let lines: Cow<str> = self.text.byte_slice(start as usize..end as usize).into();
            let mut fresh = parse::lines(&lines, start);
            if end == new_len {
                break (fresh.entries(&lines, start), entries.len());
            }
            // Where a fresh entry starts at the same place as an old one, all that follows is as before.
            let kept = entries[behind..behind + lookahead].iter().zip(behind..).find_map(|(old, index)| {
                let count = fresh.lines_before(to_new(old.start) - start)?;
                (count > 0).then_some((count, index))
            });
            if let Some((count, index)) = kept {
                fresh.truncate(count);
                break (fresh.entries(&lines, start), index);
            }
            lookahead *= 4;
        };
        for entry in &mut entries[last..] {
            entry.start = to_new(entry.start);
        }
        entries.splice(first..last, fresh);
        unit.len = new_len;
    }

    fn refresh_tree(&mut self, edit: &InputEdit) {
        self.old_tree = self.tree.take().or(self.old_tree.take());
        if edit.start_byte < BYTE_ORDER_MARK.len_utf8() {
            // There may be a byte order mark now, or none any more. It is in no node, so the parser would not
            // notice.
            self.old_tree = None;
        } else if let Some(tree) = &mut self.old_tree {
            tree.edit(edit);
        }
    }

    /// Replaces the text between two positions, as a change event of the LSP does. Positions are clamped to
    /// the ends of their lines and of the text, and swapped when in the wrong order.
    pub fn edit_at(&mut self, start: Position, end: Position, encoding: Encoding, insert: &str) {
        let (start, end) = (self.offset(start, encoding), self.offset(end, encoding));
        self.edit(TextRange::new(start.min(end), start.max(end)), insert);
    }

    /// Length of the text in bytes.
    pub fn len(&self) -> u32 {
        self.unit.len()
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.unit.is_empty()
    }

    /// The whole text.
    pub fn text(&self) -> String {
        self.text.to_string()
    }

    /// A part of the text. The range is clamped to the text and to the starts of characters.
    pub fn slice(&self, range: TextRange) -> String {
        let start = self.clamp(range.start);
        let end = self.clamp(range.end).max(start);
        self.text.byte_slice(start..end).to_string()
    }

    /// The byte offset of a position, clamped to the end of its line and of the text, and to the start of its
    /// character.
    pub fn offset(&self, position: Position, encoding: Encoding) -> u32 {
        let line = position.line as usize;
        if line >= self.text.len_lines() {
            return self.len();
        }
        let text: Cow<str> = self.text.line(line).into();
        self.text.line_to_byte(line) as u32 + encoding.offset(&text, position.column)
    }

    /// Line and column of a byte offset, clamped to the text, to the start of its character and to the end of
    /// its line.
    pub fn position(&self, offset: u32, encoding: Encoding) -> Position {
        let offset = self.clamp(offset);
        let line = self.text.byte_to_line(offset);
        let text: Cow<str> = self.text.line(line).into();
        let column = offset - self.text.line_to_byte(line);
        Position { line: line as u32, column: encoding.column(&text, column) }
    }

    /// The typed view.
    pub fn unit(&self) -> &Arc<Unit> {
        &self.unit
    }

    /// The tree-sitter tree of the whole text, for tests and tools: parsed when asked for, incrementally if
    /// it was asked for before. Rows and columns of its nodes are right as long as no line ends with a lone
    /// `\r`.
    pub fn tree(&self) -> &Tree {
        self.tree.get_or_init(|| {
            let chunk = |offset| {
                if offset >= self.text.len_bytes() {
                    return Cow::default();
                }
                let (chunk, start, _, _) = self.text.chunk_at_byte(offset);
                parse::without_nul(&chunk.as_bytes()[offset - start..])
            };
            parse::parse(chunk, self.old_tree.as_ref())
        })
    }

    /// The nearest offset at or before `offset` that lies between two characters of the text.
    fn clamp(&self, offset: u32) -> usize {
        let offset = (offset as usize).min(self.text.len_bytes());
        self.text.char_to_byte(self.text.byte_to_char(offset))
    }

    fn point(&self, offset: usize) -> Point {
        let row = self.text.byte_to_line(offset);
        Point { row, column: offset - self.text.line_to_byte(row) }
    }
}
