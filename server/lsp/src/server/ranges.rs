//! Ranges that fold and selections that grow, in the client's columns.

use std::sync::Arc;

use tower_lsp::ls_types as lsp;
use unit_ide::folding_range::{FoldingKind, folding_ranges};
use unit_ide::selection_range::selection_ranges;
use unit_ide::workspace::File;

use super::convert;
use super::session::Snapshot;

/// What can be folded, as much of it as the client wants: sections first.
pub(super) fn folds(snapshot: &Snapshot, file: &Arc<File>) -> Vec<lsp::FoldingRange> {
    let mut found = folding_ranges(file);
    if let Some(most) = snapshot.navigation.most_folds.filter(|most| found.len() > *most) {
        found.sort_by_key(|fold| fold.kind != FoldingKind::Section);
        found.truncate(most);
    }
    let ranges: Vec<_> = found.iter().map(|fold| fold.range).collect();
    let lines = convert::ranges(snapshot, &file.path, &ranges).into_iter();
    let folds = found.iter().zip(lines).map(|(fold, range)| lsp::FoldingRange {
        start_line: range.start.line,
        start_character: None,
        end_line: range.end.line,
        end_character: None,
        kind: match fold.kind {
            FoldingKind::Section => Some(lsp::FoldingRangeKind::Region),
            FoldingKind::Comments => Some(lsp::FoldingRangeKind::Comment),
            FoldingKind::Continuation => None,
        },
        collapsed_text: None,
    });
    folds.collect()
}

/// The selections around each offset.
pub(super) fn selections(
    snapshot: &Snapshot,
    file: &Arc<File>,
    offsets: impl Iterator<Item = u32>,
) -> Vec<lsp::SelectionRange> {
    let around = |offset| {
        let ranges = convert::ranges(snapshot, &file.path, &selection_ranges(file, offset));
        let nested = ranges
            .into_iter()
            .rev()
            .fold(None, |parent, range| Some(lsp::SelectionRange { range, parent: parent.map(Box::new) }));
        nested.unwrap_or(lsp::SelectionRange { range: lsp::Range::default(), parent: None })
    };
    offsets.map(around).collect()
}
