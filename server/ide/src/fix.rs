//! Repairs: what they change, and how rules put them together.
//!
//! A rule says in one line what it would do:
//! `finding.offer(Fix::unsafe_to("Require `x.socket`").insert(file, Section::Unit, "Requires=x.socket"))`.

use std::path::Path;
use std::sync::Arc;

use unit_catalog::{Section, UnitType};
use unit_syntax::{Entry, ItemKind, SectionRef, TextRange};

use crate::workspace::{File, FileKind, Setting, UnitName, Workspace};

/// A repair that an editor or `--fix` can apply.
#[derive(Clone, PartialEq, Debug)]
pub struct Fix {
    /// What it does, as a menu entry.
    pub title: String,
    /// Whether it keeps the unit's meaning or is surely meant.
    pub safety: Safety,
    /// Changes of texts; those of one file are in the order of their places and do not overlap.
    pub edits: Vec<TextEdit>,
    /// Changes of files, made after the edits.
    pub operations: Vec<FileOperation>,
}

/// Whether a fix may be applied without a look.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Safety {
    /// May be applied with all others of its kind.
    Safe,
    /// Somebody should look at it.
    Unsafe,
}

/// A replacement in one file.
#[derive(Clone, PartialEq, Debug)]
pub struct TextEdit {
    /// The file.
    pub path: Arc<Path>,
    /// What is replaced, in bytes of that file.
    pub range: TextRange,
    /// What stands there afterwards.
    pub text: String,
}

/// A change of files rather than of their texts.
#[derive(Clone, PartialEq, Debug)]
pub enum FileOperation {
    /// Makes a file; it fails where there is one.
    Create {
        /// The file.
        path: Arc<Path>,
        /// What it holds.
        text: String,
    },
    /// Gives a file another name in its folder; it fails where there is one of that name.
    Rename {
        /// The file.
        from: Arc<Path>,
        /// Its path afterwards.
        to: Arc<Path>,
    },
}

impl Fix {
    /// A repair without changes yet that somebody should look at.
    pub(crate) fn risky(title: impl Into<String>) -> Self {
        Self::new(Safety::Unsafe, title)
    }

    /// A repair without changes yet.
    pub(crate) fn new(safety: Safety, title: impl Into<String>) -> Self {
        Self { title: title.into(), safety, edits: Vec::new(), operations: Vec::new() }
    }

    /// Replaces `range` of a file.
    pub(crate) fn replace(mut self, file: &File, range: TextRange, text: impl Into<String>) -> Self {
        let edit = TextEdit { path: file.path.clone(), range, text: text.into() };
        let place = |edit: &TextEdit| (edit.range.start, edit.range.end);
        let before = |known: &TextEdit| known.path != edit.path || place(known) <= place(&edit);
        let at = self.edits.iter().position(|known| !before(known)).unwrap_or(self.edits.len());
        self.edits.insert(at, edit);
        self
    }

    /// Puts another value behind the `=` of a setting.
    pub(crate) fn set(self, setting: Setting<'_>, value: impl Into<String>) -> Self {
        let place = setting.entry.value_range().unwrap_or_else(|| TextRange::at(setting.entry.range().end));
        self.replace(setting.file, place, value)
    }

    /// Inserts assignments (`Key=value`, several on lines of their own) behind the last one of a section, which is
    /// made where the file has none.
    pub(crate) fn insert(self, file: &File, section: Section, assignments: &str) -> Self {
        let (at, text) = insertion(file, section.name(), assignments);
        self.replace(file, TextRange::at(at), text)
    }

    /// Inserts a line right above another one.
    pub(crate) fn insert_above(self, file: &File, entry: &Entry, line: &str) -> Self {
        self.replace(file, TextRange::at(entry.start), format!("{line}{}", line_ending(file)))
    }

    /// Removes a logical line: all the lines that it spans.
    pub(crate) fn remove(self, file: &File, entry: &Entry) -> Self {
        self.replace(file, entry.range(), "")
    }

    /// Moves a logical line, as it is, behind the last assignment of another section.
    pub(crate) fn move_to(self, file: &File, entry: &Entry, section: Section) -> Self {
        let line = entry.item.text().trim_end_matches(['\n', '\r']);
        // At the end of a file there may be a continuation that nothing follows: here something would.
        let line = if is_cut_short(entry) { line[..line.len() - 1].trim_end() } else { line };
        self.remove(file, entry).insert(file, section, line)
    }

    /// Creates the unit `name` (of an instance: its template) beside `file`, with a skeleton that suits a unit of the
    /// type of `file`. `None` where nobody can know what it takes, or where there is a file of that name.
    pub(crate) fn creating(workspace: &Workspace, file: &File, name: &UnitName) -> Option<Self> {
        let template = name.template();
        let name = template.as_ref().unwrap_or(name);
        let (path, text) = (beside(file, name), skeleton(name, file.kind.unit_type())?);
        if workspace.holds(&path) {
            return None;
        }
        let mut fix = Self::risky(format!("Create `{name}`"));
        fix.operations.push(FileOperation::Create { path, text });
        Some(fix)
    }

    /// Gives a unit file another name in its folder.
    pub fn rename(mut self, file: &File, name: &UnitName) -> Self {
        self.operations.push(FileOperation::Rename { from: file.path.clone(), to: beside(file, name) });
        self
    }

    /// Whether it changes nothing but the text of the file at `path`.
    pub fn stays_in(&self, path: &Path) -> bool {
        self.operations.is_empty() && self.edits.iter().all(|edit| &*edit.path == path)
    }
}

impl FileOperation {
    /// The file that is there afterwards, and was not before.
    pub fn target(&self) -> &Path {
        match self {
            Self::Create { path, .. } => path,
            Self::Rename { to, .. } => to,
        }
    }
}

/// A text after edits of it, which must not overlap and must be in the order of their places.
pub fn apply<'e>(text: &str, edits: impl IntoIterator<Item = &'e TextEdit>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for edit in edits {
        out.push_str(&text[copied..edit.range.start as usize]);
        out.push_str(&edit.text);
        copied = edit.range.end as usize;
    }
    out + &text[copied..]
}

/// The path of the unit `name` in the folder of a unit file or above that of a drop-in.
fn beside(file: &File, name: &UnitName) -> Arc<Path> {
    let folder = match file.kind {
        FileKind::DropIn { .. } => file.path.parent().and_then(Path::parent),
        _ => file.path.parent(),
    };
    folder.unwrap_or(Path::new("")).join(name.as_str()).into()
}

/// Where assignments go that belong into a section, and the text that puts them there.
fn insertion(file: &File, section: &str, assignments: &str) -> (u32, String) {
    let ending = line_ending(file);
    let lines = assignments.replace('\n', ending);
    let mut own = file.sections().filter(|known| known.name() == section);
    // The last assignment wins where only one counts: the last section of that name it is.
    if let Some(known) = own.next_back() {
        let assignment = |entry: &&Entry| matches!(entry.item.kind(), ItemKind::Assignment { .. });
        let anchor = known.entries.iter().rev().find(assignment).unwrap_or(known.header);
        return (
            anchor.range().end,
            format!("{}{lines}{}", closing(anchor, ending), opening(anchor, ending)),
        );
    }
    let text = format!("[{section}]{ending}{lines}{ending}");
    let rank = section_rank(section);
    let sections: Vec<SectionRef<'_>> = file.sections().collect();
    match sections.iter().position(|known| section_rank(known.name()) > rank) {
        Some(next) => {
            // Comments right above a header belong to it, but those at the file's head to the file.
            let above = next.checked_sub(1).map_or(&[][..], |previous| sections[previous].entries);
            let comments =
                above.iter().rev().take_while(|entry| matches!(entry.item.kind(), ItemKind::Comment));
            let at = comments.last().unwrap_or(sections[next].header).start;
            (at, format!("{text}{ending}"))
        }
        None => match file.unit.entries().last() {
            Some(last) => {
                let blank = matches!(last.item.kind(), ItemKind::Blank);
                let gap = if blank { "" } else { ending };
                (file.unit.len(), format!("{}{gap}{text}", closing(last, ending)))
            }
            None => (0, text),
        },
    }
}

/// What must follow an entry before a line can: its missing line ending, and the end of a continuation that the end of
/// the file has cut short.
fn closing(entry: &Entry, ending: &str) -> String {
    let open = !entry.item.text().ends_with(['\n', '\r']);
    ending.repeat(usize::from(open) + usize::from(is_cut_short(entry)))
}

/// Whether an entry is the last of its file and says that it goes on.
fn is_cut_short(entry: &Entry) -> bool {
    let line = entry.item.text().trim_end_matches(['\n', '\r']);
    let backslashes = line.len() - line.trim_end_matches('\\').len();
    backslashes % 2 == 1 && !matches!(entry.item.kind(), ItemKind::Comment)
}

/// What must follow lines that are inserted behind an entry: nothing where that entry ended without a line ending.
fn opening<'e>(entry: &Entry, ending: &'e str) -> &'e str {
    if entry.item.text().ends_with(['\n', '\r']) { ending } else { "" }
}

/// The line ending that a file uses, as its first line has it.
pub(crate) fn line_ending(file: &File) -> &'static str {
    let text = file.unit.entries().first().map_or("", |entry| entry.item.text());
    match text.find(['\n', '\r']).map(|at| &text[at..]) {
        Some(rest) if rest.starts_with("\r\n") => "\r\n",
        Some(rest) if rest.starts_with('\r') => "\r",
        _ => "\n",
    }
}

/// The usual order of sections.
fn section_rank(section: &str) -> u8 {
    match section {
        "Unit" => 0,
        "Install" => 2,
        _ => 1,
    }
}

/// A unit that loads and does what a unit of the type of its `partner` needs, but for what only people know.
fn skeleton(name: &UnitName, partner: Option<UnitType>) -> Option<String> {
    let stem = name.prefix();
    let own = match name.unit_type() {
        UnitType::Service => {
            let lines = match partner {
                Some(UnitType::Socket) if name.is_template() => "StandardInput=socket\n",
                Some(UnitType::Timer | UnitType::Path) => "Type=oneshot\n",
                _ => "",
            };
            format!("\n[Service]\n{lines}ExecStart=/usr/bin/{stem}\n")
        }
        // A new trigger would lack what it starts, and want enabling.
        UnitType::Target => String::new(),
        _ => return None,
    };
    Some(format!("[Unit]\nDescription={stem}\n{own}"))
}
