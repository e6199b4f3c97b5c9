//! The catalog's data files as types, and the checks that keep them consistent.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde::{Deserialize, de::DeserializeOwned};

/// The names of sections, in the order of `unit_catalog::Section`.
pub(super) const SECTIONS: [&str; 12] = [
    "Unit",
    "Install",
    "Service",
    "Socket",
    "Timer",
    "Path",
    "Mount",
    "Automount",
    "Swap",
    "Slice",
    "Scope",
    "Manager",
];

/// The suffixes of unit names, in the order of `unit_catalog::UnitType`.
pub(super) const UNIT_TYPES: [&str; 11] = [
    "service",
    "socket",
    "timer",
    "path",
    "mount",
    "automount",
    "swap",
    "slice",
    "scope",
    "target",
    "device",
];

/// Everything in `data/`.
pub(super) struct Data {
    /// Kind to legend, sorted.
    pub(super) kinds: BTreeMap<String, String>,
    pub(super) directives: Vec<Directive>,
    pub(super) enums: Enums,
    pub(super) special_units: Vec<SpecialUnit>,
    pub(super) dependencies: Dependencies,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Directives {
    directive: Vec<Directive>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Directive {
    pub(super) name: String,
    pub(super) sections: Vec<String>,
    pub(super) kind: String,
    pub(super) older: Option<OlderKind>,
    #[serde(default)]
    pub(super) words: Words,
    #[serde(default)]
    pub(super) words_ignore_case: bool,
    pub(super) boolean: Option<Boolean>,
    pub(super) range: Option<(i64, i64)>,
    pub(super) default: Option<String>,
    pub(super) default_note: Option<String>,
    #[serde(default)]
    pub(super) list: bool,
    pub(super) empty: Option<Empty>,
    pub(super) since: Option<u16>,
    pub(super) until: Option<u16>,
    until_at_latest: Option<u16>,
    #[serde(default)]
    pub(super) legacy: bool,
    pub(super) man: Option<String>,
    documented: Option<bool>,
    pub(super) replaced_by: Option<String>,
    pub(super) replaced_in: Option<String>,
    pub(super) reason: Option<String>,
    #[serde(default)]
    pub(super) fatal: bool,
    validated_at_load: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OlderKind {
    pub(super) until: u16,
    pub(super) kind: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Boolean {
    pub(super) yes: Option<String>,
    pub(super) no: Option<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Empty {
    Reset,
    Rejected,
    Noop,
}

/// Words of a directive: a table of `enums.toml`, or a list on the spot.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Words {
    Table(String),
    List(Vec<String>),
}

impl Default for Words {
    fn default() -> Self {
        Words::List(Vec::new())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Enums {
    pub(super) words: BTreeMap<String, Vec<Word>>,
    pub(super) signals: BTreeMap<String, u8>,
    pub(super) capabilities: BTreeMap<String, u8>,
    pub(super) time_units: BTreeMap<String, u64>,
    pub(super) byte_suffixes: BTreeMap<char, ByteSuffix>,
    pub(super) calendar_shorthands: BTreeMap<String, String>,
    pub(super) exit_statuses: BTreeMap<String, BTreeMap<String, u8>>,
    pub(super) specifier: Vec<Specifier>,
    pub(super) exec_prefix: Vec<ExecPrefix>,
    pub(super) variable: Vec<Variable>,
    pub(super) comparison_operators: ComparisonOperators,
    pub(super) syscall_group: Vec<Group>,
    pub(super) filesystem_group: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Word {
    Plain(String),
    Detailed(DetailedWord),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DetailedWord {
    pub(super) text: String,
    since: Option<u16>,
    not_in: Option<u16>,
    gone_in: Option<u16>,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default)]
    pub(super) takes_argument: bool,
    pub(super) same_as: Option<String>,
}

impl Word {
    pub(super) fn text(&self) -> &str {
        match self {
            Word::Plain(text) => text,
            Word::Detailed(word) => &word.text,
        }
    }
}

impl DetailedWord {
    /// The first release that knows the word, or may know it; 0 when older than any record.
    pub(super) fn since(&self) -> u16 {
        first_release(self.since, self.not_in)
    }

    /// The last release that knows the word, or may know it.
    pub(super) fn until(&self) -> Option<u16> {
        self.gone_in.map(|release| release - 1)
    }
}

/// A release that does not know a thing leaves the next one as the earliest that may.
fn first_release(since: Option<u16>, not_in: Option<u16>) -> u16 {
    since.or(not_in.map(|release| release + 1)).unwrap_or(0)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ByteSuffix {
    pub(super) iec: u64,
    pub(super) si: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Specifier {
    pub(super) letter: char,
    pub(super) meaning: String,
    pub(super) names: Option<bool>,
    #[serde(default)]
    pub(super) since: u16,
    #[serde(default)]
    pub(super) deprecated: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExecPrefix {
    pub(super) text: String,
    pub(super) meaning: String,
    #[serde(default)]
    pub(super) since: u16,
    pub(super) until: Option<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) meaning: String,
    #[serde(default)]
    pub(super) since: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ComparisonOperators {
    pub(super) version: Vec<String>,
    pub(super) glob: Vec<String>,
    pub(super) textual: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) members: Vec<String>,
    since: Option<u16>,
    not_in: Option<u16>,
}

impl Group {
    pub(super) fn since(&self) -> u16 {
        first_release(self.since, self.not_in)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpecialUnits {
    unit: Vec<SpecialUnit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpecialUnit {
    pub(super) name: String,
    pub(super) managers: Vec<Manager>,
    #[serde(default)]
    pub(super) passive: bool,
    #[serde(default)]
    pub(super) for_devices: bool,
    pub(super) since: Option<u16>,
}

#[derive(Deserialize, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
pub(super) enum Manager {
    System,
    User,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dependencies {
    pub(super) inverse: BTreeMap<String, String>,
    pub(super) dependency: Vec<Dependency>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dependency {
    pub(super) types: Vec<String>,
    pub(super) add: Vec<String>,
    pub(super) on: Vec<String>,
    pub(super) why: String,
    #[serde(default)]
    pub(super) when: Vec<Condition>,
    #[serde(default)]
    pub(super) default: bool,
    pub(super) scope: Option<Manager>,
    pub(super) since: Option<u16>,
    pub(super) until: Option<u16>,
}

/// The conditions of `unit_catalog::Condition`, by the same names.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Condition {
    RunsProcesses,
    LogsToJournal,
    KeepsDirectories,
    HasRootImage,
    HasPrivateTmp,
    TakesBusName,
    FollowsCalendar,
    Intrinsic,
    Local,
    OverNetwork,
    MustNotFail,
    InMemory,
    HasQuota,
    SwapsToFile,
}

impl Directive {
    /// The last release that acts on it, or may.
    pub(super) fn until(&self) -> Option<u16> {
        self.until.or(self.until_at_latest)
    }

    pub(super) fn documented(&self) -> bool {
        self.documented.unwrap_or(self.man.is_some())
    }

    pub(super) fn validated_at_load(&self) -> bool {
        self.validated_at_load.unwrap_or(true)
    }

    /// What an empty value does, where it is not the usual.
    pub(super) fn empty(&self) -> Empty {
        self.empty.unwrap_or(if self.list { Empty::Reset } else { Empty::Rejected })
    }

    /// The file that it stands in.
    fn file(&self) -> &'static str {
        if self.has("Manager") { "manager.toml" } else { "directives.toml" }
    }

    pub(super) fn has(&self, section: &str) -> bool {
        self.sections.iter().any(|name| name == section)
    }
}

impl Data {
    /// Reads and checks every file of the folder.
    pub(super) fn read(folder: &Path) -> Result<Data, String> {
        let mut directives = read_toml::<Directives>(folder, "directives.toml")?.directive;
        directives.extend(read_toml::<Directives>(folder, "manager.toml")?.directive);
        let data = Data {
            kinds: read_toml(folder, "value-kinds.toml")?,
            directives,
            enums: read_toml(folder, "enums.toml")?,
            special_units: read_toml::<SpecialUnits>(folder, "special-units.toml")?.unit,
            dependencies: read_toml(folder, "dependencies.toml")?,
        };
        let mut complaints = Complaints::default();
        data.check_directives(&mut complaints);
        data.check_words(&mut complaints);
        data.check_units(&mut complaints);
        complaints.into_result()?;
        Ok(data)
    }

    /// The row of a key in a section.
    pub(super) fn directive(&self, section: &str, name: &str) -> Option<&Directive> {
        self.directives.iter().find(|row| row.name == name && row.has(section))
    }

    /// The texts of the words a directive takes.
    pub(super) fn words_of<'a>(&'a self, directive: &'a Directive) -> Vec<&'a str> {
        match &directive.words {
            Words::List(words) => words.iter().map(String::as_str).collect(),
            Words::Table(table) => {
                self.enums.words.get(table).into_iter().flatten().map(Word::text).collect()
            }
        }
    }

    fn check_directives(&self, complaints: &mut Complaints) {
        let mut seen = BTreeSet::new();
        for (row, next) in self.directives.iter().zip(self.directives.iter().skip(1)) {
            if row.name > next.name && row.file() == next.file() {
                complaints.add(row.file(), &next.name, format!("must stand before {}", row.name));
            }
        }
        for row in &self.directives {
            let mut complain = |what: String| complaints.add(row.file(), &row.name, what);
            for section in &row.sections {
                if !SECTIONS.contains(&section.as_str()) {
                    complain(format!("unknown section {section:?}"));
                }
                if !seen.insert((section, &row.name)) {
                    complain(format!("is there twice for [{section}]"));
                }
            }
            for kind in [Some(&row.kind), row.older.as_ref().map(|older| &older.kind)].into_iter().flatten() {
                if !self.kinds.contains_key(kind) {
                    complain(format!("unknown kind {kind:?}"));
                }
            }
            if let Words::Table(table) = &row.words
                && !self.enums.words.contains_key(table)
            {
                complain(format!("unknown word table {table:?}"));
            }
            let words = self.words_of(row);
            if row.kind == "enum" && words.is_empty() {
                complain("is an enum without words".to_owned());
            }
            if let Some(default) = &row.default
                && row.kind == "enum"
                && !words.contains(&default.as_str())
            {
                complain(format!("default {default:?} is not one of its words"));
            }
            if let Some(boolean) = &row.boolean {
                for word in [&boolean.yes, &boolean.no].into_iter().flatten() {
                    if !words.contains(&word.as_str()) {
                        complain(format!("boolean word {word:?} is not one of its words"));
                    }
                }
            }
            if let Some((least, most)) = row.range
                && least > most
            {
                complain(format!("empty range {least} to {most}"));
            }
            if row.until.is_some() && row.until_at_latest.is_some() {
                complain("has both `until` and `until_at_latest`".to_owned());
            }
            if row.legacy && row.until().is_none() {
                complain("is legacy, but has no `until`".to_owned());
            }
            if row.reason.is_none() && row.replaced_by.is_none() && row.legacy {
                complain("is legacy, but has neither `replaced_by` nor `reason`".to_owned());
            }
            if let Some(name) = &row.replaced_by {
                for section in &row.sections {
                    let section = row.replaced_in.as_ref().unwrap_or(section);
                    if self.directive(section, name).is_none() {
                        complain(format!("replaced by {name}, which [{section}] does not have"));
                    }
                }
            }
        }
    }

    fn check_words(&self, complaints: &mut Complaints) {
        for (table, words) in &self.enums.words {
            let mut seen = BTreeSet::new();
            for word in words {
                if !seen.insert(word.text()) {
                    complaints.add("enums.toml", table, format!("has {:?} twice", word.text()));
                }
            }
            for word in words {
                if let Word::Detailed(DetailedWord { text, same_as: Some(other), .. }) = word
                    && !seen.contains(other.as_str())
                {
                    complaints.add(
                        "enums.toml",
                        table,
                        format!("{text:?} is the same as {other:?}, which it lacks"),
                    );
                }
            }
        }
        for origin in self.enums.exit_statuses.keys() {
            if !["libc", "systemd", "lsb", "bsd"].contains(&origin.as_str()) {
                complaints.add("enums.toml", "exit-statuses", format!("unknown origin {origin:?}"));
            }
        }
    }

    fn check_units(&self, complaints: &mut Complaints) {
        let mut seen = BTreeSet::new();
        for unit in &self.special_units {
            if unit_type(&unit.name).is_none() {
                complaints.add("special-units.toml", &unit.name, "has no known suffix".to_owned());
            }
            if !seen.insert(&unit.name) {
                complaints.add("special-units.toml", &unit.name, "is there twice".to_owned());
            }
        }
        for dependency in &self.dependencies.dependency {
            for name in &dependency.types {
                if !UNIT_TYPES.contains(&name.as_str()) {
                    complaints.add("dependencies.toml", name, "is not a unit type".to_owned());
                }
            }
            for name in &dependency.on {
                if unit_type(name).is_none() {
                    complaints.add("dependencies.toml", name, "has no known suffix".to_owned());
                }
            }
        }
    }
}

/// The type that a unit name's suffix stands for.
pub(super) fn unit_type(unit: &str) -> Option<&str> {
    let (_, suffix) = unit.rsplit_once('.')?;
    UNIT_TYPES.contains(&suffix).then_some(suffix)
}

/// What is wrong with the sources, one line each.
#[derive(Default)]
pub(super) struct Complaints(Vec<String>);

impl Complaints {
    pub(super) fn add(&mut self, file: &str, entry: &str, what: String) {
        self.0.push(format!("{file}: {entry} {what}"));
    }

    pub(super) fn into_result(self) -> Result<(), String> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0.join("\n")) }
    }
}

pub(super) fn read_toml<T: DeserializeOwned>(folder: &Path, name: &str) -> Result<T, String> {
    let path = folder.join(name);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}
