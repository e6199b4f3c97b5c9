//! From text to tree, and from tree to entries.
//!
//! The grammar is regular line by line: what a logical line is depends on no text before it. So entries can be read
//! from any place where one starts, and two readings that meet at such a place go on alike as long as the text does.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use ropey::Rope;
use tree_sitter::{Language, Node, Parser, Tree, TreeCursor};

use crate::position::line_len;
use crate::{Entry, Item, TextRange, Unit, item};

/// A text that entries are read from.
pub(crate) trait Source {
    /// Length in bytes.
    fn len(&self) -> u32;
    /// The text of a range, which starts and ends between characters.
    fn slice(&self, range: TextRange) -> Cow<'_, str>;
    /// Where the line that holds the byte at `offset` ends, its line ending included.
    fn line_end(&self, offset: u32) -> u32;
}

impl Source for str {
    fn len(&self) -> u32 {
        str::len(self) as u32
    }

    fn slice(&self, range: TextRange) -> Cow<'_, str> {
        self[Range::from(range)].into()
    }

    fn line_end(&self, offset: u32) -> u32 {
        offset + line_len(&self[offset as usize..]).unwrap_or(0) as u32
    }
}

impl Source for Rope {
    fn len(&self) -> u32 {
        self.len_bytes() as u32
    }

    fn slice(&self, range: TextRange) -> Cow<'_, str> {
        self.byte_slice(Range::from(range)).into()
    }

    fn line_end(&self, offset: u32) -> u32 {
        let next = self.byte_to_line(offset as usize) + 1;
        if next < self.len_lines() { self.line_to_byte(next) as u32 } else { Source::len(self) }
    }
}

/// The tree of a whole text.
pub(crate) fn tree(text: &str) -> Tree {
    let bytes = without_nul(text.as_bytes());
    parse(&mut |offset| bytes.get(offset..).unwrap_or_default(), None)
}

/// The tree of an edited text; `old` has been told of the edit.
pub(crate) fn reparse(rope: &Rope, old: &Tree) -> Tree {
    let mut chunk = |offset| {
        if offset >= rope.len_bytes() {
            return Cow::default();
        }
        let (chunk, start, _, _) = rope.chunk_at_byte(offset);
        without_nul(&chunk.as_bytes()[offset - start..])
    };
    parse(&mut chunk, Some(old))
}

/// tree-sitter's lexers take a NUL for the end of the text where no token may hold one; none of ours may, and to us it
/// is a character as any other.
fn without_nul(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.contains(&0) {
        bytes.iter().map(|&byte| byte.max(1)).collect()
    } else {
        bytes.into()
    }
}

fn parse<T: AsRef<[u8]>>(chunk: &mut impl FnMut(usize) -> T, old: Option<&Tree>) -> Tree {
    thread_local! {
        static PARSER: RefCell<Parser> = RefCell::new({
            let mut parser = Parser::new();
            parser.set_language(&LANGUAGE).expect("tree-sitter reads the ABI that the grammar is generated for");
            parser
        });
    }
    PARSER.with_borrow_mut(|parser| {
        parser
            .parse_with_options(&mut |offset, _| chunk(offset), old, None)
            .expect("the parser has a language, and nothing that could cancel it")
    })
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

/// The typed view of a whole text and its tree.
pub(crate) fn unit(text: &str, tree: &Tree) -> Unit {
    Unit { entries: Entries::new(text, tree).collect(), len: text.len() as u32 }
}

/// The entries of a text in order, read from its tree.
pub(crate) struct Entries<'a, S: ?Sized> {
    source: &'a S,
    /// On the next node that is part of a line but not of another such node; below sections, in other words.
    cursor: Option<TreeCursor<'a>>,
    /// Where the next entry starts.
    start: u32,
    /// Up to where its continuations have been read.
    read: u32,
}

impl<'a, S: Source + ?Sized> Entries<'a, S> {
    pub(crate) fn new(source: &'a S, tree: &'a Tree) -> Self {
        let mut cursor = tree.walk();
        let cursor = cursor.goto_first_child().then_some(cursor);
        let mut entries = Entries { source, cursor, start: 0, read: 0 };
        entries.enter();
        entries
    }

    /// Starts at the entry that starts at `start`. `known` is the start of an entry before it that is not blank.
    pub(crate) fn starting_at(source: &'a S, tree: &'a Tree, start: u32, known: Option<u32>) -> Self {
        let mut entries = Self::new(source, tree);
        entries.start = start;
        entries.read = start;
        if let Some(known) = known {
            let mut cursor = tree.walk();
            // This finds no node in blank lines, even if some follow: therefore `known`.
            while cursor.goto_first_child_for_byte(known as usize).is_some() && cursor.node().kind_id() == KINDS.section
            {
            }
            entries.cursor = Some(cursor);
        }
        while entries.node().is_some_and(|node| (node.start_byte() as u32) < start) {
            entries.advance();
        }
        entries
    }

    fn node(&self) -> Option<Node<'a>> {
        Some(self.cursor.as_ref()?.node())
    }

    fn advance(&mut self) {
        if let Some(cursor) = &mut self.cursor {
            if cursor.goto_next_sibling() || (cursor.goto_parent() && cursor.goto_next_sibling()) {
                self.enter();
            } else {
                self.cursor = None;
            }
        }
    }

    /// From a section to its header.
    fn enter(&mut self) {
        if let Some(cursor) = &mut self.cursor
            && cursor.node().kind_id() == KINDS.section
        {
            cursor.goto_first_child();
        }
    }

    /// The place of the `=` in the assignment on which the cursor is.
    fn equals(&mut self) -> u32 {
        let cursor = self.cursor.as_mut().expect("the cursor is on an assignment");
        cursor.goto_first_child();
        while cursor.node().kind_id() != KINDS.equals && cursor.goto_next_sibling() {}
        // It may have a backslash with it.
        let offset = cursor.node().end_byte() as u32 - 1;
        cursor.goto_parent();
        offset
    }

    fn entry(&mut self, end: u32, item: impl FnOnce(&str, u32) -> Item) -> Entry {
        let start = std::mem::replace(&mut self.start, end);
        self.read = end;
        let text = self.source.slice(TextRange::new(start, end));
        let mark = if start == 0 && text.starts_with(item::BYTE_ORDER_MARK) { item::BYTE_ORDER_MARK.len_utf8() } else { 0 };
        Entry { start, item: Arc::new(item(&text, mark as u32)) }
    }
}

impl<S: Source + ?Sized> Iterator for Entries<'_, S> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let len = self.source.len();
        while self.start < len {
            let line_end = self.source.line_end(self.read);
            let Some(node) = self.node().filter(|node| (node.start_byte() as u32) < line_end) else {
                return Some(self.entry(line_end, |text, _| Item::blank(text)));
            };
            let kind = node.kind_id();
            let node_start = node.start_byte() as u32 - self.start;
            // A continuation at the end of a node leaves the blank line behind it to be read.
            let end = self.source.line_end(node.end_byte() as u32);
            if kind == KINDS.continuation {
                self.read = node.end_byte() as u32;
                self.advance();
                continue;
            }
            let equals = if kind == KINDS.assignment { self.equals() - self.start } else { 0 };
            self.advance();
            return Some(self.entry(end, |text, mark| {
                if kind == KINDS.comment {
                    Item::comment(text)
                } else if kind == KINDS.section_header {
                    Item::header(text, mark)
                } else if kind == KINDS.assignment {
                    Item::assignment(text, mark, equals)
                } else {
                    Item::junk(text, node_start)
                }
            }));
        }
        None
    }
}
