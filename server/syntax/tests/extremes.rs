//! Texts that no person writes are read in time that grows with their length, and edited in less.

use std::time::{Duration, Instant};

use unit_syntax::{Document, TextRange, Unit};

/// What a debug build may take on a busy machine. What grows with the square of the length takes minutes.
const LIMIT: Duration = Duration::from_secs(10);

/// Reads a text and edits its middle, and compares with a fresh reading.
#[track_caller]
fn read_and_edit(text: &str) -> Unit {
    let start = Instant::now();
    let mut document = Document::new(text);
    let unit = (**document.unit()).clone();
    assert!(unit.text() == text);

    let middle = TextRange::at(document.len() / 2);
    document.edit(middle, "x\n=\\\n[");
    assert!(**document.unit() == Unit::parse(&document.text()));
    let taken = start.elapsed();
    assert!(taken < LIMIT, "{taken:?}");
    unit
}

#[test]
fn a_megabyte_of_a_usual_file() {
    let text = "[Service]\nType=simple\n# comment\nExecStart=/bin/a --b=$C %n \\\n  'd e'\n\n".repeat(15_000);
    assert_eq!(read_and_edit(&text).sections().count(), 15_000);
}

#[test]
fn a_hundred_thousand_sections() {
    let unit = read_and_edit(&"[a]\n".repeat(100_000));
    assert_eq!(unit.sections().count(), 100_000);
    assert_eq!(unit.section_at(200_001).map(|section| section.range), Some(TextRange::new(200_000, 200_004)));
}

#[test]
fn a_hundred_thousand_lines_in_one_section() {
    let unit = read_and_edit(&format!("[Service]\n{}", "Environment=A=b\n".repeat(100_000)));
    assert_eq!(unit.sections().next().map(|section| section.entries.len()), Some(100_000));
}

#[test]
fn thirty_thousand_continuations() {
    for (first, next) in [
        ("A=", "b \\\n"),
        ("A=", "\\\n#\\\n"),
        ("", "\\\n"),
        ("[", "a]\\\n"),
        ("A=\"", "\\\n"),
        ("", "a\\\n"),
    ] {
        let unit = read_and_edit(&format!("{first}{}", next.repeat(30_000)));
        assert_eq!(unit.entries().len(), 1);
    }
    let unit = read_and_edit(&format!("A={}", "b \\\n".repeat(30_000)));
    let value = unit.entries()[0].value().expect("an assignment");
    assert_eq!(value.len(), 3 * 30_000 - 2);
    assert_eq!(
        unit.entries()[0].value_to_source(TextRange::new(3 * 20_000, 3 * 20_000 + 1)),
        TextRange::new(80_002, 80_003)
    );
}

#[test]
fn a_hundred_thousand_of_one_thing() {
    for piece in [
        "[", "]", "=", "\\", "\"", "'", "%", "$", "-", "#", " ", "\n", "\r", "\0", "\u{feff}", "🦀", "a ",
        "a\"",
    ] {
        read_and_edit(&piece.repeat(100_000));
        read_and_edit(&format!("A={}", piece.repeat(100_000)));
    }
}

#[test]
fn binary_content() {
    // An xorshift generator is random enough.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let bytes: Vec<u8> = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    })
    .take(500_000 / 8)
    .flatten()
    .collect();
    read_and_edit(&String::from_utf8_lossy(&bytes));
    read_and_edit(&bytes.iter().map(|&byte| char::from(byte)).collect::<String>());
}
