//! An edited document equals one that is read afresh, whatever was edited.

#[path = "../../../grammar/tests/texts/mod.rs"]
mod texts;

use std::sync::Arc;

use proptest::prelude::*;
use unit_syntax::{Document, TextRange, Unit};

/// An edit: where it starts and how much it replaces, in parts of the text's length, what it inserts, and
/// whether anybody looks at the tree then.
fn edit() -> impl Strategy<Value = (f64, f64, String, bool)> {
    let length = prop_oneof![3 => Just(0.0), 2 => 0.0..0.1, 1 => 0.0..1.0];
    (0.0..=1.0, length, texts::text(3), any::<bool>())
}

#[track_caller]
fn assert_fresh(document: &Document, expected: &str) {
    assert_eq!(document.text(), expected);
    assert_eq!(**document.unit(), Unit::parse(expected));
}

#[track_caller]
fn assert_fresh_tree(document: &Document, expected: &str) {
    let tree = document.tree().root_node();
    assert!(!tree.has_error());
    assert_eq!(tree.to_sexp(), Document::new(expected).tree().root_node().to_sexp(), "{expected:?}");
}

fn replace(text: &mut String, document: &mut Document, start: usize, end: usize, insert: &str) {
    let floor = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (from, to) = (floor(start), floor(end));
    document.edit(TextRange::from(start..end), insert);
    text.replace_range(from..to, insert);
    assert_fresh(document, text);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn edits_equal_a_fresh_parse(
        text in prop_oneof![texts::text(30), texts::text(300)],
        edits in proptest::collection::vec(edit(), 1..12),
    ) {
        let mut text = text;
        let mut document = Document::new(&text);
        for (start, length, insert, look) in edits {
            let start = (start * text.len() as f64) as usize;
            let end = (start + (length * text.len() as f64) as usize).min(text.len());
            replace(&mut text, &mut document, start, end, &insert);
            if look {
                assert_fresh_tree(&document, &text);
            }
        }
    }

    #[test]
    fn typing_and_deleting_equals_a_fresh_parse(text in texts::text(12)) {
        let mut typed = String::new();
        let mut document = Document::new("");
        for c in text.chars() {
            let end = typed.len();
            replace(&mut typed, &mut document, end, end, &c.to_string());
            assert_fresh_tree(&document, &typed);
        }
        while !typed.is_empty() {
            let end = typed.chars().next().map_or(0, char::len_utf8);
            replace(&mut typed, &mut document, 0, end, "");
            assert_fresh_tree(&document, &typed);
        }
    }
}

#[test]
fn edits_outside_the_text_are_clamped() {
    let mut document = Document::new("[Unit]\n");
    document.edit(TextRange::new(100, 200), "A=é");
    assert_fresh(&document, "[Unit]\nA=é");
    document.edit(TextRange::new(10, 10), "x");
    assert_fresh(&document, "[Unit]\nA=xé");
    document.edit(TextRange::new(3, 3), "");
    assert_fresh(&document, "[Unit]\nA=xé");
    document.edit(TextRange::new(0, u32::MAX), "");
    assert_fresh(&document, "");
    assert_eq!(document.slice(TextRange::new(0, 5)), "");
}

#[test]
fn a_byte_order_mark_is_one_at_the_start_only() {
    let (mut text, mut document) = (String::new(), Document::new(""));
    for (start, end, insert) in [
        (0, 0, "\u{feff}[Unit]\nA=b\n"),
        (0, 0, "\n"),
        (0, 0, "#\n"),
        (0, 3, ""),
        (0, 3, ""),
        (0, 0, "\u{feff}"),
        (3, 3, "\u{feff}"),
        (0, 3, ""),
        (3, 3, "\n\u{feff}"),
        (0, 4, ""),
    ] {
        replace(&mut text, &mut document, start, end, insert);
        assert_fresh_tree(&document, &text);
    }
}

#[test]
fn line_endings_join_and_part() {
    let (mut text, mut document) = (String::new(), Document::new("A=b\\\rC=d\r\n\rE=f"));
    text.push_str(&document.text());
    for (start, end, insert) in [(5, 5, "\n"), (5, 5, "x"), (11, 11, "\n"), (10, 11, ""), (4, 6, "")] {
        replace(&mut text, &mut document, start, end, insert);
        assert_fresh_tree(&document, &text);
    }
}

#[test]
fn what_is_not_edited_stays_the_same_object() {
    let text = "[Unit]\nDescription=x\n\n[Service]\nExecStart=a \\\n  b\nType=simple\n";
    let mut document = Document::new(text);
    let before: Vec<_> = document.unit().entries().to_vec();
    let old = Arc::clone(document.unit());
    let at = text.find("simple").expect("it is in the text") as u32;
    document.edit(TextRange::at(at), "\n# inserted\nX=");
    let after = document.unit().entries();
    let shared = after.iter().filter(|new| before.iter().any(|old| old.item.is_same(&new.item))).count();
    // The edited line became three; the other five are the same.
    assert_eq!((before.len(), after.len(), shared), (6, 8, 5));
    assert_eq!(old.text(), text, "a snapshot does not change");

    let mut document = Document::new(text);
    document.edit(TextRange::at(0), "#");
    let after = document.unit().entries();
    assert!(
        after[1..]
            .iter()
            .zip(&before[1..])
            .all(|(new, old)| new.item == old.item && new.start == old.start + 1)
    );
    assert_eq!(**document.unit(), Unit::parse(&document.text()));
}
