//! Walks over folders: the whole workspace in parallel, one folder of systemd's search path, or what has changed.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::{Found, Reader, is_unit_folder};

/// Folders in which nobody keeps units, though ignore files may not say so.
const SKIPPED: [&str; 5] = [".git", ".hg", ".svn", ".jj", "node_modules"];

/// With more changed paths than these, the folder that holds them is read as a whole.
const MOST_CHANGES: usize = 100;

/// Finds and reads what lies below `folder`, in parallel. Ignore files in it are respected, those above it are not read.
pub(crate) fn whole(folder: &Path, reader: Reader<'_>) -> Found {
    filtered(folder, reader, |_| true)
}

/// As [`whole`], for those files and folders only that are `wanted`.
fn filtered(
    folder: &Path,
    reader: Reader<'_>,
    wanted: impl Fn(&Path) -> bool + Send + Sync + 'static,
) -> Found {
    let mut builder = WalkBuilder::new(folder);
    // With git's own rules switched on the files of folders above would be read, whatever `parents` says.
    builder.standard_filters(false).ignore(true).add_custom_ignore_filename(".gitignore");
    builder.threads(std::thread::available_parallelism().map_or(1, usize::from).min(8));
    builder.filter_entry(move |entry| !is_skipped(entry) && wanted(entry.path()));
    let all = Mutex::new(Found::default());
    builder.build_parallel().run(|| {
        let mut batch = Batch { found: Found::default(), all: &all };
        Box::new(move |entry| {
            match entry {
                Ok(entry) => batch.found.take_entry(&entry, reader),
                Err(error) => batch.found.fail(folder, error),
            }
            WalkState::Continue
        })
    });
    let mut found = all.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    found.sort();
    found
}

/// What one thread of a walk found; handed over when the thread ends.
struct Batch<'a> {
    found: Found,
    all: &'a Mutex<Found>,
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        all.append(&mut self.found);
    }
}

/// Finds and reads what lies in `folder` itself and in its drop-in and enablement folders. Such a folder may be a link;
/// one that does not exist holds nothing.
pub(crate) fn siblings(folder: &Path, reader: Reader<'_>) -> Found {
    let mut found = Found::default();
    found.take_folder(folder, reader, Below::UnitFolders);
    found.sort();
    found
}

/// Reads again what lies at `paths`, of which something is known to have changed: files, links, and folders with all
/// that they hold. What is gone is not found.
pub(crate) fn again(paths: &[PathBuf], reader: Reader<'_>) -> Found {
    let mut found = Found::default();
    let mut rest: HashSet<&PathBuf> = paths.iter().collect();
    for folder in &reader.places.folders {
        let inside: Vec<_> = rest.iter().filter(|path| path.starts_with(folder)).copied().cloned().collect();
        rest.retain(|path| !path.starts_with(folder));
        if inside.is_empty() {
            continue;
        }
        let mut now = match inside.len() <= MOST_CHANGES {
            true => filtered(folder, reader, move |path| {
                inside.iter().any(|changed| changed.starts_with(path) || path.starts_with(changed))
            }),
            false => whole(folder, reader),
        };
        found.append(&mut now);
    }
    for path in rest {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                let below = if is_unit_folder(path) { Below::Nothing } else { Below::UnitFolders };
                found.take_folder(path, reader, below);
            }
            _ => found.take_path(path, reader),
        }
    }
    found.sort();
    found
}

/// Which folders of a folder are looked into.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Below {
    /// None.
    Nothing,
    /// Those for drop-ins and enablement.
    UnitFolders,
}

impl Found {
    /// Takes in what a walk came upon.
    fn take_entry(&mut self, entry: &DirEntry, reader: Reader<'_>) {
        let path = entry.path();
        let Some(file_type) = entry.file_type() else {
            return;
        };
        if let Some(error) = entry.error() {
            tracing::debug!("{}: {error}", path.display());
        }
        // A drop-in folder that is a link is read, but not followed out of the workspace.
        if file_type.is_symlink()
            && is_unit_folder(path)
            && let Ok(real) = fs::canonicalize(path)
            && real.is_dir()
        {
            let inside =
                |folder: &_| fs::canonicalize(folder).is_ok_and(|folder: PathBuf| real.starts_with(folder));
            if reader.places.folders.iter().any(inside) {
                self.take_folder(path, reader, Below::Nothing);
            }
        } else if !file_type.is_dir() {
            self.take(path, file_type, reader);
        }
    }

    /// Takes in what lies in a folder.
    fn take_folder(&mut self, folder: &Path, reader: Reader<'_>, below: Below) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => return self.fail(folder, error),
        };
        for entry in entries {
            let (path, file_type) = match entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))) {
                Ok(entry) => entry,
                Err(error) => {
                    self.fail(folder, error);
                    continue;
                }
            };
            let is_folder = || {
                file_type.is_dir()
                    || file_type.is_symlink() && fs::metadata(&path).is_ok_and(|it| it.is_dir())
            };
            if is_unit_folder(&path) && is_folder() {
                if below == Below::UnitFolders {
                    self.take_folder(&path, reader, Below::Nothing);
                }
            } else if !file_type.is_dir() {
                self.take(&path, file_type, reader);
            }
        }
    }

    /// Takes in what lies at `path`, if anything does.
    fn take_path(&mut self, path: &Path, reader: Reader<'_>) {
        match fs::symlink_metadata(path) {
            Ok(metadata) => self.take(path, metadata.file_type(), reader),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.fail(path, error),
        }
    }
}

fn is_skipped(entry: &DirEntry) -> bool {
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    is_folder && entry.depth() > 0 && entry.file_name().to_str().is_some_and(|name| SKIPPED.contains(&name))
}
