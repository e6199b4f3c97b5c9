//! Inlay hints in the client's columns.

use std::sync::Arc;

use jiff::Zoned;
use tower_lsp::ls_types as lsp;
use unit_ide::inlay_hint::inlay_hints;
use unit_ide::workspace::File;
use unit_syntax::TextRange;

use super::convert;
use super::session::Snapshot;

/// The hints in a range of a document, but those that were switched off.
pub(super) fn hints(
    snapshot: &Snapshot,
    file: &Arc<File>,
    range: TextRange,
    now: &Zoned,
) -> Vec<lsp::InlayHint> {
    let wanted = |kind| !snapshot.unwanted_hints.contains(&kind);
    let found = inlay_hints(&snapshot.workspace, file, range, wanted, Some(now));
    let places: Vec<_> = found.iter().map(|hint| TextRange::at(hint.offset)).collect();
    let places = convert::ranges(snapshot, &file.path, &places).into_iter();
    let hints = places.zip(found).map(|(place, hint)| lsp::InlayHint {
        position: place.start,
        label: lsp::InlayHintLabel::String(hint.label),
        kind: None,
        text_edits: None,
        tooltip: None,
        padding_left: Some(true),
        padding_right: None,
        data: None,
    });
    hints.collect()
}
