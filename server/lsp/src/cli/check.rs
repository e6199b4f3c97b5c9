//! `unitls check`: judges files and folders.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use rayon::prelude::*;
use unit_catalog::Version;
use unit_ide::diagnostic::{Diagnostic, Severity};
use unit_ide::fix::Safety;
use unit_ide::fix_all::Repaired;
use unit_ide::rules::check_file;
use unit_ide::workspace::{File, FileKind, Places, Workspace};

use super::args::CheckArgs;
use super::fix::{self, Reach};
use super::report::{Judged, Report, several};
use crate::disk::{self, Reader, SystemUnits};

pub(crate) fn run(args: &CheckArgs) -> ExitCode {
    let version = args.systemd_version.resolve();
    let mut targets = Targets::collect(&args.paths, &args.system_units, version);
    let mut workspace = Workspace::within(targets.places.clone().into(), version);
    let system = disk::machine(targets.reader());
    workspace.set_on_disk(system.files, system.links);
    workspace.set_on_disk(std::mem::take(&mut targets.files), std::mem::take(&mut targets.links));

    let mut out = anstream::AutoStream::new(std::io::stdout().lock(), args.color.into());
    let something = match (args.diff, args.fix) {
        (true, _) => show_repairs(&mut out, args, &workspace, &targets),
        (false, true) => {
            repair(args, &mut workspace, &mut targets);
            report(&mut out, args, &workspace, &targets)
        }
        (false, false) => report(&mut out, args, &workspace, &targets),
    };
    for (path, error) in &targets.errors {
        super::say(format_args!("unitls: {}: {error}", path.display()));
    }
    match (targets.errors.is_empty(), something) {
        (false, _) => ExitCode::from(2),
        (true, true) => ExitCode::from(1),
        (true, false) => ExitCode::SUCCESS,
    }
}

/// Says what is found; whether any of it weighs something.
fn report(out: &mut impl Write, args: &CheckArgs, workspace: &Workspace, targets: &Targets) -> bool {
    let judged = judge(workspace, &targets.shown, args);
    let names = &|path: &Path| targets.name(path);
    // A pipe closed early is no error: nobody wants the rest.
    let _ = Report { workspace, judged: &judged, names, errors: &targets.errors }.write(out, args.format);
    let weighs = |finding: &Diagnostic| finding.severity <= Severity::Warning;
    judged.iter().any(|judged| judged.findings.iter().any(weighs))
}

/// Shows what repairs would change; whether there is anything.
fn show_repairs(out: &mut impl Write, args: &CheckArgs, workspace: &Workspace, targets: &Targets) -> bool {
    let repaired = repaired(args, workspace, targets, &Reach::new(&targets.shown, &args.paths));
    let _ = fix::diff(out, workspace, &repaired, &|path| targets.name(path));
    repaired.fixes > 0
}

/// Repairs the files on disk and in the workspace.
fn repair(args: &CheckArgs, workspace: &mut Workspace, targets: &mut Targets) {
    let reach = Reach::new(&targets.shown, &args.paths);
    let mut repaired = repaired(args, workspace, targets, &reach);
    let errors = reach.write(workspace, &mut repaired);
    let written = repaired.edited.len() + repaired.created.len() - errors.len();
    super::say(format_args!(
        "unitls: {} repaired, {} written",
        several(repaired.fixes, "finding"),
        several(written, "file")
    ));
    for (path, error) in errors {
        let name = targets.name(&path);
        targets.errors.push((name, error));
    }
    for path in repaired.created {
        let name = targets.name(&path);
        targets.shown.insert(path, name);
    }
    *workspace = repaired.workspace;
}

fn repaired(args: &CheckArgs, workspace: &Workspace, targets: &Targets, reach: &Reach<'_>) -> Repaired {
    let most = if args.unsafe_fixes { Safety::Unsafe } else { Safety::Safe };
    let findings = |workspace: &Workspace| {
        let judged = judge(workspace, &targets.shown, args);
        judged.into_iter().flat_map(|judged| judged.findings).collect()
    };
    let repaired = reach.repair(workspace, most, findings);
    if !repaired.stable {
        super::say(format_args!("unitls: some repairs undo each other; they were given up"));
    }
    repaired
}

/// The findings in the files to judge that the command line asks for.
fn judge<'a>(
    workspace: &'a Workspace,
    shown: &'a BTreeMap<Arc<Path>, PathBuf>,
    args: &CheckArgs,
) -> Vec<Judged<'a>> {
    let wanted = |diagnostic: &Diagnostic| {
        let listed = |codes: &[String]| codes.iter().any(|code| code == diagnostic.code);
        (args.select.is_empty() || listed(&args.select)) && !listed(&args.ignore)
    };
    let files = shown.iter().filter_map(|(path, shown)| Some((shown, workspace.file(path)?)));
    let files: Vec<(&PathBuf, &Arc<File>)> = files.collect();
    let judge = |(shown, file): (&'a PathBuf, &'a Arc<File>)| {
        let mut findings = check_file(workspace, file, &|| false);
        findings.retain(wanted);
        Judged { shown, file, findings }
    };
    files.into_par_iter().map(judge).collect()
}

/// What the paths on the command line come to.
struct Targets {
    /// The files to judge, with the names to show them under.
    shown: BTreeMap<Arc<Path>, PathBuf>,
    files: Vec<File>,
    links: Vec<unit_ide::workspace::UnitLink>,
    places: Places,
    version: Version,
    /// The folders that were given, and how.
    given: Vec<(PathBuf, PathBuf)>,
    errors: Vec<(PathBuf, String)>,
}

impl Targets {
    fn collect(paths: &[PathBuf], system_units: &SystemUnits, version: Version) -> Self {
        let mut targets = Self {
            shown: BTreeMap::new(),
            files: Vec::new(),
            links: Vec::new(),
            places: Places { folders: Vec::new(), machine: system_units.search_path() },
            version,
            given: Vec::new(),
            errors: Vec::new(),
        };
        for given in paths {
            let Ok(path) = std::path::absolute(given) else {
                targets.errors.push((given.clone(), "is no path".to_owned()));
                continue;
            };
            match std::fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() => targets.add_folder(given, &path),
                Ok(_) => targets.add_file(given, &path),
                Err(error) => targets.errors.push((given.clone(), error.to_string())),
            }
        }
        targets
    }

    /// The name to show a file under: as it was given, or below the folder that was.
    fn name(&self, path: &Path) -> PathBuf {
        let below = || {
            let (folder, given) = self.given.iter().find(|(folder, _)| path.starts_with(folder))?;
            Some(given.join(path.strip_prefix(folder).ok()?))
        };
        self.shown.get(path).cloned().or_else(below).unwrap_or_else(|| path.to_owned())
    }

    /// What files are to be taken for, by the folders known so far.
    fn reader(&self) -> Reader<'_> {
        Reader { places: &self.places, version: self.version, count: None }
    }

    fn add_folder(&mut self, given: &Path, folder: &Path) {
        let root: Arc<Path> = folder.into();
        self.given.push((folder.to_owned(), given.to_owned()));
        if !self.places.folders.contains(&root) {
            self.places.folders.push(root);
        }
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
        if !self.places.folders.iter().any(|known| folder.starts_with(known)) {
            self.places.folders.push(folder.into());
            let beside = disk::siblings(folder, self.reader());
            self.files.extend(beside.files);
            self.links.extend(beside.links);
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
