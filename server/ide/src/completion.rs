//! Completion: sections, directives, words of values and names of units.

use std::collections::BTreeSet;
use std::sync::Arc;

use unit_catalog::{
    Availability, Directive, Doc, Section, UnitType, ValueKind, Version, directive, directives, special_units,
};
use unit_syntax::{Entry, ItemKind, Junk, TextRange};

use crate::value::candidates::{Place, candidates, marks, specifiers};
use crate::value::explain::{Subject, explain};
use crate::workspace::{File, Scope, SectionContext, Workspace, mentions_units};

/// The answer to one request.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Completion {
    /// What may stand at the cursor.
    pub items: Vec<CompletionItem>,
    /// Whether there is more, to be asked for again as the user types.
    pub incomplete: bool,
}

/// One proposal. Documentation is left to [`documentation`], asked for one item at a time.
#[derive(Clone, PartialEq, Debug)]
pub struct CompletionItem {
    /// What the list shows.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// What is inserted; the label where `None`.
    pub insert: Option<String>,
    /// What it replaces, in bytes; the word at the cursor where `None`.
    pub replace: Option<TextRange>,
    /// Where it sorts: proposals of a smaller rank come first, those of one rank by label.
    pub rank: u8,
    /// Whether systemd or its manual advises against it.
    pub deprecated: bool,
    /// The systemd that brought it, where that is later than the one aimed at.
    pub too_new: Option<Version>,
    /// The directive that it is, or is a word of.
    pub directive: Option<&'static Directive>,
}

/// What a proposal is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompletionKind {
    /// A section with its brackets.
    Section,
    /// A key.
    Directive,
    /// A word of a value.
    Word,
    /// A unit's name.
    Unit,
}

/// More unit names than this are cut, and asked for again with a longer prefix.
const MOST_UNITS: usize = 500;

/// What may stand at `offset` of `file`.
pub fn completion(workspace: &Workspace, file: &Arc<File>, offset: u32) -> Completion {
    if !file.kind.has_settings() {
        return Completion::default();
    }
    let (index, entry) = match file.unit.entry_at(offset) {
        Some((index, entry)) if !is_behind(entry, offset) => (index, Some(entry)),
        Some((index, _)) => (index, None),
        None => (0, None),
    };
    let section = file.lines().get(index).map_or(SectionContext::None, |line| line.section);
    let Some(entry) = entry else {
        return keys(file, section, None, offset);
    };
    match entry.item.kind() {
        ItemKind::Comment => Completion::default(),
        ItemKind::Header | ItemKind::Junk(Junk::BadHeader) => {
            sections(file, line_content(entry, offset), Some(entry))
        }
        ItemKind::Blank | ItemKind::Junk(_) => keys(file, section, Some(entry), offset),
        ItemKind::Assignment { eq } if offset <= entry.start + eq => keys(file, section, Some(entry), offset),
        ItemKind::Assignment { .. } => match file.lines()[index].directive {
            Some(directive) => values(workspace, file, directive, entry, offset),
            None => Completion::default(),
        },
    }
}

/// The documentation of a proposal: of the directive, or of one of its words.
pub fn documentation(section: Section, key: &str, label: &str) -> Option<String> {
    let directive = directive(section, key)?;
    if label == key {
        return Some(crate::hover::directive_page(directive));
    }
    let subject = Subject { directive, version: Version::NEWEST, unit: None, now: None };
    if let Some(explanation) = explain(subject, label, 0) {
        return Some(explanation.markdown);
    }
    let doc = directive.doc()?;
    let word = doc.words.iter().find(|(word, _)| *word == label);
    word.map(|(_, text)| (*text).to_owned()).or_else(|| Some(doc.summary.to_owned()))
}

/// The documentation of a section.
pub fn section_documentation(name: &str) -> Option<String> {
    let doc: &Doc = unit_catalog::section_doc(Section::from_name(name)?)?;
    Some(format!("{}\n\n{}", doc.summary, doc.body))
}

/// Whether `offset` lies on the line behind the entry: the file's last, still empty line.
fn is_behind(entry: &Entry, offset: u32) -> bool {
    offset == entry.range().end && entry.item.text().ends_with(['\n', '\r']) && !goes_on(entry)
}

/// Whether the entry's last line but for comments ends with a backslash, so that what follows belongs to it.
pub(crate) fn goes_on(entry: &Entry) -> bool {
    if matches!(entry.item.kind(), ItemKind::Comment) {
        return false;
    }
    let mut lines = entry.item.text().lines().rev();
    let last = lines.find(|line| !line.trim_start().starts_with(['#', ';'])).unwrap_or_default();
    let backslashes = last.len() - last.trim_end_matches('\\').len();
    backslashes % 2 == 1
}

/// The entry's text without the blanks around it; where the cursor is among these, its place.
fn line_content(entry: &Entry, offset: u32) -> TextRange {
    let text = entry.item.text();
    let (start, len) = (text.len() - text.trim_start().len(), text.trim().len());
    let content = TextRange::from(start..start + len).shift(entry.start);
    if content.contains_inclusive(offset) { content } else { TextRange::at(offset) }
}

fn sections(file: &File, replace: TextRange, at: Option<&Entry>) -> Completion {
    let others =
        || file.unit.sections().filter(|section| at.is_none_or(|at| section.header.start != at.start));
    let present = |name: &str| others().any(|section| section.name() == name);
    let items = file.kind.sections().iter().enumerate().map(|(index, section)| CompletionItem {
        label: format!("[{}]", section.name()),
        kind: CompletionKind::Section,
        insert: None,
        replace: Some(replace),
        rank: index as u8 + if present(section.name()) { 10 } else { 0 },
        deprecated: false,
        too_new: None,
        directive: None,
    });
    Completion { items: items.collect(), incomplete: false }
}

fn keys(file: &File, section: SectionContext, entry: Option<&Entry>, offset: u32) -> Completion {
    let section = match section {
        SectionContext::Known(section) => section,
        SectionContext::None => {
            let replace = entry.map_or(TextRange::at(offset), |entry| line_content(entry, offset));
            return sections(file, replace, None);
        }
        _ => return Completion::default(),
    };
    // An `=` that is there already is not written again.
    let assigned = entry.is_some_and(|entry| {
        matches!(entry.item.kind(), ItemKind::Assignment { .. } | ItemKind::Junk(Junk::MissingKey))
    });
    let items = directives(section).iter().filter(|directive| directive.documented);
    let items = items.filter_map(|directive| {
        let too_new = match directive.availability(file.version) {
            Availability::Active => None,
            Availability::TooNew(since) => Some(since),
            Availability::Ignored | Availability::Unknown => return None,
        };
        let here = |present: &Entry| entry.is_some_and(|entry| entry.start == present.start);
        let present = !directive.list && file.assignments(directive).any(|present| !here(present));
        Some(CompletionItem {
            label: directive.name.to_owned(),
            kind: CompletionKind::Directive,
            insert: (!assigned).then(|| format!("{}=", directive.name)),
            replace: None,
            rank: match (present, directive.deprecated.is_some(), too_new.is_some()) {
                (true, _, _) => 3,
                (_, true, _) => 2,
                (_, _, true) => 1,
                _ => 0,
            },
            deprecated: directive.deprecated.is_some(),
            too_new,
            directive: Some(directive),
        })
    });
    Completion { items: items.collect(), incomplete: false }
}

fn values(
    workspace: &Workspace,
    file: &Arc<File>,
    directive: &'static Directive,
    entry: &Entry,
    offset: u32,
) -> Completion {
    let word = word_at(entry, offset);
    let version = file.version;
    let text = entry.item.text();
    let inside = |at: u32| ((at - entry.start) as usize).min(text.len());
    let value = match entry.item.kind() {
        ItemKind::Assignment { eq } => (eq as usize + 1).min(inside(word.start)),
        _ => 0,
    };
    let place = Place {
        kind: directive.kind_in(version),
        version,
        before: text.get(value..inside(word.start)).unwrap_or_default(),
        word: text.get(inside(word.start)..inside(word.end)).unwrap_or_default(),
        cursor: inside(offset) - inside(word.start),
    };
    let mut more = specifiers(place, mentions_units(directive));
    let names = more.is_empty();
    if names && mentions_units(directive) {
        return units(workspace, file, directive, entry, word, offset);
    }
    if names {
        more = candidates(place);
    }
    // With the blanks between it and the cursor: what is replaced holds the cursor.
    let whole = entry.value_range().filter(|range| !range.is_empty()).unwrap_or(TextRange::at(offset));
    let whole = TextRange::new(whole.start.min(offset), whole.end.max(offset));
    let item = |label: &str, replace: TextRange| CompletionItem {
        label: label.to_owned(),
        kind: CompletionKind::Word,
        insert: None,
        replace: Some(replace),
        rank: 0,
        deprecated: false,
        too_new: None,
        directive: Some(directive),
    };
    let mut items: Vec<CompletionItem> = Vec::new();
    for candidate in more.into_iter().filter(|candidate| directive.word(&candidate.label).is_none()) {
        let replace = TextRange::new(word.start + candidate.from as u32, word.start + candidate.to as u32);
        items.push(CompletionItem { rank: candidate.rank, ..item(&candidate.label, replace) });
    }
    if !names {
        return Completion { items, incomplete: false };
    }
    if let Some(slash) = place.word.find('/').filter(|slash| *slash <= place.cursor) {
        let replace = TextRange::new(word.start + slash as u32, word.end);
        let typed = place.word.get(slash..place.cursor).unwrap_or_default();
        let paths = paths(workspace, file, entry, typed);
        items.extend(paths.into_iter().map(|path| CompletionItem { rank: 1, ..item(path, replace) }));
    }
    let kind = place.kind;
    let marked = TextRange::new((word.start + marks(place) as u32).min(offset), word.end);
    let replace = if kind == ValueKind::Enum { whole } else { marked };
    for word in directive.words {
        if word.until.is_some_and(|until| until < version) || word.same_as.is_some() {
            continue;
        }
        let too_new = (word.since > version).then_some(word.since);
        items.push(CompletionItem {
            rank: u8::from(too_new.is_some()) + 2 * u8::from(word.deprecated),
            deprecated: word.deprecated,
            too_new,
            ..item(word.text, replace)
        });
    }
    if matches!(kind, ValueKind::Boolean | ValueKind::Tristate) || directive.boolean.is_some() {
        for spelling in ["yes", "no"] {
            if !items.iter().any(|item| item.label == spelling) {
                items.push(item(spelling, whole));
            }
        }
    }
    Completion { items, incomplete: false }
}

/// The paths that values of the workspace's units hold and that begin with what is typed.
fn paths<'a>(workspace: &'a Workspace, file: &File, at: &Entry, typed: &str) -> BTreeSet<&'a str> {
    let units = workspace.files().filter(|other| workspace.sees(&file.place, &other.place));
    let entries = units.flat_map(|other| {
        let itself = other.path == file.path;
        other.unit.entries().iter().filter(move |entry| !(itself && entry.start == at.start))
    });
    let words = entries.filter_map(|entry| entry.item.value()).flat_map(str::split_ascii_whitespace);
    let paths = words.map(|word| word.trim_start_matches(['-', '+', '@', ':', '!', '|', '~', '"', '\'']));
    let paths = paths.map(|path| path.split([':', '"', '\'', ',', ';', '%', '$']).next().unwrap_or_default());
    paths.filter(|path| path.len() > typed.len() && path.starts_with(typed)).take(MOST_UNITS).collect()
}

/// The unit names that fit a unit-valued key: those of the workspace and those that systemd reserves.
fn units(
    workspace: &Workspace,
    file: &Arc<File>,
    directive: &'static Directive,
    entry: &Entry,
    word: TextRange,
    offset: u32,
) -> Completion {
    let fits = |unit_type: UnitType| match (directive.section, directive.name) {
        (Section::Socket, "Service") => unit_type == UnitType::Service,
        (Section::Service, "Sockets") => unit_type == UnitType::Socket,
        (Section::Timer, "Unit") => unit_type != UnitType::Timer,
        (Section::Path, "Unit") => unit_type != UnitType::Path,
        // A name that no unit has yet.
        (Section::Install, "Alias") => false,
        (_, "Slice") => unit_type == UnitType::Slice,
        _ => true,
    };
    let range = entry.range();
    let start = (word.start - range.start) as usize;
    let prefix = entry.item.text().get(start..(offset - range.start) as usize).unwrap_or_default();
    let asker = &file.place;
    let reserved = special_units().iter().filter(|unit| match asker.scope {
        Scope::System => unit.system,
        Scope::User => unit.user,
    });
    let mut names: Vec<(&str, UnitType)> = workspace
        .files()
        .filter(|other| workspace.sees(asker, &other.place))
        .filter_map(|other| other.kind.unit_name())
        .map(|name| (name.as_str(), name.unit_type()))
        .chain(reserved.map(|unit| (unit.name, unit.unit_type)))
        .filter(|(name, unit_type)| fits(*unit_type) && name.contains(prefix) && file.owner() != Some(name))
        .collect();
    names.sort_unstable();
    names.dedup();
    let incomplete = names.len() > MOST_UNITS;
    names.truncate(MOST_UNITS);
    let installs = directive.section == Section::Install && directive.name.ends_with("By");
    let items = names.into_iter().map(|(name, unit_type)| CompletionItem {
        label: name.to_owned(),
        kind: CompletionKind::Unit,
        insert: None,
        replace: Some(word),
        rank: u8::from(installs && unit_type != UnitType::Target),
        deprecated: false,
        too_new: None,
        directive: None,
    });
    Completion { items: items.collect(), incomplete }
}

/// The blank-separated word of the value around `offset`.
fn word_at(entry: &Entry, offset: u32) -> TextRange {
    let text = entry.item.text();
    let at = ((offset - entry.start) as usize).min(text.len());
    let ends = [' ', '\t', '\n', '\r'];
    let start = text[..at].rfind(|char| ends.contains(&char) || char == '=').map_or(0, |end| end + 1);
    let end = text[at..].find(ends).map_or(text.len(), |end| at + end);
    TextRange::new(start as u32, end as u32).shift(entry.start)
}
