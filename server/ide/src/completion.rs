//! Completion: sections, directives, words of values, names of units, codes of rules.

mod names;

use std::sync::Arc;

use unit_catalog::{
    Availability, Directive, Doc, Section, UnitType, ValueKind, Version, directive, directives, table,
};
use unit_syntax::{Entry, ItemKind, Junk, TextRange};

use crate::rules::allow::code_at;
use crate::rules::{RULES, check_file};
use crate::unit_card::unit_card;
use crate::value::candidates::{Place, candidates, file_systems, marks, of_number, specifiers};
use crate::value::explain::{Subject, explain};
use crate::workspace::{File, FileKind, SectionContext, UnitName, Workspace, mentions_units};
use names::{paths, unit_in_call, units, users, variables};

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
    /// The code of a rule.
    Rule,
}

impl CompletionItem {
    fn new(label: impl Into<String>, kind: CompletionKind, replace: Option<TextRange>) -> Self {
        Self {
            label: label.into(),
            kind,
            insert: None,
            replace,
            rank: 0,
            deprecated: false,
            too_new: None,
            directive: None,
        }
    }
}

/// What may stand at `offset` of `file`.
pub fn completion(workspace: &Workspace, file: &Arc<File>, offset: u32) -> Completion {
    if !file.kind.has_settings() && !is_unnamed(file) {
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
        ItemKind::Comment => codes(workspace, file, entry, offset),
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
    if let Some(name) = label.strip_prefix("${").and_then(|label| label.strip_suffix('}')) {
        let known = table::variables().iter().find(|known| known.name == name);
        return Some(known.map_or("Set by `Environment=`".to_owned(), |known| known.meaning.to_owned()));
    }
    let subject = Subject { directive, version: Version::NEWEST, unit: None, now: None };
    if let Some(explanation) = explain(subject, label, 0) {
        return Some(explanation.markdown);
    }
    let doc = directive.doc()?;
    let word = doc.words.iter().find(|(word, _)| *word == label);
    word.map(|(_, text)| (*text).to_owned()).or_else(|| Some(doc.summary.to_owned()))
}

/// What there is to say of a unit, proposed in `file`.
pub fn unit_documentation(workspace: &Workspace, file: &File, name: &str) -> Option<String> {
    Some(unit_card(workspace, &UnitName::parse(name)?, &file.place))
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

/// The line of the entry that the cursor is in, without the blanks around it; where the cursor is among these, its place.
fn line_content(entry: &Entry, offset: u32) -> TextRange {
    let text = entry.item.text();
    let at = ((offset - entry.start) as usize).min(text.len());
    let start = text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let start = start + (line.len() - line.trim_start().len());
    let content = TextRange::from(start..start + line.trim().len()).shift(entry.start);
    if content.contains_inclusive(offset) { content } else { TextRange::at(offset) }
}

fn sections(file: &File, replace: TextRange, at: Option<&Entry>) -> Completion {
    let others =
        || file.unit.sections().filter(|section| at.is_none_or(|at| section.header.start != at.start));
    let present = |name: &str| others().any(|section| section.name() == name);
    let items = sections_of(file).into_iter().zip(0..).map(|(section, index)| CompletionItem {
        rank: index + if present(section.name()) { 20 } else { 0 },
        ..CompletionItem::new(format!("[{}]", section.name()), CompletionKind::Section, Some(replace))
    });
    Completion { items: items.collect(), incomplete: false }
}

/// Whether the file is a buffer that nobody gave a name yet: `Untitled-1`.
fn is_unnamed(file: &File) -> bool {
    file.kind == FileKind::Other && file.path.extension().is_none()
}

/// The sections that may stand in the file. A buffer without a name may become a unit of any type, unless one of its
/// sections says which; what has sections of others becomes none.
fn sections_of(file: &File) -> Vec<Section> {
    if !is_unnamed(file) {
        return file.kind.sections().to_vec();
    }
    let mut types = UnitType::ALL.iter().filter(|unit_type| {
        file.unit
            .sections()
            .all(|section| section.name().starts_with("X-") || unit_type.reads_section(section.name()))
    });
    let mut sections: Vec<Section> = Vec::new();
    for section in types.by_ref().flat_map(|unit_type| unit_type.sections()) {
        if !sections.contains(section) {
            sections.push(*section);
        }
    }
    sections
}

/// The codes of rules in a comment that allows them, those that have something to say here first.
fn codes(workspace: &Workspace, file: &Arc<File>, comment: &Entry, offset: u32) -> Completion {
    let Some((_, replace)) = code_at(comment, offset) else {
        return Completion::default();
    };
    let findings = check_file(workspace, file, &|| false);
    let items = RULES.iter().map(|rule| CompletionItem {
        rank: u8::from(!findings.iter().any(|finding| finding.code == rule.code)),
        ..CompletionItem::new(rule.code, CompletionKind::Rule, Some(replace))
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
            insert: (!assigned).then(|| format!("{}=", directive.name)),
            rank: match (present, directive.deprecated.is_some(), too_new.is_some()) {
                (true, _, _) => 3,
                (_, true, _) => 2,
                (_, _, true) => 1,
                _ => 0,
            },
            deprecated: directive.deprecated.is_some(),
            too_new,
            directive: Some(directive),
            ..CompletionItem::new(directive.name, CompletionKind::Directive, None)
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
    let typed_from = |start: u32| text.get(inside(start)..inside(offset)).unwrap_or_default();
    let mut more = specifiers(place, mentions_units(directive));
    let names = more.is_empty();
    if names && mentions_units(directive) {
        return units(workspace, file, directive, word, typed_from(word.start));
    }
    if names && place.kind == ValueKind::ExecCommand {
        let variables = variables(workspace, file, directive, entry, offset);
        if !variables.is_empty() {
            return Completion { items: variables, incomplete: false };
        }
    }
    if names
        && place.kind == ValueKind::ExecCommand
        && let Some(called) = unit_in_call(entry, offset)
    {
        return units(workspace, file, directive, called, typed_from(called.start));
    }
    if names {
        more = candidates(place);
    }
    // With the blanks between it and the cursor: what is replaced holds the cursor.
    let whole = entry.value_range().filter(|range| !range.is_empty()).unwrap_or(TextRange::at(offset));
    let whole = TextRange::new(whole.start.min(offset), whole.end.max(offset));
    let item = |label: &str, replace: TextRange| CompletionItem {
        directive: Some(directive),
        ..CompletionItem::new(label, CompletionKind::Word, Some(replace))
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
    let users = users(workspace, file, entry, place.kind).into_iter();
    for user in users.filter(|user| items.iter().all(|item| item.label != *user)).collect::<Vec<_>>() {
        items.push(CompletionItem { rank: 1, ..item(user, word) });
    }
    if (directive.section, directive.name) == (Section::Mount, "Type") {
        items.extend(file_systems(version).into_iter().map(|name| item(name, whole)));
    }
    let kind = place.kind;
    let marked = TextRange::new((word.start + marks(place) as u32).min(offset), word.end);
    let replace = if kind == ValueKind::Enum { whole } else { marked };
    for word in directive.words.iter().filter(|_| !of_number(place)) {
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

/// The blank-separated word of the value around `offset`.
fn word_at(entry: &Entry, offset: u32) -> TextRange {
    let text = entry.item.text();
    let at = ((offset - entry.start) as usize).min(text.len());
    let ends = [' ', '\t', '\n', '\r'];
    let start = text[..at].rfind(|char| ends.contains(&char) || char == '=').map_or(0, |end| end + 1);
    let end = text[at..].find(ends).map_or(text.len(), |end| at + end);
    TextRange::new(start as u32, end as u32).shift(entry.start)
}
