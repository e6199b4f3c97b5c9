//! Unit files on disk, and the files that systemd reads beside them: finding and reading them, for the server and the
//! command line alike.
//!
//! Nothing is read outside the folders that were asked for but the content of a unit that is a link, as systemd does.

mod search_path;
mod walk;

use std::fs::{self, FileType};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use unit_catalog::Version;
use unit_ide::workspace::{
    Decoding, File, FileKind, Places, ScriptFile, UnitLink, script_places, scripts_called,
};
use unit_syntax::Unit;

pub(crate) use search_path::{SystemUnits, machine};
pub(crate) use walk::{again, siblings, whole};

use crate::project::{self, Projects};

/// Larger files are no unit files, and are not read.
const MOST_BYTES: u64 = 64 << 20;

/// Larger ones are no scripts that anybody wrote.
const MOST_SCRIPT_BYTES: u64 = 1 << 20;

/// What a walk found.
#[derive(Default)]
pub(crate) struct Found {
    /// Unit files and the like, in the order of their paths.
    pub(crate) files: Vec<File>,
    /// Symlinks among them.
    pub(crate) links: Vec<UnitLink>,
    /// Scripts that they call.
    pub(crate) scripts: Vec<ScriptFile>,
    /// Project files beside them; they are not read.
    pub(crate) projects: Vec<PathBuf>,
    /// What could not be read, and why.
    pub(crate) errors: Vec<(PathBuf, String)>,
}

/// What files are to be taken for.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    /// Where they lie.
    pub(crate) places: &'a Places,
    /// What is to be left out.
    pub(crate) projects: &'a Projects,
    /// The systemd that they are judged for.
    pub(crate) version: Version,
    /// Counts the files that have been read, for those who want to know how far it is.
    pub(crate) count: Option<&'a AtomicUsize>,
}

impl Found {
    /// Adds what another walk found.
    pub(crate) fn append(&mut self, other: &mut Self) {
        self.files.append(&mut other.files);
        self.links.append(&mut other.links);
        self.scripts.append(&mut other.scripts);
        self.projects.append(&mut other.projects);
        self.errors.append(&mut other.errors);
    }

    fn sort(&mut self) {
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        self.links.sort_by(|a, b| a.path.cmp(&b.path));
        self.errors.sort();
    }

    fn fail(&mut self, path: &Path, error: impl ToString) {
        self.errors.push((path.to_owned(), error.to_string()));
    }

    /// Takes in what lies at `path`, if it is a file that systemd looks for, or a link in a unit folder.
    ///
    /// FIFOs, sockets and devices are no unit files, whatever they are called; nor is what lies in a drop-in or
    /// enablement folder but is no drop-in or link.
    fn take(&mut self, path: &Path, file_type: FileType, reader: Reader<'_>) {
        if path.file_name().is_some_and(|name| name == project::FILE_NAME) {
            self.projects.push(path.to_owned());
            return;
        }
        let kind = FileKind::of_path(path);
        let folder = path.parent().unwrap_or(Path::new(""));
        let misplaced = matches!(kind, FileKind::Fragment { .. }) && is_unit_folder(folder);
        let linked = file_type.is_symlink() && enables(folder);
        if kind.family().is_none()
            || is_temporary(path)
            || misplaced && !linked
            || reader.projects.excludes(path)
        {
            return;
        }
        let file = match (file_type.is_symlink(), file_type.is_file()) {
            (true, _) => self.take_link(path, reader),
            (_, true) => Some(read_text(path, path, reader)),
            _ => None,
        };
        match file {
            Some(Ok(file)) => {
                self.take_scripts(&file, reader);
                self.files.push(file);
                if let Some(count) = reader.count {
                    count.fetch_add(1, Ordering::Relaxed);
                }
            }
            // Gone between listing and reading: as if it had never been there.
            Some(Err(error))
                if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::Unsupported) => {}
            // A link in a circle leads nowhere, as one that dangles.
            Some(Err(error)) if file_type.is_symlink() && error.kind() != io::ErrorKind::PermissionDenied => {
                tracing::debug!("{}: {error}", path.display());
            }
            Some(Err(error)) => self.fail(path, error),
            None => {}
        }
    }

    /// Takes in the scripts that a unit of the workspace calls and that lie there as well.
    fn take_scripts(&mut self, file: &File, reader: Reader<'_>) {
        let Some(folder) = reader.places.folders.iter().find(|folder| file.path.starts_with(folder)) else {
            return;
        };
        for called in scripts_called(file) {
            let places = script_places(&file.path, folder, &called);
            self.scripts.extend(places.iter().find_map(|place| read_script(place)));
        }
    }

    /// Takes in a link as what systemd takes it for: a mask, another name for a unit, or a unit whose content lies
    /// elsewhere (`unit_file_resolve_symlink()`).
    fn take_link(&mut self, path: &Path, reader: Reader<'_>) -> Option<io::Result<File>> {
        let target = match fs::read_link(path) {
            Ok(target) => target,
            Err(error) => return Some(Err(error)),
        };
        if target == Path::new("/dev/null") {
            return Some(Ok(File::masked(path.into(), reader.places, reader.version)));
        }
        let kind = FileKind::of_path(path);
        if !matches!(kind, FileKind::Fragment { .. }) {
            return Some(read(path, reader));
        }
        let (folder, name) = (path.parent()?, target.file_name()?.to_str()?);
        let link = || UnitLink { path: path.into(), target: name.into() };
        if enables(folder) {
            self.links.push(link());
            return None;
        }
        let same_name = path.file_name() == target.file_name();
        let place = reader.places.of(path, &kind);
        // Within the root of an image, `/` is that root.
        let aim = match target.strip_prefix("/") {
            Ok(below) if place.searched => place.root.join(below),
            _ => simplified(&folder.join(&target)),
        };
        let beside = aim.parent().map(|folder| reader.places.of_folder(folder));
        let names_unit = matches!(FileKind::of_path(&aim), FileKind::Fragment { name: Some(_), .. });
        let alias = match place.searched {
            // Whatever it is, it is no name.
            _ if !names_unit => false,
            // A link that stays within the search path is another name; what leads out of it is a unit kept elsewhere.
            true => beside.is_some_and(|beside| beside.searched),
            // Loose folders are one directory together.
            false => !same_name && beside.is_some_and(|beside| beside.root == place.root),
        };
        if alias {
            // One that leads to its own name says nothing new.
            self.links.extend((!same_name).then(link));
            return None;
        }
        match read_at(path, &aim, reader) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Some(Err(error)),
            // A dangling link, or one of a circle, is no unit, but a unit of its target's name may lie elsewhere.
            Err(error) => {
                tracing::debug!("{}: {error}", path.display());
                self.links.extend((!same_name).then(link));
                None
            }
            Ok(file) => Some(Ok(file)),
        }
    }
}

/// Reads the script at `path`, if there is one; a link is none.
pub(crate) fn read_script(path: &Path) -> Option<ScriptFile> {
    let metadata = fs::symlink_metadata(path).ok().filter(|metadata| metadata.is_file())?;
    if metadata.len() > MOST_SCRIPT_BYTES {
        return None;
    }
    let text = fs::read(path).ok()?;
    Some(ScriptFile::new(path, &String::from_utf8_lossy(&text), Path::exists))
}

/// Reads one unit file, following links. Bytes that are no UTF-8 are replaced, and the file remembers it; a link to
/// `/dev/null` is a masked unit. What is no file at all is [`io::ErrorKind::Unsupported`].
pub(crate) fn read(path: &Path, reader: Reader<'_>) -> io::Result<File> {
    read_at(path, path, reader)
}

/// Reads the file `path`, the content of which lies at `content`.
fn read_at(path: &Path, content: &Path, reader: Reader<'_>) -> io::Result<File> {
    // Asked before it is opened: opening a FIFO waits for somebody to write.
    let metadata = fs::metadata(content)?;
    if metadata.is_file() {
        return read_text(path, content, reader);
    }
    match fs::canonicalize(content)? == Path::new("/dev/null") {
        true => Ok(File::masked(path.into(), reader.places, reader.version)),
        false => Err(io::Error::new(io::ErrorKind::Unsupported, "is no regular file")),
    }
}

/// Reads the regular file `path`, the content of which lies at `content`.
fn read_text(path: &Path, content: &Path, reader: Reader<'_>) -> io::Result<File> {
    let file = fs::File::open(content)?;
    // Files of the kernel say that they are empty, and reading one may wait for ever.
    let size = file.metadata()?.len();
    let too_large = || io::Error::other("is larger than 64 MiB: no unit file");
    if size > MOST_BYTES {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(size as usize + 1);
    if size > 0 {
        // It may grow meanwhile.
        file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > MOST_BYTES {
        return Err(too_large());
    }
    let (text, decoding) = match String::from_utf8(bytes) {
        Ok(text) => (text, Decoding::Utf8),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), Decoding::Lossy),
    };
    let unit = Arc::new(Unit::parse(&text));
    let mut file = File::new(path.into(), reader.places, reader.version, unit);
    file.decoding = decoding;
    Ok(file)
}

/// Whether a folder's links enable their targets.
fn enables(folder: &Path) -> bool {
    let suffix = folder.extension().and_then(|extension| extension.to_str());
    matches!(suffix, Some("wants" | "requires" | "upholds"))
}

/// Whether files in such a folder belong to the units beside it.
fn is_unit_folder(folder: &Path) -> bool {
    folder.extension().is_some_and(|suffix| suffix == "d") || enables(folder)
}

/// Whether the file is one that `systemctl edit` has given to an editor: it counts while it is open there.
fn is_temporary(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".#"))
}

/// The whole path from the root, without `.` and `..`; `None` where there is no current folder.
pub(crate) fn absolute(path: &Path) -> Option<PathBuf> {
    std::path::absolute(path).ok().map(|path| simplified(&path))
}

/// The path without `.` and `..`, told from its text alone.
fn simplified(path: &Path) -> PathBuf {
    let mut simple = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                simple.pop();
            }
            part => simple.push(part),
        }
    }
    simple
}
