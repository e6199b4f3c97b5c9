//! `unitls check --fix` and `--diff`: repairs written in place, or shown.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use similar::TextDiff;
use tempfile::NamedTempFile;
use unit_ide::diagnostic::Diagnostic;
use unit_ide::fix::{Fix, Safety};
use unit_ide::fix_all::{Repaired, fix_all};
use unit_ide::workspace::{Decoding, Workspace};

/// Which files repairs may change.
pub(super) struct Reach<'a> {
    /// The files that are judged: no others are edited.
    files: &'a BTreeMap<Arc<Path>, PathBuf>,
    /// Where the paths on the command line really lie: nothing outside is written, whatever links say.
    roots: Vec<PathBuf>,
}

impl<'a> Reach<'a> {
    /// The judged `files`, as they lie below the `given` paths.
    pub(super) fn new(files: &'a BTreeMap<Arc<Path>, PathBuf>, given: &[PathBuf]) -> Self {
        Self { files, roots: given.iter().filter_map(|path| fs::canonicalize(path).ok()).collect() }
    }

    /// Repairs what `judge` finds, as far as repairs are not riskier than `most`.
    pub(super) fn repair(
        &self,
        workspace: &Workspace,
        most: Safety,
        judge: impl Fn(&Workspace) -> Vec<Diagnostic>,
    ) -> Repaired {
        fix_all(workspace, judge, |fix| fix.safety <= most && self.holds(workspace, fix))
    }

    /// Whether all that a fix changes is text within reach.
    fn holds(&self, workspace: &Workspace, fix: &Fix) -> bool {
        let is_text = |path: &Path| workspace.file(path).is_none_or(|file| file.decoding == Decoding::Utf8);
        let within = |path: &Path| is_text(path) && self.real_path(path).is_some();
        fix.edits.iter().all(|edit| self.files.contains_key(&edit.path) && within(&edit.path))
            && fix.operations.iter().all(|operation| within(operation.target()))
    }

    /// Where a file really lies, or will, if that is within reach.
    pub(super) fn real_path(&self, path: &Path) -> Option<PathBuf> {
        let real = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(_) => fs::canonicalize(path.parent()?).ok()?.join(path.file_name()?),
        };
        self.roots.iter().any(|root| real.starts_with(root)).then_some(real)
    }

    /// Writes what the repairs came to, and gives back what could not be written; the workspace then has again what
    /// the disk has.
    pub(super) fn write(&self, before: &Workspace, repaired: &mut Repaired) -> Vec<(PathBuf, String)> {
        let mut errors = Vec::new();
        for path in repaired.edited.iter().chain(&repaired.created) {
            let (old, new) = (text(before, path), text(&repaired.workspace, path));
            if let Err(error) = self.write_file(path, old.as_deref(), &new.unwrap_or_default()) {
                repaired.workspace.close(path);
                errors.push((path.to_path_buf(), error.to_string()));
            }
        }
        errors
    }

    /// Puts `new` into a file that holds `old`, or into a new one.
    pub(super) fn write_file(&self, path: &Path, old: Option<&str>, new: &str) -> io::Result<()> {
        match self.real_path(path) {
            Some(real) => write(&real, old, new),
            None => Err(io::Error::other("does not lie below the given paths any more")),
        }
    }
}

/// Puts a text into a file in one step: readers see the old text or the new one. A file that is not what it was when it
/// was judged (`None`: not there) is left alone. Mode and owner stay.
fn write(path: &Path, old: Option<&str>, new: &str) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::other("lies in no folder"))?;
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(new.as_bytes())?;
    let Some(old) = old else {
        let mode = fs::Permissions::from_mode(0o644);
        file.as_file().set_permissions(mode)?;
        file.persist_noclobber(path)?;
        return Ok(());
    };
    if fs::read(path)? != old.as_bytes() {
        return Err(io::Error::other("has changed meanwhile: not written"));
    }
    let (metadata, fresh) = (fs::metadata(path)?, file.as_file().metadata()?);
    if (metadata.uid(), metadata.gid()) != (fresh.uid(), fresh.gid()) {
        chown(file.path(), Some(metadata.uid()), Some(metadata.gid()))?;
    }
    file.as_file().set_permissions(metadata.permissions())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Writes what the repairs would come to as unified diffs.
pub(super) fn diff(
    out: &mut impl Write,
    before: &Workspace,
    repaired: &Repaired,
    names: &dyn Fn(&Path) -> PathBuf,
) -> io::Result<()> {
    for path in repaired.edited.iter().chain(&repaired.created) {
        let name = names(path).display().to_string();
        let old = text(before, path);
        let old_name = if old.is_some() { name.as_str() } else { "/dev/null" };
        let (old, new) = (old.unwrap_or_default(), text(&repaired.workspace, path).unwrap_or_default());
        unified_diff(out, (old_name, &old), (&name, &new))?;
    }
    out.flush()
}

/// Writes what turns one text into another; both have names.
pub(super) fn unified_diff(
    out: &mut impl Write,
    (old_name, old): (&str, &str),
    (new_name, new): (&str, &str),
) -> io::Result<()> {
    TextDiff::from_lines(old, new).unified_diff().header(old_name, new_name).to_writer(out)
}

fn text(workspace: &Workspace, path: &Path) -> Option<String> {
    workspace.file(path).map(|file| file.unit.text())
}
