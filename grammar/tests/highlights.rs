//! What is coloured how, place by place: written into a file, so that the grammars of editors which do not know
//! tree-sitter can be held against the same text.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write;

use expect_test::expect_file;
use tree_sitter::{Language, Parser, Query, QueryCursor, StreamingIterator};
use tree_sitter_systemd::{HIGHLIGHTS_QUERY, LANGUAGE};

const TEXT: &str = include_str!("../test/highlights/units.service");

/// The capture that colours each byte: the innermost, and of those the one of the last pattern.
fn colours(text: &str) -> Vec<String> {
    let language: Language = LANGUAGE.into();
    let query = Query::new(&language, HIGHLIGHTS_QUERY).unwrap();
    let mut parser = Parser::new();
    parser.set_language(&language).unwrap();
    let tree = parser.parse(text, None).unwrap();
    let mut cursor = QueryCursor::new();
    let mut matches = cursor.matches(&query, tree.root_node(), text.as_bytes());
    let mut captures = Vec::new();
    while let Some(matched) = matches.next() {
        for capture in matched.captures() {
            let name = query.capture_names()[capture.index as usize];
            if !name.starts_with('_') && name != "spell" {
                captures.push((capture.node.byte_range(), matched.pattern_index, name));
            }
        }
    }
    captures.sort_by_key(|(range, pattern, _)| (usize::MAX - range.len(), *pattern));
    let mut colours = vec![String::new(); text.len()];
    for (range, _, name) in captures {
        colours[range].fill(name.to_owned());
    }
    colours
}

/// One line for each run of characters of one colour: line and columns (characters, from 1), colour, text. White space
/// has none.
#[test]
fn highlights() {
    let colours = colours(TEXT);
    let mut out = String::new();
    let mut start = 0;
    for (line, number) in TEXT.split_inclusive('\n').zip(1..) {
        let mut runs: Vec<(usize, &str, String)> = Vec::new();
        let mut blank = true;
        for (column, (at, char)) in line.char_indices().enumerate() {
            let colour = colours[start + at].as_str();
            match runs.last_mut() {
                _ if char.is_whitespace() => {}
                Some((_, last, text)) if !blank && *last == colour => text.push(char),
                _ => runs.push((column + 1, colour, char.to_string())),
            }
            blank = char.is_whitespace();
        }
        for (column, colour, text) in runs {
            let end = column + text.chars().count();
            writeln!(out, "{number}:{column}-{end} {colour} {text}").unwrap();
        }
        start += line.len();
    }
    expect_file!["../test/highlights/units.captures"].assert_eq(&out);
}
