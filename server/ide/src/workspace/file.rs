//! One unit file as the workspace knows it: its kind, its lines with their directives, the names it mentions.

use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use unit_catalog::{Directive, Section, UnitType, ValueKind, Version, directive};
use unit_syntax::{Entry, ItemKind, Junk, SectionRef, TextRange, Unit};

use super::file_kind::{is_foreign_template, is_template_line};
use super::{FileKind, Place, Places};
use crate::activation::Topic;
use crate::graph;
use crate::rules::LineFinding;
use crate::rules::allow::is_allow;

/// A unit file, open or not. Cheap to update after an edit: what did not change is taken over.
#[derive(Debug)]
pub struct File {
    /// Its path (or the name that the editor gave an unsaved buffer).
    pub path: Arc<Path>,
    /// Its part among units.
    pub kind: FileKind,
    /// Where it lies.
    pub place: Place,
    /// Its text, line by line.
    pub unit: Arc<Unit>,
    /// The systemd that it is judged for.
    pub version: Version,
    /// How its bytes became text.
    pub decoding: Decoding,
    /// Whether its name leads nowhere: an empty file or a link to `/dev/null`.
    pub masked: bool,
    /// Whether a generator of another language fills it in first.
    pub foreign_template: bool,
    /// One element for each entry of `unit`.
    lines: Vec<Line>,
    /// The numbers of the entries that set directives, by the directive's address.
    by_directive: Arc<[u32]>,
    mentions: Arc<[Mention]>,
    /// Entries that are comments for us.
    allows: Arc<[u32]>,
    /// Another one after each edit of what the graph reads.
    statements: Edition,
    /// Whether it may be about each [`Topic`].
    topics: [OnceLock<bool>; Topic::ALL.len()],
    /// The entries that are headers, once somebody asks.
    headers: OnceLock<Box<[u32]>>,
    /// Findings of the line rules, in order of entries; they depend on nothing but this file.
    line_findings: OnceLock<Arc<[LineFinding]>>,
}

/// A number that is given to one version of one file, and to those that follow it without a difference that counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Edition(u64);

impl Edition {
    fn next() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed))
    }
}

/// How a file's bytes became text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decoding {
    /// They were UTF-8.
    Utf8,
    /// What was not UTF-8 was replaced by U+FFFD.
    Lossy,
}

/// What an entry is, seen from its section.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Line {
    /// The section that the entry stands in (for a header: the one it opens).
    pub section: SectionContext,
    /// The directive that an assignment sets, where its section knows the key.
    pub directive: Option<&'static Directive>,
}

/// What systemd makes of the section that a line stands in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SectionContext {
    /// No header yet.
    None,
    /// A section of this type of unit.
    Known(Section),
    /// A section that this type has but that holds no keys (`[Target]`, `[Device]`).
    Empty(UnitType),
    /// `[X-…]`: for other programs.
    Extension,
    /// A section of other types of unit only.
    Foreign(Section),
    /// No section that systemd knows.
    Unknown,
}

impl SectionContext {
    /// The section's name, where systemd reads its keys.
    pub fn read_name(self) -> Option<&'static str> {
        match self {
            Self::Known(section) => Some(section.name()),
            Self::Empty(UnitType::Device) => Some("Device"),
            Self::Empty(_) => Some("Target"),
            Self::None | Self::Extension | Self::Foreign(_) | Self::Unknown => None,
        }
    }
}

/// A unit name in a value.
#[derive(Clone, PartialEq, Debug)]
pub struct Mention {
    /// The name as written, specifiers and all.
    pub name: Box<str>,
    /// The key that mentions it.
    pub directive: &'static Directive,
    /// The entry that holds it.
    pub entry: u32,
}

impl File {
    /// Takes a file in. Its kind comes from its path (and its text, for D-Bus activation files), its place from `places`.
    pub fn new(path: Arc<Path>, places: &Places, version: Version, unit: Arc<Unit>) -> Self {
        let place = places.of(&path, &kind(&path, &unit));
        let settled = places.project_of(&path).and_then(|project| project.version);
        let version = settled.unwrap_or(version);
        Self::placed(path, place, version, Decoding::Utf8, unit)
    }

    fn placed(path: Arc<Path>, place: Place, version: Version, decoding: Decoding, unit: Arc<Unit>) -> Self {
        let kind = kind(&path, &unit);
        let foreign_template = is_foreign_template(&path) || unit.entries().iter().any(is_template_line);
        let mut file = Self {
            path,
            kind,
            place,
            version,
            decoding,
            masked: unit.is_empty(),
            unit,
            foreign_template,
            lines: Vec::new(),
            by_directive: Arc::new([]),
            mentions: Arc::new([]),
            allows: Arc::new([]),
            statements: Edition::next(),
            topics: Default::default(),
            headers: OnceLock::new(),
            line_findings: OnceLock::new(),
        };
        let count = file.unit.entries().len();
        file.lines.reserve_exact(count);
        file.fill_lines(0..count);
        file.by_directive = file.index_directives();
        file.mentions = file.collect_mentions();
        file.allows = file.collect_allows();
        file
    }

    /// A name that is masked by a link to `/dev/null`.
    pub fn masked(path: Arc<Path>, places: &Places, version: Version) -> Self {
        Self::new(path, places, version, Arc::new(Unit::parse("")))
    }

    /// Whether the other one says the same in the same place.
    pub(super) fn reads_as(&self, other: &Self) -> bool {
        self.unit == other.unit
            && self.decoding == other.decoding
            && self.place == other.place
            && self.version == other.version
    }

    /// The same file after an edit: entries that both texts share keep their lines and findings.
    pub fn updated(&self, unit: Arc<Unit>) -> Self {
        let (old, new) = (self.unit.entries(), unit.entries());
        let same = |pair: &(&Entry, &Entry)| pair.0.item.is_same(&pair.1.item);
        let prefix = old.iter().zip(new).take_while(same).count();
        let most = old.len().min(new.len()) - prefix;
        let suffix = old.iter().rev().zip(new.iter().rev()).take(most).take_while(same).count();
        let mut changed = prefix..new.len() - suffix;

        // What the whole file is may hang on a single line of it.
        let suspects = if self.foreign_template { 0..new.len() } else { changed.clone() };
        let template = is_foreign_template(&self.path) || new[suspects].iter().any(is_template_line);
        if template != self.foreign_template || is_dbus_service(&unit) != is_dbus_service(&self.unit) {
            return Self::placed(self.path.clone(), self.place.clone(), self.version, self.decoding, unit);
        }

        let mut lines = Vec::with_capacity(new.len());
        lines.extend_from_slice(&self.lines[..prefix]);
        let mut file = Self {
            path: self.path.clone(),
            kind: self.kind.clone(),
            place: self.place.clone(),
            version: self.version,
            decoding: self.decoding,
            masked: unit.is_empty(),
            foreign_template: self.foreign_template,
            lines,
            by_directive: self.by_directive.clone(),
            mentions: self.mentions.clone(),
            allows: self.allows.clone(),
            statements: self.statements,
            topics: Default::default(),
            headers: OnceLock::new(),
            line_findings: OnceLock::new(),
            unit,
        };
        let count = file.unit.entries().len();
        file.fill_lines(changed.clone());
        let section_after = |lines: &[Line], at: usize| at.checked_sub(1).map(|at| lines[at].section);
        let old_suffix = self.lines.len() - suffix;
        if section_after(&self.lines, old_suffix) == section_after(&file.lines, changed.end) {
            file.lines.extend_from_slice(&self.lines[old_suffix..]);
        } else {
            file.fill_lines(changed.end..count);
            changed.end = count;
        }
        let old_changed = &self.lines[prefix..self.lines.len() - (count - changed.end)];
        let new_changed = &file.lines[changed.clone()];
        let directives = |lines: &[Line]| lines.iter().map(|line| line.directive).collect::<Vec<_>>();
        if old_changed.len() != new_changed.len() || directives(old_changed) != directives(new_changed) {
            file.by_directive = file.index_directives();
        }
        let names_units = |line: &Line| line.directive.is_some_and(mentions_units);
        if self.lines.len() != file.lines.len() || old_changed.iter().chain(new_changed).any(names_units) {
            file.mentions = file.collect_mentions();
        }
        if !self.allows.is_empty() || file.unit.entries()[changed.clone()].iter().any(is_allow) {
            file.allows = file.collect_allows();
        }
        let old_entries = &old[prefix..old.len() - (count - changed.end)];
        let is_read = |(line, entry): (&Line, &Entry)| graph::reads(&self.kind, line, &entry.item);
        let mut was_read = old_changed.iter().zip(old_entries).map(is_read);
        let mut read = new_changed.iter().zip(&file.unit.entries()[changed.clone()]).map(is_read);
        if self.masked != file.masked || was_read.any(|read| read) || read.any(|read| read) {
            file.statements = Edition::next();
        }
        for (topic, known) in Topic::ALL.into_iter().zip(&self.topics) {
            let is_in = |(line, entry): (&Line, &Entry)| is_about(topic, line, entry);
            let added = || new_changed.iter().zip(&file.unit.entries()[changed.clone()]).any(is_in);
            let removed = || old_changed.iter().zip(old_entries).any(is_in);
            let now = match known.get() {
                Some(false) => Some(added()),
                Some(true) if !removed() || added() => Some(true),
                _ => None,
            };
            file.topics[topic as usize] = now.map_or_else(OnceLock::new, OnceLock::from);
        }
        if let Some(old) = self.line_findings.get() {
            file.line_findings = OnceLock::from(file.merge_findings(old, self.lines.len(), changed));
        }
        file
    }

    /// Whether both are versions of one file in which no line differs that the graph reads.
    pub(crate) fn states_as(&self, other: &Self) -> bool {
        self.statements == other.statements
    }

    /// Whether any line may be about this.
    pub(crate) fn speaks_of(&self, topic: Topic) -> bool {
        *self.topics[topic as usize].get_or_init(|| {
            let mut lines = self.lines.iter().zip(self.unit.entries());
            lines.any(|(line, entry)| is_about(topic, line, entry))
        })
    }

    /// The lines, one for each entry.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The sections, as [`Unit::sections`] gives them; from the second time on it costs no look at every line.
    pub(crate) fn sections(&self) -> impl DoubleEndedIterator<Item = SectionRef<'_>> + Clone {
        let entries = self.unit.entries();
        let headers = self.headers.get_or_init(|| {
            (0..)
                .zip(entries)
                .filter(|(_, entry)| entry.section_name().is_some())
                .map(|(number, _)| number)
                .collect()
        });
        (0..headers.len()).map(move |number| {
            let start = headers[number] as usize;
            let end = headers.get(number + 1).map_or(entries.len(), |next| *next as usize);
            let (header, rest) = (&entries[start], &entries[start + 1..end]);
            let last = rest.last().unwrap_or(header);
            let range = TextRange::new(header.start, last.range().end);
            SectionRef { header, entries: rest, range }
        })
    }

    /// The unit names that this file's values hold.
    pub fn mentions(&self) -> &[Mention] {
        &self.mentions
    }

    /// The entries that are comments for us, `# unitls: …`.
    pub(crate) fn allows(&self) -> &[u32] {
        &self.allows
    }

    /// The entries that set a directive, in order.
    pub fn assignments(&self, directive: &'static Directive) -> impl DoubleEndedIterator<Item = &Entry> {
        let wanted = std::ptr::from_ref(directive).addr();
        let from = self.by_directive.partition_point(|entry| self.address(*entry) < wanted);
        let count = self.by_directive[from..].partition_point(|entry| self.address(*entry) == wanted);
        self.by_directive[from..from + count].iter().map(|entry| &self.unit.entries()[*entry as usize])
    }

    /// Whether it is a drop-in rather than a unit's own file.
    pub fn is_drop_in(&self) -> bool {
        matches!(self.kind, FileKind::DropIn { .. })
    }

    /// What follows when systemd stops reading in the middle, to stand behind "stops reading": a unit is refused, of a
    /// drop-in and of the manager's configuration counts what stands above (`unit_load_dropin()`).
    pub(crate) fn fate_of_stop(&self) -> &'static str {
        match self.kind {
            FileKind::Fragment { .. } => " and refuses the unit",
            _ => "",
        }
    }

    /// Whether systemd can read the file as it stands: no generator fills it in first, no line stops the reading.
    pub(crate) fn is_readable(&self) -> bool {
        let stops = |entry: &Entry| matches!(entry.item.kind(), ItemKind::Junk(Junk::BadHeader));
        !self.foreign_template && !self.unit.entries().iter().any(stops)
    }

    /// The findings of the rules that look at single lines.
    pub(crate) fn line_findings(&self) -> &[LineFinding] {
        self.line_findings.get_or_init(|| {
            let mut findings = Vec::new();
            crate::rules::check_lines(self, 0..self.lines.len(), &mut findings);
            findings.into()
        })
    }

    /// Judges `changed` afresh and keeps what `old` says of the entries before and behind.
    fn merge_findings(
        &self,
        old: &[LineFinding],
        old_len: usize,
        changed: Range<usize>,
    ) -> Arc<[LineFinding]> {
        let old_end = changed.end + old_len - self.lines.len();
        let before = old.iter().take_while(|finding| (finding.entry as usize) < changed.start);
        let mut findings: Vec<_> = before.cloned().collect();
        crate::rules::check_lines(self, changed.clone(), &mut findings);
        let behind = old.iter().skip_while(|finding| (finding.entry as usize) < old_end);
        findings.extend(behind.map(|finding| {
            let entry = (finding.entry as usize - old_end + changed.end) as u32;
            let mut finding = finding.clone();
            finding.entry = entry;
            finding
        }));
        findings.into()
    }

    /// Appends the lines of the given entries; the lines before them must be there.
    fn fill_lines(&mut self, entries: Range<usize>) {
        let mut section = self.lines.last().map_or(SectionContext::None, |line| line.section);
        for entry in &self.unit.entries()[entries] {
            let mut found = None;
            match entry.item.kind() {
                ItemKind::Header => {
                    let name = entry.item.section_name().unwrap_or_default();
                    section = SectionContext::of_name(name, &self.kind);
                }
                ItemKind::Assignment { .. } => {
                    if let (SectionContext::Known(section), Some(key)) = (section, entry.item.key()) {
                        found = directive(section, key);
                    }
                }
                // systemd stops reading here.
                ItemKind::Junk(Junk::BadHeader) => section = SectionContext::Unknown,
                ItemKind::Blank | ItemKind::Comment | ItemKind::Junk(_) => {}
            }
            self.lines.push(Line { section, directive: found });
        }
    }

    fn index_directives(&self) -> Arc<[u32]> {
        let entries = 0..self.lines.len() as u32;
        let mut index: Vec<_> =
            entries.filter(|entry| self.lines[*entry as usize].directive.is_some()).collect();
        index.sort_by_key(|entry| self.address(*entry));
        index.into()
    }

    /// What entries are indexed by: the address of their directive.
    fn address(&self, entry: u32) -> usize {
        self.lines[entry as usize].directive.map_or(0, |directive| std::ptr::from_ref(directive).addr())
    }

    fn collect_allows(&self) -> Arc<[u32]> {
        let entries = self.unit.entries().iter().enumerate();
        entries.filter(|(_, entry)| is_allow(entry)).map(|(number, _)| number as u32).collect()
    }

    fn collect_mentions(&self) -> Arc<[Mention]> {
        let mut mentions = Vec::new();
        for (entry, line) in self.lines.iter().enumerate() {
            let Some(directive) = line.directive.filter(|directive| mentions_units(directive)) else {
                continue;
            };
            let value = self.unit.entries()[entry].item.value().unwrap_or_default();
            for name in value.split_ascii_whitespace() {
                mentions.push(Mention { name: name.into(), directive, entry: entry as u32 });
            }
        }
        mentions.into()
    }
}

impl SectionContext {
    fn of_name(name: &str, kind: &FileKind) -> Self {
        let read = kind.reads_section(name);
        match Section::from_name(name) {
            _ if name.starts_with("X-") => Self::Extension,
            Some(section) if read => Self::Known(section),
            Some(section) => Self::Foreign(section),
            None => match kind.unit_type() {
                Some(unit_type @ (UnitType::Target | UnitType::Device)) if read => Self::Empty(unit_type),
                _ => Self::Unknown,
            },
        }
    }
}

fn is_about(topic: Topic, line: &Line, entry: &Entry) -> bool {
    let value = || entry.item.value().unwrap_or_default();
    line.directive.is_some_and(|directive| topic.is_in(directive, value()))
}

fn kind(path: &Path, unit: &Unit) -> FileKind {
    if is_dbus_service(unit) { FileKind::DBusService } else { FileKind::of_path(path) }
}

fn is_dbus_service(unit: &Unit) -> bool {
    unit.sections().next().is_some_and(|section| section.name() == "D-BUS Service")
}

/// Whether a directive's values are names of units.
pub(crate) fn mentions_units(directive: &Directive) -> bool {
    use ValueKind as K;
    matches!(directive.kind, K::UnitList | K::UnitName | K::SocketUnitList | K::SliceName)
}
