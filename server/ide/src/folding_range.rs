//! Folding ranges: sections, blocks of comments, values that span lines.

use unit_syntax::{Entry, ItemKind, TextRange};

use crate::workspace::File;

/// Lines that an editor can fold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FoldingRange {
    /// From the first line, which stays visible, to the end of the last one, in bytes.
    pub range: TextRange,
    /// What they are.
    pub kind: FoldingKind,
}

/// What can be folded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FoldingKind {
    /// A section with its header.
    Section,
    /// Comments in a row.
    Comments,
    /// An assignment with its continuation lines.
    Continuation,
}

/// All that spans several lines, in the order of the text.
///
/// A section ends with its last line that is not blank; comments right above the next header belong to that one.
pub fn folding_ranges(file: &File) -> Vec<FoldingRange> {
    let entries = file.unit.entries();
    let mut found = Vec::new();
    let mut add = |kind, lines: &[Entry]| {
        if let Some(range) = content(lines).filter(|_| spans_lines(lines)) {
            found.push(FoldingRange { range, kind });
        }
    };
    for section in file.unit.sections() {
        let last = section.entries.iter().rposition(|entry| !is_comment(entry)).map_or(0, |last| last + 1);
        let has_next = section.range.end < file.unit.len();
        let own = if has_next { &section.entries[..last] } else { section.entries };
        let first = entries.partition_point(|entry| entry.start < section.header.start);
        add(FoldingKind::Section, &entries[first..=first + own.len()]);
    }
    for lines in entries.chunk_by(|a, b| is_comment(a) && is_comment(b)) {
        match lines[0].item.kind() {
            ItemKind::Comment => add(FoldingKind::Comments, lines),
            ItemKind::Assignment { .. } => add(FoldingKind::Continuation, lines),
            _ => {}
        }
    }
    found.sort_by_key(|fold| (fold.range.start, std::cmp::Reverse(fold.range.end)));
    found
}

/// The lines without the blank ones at their end and the blanks around.
fn content(lines: &[Entry]) -> Option<TextRange> {
    let last = lines.iter().rev().find(|entry| entry.item.kind() != ItemKind::Blank)?;
    Some(TextRange::new(lines[0].start, last.start + last.item.text().trim_end().len() as u32))
}

fn spans_lines(lines: &[Entry]) -> bool {
    let full = lines.iter().rposition(|entry| entry.item.kind() != ItemKind::Blank).unwrap_or_default();
    full > 0 || lines[0].item.text().trim_end().contains(['\n', '\r'])
}

fn is_comment(entry: &Entry) -> bool {
    entry.item.kind() == ItemKind::Comment
}
