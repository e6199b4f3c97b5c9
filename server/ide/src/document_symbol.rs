//! Document symbols: the outline of a file, sections with their assignments.

use unit_syntax::{Entry, TextRange};

use crate::unit_reference::header_range;
use crate::workspace::File;

/// An entry of the outline.
#[derive(Clone, PartialEq, Debug)]
pub struct DocumentSymbol {
    /// The section's name, or the key.
    pub name: String,
    /// The value, shortened.
    pub detail: Option<String>,
    /// All that belongs to it, in bytes.
    pub range: TextRange,
    /// Its name in the text, inside of `range`.
    pub selection: TextRange,
    /// The assignments of a section; `None` for an assignment.
    pub children: Option<Vec<DocumentSymbol>>,
}

/// Longer values are cut in the outline.
const MOST_CHARS: usize = 80;

/// The outline: assignments before the first header, then sections. A section that is opened again comes again.
pub fn document_symbols(file: &File) -> Vec<DocumentSymbol> {
    let assignments = |entries: &[Entry]| entries.iter().filter_map(assignment).collect::<Vec<_>>();
    let mut symbols = assignments(file.unit.preamble());
    symbols.extend(file.unit.sections().filter_map(|section| {
        Some(DocumentSymbol {
            name: section.name().to_owned(),
            detail: None,
            range: section.range,
            selection: header_range(section.header)?,
            children: Some(assignments(section.entries)),
        })
    }));
    symbols
}

fn assignment(entry: &Entry) -> Option<DocumentSymbol> {
    let (key, value) = (entry.key_range()?, entry.value_range()?);
    let text = entry.value()?;
    let detail = match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    };
    Some(DocumentSymbol {
        name: entry.key()?.to_owned(),
        detail: Some(detail).filter(|detail| !detail.is_empty()),
        range: TextRange::new(key.start, value.end.max(key.end)),
        selection: key,
        children: None,
    })
}
