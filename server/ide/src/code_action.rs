//! Repairs on demand: those of the findings in a range, and all safe ones of a file at once.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use similar::{DiffTag, TextDiff};
use unit_syntax::TextRange;

use crate::diagnostic::Diagnostic;
use crate::fix::{Fix, Safety, TextEdit};
use crate::fix_all::fix_all;
use crate::rules::allow::allowing;
use crate::rules::check_file;
use crate::workspace::{File, Workspace};

/// A comparison that takes longer becomes a coarser one.
const MOST_TIME: Duration = Duration::from_millis(200);

/// The findings that touch `range` (bytes, cursors at either end included), each with the comment that silences it.
pub fn code_actions(
    workspace: &Workspace,
    file: &Arc<File>,
    range: TextRange,
) -> Vec<(Diagnostic, Option<Fix>)> {
    let findings = check_file(workspace, file, &|| false).into_iter();
    let touched =
        findings.filter(|finding| finding.range.start <= range.end && finding.range.end >= range.start);
    touched
        .map(|finding| {
            let allow = allowing(file, &finding);
            (finding, allow)
        })
        .collect()
}

/// The edits of `file` that come to all its safe repairs, in the order of their places; empty when there are none.
pub fn safe_fixes(workspace: &Workspace, file: &Arc<File>) -> Vec<TextEdit> {
    let judge = |workspace: &Workspace| match workspace.file(&file.path) {
        Some(file) => check_file(workspace, file, &|| false),
        None => Vec::new(),
    };
    let safe = |fix: &Fix| fix.safety == Safety::Safe && fix.stays_in(&file.path);
    let repaired = fix_all(workspace, judge, safe);
    match repaired.workspace.file(&file.path) {
        Some(now) if repaired.fixes > 0 => difference(&file.path, &file.unit.text(), &now.unit.text()),
        _ => Vec::new(),
    }
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
