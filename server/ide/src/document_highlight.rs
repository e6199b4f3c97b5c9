//! Document highlight: what else in this file is the same unit, the same key or the same section.

use std::sync::Arc;

use unit_syntax::{Entry, TextRange};

use crate::unit_reference::{header_at, header_range, reference_at, references_in};
use crate::workspace::{File, UnitName, Workspace};

/// A part of the file that belongs to what the cursor is at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DocumentHighlight {
    /// Where, in bytes.
    pub range: TextRange,
    /// What it does with it.
    pub kind: HighlightKind,
}

/// What a part of the file does with what the cursor is at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HighlightKind {
    /// Names it.
    Text,
    /// Adds to it: an assignment of a list.
    Read,
    /// Sets it: an assignment that replaces those before.
    Write,
}

/// On a unit's name all names of this unit, on a key all assignments of it in sections of this name, on a header all
/// headers of this name.
pub fn document_highlight(workspace: &Workspace, file: &Arc<File>, offset: u32) -> Vec<DocumentHighlight> {
    let text = |range| DocumentHighlight { range, kind: HighlightKind::Text };
    if let Some(reference) = reference_at(file, offset) {
        let id = |name: &UnitName| workspace.unit_id(name, &file.place).unwrap_or_else(|| name.clone());
        let wanted = id(&reference.name);
        let same = references_in(file).filter(|other| id(&other.name) == wanted);
        return same.map(|other| text(other.range)).collect();
    }
    let Some((index, entry)) = file.unit.entry_at(offset) else {
        return Vec::new();
    };
    if header_at(file, offset).is_some() {
        let same = |other: &&Entry| other.section_name() == entry.section_name();
        return file.unit.entries().iter().filter(same).filter_map(header_range).map(text).collect();
    }
    let Some(directive) = file.lines()[index].directive else {
        return Vec::new();
    };
    if !entry.key_range().is_some_and(|key| key.contains_inclusive(offset)) {
        return Vec::new();
    }
    let kind = if directive.list { HighlightKind::Read } else { HighlightKind::Write };
    let keys = file.assignments(directive).filter_map(Entry::key_range);
    keys.map(|range| DocumentHighlight { range, kind }).collect()
}
