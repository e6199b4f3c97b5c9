//! Formatting in the client's form.

use std::path::Path;

use tower_lsp::ls_types as lsp;
use unit_ide::fix::TextEdit;
use unit_ide::formatting::Unformatted;
use unit_ide::workspace::File;

use super::configuration::is_project_file;
use super::convert;
use super::session::Snapshot;

/// The edits of a file, or of a part of it; `None` where it is left as it is.
pub(super) fn edits(
    snapshot: &Snapshot,
    file: &File,
    format: impl FnOnce(&File) -> Result<Vec<TextEdit>, Unformatted>,
) -> Option<Vec<lsp::TextEdit>> {
    if is_project_file(&file.path) {
        return None;
    }
    match format(file) {
        Ok(edits) => Some(text_edits(snapshot, &file.path, edits)),
        Err(reason) => {
            tracing::info!("{} {reason}: not formatted", file.path.display());
            None
        }
    }
}

/// Edits of one file in the client's columns.
pub(super) fn text_edits(snapshot: &Snapshot, path: &Path, edits: Vec<TextEdit>) -> Vec<lsp::TextEdit> {
    let ranges: Vec<_> = edits.iter().map(|edit| edit.range).collect();
    let ranges = convert::ranges(snapshot, path, &ranges).into_iter();
    ranges.zip(edits).map(|(range, edit)| lsp::TextEdit::new(range, edit.text)).collect()
}

/// The blanks that the editor indents by.
pub(super) fn step(options: &lsp::FormattingOptions) -> String {
    /// More are not meant.
    const WIDEST: usize = 16;
    match options.insert_spaces {
        true => " ".repeat((options.tab_size as usize).clamp(1, WIDEST)),
        false => "\t".to_owned(),
    }
}

/// A line's end is what is typed.
pub(super) fn on_type() -> lsp::DocumentOnTypeFormattingOptions {
    lsp::DocumentOnTypeFormattingOptions {
        first_trigger_character: "\n".to_owned(),
        more_trigger_character: None,
    }
}
