//! Offsets and positions, in the documents that editors have open and in files that are only read.

#[path = "../../../grammar/tests/texts/mod.rs"]
mod texts;

use proptest::prelude::*;
use unit_syntax::{Document, Encoding, Position, TextRange, Unit};

use Encoding::{Utf8, Utf16};

fn at(line: u32, column: u32) -> Position {
    Position { line, column }
}

#[track_caller]
fn check(text: &str, encoding: Encoding, position: Position, offset: u32) {
    assert_eq!(Document::new(text).offset(position, encoding), offset);
    assert_eq!(Unit::parse(text).offset(position, encoding), offset);
    assert_eq!(Document::new(text).position(offset, encoding), position);
    assert_eq!(Unit::parse(text).position(offset, encoding), position);
}

#[test]
fn columns_count_in_the_units_of_the_encoding() {
    let text = "A=🦀é\r\nB=x";
    check(text, Utf8, at(0, 6), 6);
    check(text, Utf16, at(0, 4), 6);
    check(text, Utf16, at(0, 5), 8);
    check(text, Utf8, at(0, 8), 8);
    check(text, Utf16, at(1, 3), 13);
}

#[test]
fn lines_end_at_all_three_line_endings_and_at_no_other() {
    let text = "a\rb\r\nc\nd\u{2028}e\u{85}f\u{b}g";
    check(text, Utf16, at(1, 0), 2);
    check(text, Utf16, at(2, 0), 5);
    check(text, Utf16, at(3, 0), 7);
    check(text, Utf16, at(3, 6), text.len() as u32 - 1);
}

#[test]
fn an_end_of_line_at_the_end_starts_one_more_line() {
    check("a\n", Utf8, at(1, 0), 2);
    check("a", Utf8, at(0, 1), 1);
    check("", Utf8, at(0, 0), 0);
}

#[test]
fn what_is_outside_is_clamped() {
    let text = "A=🦀\r\nB\n";
    let document = Document::new(text);
    let unit = Unit::parse(text);
    for (position, encoding, offset) in [
        (at(0, 99), Utf16, 6),
        (at(0, 3), Utf16, 2),
        (at(0, 3), Utf8, 2),
        (at(1, u32::MAX), Utf8, 9),
        (at(99, 0), Utf8, 10),
    ] {
        assert_eq!(document.offset(position, encoding), offset, "{position:?}");
        assert_eq!(unit.offset(position, encoding), offset, "{position:?}");
    }
    // Inside the emoji, inside the line ending, behind the text.
    for (offset, position) in [(4, at(0, 2)), (7, at(0, 4)), (u32::MAX, at(2, 0))] {
        assert_eq!(document.position(offset, Utf16), position, "{offset}");
        assert_eq!(unit.position(offset, Utf16), position, "{offset}");
    }
}

#[test]
fn edits_at_positions() {
    let mut document = Document::new("A=🦀\r\nB=2\r\n");
    document.edit_at(at(0, 4), at(0, 4), Utf16, "é");
    assert_eq!(document.text(), "A=🦀é\r\nB=2\r\n");
    document.edit_at(at(1, 3), at(1, 2), Utf16, "3");
    assert_eq!(document.text(), "A=🦀é\r\nB=3\r\n");
    document.edit_at(at(0, 99), at(1, 0), Utf8, "");
    assert_eq!(document.text(), "A=🦀éB=3\r\n");
    document.edit_at(at(7, 7), at(9, 9), Utf8, "C=4");
    assert_eq!(document.text(), "A=🦀éB=3\r\nC=4");
    assert_eq!(**document.unit(), Unit::parse(&document.text()));
}

proptest! {
    #[test]
    fn documents_and_units_agree(text in texts::text(12), line in 0u32..8, column in 0u32..20) {
        let document = Document::new(&text);
        let unit = Unit::parse(&text);
        for encoding in [Utf8, Utf16] {
            let position = at(line, column);
            prop_assert_eq!(document.offset(position, encoding), unit.offset(position, encoding));
            for offset in 0..=text.len() as u32 + 1 {
                let position = unit.position(offset, encoding);
                prop_assert_eq!(document.position(offset, encoding), position);
                let clamped = unit.offset(position, encoding);
                prop_assert!(clamped <= offset);
                prop_assert_eq!(unit.position(clamped, encoding), position);
                let between = document.slice(TextRange::new(clamped, offset));
                prop_assert!(between.chars().all(|c| matches!(c, '\r' | '\n')), "{:?}", between);
            }
        }
    }
}
