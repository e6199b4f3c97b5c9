//! Scripts that units run and that lie in the workspace with them: whether they say anything to the manager.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashSet;
use unit_catalog::{Section, directive};

use super::{File, UnitName, Workspace};
use crate::activation::{CalledManager, calls_in_lines, file_name};
use crate::unit_reference::called;
use crate::value::exec_commands;

/// The suffixes of names that are taken for scripts.
pub const SCRIPT_SUFFIXES: [&str; 10] = ["py", "sh", "bash", "js", "mjs", "cjs", "ts", "rb", "pl", "php"];

/// Where programs lie in a source tree, besides beside the units.
const PROGRAM_FOLDERS: [&str; 5] = ["bin", "src", "scripts", "lib", "app"];

/// Folders further above a unit than this are not looked into.
const MOST_ABOVE: usize = 4;

/// What a text that tells the manager anything has in it, in lower case: words of the protocol, and names of libraries
/// for it.
const NOTIFYING: [&str; 6] =
    ["notify", "ready=1", "import systemd", "from systemd", "cysystemd", "systemd.daemon"];

/// What a text has in it that goes on in another file, by suffixes.
const GOING_ON: [(&[&str], &[&str]); 5] = [
    (&["sh", "bash"], &["exec ", "source ", "\n. ", "; . ", "&& . "]),
    (&["py"], &["from .", "import_module", "runpy", "exec(", "os.exec", "subprocess", "gunicorn"]),
    (&["js", "mjs", "cjs", "ts"], &["'./", "\"./", "'../", "\"../", "`./", "import("]),
    (&["rb"], &["require_relative", "require './", "require \"./", "load ", "exec", "puma"]),
    (&["pl", "php"], &["use lib", "require", "include", "exec", "do '"]),
];

/// A script of the workspace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScriptFile {
    /// Where it lies.
    pub path: Arc<Path>,
    /// Whether nothing in it could tell the manager anything, nor goes on in another file that might.
    pub is_silent: bool,
    /// Whether it is a shell script that calls `systemd-notify`, other than to become a program (`--exec`) or to ask
    /// whether systemd runs.
    pub calls_systemd_notify: bool,
    /// The units that it has started, where it is a shell script.
    pub(crate) starts: Box<[ScriptStart]>,
}

/// A call of `systemctl` in a script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ScriptStart {
    pub(crate) unit: UnitName,
    /// What is asked for: `restart`.
    pub(crate) verb: Box<str>,
    pub(crate) manager: CalledManager,
    /// The number of the line, from 1.
    pub(crate) line: u32,
}

/// The units that a shell script has started.
fn started(script: &str) -> Box<[ScriptStart]> {
    let calls = calls_in_lines(script).filter(|(_, call)| call.starts());
    let starts = calls.flat_map(|(line, call)| {
        let units: Vec<_> = call.units.iter().filter_map(|unit| called(None, &unit.written)).collect();
        let start =
            move |unit| ScriptStart { unit, verb: call.verb.as_str().into(), manager: call.manager, line };
        units.into_iter().map(start).collect::<Vec<_>>()
    });
    starts.collect()
}

impl ScriptFile {
    /// Reads the text of the script at `path`. `exists` says whether there is something at a path: Python's modules are
    /// named without a place.
    pub fn new(path: &Path, text: &str, exists: impl Fn(&Path) -> bool) -> Self {
        let suffix = script_suffix(path).unwrap_or_default();
        let is_shell = matches!(suffix, "sh" | "bash");
        let starts = if is_shell { started(text) } else { Box::default() };
        let text = text.to_lowercase();
        let folder = path.parent().unwrap_or(Path::new(""));
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let goes_on = GOING_ON.iter().any(|(suffixes, words)| suffixes.contains(&suffix) && says(words));
        let imports_neighbour = || {
            imported(&text)
                .any(|module| exists(&folder.join(module)) || exists(&folder.join(format!("{module}.py"))))
        };
        let calls_notify = |line: &str| {
            let command = line.split('#').next().unwrap_or_default();
            command.contains("systemd-notify") && !command.contains("--exec") && !command.contains("--booted")
        };
        let may_notify = says(&NOTIFYING) || goes_on || suffix == "py" && imports_neighbour();
        Self {
            path: path.into(),
            is_silent: !may_notify,
            calls_systemd_notify: is_shell && text.lines().any(calls_notify),
            starts,
        }
    }
}

/// The first parts of the names of the modules that a Python text imports.
fn imported(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(str::trim_start);
    let lists = lines.filter_map(|line| match line.strip_prefix("from ") {
        Some(rest) => rest.split(' ').next(),
        None => line.strip_prefix("import "),
    });
    let names = lists.flat_map(|list| list.split(','));
    names.filter_map(|name| name.trim().split([' ', '.', ';']).next()).filter(|name| !name.is_empty())
}

/// The suffix of a script's name; `None` for other files.
pub fn script_suffix(path: &Path) -> Option<&str> {
    path.extension().and_then(|suffix| suffix.to_str()).filter(|suffix| SCRIPT_SUFFIXES.contains(suffix))
}

/// Whether a command may name a shell script; a glance.
pub(crate) fn may_call_shell_script(command: &str) -> bool {
    command.contains(".sh") || command.contains(".bash")
}

/// The paths of scripts that a file's `ExecStart=` lines name, as they stand there.
pub fn scripts_called(file: &File) -> Vec<String> {
    let lines = directive(Section::Service, "ExecStart").into_iter();
    let values =
        lines.flat_map(|directive| file.assignments(directive)).filter_map(|entry| entry.item.value());
    let values = values.filter(|value| SCRIPT_SUFFIXES.iter().any(|suffix| value.contains(suffix)));
    let words = values.flat_map(exec_commands).flat_map(|command| command.words);
    words.map(|word| word.text).filter(|text| script_suffix(Path::new(text)).is_some()).collect()
}

/// The last parts of paths.
fn file_names<'p>(paths: impl IntoIterator<Item = &'p Path>) -> FxHashSet<&'p OsStr> {
    paths.into_iter().filter_map(Path::file_name).collect()
}

/// Those of [`scripts_called`] that have one of these names.
fn called_by_name(file: &File, names: &FxHashSet<&OsStr>) -> impl Iterator<Item = String> {
    let is_one = |called: &String| Path::new(called).file_name().is_some_and(|name| names.contains(name));
    scripts_called(file).into_iter().filter(is_one)
}

/// Where the script that a unit calls by this path may lie, below `folder`, the likeliest first: under the end of its
/// path, or in a folder of programs, beside the unit or above it.
pub fn script_places(unit: &Path, folder: &Path, called: &str) -> Vec<PathBuf> {
    let above: Vec<&Path> =
        unit.ancestors().skip(1).take_while(|above| above.starts_with(folder)).take(MOST_ABOVE).collect();
    let called = called.trim_start_matches('/');
    let ends = std::iter::successors(Some(called), |end| end.split_once('/').map(|(_, rest)| rest));
    // What climbs out of the folder, or is made by specifiers and variables, is nowhere.
    let ends =
        ends.filter(|end| !end.is_empty() && !end.split('/').any(|part| matches!(part, "" | "." | "..")));
    let name = file_name(called);
    let ends: Vec<PathBuf> = ends
        .map(PathBuf::from)
        .chain(PROGRAM_FOLDERS.iter().map(|folder| Path::new(folder).join(name)))
        .collect();
    ends.iter().flat_map(|end| above.iter().map(move |above| above.join(end))).collect()
}

impl Workspace {
    /// The script that `file` calls by this path, where it is one of the workspace.
    pub(crate) fn script(&self, file: &File, called: &str) -> Option<&ScriptFile> {
        script_suffix(Path::new(called))?;
        let places = self.script_places(file, called);
        places.iter().find_map(|place| self.disk.scripts.get(&**place))
    }

    /// Those of these paths at which scripts may lie that units call.
    pub fn called_among<'p>(&self, paths: &'p [PathBuf]) -> Vec<&'p Path> {
        let scripts = paths.iter().map(PathBuf::as_path).filter(|path| script_suffix(path).is_some());
        let scripts: FxHashSet<&Path> = scripts.collect();
        let names = file_names(scripts.iter().copied());
        let mut found = FxHashSet::default();
        for file in self.files().filter(|_| !names.is_empty()) {
            for called in called_by_name(file, &names) {
                let places = self.script_places(file, &called);
                found.extend(places.iter().filter_map(|place| scripts.get(&**place).copied()));
            }
        }
        found.into_iter().collect()
    }

    /// The units that call scripts of the same names as these.
    pub(super) fn callers(&self, scripts: &[&Path]) -> Vec<Arc<File>> {
        let names = file_names(scripts.iter().copied());
        self.files().filter(|file| called_by_name(file, &names).next().is_some()).cloned().collect()
    }

    fn script_places(&self, file: &File, called: &str) -> Vec<PathBuf> {
        let folder = self.folders().iter().find(|folder| file.path.starts_with(folder));
        let folder = folder.map(|folder| &**folder).or(file.path.parent());
        folder.map_or(Vec::new(), |folder| script_places(&file.path, folder, called))
    }
}
