//! Selection ranges: what grows around the cursor, from a word to the whole file.

use unit_catalog::ValueKind;
use unit_syntax::{Entry, ItemKind, TextRange};

use crate::unit_reference::{header_range, reference_at};
use crate::value::{Extract, exec_commands, words};
use crate::workspace::File;

/// The ranges around `offset`, in bytes of the file, each larger than the one before and holding it: the word, the part
/// of the value, its command, the value, the assignment, the section, the file. On a comment its line and its block.
pub fn selection_ranges(file: &File, offset: u32) -> Vec<TextRange> {
    let whole = TextRange::new(0, file.unit.len());
    let Some((index, entry)) = file.unit.entry_at(offset) else {
        return vec![whole];
    };
    let mut candidates = vec![word(entry, offset)];
    match entry.item.kind() {
        ItemKind::Header => candidates.extend(entry.name_range().into_iter().chain(header_range(entry))),
        ItemKind::Assignment { .. } => {
            candidates.extend(reference_at(file, offset).map(|reference| reference.range));
            candidates.extend(entry.key_range());
            candidates.extend(parts(file, index, offset));
            let (key, value) =
                (entry.key_range().unwrap_or_default(), entry.value_range().unwrap_or_default());
            candidates.extend([value, TextRange::new(key.start, value.end.max(key.end))]);
        }
        ItemKind::Comment | ItemKind::Junk(_) => {
            candidates.extend([content(entry), comments(file, index)]);
        }
        ItemKind::Blank => {}
    }
    candidates.extend(file.unit.section_at(offset).map(|section| section.range));
    candidates.push(whole);
    let mut ranges: Vec<TextRange> = Vec::new();
    for range in candidates {
        let holds = |inner: TextRange| range.start <= inner.start && inner.end <= range.end && range != inner;
        let fits = ranges.last().is_none_or(|last| holds(*last));
        if fits
            && range.contains_inclusive(offset)
            && (!range.is_empty() || ranges.is_empty() && whole.is_empty())
        {
            ranges.push(range);
        }
    }
    ranges
}

/// The letters and digits around the cursor.
fn word(entry: &Entry, offset: u32) -> TextRange {
    let (text, at) = (entry.item.text(), (offset - entry.start) as usize);
    let other = |char: char| !char.is_alphanumeric() && char != '_';
    let start = text[..at].char_indices().rev().find(|(_, char)| other(*char));
    let start = start.map_or(0, |(start, char)| start + char.len_utf8());
    let end = text[at..].find(other).map_or(text.len(), |end| at + end);
    TextRange::from(start..end).shift(entry.start)
}

/// The parts of a value that hold the cursor, smaller ones first: a word between blanks or quotes, and its command.
fn parts(file: &File, index: usize, offset: u32) -> Vec<TextRange> {
    let entry = &file.unit.entries()[index];
    let (Some(value), Some(at)) = (entry.value(), entry.source_to_value(offset)) else {
        return Vec::new();
    };
    let is_command =
        file.lines()[index].directive.is_some_and(|directive| directive.kind == ValueKind::ExecCommand);
    let mut found: Vec<TextRange> = Vec::new();
    if is_command {
        for command in exec_commands(value) {
            found.extend(command.words.iter().map(|word| word.range));
            found.push(command.range);
        }
    } else {
        let flags = Extract::UNQUOTE | Extract::RETAIN_ESCAPE | Extract::RELAX;
        found.extend(words(value, flags).flatten().map(|word| TextRange::from(word.range)));
    }
    found.retain(|range| range.contains_inclusive(at));
    let quoted = found.first().copied().and_then(|word| {
        let text = &value[std::ops::Range::from(word)];
        let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let inner = inner.or_else(|| text.strip_prefix('\'')?.strip_suffix('\''))?;
        Some(TextRange::new(word.start + 1, word.start + 1 + inner.len() as u32))
    });
    quoted.into_iter().chain(found).map(|range| entry.value_to_source(range)).collect()
}

/// The line without the blanks around it.
fn content(entry: &Entry) -> TextRange {
    let text = entry.item.text();
    let start = text.len() - text.trim_start().len();
    TextRange::from(start..text.trim_end().len().max(start)).shift(entry.start)
}

/// The comments in a row that the entry is one of.
fn comments(file: &File, index: usize) -> TextRange {
    let entries = file.unit.entries();
    let is_comment = |entry: &&Entry| entry.item.kind() == ItemKind::Comment;
    let above = entries[..index].iter().rev().take_while(is_comment).last();
    let below = entries[index..].iter().take_while(is_comment).last().unwrap_or(&entries[index]);
    TextRange::new(content(above.unwrap_or(&entries[index])).start, content(below).end)
}
