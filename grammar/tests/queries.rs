//! The queries match the grammar, and say what they should.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use expect_test::expect;
use tree_sitter::{Language, Parser, Query, QueryCursor, StreamingIterator};
use tree_sitter_systemd::{FOLDS_QUERY, HIGHLIGHTS_QUERY, INJECTIONS_QUERY, LANGUAGE, TEXTOBJECTS_QUERY};

const TEXT: &str = r#"[Service]
# A comment.
Description=It's "fine"
ExecStart=-/bin/sh -c 'echo "$$A" %n ${B}' \
  x\x20y
ExecStop=/bin/a /b
EnvironmentFile=-/etc/a
RemainAfterExit=yes
RestartSec=5min
TimeoutSec=infinity
After=network.target yes
Documentation=https://example.org man:a(8)
junk
"#;

/// The captures of a query: place, text and name; later patterns first where they capture the same place.
fn captures(query: &str) -> BTreeMap<(usize, usize), (String, String)> {
    let language: Language = LANGUAGE.into();
    let query = Query::new(&language, query).unwrap();
    let mut parser = Parser::new();
    parser.set_language(&language).unwrap();
    let tree = parser.parse(TEXT, None).unwrap();
    let mut cursor = QueryCursor::new();
    let mut matches = cursor.matches(&query, tree.root_node(), TEXT.as_bytes());
    let mut found = Vec::new();
    while let Some(matched) = matches.next() {
        for capture in matched.captures() {
            let name = query.capture_names()[capture.index as usize];
            if !name.starts_with('_') && name != "spell" {
                found.push((matched.pattern_index, capture.node.byte_range(), name.to_string()));
            }
        }
    }
    found.sort_by_key(|(pattern, ..)| *pattern);
    found
        .into_iter()
        .map(|(_, range, name)| ((range.start, range.end), (TEXT[range].to_string(), name)))
        .collect()
}

fn render(query: &str) -> String {
    captures(query).into_values().fold(String::new(), |mut out, (text, name)| {
        writeln!(out, "{text:?} {name}").unwrap();
        out
    })
}

#[test]
fn highlights() {
    expect![[r##"
        "[" punctuation.bracket
        "Service" module
        "]" punctuation.bracket
        "# A comment." comment
        "Description" property
        "=" operator
        "It's \"fine\"" string
        "ExecStart" property
        "=" operator
        "-" operator
        "-/bin/sh -c 'echo \"$$A\" %n ${B}' \\\n  x\\x20y" string
        "/bin/sh" function.call
        "$$" string.escape
        "%n" constant.macro
        "${B}" variable
        "\\\n" punctuation.special
        "\\x20" string.escape
        "ExecStop" property
        "=" operator
        "/bin/a" function.call
        "/bin/a /b" string
        "/b" string.special.path
        "EnvironmentFile" property
        "=" operator
        "-" operator
        "-/etc/a" string
        "/etc/a" string.special.path
        "RemainAfterExit" property
        "=" operator
        "yes" boolean
        "RestartSec" property
        "=" operator
        "5min" number
        "TimeoutSec" property
        "=" operator
        "infinity" constant.builtin
        "After" property
        "=" operator
        "network.target" string.special.symbol
        "network.target yes" string
        "Documentation" property
        "=" operator
        "https://example.org" string.special.url
        "https://example.org man:a(8)" string
        "man:a(8)" string.special.url
        "junk" error
    "##]]
    .assert_eq(&render(HIGHLIGHTS_QUERY));
}

#[test]
fn folds() {
    expect![[r#"
        "[Service]\n# A comment.\nDescription=It's \"fine\"\nExecStart=-/bin/sh -c 'echo \"$$A\" %n ${B}' \\\n  x\\x20y\nExecStop=/bin/a /b\nEnvironmentFile=-/etc/a\nRemainAfterExit=yes\nRestartSec=5min\nTimeoutSec=infinity\nAfter=network.target yes\nDocumentation=https://example.org man:a(8)\njunk\n" fold
        "ExecStart=-/bin/sh -c 'echo \"$$A\" %n ${B}' \\\n  x\\x20y" fold
    "#]].assert_eq(&render(FOLDS_QUERY));
}

#[test]
fn injections() {
    expect![[r##"
        "# A comment." injection.content
        "'echo \"$$A\" %n ${B}'" injection.content
    "##]]
    .assert_eq(&render(INJECTIONS_QUERY));
}

#[test]
fn textobjects() {
    expect![[r##"
        "[Service]\n# A comment.\nDescription=It's \"fine\"\nExecStart=-/bin/sh -c 'echo \"$$A\" %n ${B}' \\\n  x\\x20y\nExecStop=/bin/a /b\nEnvironmentFile=-/etc/a\nRemainAfterExit=yes\nRestartSec=5min\nTimeoutSec=infinity\nAfter=network.target yes\nDocumentation=https://example.org man:a(8)\njunk\n" class.outer
        "# A comment." comment.outer
        "Description" assignment.lhs
        "Description=It's \"fine\"" assignment.outer
        "It's" parameter.outer
        "It's \"fine\"" assignment.rhs
        "\"fine\"" parameter.outer
        "ExecStart" assignment.lhs
        "ExecStart=-/bin/sh -c 'echo \"$$A\" %n ${B}' \\\n  x\\x20y" assignment.outer
        "-/bin/sh -c 'echo \"$$A\" %n ${B}' \\\n  x\\x20y" assignment.rhs
        "/bin/sh" parameter.outer
        "-c" parameter.outer
        "'echo \"$$A\" %n ${B}'" parameter.outer
        "x" parameter.outer
        "y" parameter.outer
        "ExecStop" assignment.lhs
        "ExecStop=/bin/a /b" assignment.outer
        "/bin/a" parameter.outer
        "/bin/a /b" assignment.rhs
        "/b" parameter.outer
        "EnvironmentFile" assignment.lhs
        "EnvironmentFile=-/etc/a" assignment.outer
        "-/etc/a" assignment.rhs
        "/etc/a" parameter.outer
        "RemainAfterExit" assignment.lhs
        "RemainAfterExit=yes" assignment.outer
        "yes" parameter.outer
        "RestartSec" assignment.lhs
        "RestartSec=5min" assignment.outer
        "5min" parameter.outer
        "TimeoutSec" assignment.lhs
        "TimeoutSec=infinity" assignment.outer
        "infinity" parameter.outer
        "After" assignment.lhs
        "After=network.target yes" assignment.outer
        "network.target" parameter.outer
        "network.target yes" assignment.rhs
        "yes" parameter.outer
        "Documentation" assignment.lhs
        "Documentation=https://example.org man:a(8)" assignment.outer
        "https://example.org" parameter.outer
        "https://example.org man:a(8)" assignment.rhs
        "man:a(8)" parameter.outer
        "junk" class.inner
    "##]].assert_eq(&render(TEXTOBJECTS_QUERY));
}

/// The copies that editors load find what the editor may ask for.
#[test]
fn queries_of_editors() {
    let editors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../editors");
    for editor in ["neovim", "helix"] {
        let files = fs::read_dir(editors.join(editor).join("queries/systemd")).unwrap();
        let mut count = 0;
        for file in files {
            let path = file.unwrap().path();
            let found = captures(&fs::read_to_string(&path).unwrap());
            assert!(!found.is_empty(), "{} captures nothing", path.display());
            count += 1;
        }
        assert!(count >= 3, "{editor} has {count} queries");
    }
}
