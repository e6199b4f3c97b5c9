//! Every text has a tree without errors, and an edited tree is the tree of the edited text.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod texts;

use proptest::prelude::*;
use tree_sitter::{InputEdit, Node, Parser, Point, Tree};

fn parse(text: &str, old: Option<&Tree>) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_systemd::LANGUAGE.into()).unwrap();
    // The lexer takes a NUL for the end of the text.
    parser.parse(text.replace('\0', "\u{1}"), old).unwrap()
}

/// All nodes with their places.
fn nodes(tree: &Tree) -> Vec<String> {
    fn collect(node: Node, out: &mut Vec<String>) {
        out.push(format!("{} {:?}", node.kind(), node.range()));
        node.children(&mut node.walk()).for_each(|child| collect(child, out));
    }
    let mut out = Vec::new();
    collect(tree.root_node(), &mut out);
    out
}

fn point(text: &str) -> Point {
    let line = text.rfind('\n').map_or(0, |at| at + 1);
    Point { row: text[..line].matches('\n').count(), column: text.len() - line }
}

fn edited(tree: &Tree, text: &str, start: usize, end: usize, insert: &str) -> (Tree, String) {
    let new = [&text[..start], insert, &text[end..]].concat();
    let mut tree = tree.clone();
    tree.edit(&InputEdit {
        start_byte: start,
        old_end_byte: end,
        new_end_byte: start + insert.len(),
        start_position: point(&text[..start]),
        old_end_position: point(&text[..end]),
        new_end_position: point(&new[..start + insert.len()]),
    });
    (parse(&new, Some(&tree)), new)
}

fn floor(text: &str, part: f64) -> usize {
    let mut at = (part * text.len() as f64) as usize;
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn every_text_has_a_tree_without_errors(text in texts::text(40)) {
        let tree = parse(&text, None);
        prop_assert!(!tree.root_node().has_error(), "{}", tree.root_node());
    }

    #[test]
    fn an_edited_tree_is_the_tree_of_the_edited_text(
        text in texts::text(60),
        edits in proptest::collection::vec((0.0..=1.0, 0.0..0.2, texts::text(4)), 1..6),
    ) {
        // Where a byte order mark comes or goes, the whole text must be parsed anew.
        let mut text = format!("#{text}");
        let mut tree = parse(&text, None);
        for (start, length, insert) in edits {
            let end = floor(&text, f64::min(start + length, 1.0)).max(1);
            let start = floor(&text, start).max(1);
            (tree, text) = edited(&tree, &text, start, end, &insert);
            prop_assert_eq!(nodes(&tree), nodes(&parse(&text, None)), "{:?}", text);
        }
    }
}

#[test]
fn only_spaces_and_tabs_are_blanks_and_only_line_feeds_and_carriage_returns_end_lines() {
    for c in ['\u{b}', '\u{c}', '\u{85}', '\u{a0}', '\u{2028}', '\u{3000}', '\u{1}', '\u{7f}'] {
        let tree = parse(&format!("{c}A = b{c}c{c}\n{c}\n"), None);
        let expected = "(source_file (assignment key: (key) value: (value (word))) (junk))";
        assert_eq!(tree.root_node().to_sexp(), expected, "{c:?}");
    }
}
