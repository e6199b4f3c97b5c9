//! What folds, and what grows around the cursor.

mod support;
#[path = "../../../grammar/tests/texts/mod.rs"]
mod texts;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use support::{Fixture, Source, slice, workspace};
use unit_ide::folding_range::folding_ranges;
use unit_ide::selection_range::selection_ranges;
use unit_syntax::{Encoding, TextRange};

#[track_caller]
fn folds(text: &str, expected: Expect) {
    let fixture = Fixture::new(text);
    let file = fixture.workspace.file(&fixture.sources[0].path).expect("it is there");
    let line = |offset| file.unit.position(offset, Encoding::Utf8).line;
    let shown = folding_ranges(file)
        .into_iter()
        .map(|fold| format!("{}-{} {:?}\n", line(fold.range.start), line(fold.range.end), fold.kind));
    expected.assert_eq(&shown.collect::<String>());
}

#[track_caller]
fn grows(text: &str, expected: Expect) {
    let fixture = Fixture::new(text);
    let (file, offset) = fixture.cursor();
    let shown = selection_ranges(file, offset).into_iter().map(|range| format!("{:?}\n", slice(file, range)));
    expected.assert_eq(&shown.collect::<String>());
}

#[test]
fn sections_comments_and_continuations_fold() {
    folds(
        "\
# About.
# More.
[Unit]
Description=x

# One comment.
After=a \\
  # inside
  b

# For the next one.
# Still.
[Service]
Type=simple
[Install]
",
        expect![[r#"
            0-1 Comments
            2-8 Section
            6-8 Continuation
            10-11 Comments
            12-13 Section
        "#]],
    );
    folds("[Unit]\n\n\n", expect![""]);
    folds(
        "[Unit]\nA=1\n# At the end.\n# Of the file.",
        expect![[r#"
        0-3 Section
        2-3 Comments
    "#]],
    );
}

#[test]
fn selections_grow() {
    grows(
        "[Unit]\nAfter=a.service ro$0ll.socket\n[Install]\n",
        expect![[r#"
        "roll"
        "roll.socket"
        "a.service roll.socket"
        "After=a.service roll.socket"
        "[Unit]\nAfter=a.service roll.socket\n"
        "[Unit]\nAfter=a.service roll.socket\n[Install]\n"
    "#]],
    );
    grows(
        "[Service]\nExecStart=-/bin/sh -c \\\n  'a \"b$0 c\"' ; /bin/true\n",
        expect![[r#"
        "b"
        "a \"b c\""
        "'a \"b c\"'"
        "-/bin/sh -c \\\n  'a \"b c\"'"
        "-/bin/sh -c \\\n  'a \"b c\"' ; /bin/true"
        "ExecStart=-/bin/sh -c \\\n  'a \"b c\"' ; /bin/true"
        "[Service]\nExecStart=-/bin/sh -c \\\n  'a \"b c\"' ; /bin/true\n"
    "#]],
    );
    grows(
        "[Ser$0vice]\n",
        expect![[r#"
        "Service"
        "[Service]"
        "[Service]\n"
    "#]],
    );
    grows(
        "[Service]\nT$0ype = simple\n",
        expect![[r#"
        "Type"
        "Type = simple"
        "[Service]\nType = simple\n"
    "#]],
    );
    grows(
        "# Größe$0 here.\n# And more.\n\n[Service]\n",
        expect![[r##"
        "Größe"
        "# Größe here."
        "# Größe here.\n# And more."
        "# Größe here.\n# And more.\n\n[Service]\n"
    "##]],
    );
    grows(
        "[Service]\n$0\n",
        expect![[r#"
        "[Service]\n\n"
    "#]],
    );
    grows(
        "$0",
        expect![[r#"
        ""
    "#]],
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn ranges_are_in_the_text_and_nest(text in texts::text(20)) {
        let mut source = Source::of_marker("web.service");
        source.push(&text);
        let sources = [source];
        let workspace = workspace(&sources);
        let file = workspace.file(&sources[0].path).expect("it is there");
        for fold in folding_ranges(file) {
            prop_assert!(text.get(std::ops::Range::from(fold.range)).is_some_and(|lines| lines.contains(['\n', '\r'])));
        }
        for offset in (0..=text.len()).filter(|offset| text.is_char_boundary(*offset)) {
            let ranges = selection_ranges(file, offset as u32);
            prop_assert_eq!(ranges.last(), Some(&TextRange::from(0..text.len())));
            for pair in ranges.windows(2) {
                prop_assert!(pair[1].start <= pair[0].start && pair[0].end <= pair[1].end && pair[0] != pair[1]);
            }
            for range in ranges {
                prop_assert!(text.get(std::ops::Range::from(range)).is_some() && range.contains_inclusive(offset as u32));
            }
        }
    }
}
