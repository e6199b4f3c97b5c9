//! From text to tree, and from tree to entries.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use tree_sitter::{Language, Node, Parser, Tree, TreeCursor};

use crate::item::{BYTE_ORDER_MARK, Item};
use crate::position::line_len;
use crate::{Entry, TextRange};

/// Bytes of text that are parsed at a time. A tree takes some thirty times the room of its text.
const PIECE: usize = 16 << 10;

/// The entries of a whole text, parsed piece by piece so that there is never a tree of all of it.
pub(crate) fn all_entries(text: &str) -> Vec<Entry> {
    entries_of_pieces(text, PIECE)
}

/// As [`all_entries`], with pieces of about `size` bytes.
fn entries_of_pieces(text: &str, size: usize) -> Vec<Entry> {
    let mut all = Vec::new();
    let (mut start, mut length) = (0, size);
    while start < text.len() {
        let end = text.ceil_char_boundary(start.saturating_add(length).min(text.len()));
        let mut fresh = entries(&text[start..end], start as u32);
        if end < text.len() {
            // The last one may go on behind the piece, so the next piece starts with it.
            let next = fresh.pop().map_or(start, |last| last.start as usize);
            length = if next == start { length.saturating_mul(4) } else { size };
            start = next;
        } else {
            start = end;
        }
        all.append(&mut fresh);
    }
    all
}

/// The entries of a text.
///
/// It may be a part of a longer text, in which it starts at `base`, where an entry must start. What a logical
/// line is depends on no text before it, so the entries are those of the longer text, but for the last one,
/// which may go on there.
pub(crate) fn entries(text: &str, base: u32) -> Vec<Entry> {
    let mut mark = 0;
    let mut parsed = Cow::Borrowed(text);
    if text.starts_with(BYTE_ORDER_MARK) {
        if base == 0 {
            mark = BYTE_ORDER_MARK.len_utf8() as u32;
        } else {
            // Inside a text it is a character as any other; the parser must not see it at a start.
            parsed = text.replacen(BYTE_ORDER_MARK, "\u{fffd}", 1).into();
        }
    }
    let tree = tree(&parsed);
    Entries { text, mark, lines: Lines::new(&tree), start: 0, read: 0 }
        .map(|(start, item)| Entry { start: base + start, item: Arc::new(item) })
        .collect()
}

/// The tree of a whole text.
pub(crate) fn tree(text: &str) -> Tree {
    let bytes = without_nul(text.as_bytes());
    parse(|offset| bytes.get(offset..).unwrap_or_default(), None)
}

/// Parses the text of which `chunk` gives a piece that starts at a byte offset (an empty one behind the end),
/// with the help of an `old` tree that has been told of all edits since.
pub(crate) fn parse<T: AsRef<[u8]>>(mut chunk: impl FnMut(usize) -> T, old: Option<&Tree>) -> Tree {
    thread_local! {
        static PARSER: RefCell<Parser> = RefCell::new({
            let mut parser = Parser::new();
            parser.set_language(&LANGUAGE).expect("tree-sitter reads the ABI of the grammar");
            parser
        });
    }
    PARSER.with_borrow_mut(|parser| {
        parser
            .parse_with_options(&mut |offset, _| chunk(offset), old, None)
            .expect("the parser has a language, and nothing cancels it")
    })
}

/// The bytes as the parser may see them. To its lexer a NUL is the end of the text, to us it is a character
/// as any other.
pub(crate) fn without_nul(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.contains(&0) { bytes.iter().map(|&byte| byte.max(1)).collect() } else { bytes.into() }
}

static LANGUAGE: LazyLock<Language> = LazyLock::new(|| tree_sitter_systemd::LANGUAGE.into());

static KINDS: LazyLock<Kinds> = LazyLock::new(|| {
    let named = |name| LANGUAGE.id_for_node_kind(name, true);
    Kinds {
        section: named("section"),
        continuation: named("continuation"),
        comment: named("comment"),
        section_header: named("section_header"),
        assignment: named("assignment"),
        equals: LANGUAGE.id_for_node_kind("=", false),
    }
});

/// The ids of the node kinds that matter here.
struct Kinds {
    section: u16,
    continuation: u16,
    comment: u16,
    section_header: u16,
    assignment: u16,
    equals: u16,
}

/// Reads entries: where they start, and what they are.
struct Entries<'a> {
    text: &'a str,
    /// Length of the byte order mark.
    mark: u32,
    lines: Lines<'a>,
    /// Where the next entry starts.
    start: u32,
    /// Up to where its continuations have been read.
    read: u32,
}

impl Entries<'_> {
    /// Where the physical line that holds `offset` ends, its line ending included.
    fn line_end(&self, offset: u32) -> u32 {
        offset + line_len(&self.text[offset as usize..]) as u32
    }

    /// Takes the text up to `end`, and what comes before it in the text.
    fn take(&mut self, end: u32) -> (u32, &str, u32) {
        let start = std::mem::replace(&mut self.start, end);
        self.read = end;
        (start, &self.text[Range::from(TextRange::new(start, end))], if start == 0 { self.mark } else { 0 })
    }
}

impl Iterator for Entries<'_> {
    type Item = (u32, Item);

    fn next(&mut self) -> Option<(u32, Item)> {
        while (self.start as usize) < self.text.len() {
            let line_end = self.line_end(self.read);
            let Some(node) = self.lines.node().filter(|node| (node.start_byte() as u32) < line_end) else {
                let (start, text, _) = self.take(line_end);
                return Some((start, Item::blank(text)));
            };
            let kind = node.kind_id();
            if kind == KINDS.continuation {
                self.read = node.end_byte() as u32;
                self.lines.advance();
                continue;
            }
            // Where a node ends with a continuation, the rest of its line is the blank line behind that.
            let end = self.line_end(node.end_byte() as u32);
            let equals = if kind == KINDS.assignment { self.lines.equals() } else { 0 };
            self.lines.advance();
            let (start, text, mark) = self.take(end);
            let item = if kind == KINDS.comment {
                Item::comment(text)
            } else if kind == KINDS.section_header {
                Item::header(text, mark)
            } else if kind == KINDS.assignment {
                Item::assignment(text, mark, equals - start)
            } else {
                Item::junk(text, node.start_byte() as u32 - start)
            };
            return Some((start, item));
        }
        None
    }
}

/// Walks over the nodes that lines consist of: headers, assignments, comments, junk, and continuations before
/// these.
struct Lines<'a>(Option<TreeCursor<'a>>);

impl<'a> Lines<'a> {
    fn new(tree: &'a Tree) -> Self {
        let mut cursor = tree.walk();
        let mut lines = Lines(cursor.goto_first_child().then_some(cursor));
        lines.enter_section();
        lines
    }

    fn node(&self) -> Option<Node<'a>> {
        Some(self.0.as_ref()?.node())
    }

    fn advance(&mut self) {
        let Some(cursor) = &mut self.0 else { return };
        if cursor.goto_next_sibling() || (cursor.goto_parent() && cursor.goto_next_sibling()) {
            self.enter_section();
        } else {
            self.0 = None;
        }
    }

    fn enter_section(&mut self) {
        if let Some(cursor) = &mut self.0
            && cursor.node().kind_id() == KINDS.section
        {
            cursor.goto_first_child();
        }
    }

    /// Where the `=` of the assignment is that the cursor is on.
    fn equals(&mut self) -> u32 {
        let cursor = self.0.as_mut().expect("the cursor is on an assignment");
        cursor.goto_first_child();
        while cursor.node().kind_id() != KINDS.equals && cursor.goto_next_sibling() {}
        // Its node may have a backslash before it.
        let equals = cursor.node().end_byte() as u32 - 1;
        cursor.goto_parent();
        equals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_do_not_show() {
        let text = "\u{feff}[Unit]\r\nAfter=a \\\n  # c\n b\r\r\n\n\\\nKey=\u{feff}ü\\\\\n[X\u{feff}\nlone\n\u{feff}a=b\\\n\n \\";
        let whole = entries(text, 0);
        for size in 1..=text.len() {
            assert_eq!(entries_of_pieces(text, size), whole, "pieces of {size} bytes");
        }
        assert_eq!(all_entries(""), []);
    }
}
