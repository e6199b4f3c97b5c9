//! `unitls check`: judges files and folders.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use rayon::prelude::*;
use unit_catalog::Version;
use unit_ide::diagnostic::{Diagnostic, Severity};
use unit_ide::rules::check_file;
use unit_ide::workspace::{File, FileKind, Workspace};

use super::args::{CheckArgs, Color, Format, SystemUnits};
use super::report::{self, Judged};
use crate::disk::{self, Depth};

pub(crate) fn run(args: &CheckArgs) -> ExitCode {
    let version = args.systemd_version.resolve();
    let targets = Targets::collect(&args.paths, version);
    let mut workspace = Workspace::new(targets.folders, version);
    if args.system_units == SystemUnits::Auto {
        let system = disk::system_units(version);
        workspace.set_on_disk(system.files, system.links);
    }
    let shown = targets.shown;
    workspace.set_on_disk(targets.files, targets.links);

    let wanted = |diagnostic: &Diagnostic| {
        let listed = |codes: &[String]| codes.iter().any(|code| code == diagnostic.code);
        (args.select.is_empty() || listed(&args.select)) && !listed(&args.ignore)
    };
    let files: Vec<(&PathBuf, &Arc<File>)> =
        shown.iter().filter_map(|(path, shown)| Some((shown, workspace.file(path)?))).collect();
    let judged: Vec<Judged<'_>> = files
        .into_par_iter()
        .map(|(shown, file)| {
            let mut findings = check_file(&workspace, file, &|| false);
            findings.retain(wanted);
            Judged { shown, file, findings }
        })
        .collect();

    let names = |path: &Path| shown.get(path).cloned().unwrap_or_else(|| path.to_owned());
    let color = match args.color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    let mut out = anstream::AutoStream::new(std::io::stdout().lock(), color);
    // A pipe closed early is no error: nobody wants the rest.
    let _ = match args.format {
        Format::Text => report::text(&mut out, &workspace, &judged, &names),
        Format::Json => report::json(&mut out, &workspace, &judged, &names),
    };
    for (path, error) in &targets.errors {
        super::say(format_args!("unitls: {}: {error}", path.display()));
    }
    let weighs = |diagnostic: &Diagnostic| diagnostic.severity <= Severity::Warning;
    if !targets.errors.is_empty() {
        ExitCode::from(2)
    } else if judged.iter().any(|judged| judged.findings.iter().any(weighs)) {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    }
}

/// What the paths on the command line come to.
#[derive(Default)]
struct Targets {
    /// The files to judge, with the names to show them under.
    shown: BTreeMap<Arc<Path>, PathBuf>,
    files: Vec<File>,
    links: Vec<unit_ide::workspace::UnitLink>,
    folders: Vec<Arc<Path>>,
    errors: Vec<(PathBuf, String)>,
}

impl Targets {
    fn collect(paths: &[PathBuf], version: Version) -> Self {
        let mut targets = Self::default();
        for given in paths {
            let Ok(path) = std::path::absolute(given) else {
                targets.errors.push((given.clone(), "is no path".to_owned()));
                continue;
            };
            match std::fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() => targets.add_folder(given, &path, version),
                Ok(_) => targets.add_file(given, &path, version),
                Err(error) => targets.errors.push((given.clone(), error.to_string())),
            }
        }
        targets
    }

    fn add_folder(&mut self, given: &Path, folder: &Path, version: Version) {
        let root: Arc<Path> = folder.into();
        if !self.folders.contains(&root) {
            self.folders.push(root);
        }
        let found = disk::walk(folder, Depth::Whole, &self.folders, version);
        for file in found.files.iter().filter(|file| file.kind.is_unit_file()) {
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

    fn add_file(&mut self, given: &Path, path: &Path, version: Version) {
        if !FileKind::of_path(path).is_unit_file() {
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
        if !self.folders.iter().any(|known| folder.starts_with(known)) {
            self.folders.push(folder.into());
            let beside = disk::walk(folder, Depth::Siblings, &self.folders, version);
            self.files.extend(beside.files);
            self.links.extend(beside.links);
        }
        match disk::read(path, &self.folders, version) {
            Ok(file) => {
                self.shown.insert(file.path.clone(), given.to_owned());
                self.files.push(file);
            }
            Err(error) => self.errors.push((given.to_owned(), error.to_string())),
        }
    }
}
