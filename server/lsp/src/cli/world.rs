//! The world that a command looks at: the files and folders on the command line, over the machine's own units.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, LazyLock};

use unit_catalog::Version;
use unit_ide::workspace::{File, FileKind, Place, Places, ScriptFile, UnitLink, UnitName, Workspace};

use super::report::Lines;
use crate::disk::{self, Reader};
use crate::project::{self, ProjectFile, Projects};
use crate::settings::Settings;

/// Reads what lies at `paths`, and the machine's units where they belong to the world. What the command line `settled`
/// counts before what project files say.
pub(crate) fn read(paths: &[PathBuf], roots: Roots, settled: &Settings) -> (Workspace, Targets) {
    let absolute: Vec<PathBuf> = paths.iter().filter_map(|path| disk::absolute(path)).collect();
    let mut known = Vec::new();
    let mut targets = loop {
        let files = project::find(absolute.iter().map(PathBuf::as_path), &known, |_| None);
        let count = files.len();
        let mut targets = Targets::collect(paths, roots, settled, files);
        // What was found on the way settles how the files beside it are read.
        known.append(&mut targets.project_files);
        if project::find(absolute.iter().map(PathBuf::as_path), &known, |_| None).len() == count {
            break targets;
        }
    };
    let mut workspace = Workspace::within(targets.places.clone().into(), targets.version);
    let system = disk::machine(targets.reader());
    workspace.set_on_disk(system.files, system.links);
    workspace.set_on_disk(std::mem::take(&mut targets.files), std::mem::take(&mut targets.links));
    workspace.set_scripts(std::mem::take(&mut targets.scripts));
    (workspace, targets)
}

/// Whether units below several paths see each other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Roots {
    /// Each path is a world of its own.
    Apart,
    /// All of them are one; but not whatever lies at both ends of the machine.
    Together,
}

/// The folder that holds all the paths, where that is not the root of everything.
fn common(paths: &[PathBuf]) -> Option<Arc<Path>> {
    let mut paths = paths.iter().filter_map(|path| disk::absolute(path));
    let first = paths.next()?;
    let rest: Vec<_> = paths.collect();
    let holds = |folder: &&Path| !rest.is_empty() && rest.iter().all(|path| path.starts_with(folder));
    first.ancestors().find(holds).filter(|folder| folder.parent().is_some()).map(Arc::from)
}

/// What a command that is not about files looks at.
pub(crate) struct World {
    pub(crate) workspace: Workspace,
    pub(crate) targets: Targets,
    /// The unit that the command is about.
    pub(crate) subject: Option<Subject>,
}

/// The unit that a command is about.
pub(crate) enum Subject {
    /// It was named; it is seen from this place.
    Unit(UnitName, Place),
    /// One of its files was named.
    File(Arc<Path>),
}

impl World {
    /// Reads `paths`, or the current folder.
    pub(crate) fn of(paths: &[PathBuf], settled: &Settings) -> Self {
        let (workspace, targets) = read(or_here(paths), Roots::Together, settled);
        Self { workspace, targets, subject: None }
    }

    /// The same, and finds the unit there. What cannot be found is said on standard error.
    pub(crate) fn around(unit: &str, paths: &[PathBuf], settled: &Settings) -> Option<Self> {
        let name = UnitName::of_typed(unit);
        let is_path = unit.contains('/') || name.is_none() && Path::new(unit).exists();
        let file = is_path.then(|| PathBuf::from(unit));
        // The current folder, which nobody asked for, has nothing to do with a file elsewhere.
        let roots = if paths.is_empty() { Roots::Apart } else { Roots::Together };
        let (workspace, mut targets) = read(&[or_here(paths), file.as_slice()].concat(), roots, settled);
        if paths.is_empty() {
            // Nobody asked for the current folder: what cannot be read there is no error.
            targets.errors.retain(|(path, _)| Some(path) == file.as_ref());
        }
        let subject = match &file {
            Some(file) => {
                let path = disk::absolute(file);
                let known = path.and_then(|path| Some(workspace.file(&path)?.path.clone()));
                known.map(Subject::File)
            }
            None => name.clone().and_then(|name| {
                let place = workspace.place_of(&name)?;
                Some(Subject::Unit(name, place))
            }),
        };
        let Some(subject) = subject else {
            super::say_errors(&targets.errors);
            if !is_path {
                let name = name.as_ref().map_or(unit, UnitName::as_str);
                super::say(format_args!("unitls: {}", workspace.unknown(name)));
            }
            return None;
        };
        Some(Self { workspace, targets, subject: Some(subject) })
    }

    /// The unit's name and the place that it is seen from; `None` for a file of no single unit.
    pub(crate) fn unit(&self) -> Option<(UnitName, Place)> {
        match self.subject.as_ref()? {
            Subject::Unit(name, place) => {
                let id = self.workspace.unit_id(name, place);
                Some((id.unwrap_or_else(|| name.clone()), place.clone()))
            }
            Subject::File(path) => {
                let file = self.workspace.file(path)?;
                Some((self.workspace.effective_of(file)?.name?, file.place.clone()))
            }
        }
    }

    /// What to say of a file of no single unit, after its name.
    pub(crate) fn why_no_unit(&self) -> &'static str {
        let file = match &self.subject {
            Some(Subject::File(path)) => self.workspace.file(path),
            _ => None,
        };
        match file {
            Some(file) if file.is_drop_in() => "speaks for many units: name one",
            _ => "is no unit: systemd does not take such a name",
        }
    }

    /// The name to show a file under; that of the current folder goes without saying.
    pub(crate) fn name(&self, path: &Path) -> String {
        let name = self.targets.name(path);
        name.strip_prefix(".").unwrap_or(&name).display().to_string()
    }

    /// The exit status of a command that has found its unit; what could not be read is said on standard error.
    pub(crate) fn status(&self) -> ExitCode {
        super::say_errors(&self.targets.errors);
        if self.targets.errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) }
    }
}

/// The paths, or the current folder where there are none.
fn or_here(paths: &[PathBuf]) -> &[PathBuf] {
    static HERE: LazyLock<[PathBuf; 1]> = LazyLock::new(|| [PathBuf::from(".")]);
    if paths.is_empty() { &*HERE } else { paths }
}

/// What the paths on the command line come to.
pub(crate) struct Targets {
    /// The files that they name or hold, with the names to show them under.
    pub(crate) shown: BTreeMap<Arc<Path>, PathBuf>,
    files: Vec<File>,
    links: Vec<UnitLink>,
    scripts: Vec<ScriptFile>,
    places: Places,
    projects: Projects,
    /// Project files that were come upon.
    project_files: Vec<PathBuf>,
    version: Version,
    /// The folders of which everything has been read, and those of which what lies in them has.
    read: Vec<PathBuf>,
    read_beside: HashSet<PathBuf>,
    /// The folders that were given, and how.
    given: Vec<(PathBuf, PathBuf)>,
    /// What could not be read, and why.
    pub(crate) errors: Vec<(PathBuf, String)>,
}

impl Targets {
    fn collect(paths: &[PathBuf], roots: Roots, settled: &Settings, files: Vec<Arc<ProjectFile>>) -> Self {
        let projects = Projects::new(files, &Settings::default(), &[]);
        let first = paths.first().and_then(|path| disk::absolute(path));
        let outer = first.and_then(|path| projects.nearest(&path)).map(|file| settled.over(&file.settings));
        let mut targets = Self {
            shown: BTreeMap::new(),
            files: Vec::new(),
            links: Vec::new(),
            scripts: Vec::new(),
            places: Places {
                folders: common(paths).filter(|_| roots == Roots::Together).into_iter().collect(),
                machine: outer.as_ref().unwrap_or(settled).world().search_path(),
                projects: projects.projects(settled, &Settings::default()),
            },
            projects,
            project_files: Vec::new(),
            version: settled.version(),
            read: Vec::new(),
            read_beside: HashSet::new(),
            given: Vec::new(),
            errors: Vec::new(),
        };
        for given in paths {
            let Some(path) = disk::absolute(given) else {
                targets.errors.push((given.clone(), "is no path".to_owned()));
                continue;
            };
            match std::fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() => targets.add_folder(given, &path),
                Ok(_) => targets.add_file(given, &path),
                Err(error) => targets.errors.push((given.clone(), error.to_string())),
            }
        }
        for file in targets.projects.files() {
            let lines = Lines::of(&file.text);
            for (range, message) in &file.faults {
                let (line, column) = lines.place(range.start as u32);
                let name = format!("{}:{line}:{column}", targets.name(&file.path).display());
                targets.errors.push((name.into(), message.clone()));
            }
        }
        targets
    }

    /// The name to show a file under: as it was given, or below the folder that was.
    pub(crate) fn name(&self, path: &Path) -> PathBuf {
        let below = || {
            let (folder, given) = self.given.iter().find(|(folder, _)| path.starts_with(folder))?;
            Some(given.join(path.strip_prefix(folder).ok()?))
        };
        self.shown.get(path).cloned().or_else(below).unwrap_or_else(|| path.to_owned())
    }

    /// What files are to be taken for, by the folders known so far.
    fn reader(&self) -> Reader<'_> {
        Reader { places: &self.places, projects: &self.projects, version: self.version, count: None }
    }

    fn add_folder(&mut self, given: &Path, folder: &Path) {
        let root: Arc<Path> = folder.into();
        self.given.push((folder.to_owned(), given.to_owned()));
        if !self.places.folders.contains(&root) {
            self.places.folders.push(root);
        }
        self.read.push(folder.to_owned());
        let found = disk::whole(folder, self.reader());
        for file in found.files.iter().filter(|file| file.kind.is_judged()) {
            let below = file.path.strip_prefix(folder).unwrap_or(&file.path);
            self.shown.insert(file.path.clone(), given.join(below));
        }
        for (path, error) in found.errors {
            let below = path.strip_prefix(folder).map_or(path.clone(), |below| given.join(below));
            self.errors.push((below, error));
        }
        self.files.extend(found.files);
        self.links.extend(found.links);
        self.scripts.extend(found.scripts);
        self.project_files.extend(found.projects);
    }

    fn add_file(&mut self, given: &Path, path: &Path) {
        if !FileKind::of_path(path).is_judged() {
            let types =
                "its name says no type of unit (.service, .socket, …), and it lies in no drop-in folder";
            self.errors.push((given.to_owned(), types.to_owned()));
            return;
        }
        // The files beside it are its world: for a drop-in those beside its folder.
        let folder = match FileKind::of_path(path) {
            FileKind::DropIn { .. } => path.parent().and_then(Path::parent),
            _ => path.parent(),
        };
        let folder = folder.unwrap_or(Path::new("/"));
        let up = path.strip_prefix(folder).map_or(1, |below| below.components().count());
        if let Some(given) = given.ancestors().nth(up) {
            self.given.push((folder.to_owned(), given.to_owned()));
        }
        if !self.places.folders.iter().any(|known| folder.starts_with(known)) {
            self.places.folders.push(folder.into());
        }
        let is_read = self.read.iter().any(|known| folder.starts_with(known));
        if !is_read && self.read_beside.insert(folder.to_owned()) {
            let beside = disk::siblings(folder, self.reader());
            self.files.extend(beside.files);
            self.links.extend(beside.links);
            self.scripts.extend(beside.scripts);
        }
        match disk::read(path, self.reader()) {
            Ok(file) => {
                self.shown.insert(file.path.clone(), given.to_owned());
                self.files.push(file);
            }
            Err(error) => self.errors.push((given.to_owned(), error.to_string())),
        }
    }
}
