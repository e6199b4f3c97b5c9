//! Workspaces written down as text: what the tests of rules and features share.
//!
//! A fixture lists files behind markers. Relative paths lie in the one folder that the editor has open, absolute
//! ones on the machine; a file is an open buffer unless it says `closed`, and is judged for the newest systemd
//! unless one says `systemd=N`. One that says `latin1` lies on the disk in that encoding:
//!
//! ```text
//! //- web.service systemd=252
//! [Service]
//! Type=$0simple
//! //- /etc/systemd/system/web.socket closed
//! [Socket]
//! //- alias.service -> web.service
//! ```
//!
//! Every test of this folder compiles this module for itself and uses its part of it.
#![allow(dead_code)]

pub(crate) mod markdown;
pub(crate) mod pieces;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use unit_catalog::Version;
use unit_ide::diagnostic::Diagnostic;
use unit_ide::fix::{FileOperation, Fix, TextEdit};
use unit_ide::rules::{RULES, check_file};
use unit_ide::workspace::{Decoding, File, ScriptFile, UnitLink, Workspace, script_suffix};
use unit_syntax::{Encoding, TextRange, Unit};

/// The folder that relative paths lie in.
const FOLDER: &str = "/src";

/// What stands for the cursor.
const CURSOR: &str = "$0";

/// One file of a fixture, or one link.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Its whole path.
    pub(crate) path: Arc<Path>,
    /// Its text; empty for links.
    pub(crate) text: String,
    /// Where it leads, for a link.
    pub(crate) target: Option<String>,
    /// Whether an editor has it open.
    pub(crate) state: State,
    /// How its bytes became `text`.
    pub(crate) decoding: Decoding,
    /// The systemd that its marker asks for.
    pub(crate) version: Option<Version>,
}

/// Who holds a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    /// An editor.
    Open,
    /// The disk alone.
    Closed,
}

/// Several files and, where a test is about a place, the cursor in one of them.
pub(crate) struct Fixture {
    pub(crate) sources: Vec<Source>,
    pub(crate) workspace: Workspace,
    cursor: Option<(Arc<Path>, u32)>,
}

impl Fixture {
    /// Reads a fixture; text before the first marker is a file called `web.service`.
    #[track_caller]
    pub(crate) fn new(text: &str) -> Self {
        let text = text.strip_prefix('\n').unwrap_or(text);
        let mut sources: Vec<Source> = Vec::new();
        for line in text.split_inclusive('\n') {
            if let Some(marker) = line.strip_prefix("//- ") {
                sources.push(Source::of_marker(marker));
                continue;
            }
            if sources.is_empty() {
                sources.push(Source::of_marker("web.service"));
            }
            sources.last_mut().expect("there is one").push(line);
        }
        let mut cursor = None;
        for source in &mut sources {
            if let Some(at) = source.text.find(CURSOR) {
                assert!(cursor.is_none(), "a fixture has one cursor");
                source.text.replace_range(at..at + CURSOR.len(), "");
                cursor = Some((source.path.clone(), at as u32));
            }
        }
        Self { workspace: workspace(&sources), sources, cursor }
    }

    /// The file that the cursor is in, and its offset there.
    #[track_caller]
    pub(crate) fn cursor(&self) -> (&Arc<File>, u32) {
        let (path, offset) = self.cursor.as_ref().expect("the fixture has a cursor");
        (self.workspace.file(path).expect("the cursor is in a file"), *offset)
    }
}

impl Source {
    /// Reads `PATH [systemd=N] [closed]` or `PATH -> TARGET`.
    #[track_caller]
    pub(crate) fn of_marker(marker: &str) -> Self {
        let mut words = marker.split_whitespace();
        let path = Path::new(FOLDER).join(words.next().expect("a marker names a path"));
        let mut source = Self {
            path: path.into(),
            text: String::new(),
            target: None,
            state: State::Open,
            decoding: Decoding::Utf8,
            version: None,
        };
        while let Some(word) = words.next() {
            match (word, word.strip_prefix("systemd=")) {
                ("latin1", _) => source.decoding = Decoding::Lossy,
                ("closed", _) => source.state = State::Closed,
                ("->", _) => source.target = Some(words.next().expect("a link has a target").to_owned()),
                (_, Some(number)) => {
                    source.version = Some(Version(number.parse().expect("a release number")))
                }
                _ => panic!("what is `{word}` in the marker `{marker}`?"),
            }
        }
        source
    }

    /// Adds to its text; in a Latin-1 file what is not ASCII is no UTF-8.
    pub(crate) fn push(&mut self, text: &str) {
        match self.decoding {
            Decoding::Utf8 => self.text.push_str(text),
            Decoding::Lossy => self.text.push_str(&text.replace(|char: char| !char.is_ascii(), "\u{fffd}")),
        }
    }

    /// Its path as fixtures write it.
    pub(crate) fn name(&self) -> String {
        display(&self.path)
    }
}

/// A path as fixtures write it.
pub(crate) fn display(path: &Path) -> String {
    path.strip_prefix(FOLDER).unwrap_or(path).display().to_string()
}

/// The workspace that holds `sources`.
pub(crate) fn workspace(sources: &[Source]) -> Workspace {
    let version = sources.iter().find_map(|source| source.version).unwrap_or(Version::NEWEST);
    let mut workspace = Workspace::new(vec![Path::new(FOLDER).into()], version);
    let (scripts, sources): (Vec<_>, Vec<_>) =
        sources.iter().partition(|source| script_suffix(&source.path).is_some());
    let exists = |path: &Path| scripts.iter().any(|script| script.path.starts_with(path));
    workspace.set_scripts(scripts.iter().map(|script| ScriptFile::new(&script.path, &script.text, exists)));
    for source in sources {
        let (path, places) = (&source.path, workspace.places().clone());
        let unit = || Arc::new(Unit::parse(&source.text));
        let state = if source.decoding == Decoding::Lossy { State::Closed } else { source.state };
        match (source.target.as_deref(), state) {
            (Some("/dev/null"), _) => {
                workspace.set_on_disk([File::masked(path.clone(), &places, version)], []);
            }
            (Some(target), _) => {
                let link = UnitLink { path: path.clone(), target: file_name(Path::new(target)).into() };
                workspace.set_on_disk([], [link]);
            }
            (None, State::Open) => workspace.set_open(path, &unit()),
            (None, State::Closed) => {
                let mut file = File::new(path.clone(), &places, version, unit());
                file.decoding = source.decoding;
                workspace.set_on_disk([file], []);
            }
        }
    }
    workspace
}

/// All findings in the files of `sources`, in their order.
pub(crate) fn findings(sources: &[Source]) -> Vec<Diagnostic> {
    let workspace = workspace(sources);
    let mut all: Vec<Diagnostic> = Vec::new();
    let units = sources.iter().filter(|source| source.target.is_none());
    for source in units.filter(|source| script_suffix(&source.path).is_none()) {
        let file = workspace.file(&source.path).expect("every source is in the workspace");
        all.extend(check_file(&workspace, file, &|| false));
    }
    all
}

/// `path:line:column-column severity code: message`, counted from one, as Markdown tests write it.
pub(crate) fn line(sources: &[Source], finding: &Diagnostic) -> String {
    let source =
        sources.iter().find(|source| source.path == finding.path).expect("findings are in known files");
    let unit = Unit::parse(&source.text);
    let position = |offset| unit.position(offset, Encoding::Utf16);
    let (start, end) = (position(finding.range.start), position(finding.range.end));
    let end = match start.line == end.line {
        true => (end.column + 1).to_string(),
        false => format!("{}:{}", end.line + 1, end.column + 1),
    };
    let place = format!("{}:{}:{}-{end}", source.name(), start.line + 1, start.column + 1);
    format!("{place} {} {}: {}", finding.severity.as_str(), finding.code, finding.message)
}

/// The sources with a fix applied.
#[track_caller]
pub(crate) fn apply(sources: &[Source], fix: &Fix) -> Vec<Source> {
    changed(sources, &fix.edits, &fix.operations)
}

/// The sources with these changes, the edits first. What lies in a renamed folder goes with it.
#[track_caller]
pub(crate) fn changed(sources: &[Source], edits: &[TextEdit], operations: &[FileOperation]) -> Vec<Source> {
    let mut sources = sources.to_vec();
    for pair in edits.windows(2).filter(|pair| pair[0].path == pair[1].path) {
        assert!(pair[0].range.end <= pair[1].range.start, "edits overlap or are in no order: {edits:?}");
    }
    for edit in edits {
        assert!(sources.iter().any(|source| source.path == edit.path), "known files are edited: {edit:?}");
    }
    for source in &mut sources {
        let edits = edits.iter().filter(|edit| edit.path == source.path);
        source.text = unit_ide::fix::apply(&source.text, edits);
    }
    for operation in operations {
        let (FileOperation::Create { path, .. } | FileOperation::Rename { to: path, .. }) = operation;
        assert!(!sources.iter().any(|source| source.path.starts_with(path)), "overwritten: {operation:?}");
        match operation {
            FileOperation::Create { path, text } => {
                let mut source = Source::of_marker(&display(path));
                source.push(text);
                sources.push(source);
            }
            FileOperation::Rename { from, to } => {
                let moved = sources.iter_mut().filter(|source| source.path.starts_with(from));
                let moved: Vec<_> = moved.collect();
                assert!(!moved.is_empty(), "known files are renamed: {operation:?}");
                for source in moved {
                    let rest = source.path.strip_prefix(from).expect("it starts so");
                    source.path = if rest.as_os_str().is_empty() { to.clone() } else { to.join(rest).into() };
                }
            }
        }
    }
    sources
}

/// The text of a range.
pub(crate) fn slice(file: &File, range: TextRange) -> String {
    file.unit.text()[std::ops::Range::from(range)].to_owned()
}

/// All workspaces of the rules' pages and scenarios, with where they stand.
pub(crate) fn workspaces() -> Vec<(String, Vec<Source>)> {
    let pages = RULES.iter().map(|rule| (rule.code.to_owned(), rule.page_text()));
    let files = std::fs::read_dir(crate_path("tests/rules")).expect("the folder is there");
    let scenarios = files.map(|entry| {
        let path = entry.expect("its entries can be read").path();
        (path.display().to_string(), std::fs::read_to_string(&path).expect("scenarios are text"))
    });
    let mut all = Vec::new();
    for (name, text) in pages.chain(scenarios) {
        let sections = markdown::sections(&text);
        let sources = sections.iter().map(|section| (section.heading, section.sources(&text)));
        let sources = sources.filter(|(_, sources)| !sources.is_empty());
        all.extend(sources.map(|(heading, sources)| (format!("{name}, \"{heading}\""), sources)));
    }
    all
}

/// A story of `tests/units`, as a fixture.
pub(crate) fn story(folder: &str) -> String {
    let folder = crate_path("../../tests/units").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(&folder).expect("the story is there").flatten().collect();
    files.sort_by_key(|file| file.file_name());
    let read = |file: &std::fs::DirEntry| {
        let text = std::fs::read_to_string(file.path()).expect("units are text");
        format!("//- {}\n{text}", file.file_name().display())
    };
    files.iter().map(read).collect()
}

/// A file of this crate's sources or tests.
pub(crate) fn crate_path(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).expect("paths of fixtures are text")
}
