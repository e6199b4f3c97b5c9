//! From text to tree, and from tree to logical lines.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;
use std::sync::LazyLock;

use tree_sitter::{Language, Node, Parser, Tree, TreeCursor};

use crate::TextRange;
use crate::item::{BYTE_ORDER_MARK, LinesBuilder};
use crate::position::line_len;

/// Bytes of text that are parsed at a time. A tree takes some thirty times the room of its text.
const PIECE: usize = 16 << 10;

/// The logical lines of a whole text, parsed piece by piece so that there is never a tree of all of it.
pub(crate) fn all_lines(text: &str) -> LinesBuilder {
    lines_of_pieces(text, PIECE)
}

/// As [`all_lines`], with pieces of about `size` bytes.
fn lines_of_pieces(text: &str, size: usize) -> LinesBuilder {
    let mut all = LinesBuilder::default();
    let (mut start, mut length) = (0, size);
    while start < text.len() {
        let end = text.ceil_char_boundary(start.saturating_add(length).min(text.len()));
        read_lines(&text[start..end], start as u32, &mut all);
        if end < text.len() {
            // The last one may go on behind the piece, so the next piece starts with it.
            let next = all.pop() as usize;
            length = if next == start { length.saturating_mul(4) } else { size };
            start = next;
        } else {
            start = end;
        }
    }
    all
}

/// The logical lines of a text.
///
/// It may be a part of a longer text, in which it starts at `base`, where one must start. What a logical line
/// is depends on no text before it, so they are those of the longer text, but for the last one, which may go
/// on there.
pub(crate) fn lines(text: &str, base: u32) -> LinesBuilder {
    let mut lines = LinesBuilder::default();
    read_lines(text, base, &mut lines);
    lines
}

/// As [`lines`], added to those before.
fn read_lines(text: &str, base: u32, lines: &mut LinesBuilder) {
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
    let mut reader = Reader { text, mark, nodes: Nodes::new(&tree), start: 0, read: 0 };
    while reader.read_line(lines) {}
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

/// Reads logical lines: where they end, and what they are.
struct Reader<'a> {
    text: &'a str,
    /// Length of the byte order mark.
    mark: u32,
    nodes: Nodes<'a>,
    /// Where the next line starts.
    start: u32,
    /// Up to where its continuations have been read.
    read: u32,
}

impl<'a> Reader<'a> {
    /// Where the physical line that holds `offset` ends, its line ending included.
    fn physical_end(&self, offset: u32) -> u32 {
        offset + line_len(&self.text[offset as usize..]) as u32
    }

    /// Takes the text up to `end`, and what comes before it in the text.
    fn take(&mut self, end: u32) -> (u32, &'a str, u32) {
        let start = std::mem::replace(&mut self.start, end);
        self.read = end;
        (start, &self.text[Range::from(TextRange::new(start, end))], if start == 0 { self.mark } else { 0 })
    }

    /// Reads one logical line, if there is one.
    fn read_line(&mut self, lines: &mut LinesBuilder) -> bool {
        while (self.start as usize) < self.text.len() {
            let line_end = self.physical_end(self.read);
            let Some(node) = self.nodes.node().filter(|node| (node.start_byte() as u32) < line_end) else {
                lines.blank(self.take(line_end).1);
                return true;
            };
            let kind = node.kind_id();
            if kind == KINDS.continuation {
                self.read = node.end_byte() as u32;
                self.nodes.advance();
                continue;
            }
            // Where a node ends with a continuation, the rest of its line is the blank line behind that.
            let end = self.physical_end(node.end_byte() as u32);
            let equals = if kind == KINDS.assignment { self.nodes.equals() } else { 0 };
            self.nodes.advance();
            let (start, text, mark) = self.take(end);
            if kind == KINDS.comment {
                lines.comment(text);
            } else if kind == KINDS.section_header {
                lines.header(text, mark);
            } else if kind == KINDS.assignment {
                lines.assignment(text, mark, equals - start);
            } else {
                lines.junk(text, node.start_byte() as u32 - start);
            }
            return true;
        }
        false
    }
}

/// Walks over the nodes that lines consist of: headers, assignments, comments, junk, and continuations before
/// these.
struct Nodes<'a>(Option<TreeCursor<'a>>);

impl<'a> Nodes<'a> {
    fn new(tree: &'a Tree) -> Self {
        let mut cursor = tree.walk();
        let mut nodes = Nodes(cursor.goto_first_child().then_some(cursor));
        nodes.enter_section();
        nodes
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
        let entries = |lines: LinesBuilder| lines.entries(text, 0).collect::<Vec<_>>();
        let whole = entries(lines(text, 0));
        for size in 1..=text.len() {
            assert_eq!(entries(lines_of_pieces(text, size)), whole, "pieces of {size} bytes");
        }
        assert_eq!(all_lines("").entries("", 0).count(), 0);
    }
}
