//! Runs the tests in `test/corpus`, which are in tree-sitter's own format. `UPDATE_EXPECT=1` rewrites what
//! they expect.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use tree_sitter::{Node, Parser, TreeCursor};

const RULE: &str = "==================";
const DIVIDER: &str = "---";

/// One test: its name, the text and the expected tree.
struct Case {
    name: String,
    input: String,
    expected: String,
}

fn corpus() -> Vec<(PathBuf, Vec<Case>)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("test/corpus");
    let mut files: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), cases(&fs::read_to_string(path).unwrap()))).collect()
}

fn cases(file: &str) -> Vec<Case> {
    let rule = format!("{RULE}\n");
    let divider = format!("\n{DIVIDER}\n");
    let mut parts = file.split(&rule).skip(1);
    std::iter::from_fn(|| {
        let name = parts.next()?.trim().to_string();
        let (input, expected) = parts.next()?.split_once(&divider).expect("a divider between text and tree");
        // As in tree-sitter, the line end before the divider is no part of the text.
        Some(Case { name, input: input.to_string(), expected: expected.trim().to_string() })
    })
    .collect()
}

fn parser() -> Parser {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_systemd::LANGUAGE.into()).unwrap();
    parser
}

/// The tree, one node a line.
fn tree(text: &str) -> String {
    fn write(out: &mut String, cursor: &mut TreeCursor, depth: usize) {
        let node: Node = cursor.node();
        if node.is_named() {
            let field = cursor.field_name().map(|name| format!("{name}: ")).unwrap_or_default();
            let newline = if depth == 0 { "" } else { "\n" };
            write!(out, "{newline}{:1$}{field}({2}", "", 2 * depth, node.kind()).unwrap();
        }
        if cursor.goto_first_child() {
            loop {
                write(out, cursor, depth + 1);
                if !cursor.goto_next_sibling() {
                    break;
                }
            }
            cursor.goto_parent();
        }
        if node.is_named() {
            out.push(')');
        }
    }
    let tree = parser().parse(text, None).unwrap();
    let mut out = String::new();
    write(&mut out, &mut tree.walk(), 0);
    out
}

#[test]
fn trees_are_as_expected() {
    let mut failures = String::new();
    let mut count = 0;
    for (path, cases) in corpus() {
        let mut updated = String::new();
        for Case { name, input, expected } in cases {
            count += 1;
            let actual = tree(&input);
            if actual != expected {
                write!(failures, "{}: {name}\nexpected:\n{expected}\nfound:\n{actual}\n\n", path.display())
                    .unwrap();
            }
            let blank = if updated.is_empty() { "" } else { "\n" };
            write!(updated, "{blank}{RULE}\n{name}\n{RULE}\n{input}\n{DIVIDER}\n\n{actual}\n").unwrap();
        }
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(path, updated).unwrap();
        }
    }
    assert!(count >= 25, "only {count} tests found");
    assert!(failures.is_empty() || std::env::var_os("UPDATE_EXPECT").is_some(), "{failures}");
}

#[test]
fn line_endings_and_the_end_of_the_text_make_no_difference() {
    for (_, cases) in corpus() {
        for Case { name, input, expected } in cases {
            assert_eq!(tree(&input.replace('\n', "\r\n")), expected, "{name} with CRLF");
            assert_eq!(tree(&input.replace('\n', "\r")), expected, "{name} with CR");
            assert_eq!(tree(&format!("\u{feff}{input}")), expected, "{name} with a byte order mark");
            // Behind a backslash, the line end makes a continuation of what is one anyway.
            assert_eq!(tree(&format!("{input}\n")), expected, "{name} with a line end more");
        }
    }
}
