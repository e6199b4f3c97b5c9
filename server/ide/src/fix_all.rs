//! All repairs at once: applied to a workspace in passes until nothing is left to repair.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use unit_syntax::{TextRange, Unit};

use crate::diagnostic::Diagnostic;
use crate::fix::{FileOperation, Fix, apply};
use crate::workspace::Workspace;

/// A repair may uncover the next finding; repairs that never end are given up after so many rounds.
const MOST_PASSES: usize = 10;

/// A workspace after its repairs.
#[derive(Debug)]
pub struct Repaired {
    /// The files as they are now, all that changed as open buffers.
    pub workspace: Workspace,
    /// The files whose texts changed.
    pub edited: BTreeSet<Arc<Path>>,
    /// The files that are new.
    pub created: BTreeSet<Arc<Path>>,
    /// How many findings were repaired.
    pub fixes: usize,
    /// Whether the repairs came to an end, rather than undoing each other for ever.
    pub stable: bool,
}

/// Applies the repairs to prefer of the findings that `judge` gives, as far as `allows` lets them.
///
/// Repairs of one pass do not touch each other; those that would wait for the next one, which judges the workspace that
/// the last one left. Renaming files is left to people.
pub fn fix_all(
    workspace: &Workspace,
    judge: impl Fn(&Workspace) -> Vec<Diagnostic>,
    allows: impl Fn(&Fix) -> bool,
) -> Repaired {
    let mut repaired = Repaired {
        workspace: workspace.clone(),
        edited: BTreeSet::new(),
        created: BTreeSet::new(),
        fixes: 0,
        stable: false,
    };
    for _ in 0..MOST_PASSES {
        let findings = judge(&repaired.workspace);
        let preferred = findings.iter().filter_map(|finding| finding.fixes.first());
        let fixes = compatible(preferred.filter(|fix| allows(fix) && repaired.can(fix)));
        if fixes.is_empty() {
            repaired.stable = true;
            break;
        }
        repaired.fixes += fixes.len();
        repaired.make(&fixes);
    }
    repaired
}

impl Repaired {
    /// Whether the files that a repair edits are there, and those that it makes are not.
    fn can(&self, fix: &Fix) -> bool {
        let edits = fix.edits.iter().all(|edit| self.workspace.file(&edit.path).is_some());
        edits
            && fix.operations.iter().all(|operation| match operation {
                FileOperation::Create { path, .. } => !self.workspace.holds(path),
                FileOperation::Rename { .. } => false,
            })
    }

    fn make(&mut self, fixes: &[&Fix]) {
        let mut edits: Vec<_> = fixes.iter().flat_map(|fix| &fix.edits).collect();
        edits.sort_by(|a, b| (&a.path, a.range).cmp(&(&b.path, b.range)));
        for edits in edits.chunk_by(|a, b| a.path == b.path) {
            let path = &edits[0].path;
            if let Some(file) = self.workspace.file(path) {
                let text = apply(&file.unit.text(), edits.iter().copied());
                self.workspace.set_open(path, &Arc::new(Unit::parse(&text)));
                if !self.created.contains(path) {
                    self.edited.insert(path.clone());
                }
            }
        }
        for operation in fixes.iter().flat_map(|fix| &fix.operations) {
            if let FileOperation::Create { path, text } = operation {
                self.workspace.set_open(path, &Arc::new(Unit::parse(text)));
                self.created.insert(path.clone());
            }
        }
    }
}

/// The repairs that do not get in each other's way, the earlier ones first.
fn compatible<'f>(fixes: impl Iterator<Item = &'f Fix>) -> Vec<&'f Fix> {
    let mut taken: Vec<&Fix> = Vec::new();
    let mut places: BTreeSet<(&Path, TextRange)> = BTreeSet::new();
    let mut files: BTreeSet<&Path> = BTreeSet::new();
    for fix in fixes {
        let free = |path: &Path, range: TextRange| {
            // Those taken do not overlap, so that the neighbours tell.
            let before = places.range(..=(path, range)).next_back();
            let behind = places.range((path, range)..).next();
            let mut neighbours = before.into_iter().chain(behind).filter(|(known, _)| *known == path);
            neighbours.all(|(_, known)| !clash(*known, range))
        };
        let fits = fix.edits.iter().all(|edit| free(&edit.path, edit.range))
            && fix.operations.iter().all(|operation| !files.contains(operation.target()));
        if fits {
            places.extend(fix.edits.iter().map(|edit| (&*edit.path, edit.range)));
            files.extend(fix.operations.iter().map(FileOperation::target));
            taken.push(fix);
        }
    }
    taken
}

/// Whether two edits cannot be made together: they overlap, or insert at the same place.
fn clash(a: TextRange, b: TextRange) -> bool {
    a == b || a.start < b.end && b.start < a.end
}
