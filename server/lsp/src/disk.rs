//! Unit files on disk: finding and reading them, for the server and the command line alike.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use ignore::{WalkBuilder, WalkState};
use unit_catalog::Version;
use unit_ide::workspace::{Decoding, File, FileKind, UnitLink};
use unit_syntax::Unit;

/// Larger files are no unit files, and are not read.
const MOST_BYTES: u64 = 64 << 20;

/// The folders of the unit search path, of the system manager and of user managers (systemd.unit(5)).
const SYSTEM_FOLDERS: [&str; 9] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/run/systemd/generator",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
    "/etc/systemd/user",
    "/usr/local/lib/systemd/user",
    "/usr/lib/systemd/user",
];

/// What a walk found.
#[derive(Default)]
pub(crate) struct Found {
    /// Unit files, in the order of their paths.
    pub(crate) files: Vec<File>,
    /// Symlinks among them.
    pub(crate) links: Vec<UnitLink>,
    /// What could not be read, and why.
    pub(crate) errors: Vec<(PathBuf, String)>,
}

impl Found {
    fn append(&mut self, other: &mut Self) {
        self.files.append(&mut other.files);
        self.links.append(&mut other.links);
        self.errors.append(&mut other.errors);
    }

    fn sort(&mut self) {
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        self.links.sort_by(|a, b| a.path.cmp(&b.path));
        self.errors.sort();
    }
}

/// How far down a folder is searched.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// All the way; ignore files (`.gitignore` and the like) are respected.
    Whole,
    /// The folder itself with its drop-in folders.
    Siblings,
}

/// Finds and reads the unit files below `folder`, in parallel. Symlinks are noted, not followed.
pub(crate) fn walk(folder: &Path, depth: Depth, folders: &[Arc<Path>], version: Version) -> Found {
    let mut builder = WalkBuilder::new(folder);
    builder.hidden(false).filter_entry(|entry| entry.file_name() != ".git");
    match depth {
        Depth::Whole => builder.threads(std::thread::available_parallelism().map_or(1, usize::from).min(8)),
        Depth::Siblings => builder.standard_filters(false).max_depth(Some(2)).threads(1),
    };
    let all = Mutex::new(Found::default());
    builder.build_parallel().run(|| {
        let mut batch = Batch { found: Found::default(), all: &all };
        Box::new(move |entry| {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_dir()) => {
                    // Of the folders beside a file only drop-in and enablement folders matter.
                    if depth == Depth::Siblings && entry.depth() == 1 && !is_unit_folder(entry.path()) {
                        return WalkState::Skip;
                    }
                }
                Ok(entry) => batch.found.take(entry.path(), folders, version),
                Err(error) => batch.found.errors.push((folder.to_owned(), error.to_string())),
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

/// The machine's own units.
pub(crate) fn system_units(version: Version) -> Found {
    let mut found = Found::default();
    let mut seen: Vec<PathBuf> = Vec::new();
    for folder in SYSTEM_FOLDERS {
        // /lib is often a link to /usr/lib: read it once.
        let Ok(real) = fs::canonicalize(folder) else {
            continue;
        };
        if !seen.contains(&real) {
            found.append(&mut walk(Path::new(folder), Depth::Siblings, &[], version));
            seen.push(real);
        }
    }
    found
}

impl Found {
    /// Takes in what lies at `path`, if it is a unit file or a link in a unit folder.
    fn take(&mut self, path: &Path, folders: &[Arc<Path>], version: Version) {
        if !FileKind::of_path(path).is_unit_file() {
            return;
        }
        match fs::read_link(path) {
            Ok(target) => self.take_link(path, &target, folders, version),
            Err(_) => match read(path, folders, version) {
                Ok(file) => self.files.push(file),
                // Gone between listing and reading: as if it had never been there. FIFOs, sockets and
                // devices are no unit files, whatever they are called.
                Err(error)
                    if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::Unsupported) => {}
                Err(error) => self.errors.push((path.to_owned(), error.to_string())),
            },
        }
    }

    fn take_link(&mut self, path: &Path, target: &Path, folders: &[Arc<Path>], version: Version) {
        if target == Path::new("/dev/null") {
            self.files.push(File::masked(path.into(), folders, version));
            return;
        }
        let Some(name) = target.file_name().and_then(|name| name.to_str()) else {
            return;
        };
        let enables = path.parent().and_then(Path::extension).is_some_and(|extension| extension != "d");
        if path.file_name() == target.file_name() && !enables {
            // A linked unit: its content lies elsewhere, under the same name. A dangling link is no unit.
            if let Ok(file) = read(path, folders, version) {
                self.files.push(file);
            }
        } else {
            self.links.push(UnitLink { path: path.into(), target: name.into() });
        }
    }
}

/// What lies at `path` now; nothing when it is gone.
pub(crate) fn look_again(path: &Path, folders: &[Arc<Path>], version: Version) -> Found {
    let mut found = Found::default();
    found.take(path, folders, version);
    found
}

/// Reads one unit file. Bytes that are no UTF-8 are replaced, and the file remembers it; a link to `/dev/null` is a
/// masked unit. What is no file at all is [`io::ErrorKind::Unsupported`].
pub(crate) fn read(path: &Path, folders: &[Arc<Path>], version: Version) -> io::Result<File> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return match fs::canonicalize(path)? == Path::new("/dev/null") {
            true => Ok(File::masked(path.into(), folders, version)),
            false => Err(io::Error::new(io::ErrorKind::Unsupported, "is no regular file")),
        };
    }
    if metadata.len() > MOST_BYTES {
        return Err(io::Error::other("is larger than 64 MiB: no unit file"));
    }
    let (text, decoding) = match String::from_utf8(fs::read(path)?) {
        Ok(text) => (text, Decoding::Utf8),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), Decoding::Lossy),
    };
    let mut file = File::new(path.into(), folders, version, Arc::new(Unit::parse(&text)));
    file.decoding = decoding;
    Ok(file)
}

fn is_unit_folder(folder: &Path) -> bool {
    let suffix = folder.extension().and_then(|extension| extension.to_str());
    matches!(suffix, Some("d" | "wants" | "requires" | "upholds"))
}
