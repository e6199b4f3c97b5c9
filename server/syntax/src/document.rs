//! An open file: text, tree and typed view, kept in step.

use std::borrow::Cow;
use std::sync::Arc;

use ropey::Rope;
use tree_sitter::{InputEdit, Point, Tree};

use crate::item::BYTE_ORDER_MARK;
use crate::parse::{self, Entries};
use crate::{Encoding, ItemKind, Position, TextRange, Unit};

/// One open file. Cloning is cheap: the clones share everything until one of them is edited.
#[derive(Clone, Debug)]
pub struct Document {
    text: Rope,
    tree: Tree,
    unit: Arc<Unit>,
}

impl Document {
    /// Reads a text.
    pub fn new(text: &str) -> Document {
        let tree = parse::tree(text);
        let unit = Arc::new(parse::unit(text, &tree));
        Document { text: Rope::from_str(text), tree, unit }
    }

    /// Replaces the text of `range` by `insert`. The range is clamped to the text and to the starts of characters.
    pub fn edit(&mut self, range: TextRange, insert: &str) {
        let start = self.clamp(range.start);
        let end = self.clamp(range.end).max(start);
        if start == end && insert.is_empty() {
            return;
        }
        let mark = self.touches_mark(start);
        let start_position = self.point(start);
        let old_end_position = self.point(end);
        let chars = self.text.byte_to_char(start)..self.text.byte_to_char(end);
        self.text.remove(chars.clone());
        self.text.insert(chars.start, insert);
        if mark || self.touches_mark(start) {
            // What makes a byte order mark is in no node and no entry, but where it stands.
            *self = Document::new(&self.text());
            return;
        }
        let new_end = start + insert.len();
        self.tree.edit(&InputEdit {
            start_byte: start,
            old_end_byte: end,
            new_end_byte: new_end,
            start_position,
            old_end_position,
            new_end_position: self.point(new_end),
        });
        self.tree = parse::reparse(&self.text, &self.tree);
        self.refresh(TextRange::from(start..end), new_end as u32);
    }

    /// Reads those entries anew that an edit has touched: `old` is the replaced range, `new_end` where the text in its
    /// place ends.
    fn refresh(&mut self, old: TextRange, new_end: u32) {
        let unit = Arc::make_mut(&mut self.unit);
        // One that ends where the edit starts is touched too: an inserted `\n` may join the `\r` at its end.
        let first = unit.entries.partition_point(|entry| entry.start < old.start).saturating_sub(1);
        let start = unit.entries.get(first).map_or(0, |entry| entry.start);
        let known = unit.entries[..first].iter().rfind(|entry| *entry.item.kind() != ItemKind::Blank);
        let mut last = unit.entries.len();
        let mut fresh = Vec::new();
        for entry in Entries::starting_at(&self.text, &self.tree, start, known.map(|entry| entry.start)) {
            let end = entry.range().end;
            fresh.push(entry);
            // Where a fresh entry and an old one end at the same place behind the edit, all that follows is as before.
            if end >= new_end
                && let old_end = end - new_end + old.end
                && let Ok(index) = unit.entries[first..].binary_search_by_key(&old_end, |entry| entry.start)
            {
                last = first + index;
                break;
            }
        }
        for entry in &mut unit.entries[last..] {
            entry.start = entry.start - old.end + new_end;
        }
        unit.entries.splice(first..last, fresh);
        unit.len = self.text.len_bytes() as u32;
    }

    /// Replaces the text between two positions, as a change event of the LSP does. Positions are clamped to the ends of
    /// their lines and of the text, and swapped when in the wrong order.
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

    /// The byte offset of a position, clamped to the end of its line and of the text, and to the start of its character.
    pub fn offset(&self, position: Position, encoding: Encoding) -> u32 {
        let line = position.line as usize;
        if line >= self.text.len_lines() {
            return self.len();
        }
        let text: Cow<str> = self.text.line(line).into();
        self.text.line_to_byte(line) as u32 + encoding.offset(&text, position.column)
    }

    /// Line and column of a byte offset, clamped to the text, to the start of its character and to the end of its line.
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

    /// The tree-sitter tree, for tests and tools. Rows and columns of its nodes are right as long as no line ends with a
    /// lone `\r`.
    pub fn tree(&self) -> &Tree {
        &self.tree
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

    /// Whether the text starts with a byte order mark and `offset` is not behind it.
    fn touches_mark(&self, offset: usize) -> bool {
        offset <= BYTE_ORDER_MARK.len_utf8() && self.text.get_char(0) == Some(BYTE_ORDER_MARK)
    }
}
