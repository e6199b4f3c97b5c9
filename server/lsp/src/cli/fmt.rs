//! `unitls fmt`: formats files in place, or says what it would change.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use unit_catalog::Version;
use unit_ide::fix::apply;
use unit_ide::formatting::{Unformatted, formatting};
use unit_ide::workspace::{File, Places};
use unit_syntax::Unit;

use super::args::FmtArgs;
use super::fix::{Reach, unified_diff};
use super::report::several;
use super::world;
use crate::disk::SystemUnits;
use crate::settings::{Settings, TargetVersion};

/// What stands for standard input.
const STDIN: &str = "-";

pub(crate) fn run(args: &FmtArgs) -> ExitCode {
    let mut run = Run { args, changes: 0, errors: Vec::new() };
    let (stdin, paths): (Vec<_>, Vec<_>) =
        args.paths.iter().cloned().partition(|path| path == Path::new(STDIN));
    if !stdin.is_empty() {
        run.stdin();
    }
    if !paths.is_empty() {
        run.files(&paths);
    }
    super::say_errors(&run.errors);
    match (run.errors.is_empty(), args.check || args.diff) {
        (false, _) => ExitCode::from(2),
        (true, true) if run.changes > 0 => ExitCode::from(1),
        _ => ExitCode::SUCCESS,
    }
}

struct Run<'a> {
    args: &'a FmtArgs,
    /// How many files change.
    changes: usize,
    errors: Vec<(PathBuf, String)>,
}

impl Run<'_> {
    /// Formats files, and what folders hold.
    fn files(&mut self, paths: &[PathBuf]) {
        // What a file says does not hang on others.
        let settings = Settings {
            systemd_version: Some(TargetVersion::Release(Version::NEWEST.0)),
            system_units: Some(SystemUnits::none()),
            ..Settings::default()
        };
        let (workspace, targets) = world::read(paths, world::Roots::Apart, &settings);
        let reach = Reach::new(&targets.shown, paths);
        let mut seen = BTreeSet::new();
        for (path, name) in &targets.shown {
            let Some(file) = workspace.file(path).filter(|file| !file.masked) else { continue };
            // Two names may lead to one file. What lies elsewhere is not ours to change, whatever links say.
            let Some(real) = reach.real_path(path).filter(|real| !seen.contains(real)) else { continue };
            seen.insert(real);
            if let Some((old, new)) = self.formatted(file, name) {
                self.show(name, &old, &new);
                if !(self.args.check || self.args.diff)
                    && let Err(error) = reach.write_file(path, Some(&old), &new)
                {
                    self.errors.push((name.clone(), error.to_string()));
                }
            }
        }
        self.errors.extend(targets.errors);
        if !self.args.diff {
            let what = if self.args.check { "would change" } else { "formatted" };
            super::say(format_args!("unitls: {} {what}", several(self.changes, "file")));
        }
    }

    /// Formats standard input to standard output.
    fn stdin(&mut self) {
        let mut bytes = Vec::new();
        let read = io::stdin().read_to_end(&mut bytes).map_err(|error| error.to_string());
        let text = read.and_then(|_| String::from_utf8(bytes).map_err(|_| Unformatted::NotUtf8.to_string()));
        let text = match text {
            Ok(text) => text,
            Err(error) => return self.errors.push((STDIN.into(), error)),
        };
        let unit = Arc::new(Unit::parse(&text));
        let file = File::new(Path::new(STDIN).into(), &Places::default(), Version::NEWEST, unit);
        let faults = self.errors.len();
        let changed = self.formatted(&file, Path::new(STDIN));
        if let Some((old, new)) = &changed {
            self.show(Path::new(STDIN), old, new);
        }
        if !(self.args.check || self.args.diff) && self.errors.len() == faults {
            // A pipe closed early is no error: nobody wants the rest.
            let _ = io::stdout().write_all(changed.map_or(text, |(_, new)| new).as_bytes());
        }
    }

    /// A file's text before and after; `None` where it stays.
    fn formatted(&mut self, file: &File, name: &Path) -> Option<(String, String)> {
        match formatting(file) {
            Ok(edits) if edits.is_empty() => None,
            Ok(edits) => {
                self.changes += 1;
                let old = file.unit.text();
                let new = apply(&old, &edits);
                Some((old, new))
            }
            Err(reason) => {
                if reason.is_fault() {
                    self.errors.push((name.to_owned(), format!("{reason}: left as it is")));
                }
                None
            }
        }
    }

    /// Says what changes, where that was asked for.
    fn show(&self, name: &Path, old: &str, new: &str) {
        let (mut out, name) = (io::stdout().lock(), name.display().to_string());
        // A pipe closed early is no error.
        let _ = match (self.args.diff, self.args.check) {
            (true, _) => unified_diff(&mut out, (&name, old), (&name, new)),
            (false, true) => writeln!(out, "{name}"),
            (false, false) => Ok(()),
        };
    }
}
