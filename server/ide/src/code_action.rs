//! Repairs on demand: those of the findings in a range, and all safe ones of a file at once.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use similar::{DiffTag, TextDiff};
use unit_syntax::{TextRange, Unit};

use crate::diagnostic::Diagnostic;
use crate::fix::{Fix, Safety, TextEdit, apply};
use crate::rules::check_file;
use crate::workspace::{File, Workspace};

/// A repair may uncover the next finding; repairs that never end are given up.
const MOST_PASSES: usize = 10;

/// A comparison that takes longer becomes a coarser one.
const MOST_TIME: Duration = Duration::from_millis(200);

/// The findings that touch `range` (bytes, cursors at either end included) and have repairs.
pub fn code_actions(workspace: &Workspace, file: &Arc<File>, range: TextRange) -> Vec<Diagnostic> {
    let mut findings = check_file(workspace, file, &|| false);
    findings.retain(|finding| {
        let touched = finding.range.start <= range.end && finding.range.end >= range.start;
        touched && !finding.fixes.is_empty()
    });
    findings
}

/// The edits of `file` that come to all its safe repairs, in the order of their places; empty when there are none.
///
/// Of each finding the repair to prefer counts. Repairs that touch another's lines wait for the next pass, and the
/// findings of each pass are those of the text that the last one left.
pub fn fix_all(workspace: &Workspace, file: &Arc<File>) -> Vec<TextEdit> {
    let safe = |fix: &Fix| fix.safety == Safety::Safe && fix.stays_in(&file.path);
    let mut workspace = workspace.clone();
    for _ in 0..MOST_PASSES {
        let Some(now) = workspace.file(&file.path).cloned() else { break };
        let findings = check_file(&workspace, &now, &|| false);
        let fixes = findings.iter().filter_map(|finding| finding.fixes.first()).filter(|fix| safe(fix));
        let edits = compatible(fixes);
        if edits.is_empty() {
            break;
        }
        let text = apply(&now.unit.text(), &edits);
        workspace.set_open(&file.path, &Arc::new(Unit::parse(&text)));
    }
    match workspace.file(&file.path) {
        Some(now) if !Arc::ptr_eq(now, file) => difference(&file.path, &file.unit.text(), &now.unit.text()),
        _ => Vec::new(),
    }
}

/// The edits of those repairs of one file that do not get in each other's way, the earlier ones first.
fn compatible<'f>(fixes: impl Iterator<Item = &'f Fix>) -> Vec<TextEdit> {
    let mut taken: Vec<TextEdit> = Vec::new();
    for fix in fixes {
        let clash = |edit: &TextEdit| taken.iter().any(|known| clash(known.range, edit.range));
        if !fix.edits.iter().any(clash) {
            taken.extend(fix.edits.iter().cloned());
        }
    }
    taken.sort_by_key(|edit| (edit.range.start, edit.range.end));
    taken
}

/// Whether two edits cannot be made together: they overlap, or insert at the same place.
fn clash(a: TextRange, b: TextRange) -> bool {
    a == b || a.start < b.end && b.start < a.end
}

/// The edits that make `new` of `old`, whole lines each.
fn difference(path: &Arc<Path>, old: &str, new: &str) -> Vec<TextEdit> {
    let diff = TextDiff::configure().timeout(MOST_TIME).diff_lines(old, new);
    let starts = |lines: Vec<&str>| {
        let mut at = 0;
        let ends = lines.into_iter().map(|line| {
            at += line.len();
            at
        });
        std::iter::once(0).chain(ends).collect::<Vec<usize>>()
    };
    let (old_starts, new_starts) =
        (starts(diff.iter_old_slices().collect()), starts(diff.iter_new_slices().collect()));
    let changes = diff.ops().iter().filter(|op| op.tag() != DiffTag::Equal);
    changes
        .map(|op| {
            let (from, to) = (op.old_range(), op.new_range());
            TextEdit {
                path: path.clone(),
                range: (old_starts[from.start]..old_starts[from.end]).into(),
                text: new[new_starts[to.start]..new_starts[to.end]].to_owned(),
            }
        })
        .collect()
}
