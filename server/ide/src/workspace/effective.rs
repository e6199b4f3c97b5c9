//! Effective units: a fragment with its drop-ins, in the order in which systemd reads them.

use std::sync::Arc;

use rustc_hash::FxHashSet;
use unit_catalog::{Empty, Section, UnitType, directive};
use unit_syntax::{Entry, TextRange};

use crate::activation::Topic;

use super::file_kind::real_name;
use super::{File, FileKind, ManagerDefaults, Place, UnitName, Workspace};

/// A unit as the manager would load it.
#[derive(Clone, Debug)]
pub struct Effective<'a> {
    /// Its name; missing for drop-ins that speak for many units (`foo-.service.d`, `service.d`).
    pub name: Option<UnitName>,
    /// Its type.
    pub unit_type: UnitType,
    /// The unit's own file, where it is known.
    pub fragment: Option<&'a Arc<File>>,
    /// The files in reading order, the fragment first.
    pub parts: Vec<&'a Arc<File>>,
    /// What its manager sets for units that leave something out.
    pub manager: ManagerDefaults<'a>,
}

/// One assignment of an effective unit.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The file that holds it.
    pub file: &'a Arc<File>,
    /// The entry in that file.
    pub entry: &'a Entry,
}

impl<'a> Setting<'a> {
    /// The value, continuations joined.
    pub fn value(self) -> &'a str {
        self.entry.item.value().unwrap_or_default()
    }

    /// The number of the entry in its file.
    pub fn index(self) -> u32 {
        let start = self.entry.range().start;
        self.file.unit.entries().partition_point(|entry| entry.range().start < start) as u32
    }

    /// A part of the value, as a place in the file.
    pub(crate) fn source_range(self, part: std::ops::Range<usize>) -> TextRange {
        self.entry.value_to_source(part.into())
    }

    /// The value's place in the file; the whole line where it has none.
    pub fn value_range(self) -> TextRange {
        match self.entry.value_range() {
            Some(range) if !range.is_empty() => range,
            _ => self.line_range(),
        }
    }

    /// The key's place in the file.
    pub fn key_range(self) -> TextRange {
        self.entry.key_range().unwrap_or_else(|| self.entry.range())
    }

    /// From the key to the value's end.
    pub fn line_range(self) -> TextRange {
        let key = self.key_range();
        TextRange::new(key.start, self.entry.value_range().map_or(key.end, |value| value.end.max(key.end)))
    }
}

impl<'a> Effective<'a> {
    /// Every assignment of the key, in reading order, resets included.
    pub fn assignments(&self, section: Section, key: &str) -> Vec<Setting<'a>> {
        let Some(directive) = directive(section, key) else {
            return Vec::new();
        };
        let parts = self.parts.iter().copied();
        parts.flat_map(|file| file.assignments(directive).map(move |entry| Setting { file, entry })).collect()
    }

    /// The assignments that are left after empty ones have reset the list.
    pub fn list(&self, section: Section, key: &str) -> Vec<Setting<'a>> {
        let resets = directive(section, key).is_some_and(|directive| directive.empty == Empty::Reset);
        let mut left = Vec::new();
        for setting in self.assignments(section, key) {
            match setting.value().is_empty() {
                true if resets => left.clear(),
                true => {}
                false => left.push(setting),
            }
        }
        left
    }

    /// The assignment that counts: the last one that systemd can use, `None` when reset or never set.
    ///
    /// `usable` says whether systemd takes the value; it ignores lines whose value it cannot read.
    pub fn scalar(&self, section: Section, key: &str, usable: impl Fn(&str) -> bool) -> Option<Setting<'a>> {
        let resets = directive(section, key).is_some_and(|directive| directive.empty == Empty::Reset);
        let mut found = None;
        for setting in self.assignments(section, key) {
            match setting.value().is_empty() {
                true if resets => found = None,
                true => {}
                false if usable(setting.value()) => found = Some(setting),
                false => {}
            }
        }
        found
    }
}

impl<'a> Effective<'a> {
    /// A template as the instance `INSTANCE`, which stands for all of them; any other unit as it is.
    pub(crate) fn as_instance(&self) -> Self {
        Self { name: self.name.as_ref().map(UnitName::as_instance), ..self.clone() }
    }

    /// The header of the unit's own section in its fragment, else the fragment's start: the place to point at when it is
    /// about the unit as a whole.
    pub(crate) fn header(&self) -> Option<(&'a Arc<File>, TextRange)> {
        let fragment = self.fragment?;
        let own = self.unit_type.own_section().map(Section::name);
        let sections = || fragment.unit.sections();
        let header = sections().find(|section| Some(section.name()) == own).or_else(|| sections().next());
        let range = header.map_or(TextRange::new(0, 0), |section| {
            let header = section.header;
            header.name_range().map_or(header.range(), |name| TextRange::new(name.start - 1, name.end + 1))
        });
        Some((fragment, range))
    }
}

impl Effective<'_> {
    /// Whether any line of its files may be about this, be it one that another clears away.
    pub(crate) fn speaks_of(&self, topic: Topic) -> bool {
        self.parts.iter().any(|part| part.speaks_of(topic))
    }

    /// The names that its `Alias=` lines give it.
    pub(crate) fn declared_aliases(&self) -> Vec<UnitName> {
        let Some(own) = &self.name else {
            return Vec::new();
        };
        let settings = self.list(Section::Install, "Alias");
        let words = settings.iter().flat_map(|setting| setting.value().split_ascii_whitespace());
        words.filter_map(|word| UnitName::parse(&own.expand(word)?)).collect()
    }
}

impl Workspace {
    /// The unit that `file` belongs to, seen with `file` as its fragment or among its drop-ins.
    ///
    /// `None` for files that are no unit files.
    pub fn effective_of<'a>(&'a self, file: &'a Arc<File>) -> Option<Effective<'a>> {
        let unit_type = file.kind.unit_type()?;
        let manager = self.manager_defaults(&file.place);
        match &file.kind {
            FileKind::Fragment { name: Some(name), .. } => {
                Some(self.with_drop_ins(name, Some(file), &file.place))
            }
            FileKind::DropIn { name: Some(name), .. } => {
                let name = self.unit_id(name, &file.place).unwrap_or_else(|| name.clone());
                let fragment = self.fragment(&name, &file.place);
                let mut unit = self.with_drop_ins(&name, fragment, &file.place);
                if !unit.parts.iter().any(|part| part.path == file.path) {
                    // Another of its name hides it; see what it would come to.
                    let hides = |part: &&mut &Arc<File>| drop_in_name(part) == drop_in_name(file);
                    match unit.parts.iter_mut().find(hides) {
                        Some(part) => *part = file,
                        None => unit.parts.push(file),
                    }
                }
                Some(unit)
            }
            FileKind::DropIn { name: None, .. } => {
                Some(Effective { name: None, unit_type, fragment: None, parts: vec![file], manager })
            }
            _ => Some(Effective { name: None, unit_type, fragment: Some(file), parts: vec![file], manager }),
        }
    }

    /// The unit that `name` leads to in the universe of `asker`, under its own name; `None` when no fragment is known.
    pub fn effective<'a>(&'a self, name: &UnitName, asker: &Place) -> Option<Effective<'a>> {
        let id = self.unit_id(name, asker)?;
        let fragment = self.fragment(&id, asker)?;
        Some(self.with_drop_ins(&id, Some(fragment), asker))
    }

    /// The unit of this name; without a fragment what its drop-ins say. Those for many units make none of a mere name.
    pub(crate) fn effective_or_drop_ins<'a>(&'a self, name: &UnitName, asker: &Place) -> Effective<'a> {
        let mut unit = self.with_drop_ins(name, self.fragment(name, asker), asker);
        let needs_no_file = || {
            matches!(unit.unit_type, UnitType::Slice | UnitType::Device)
                || matches!(name.as_str(), "-.mount" | "init.scope")
        };
        let is_meant =
            unit.fragment.is_some() || unit.parts.iter().any(|part| part.unit_name().as_ref() == Some(name));
        if !is_meant && !needs_no_file() {
            unit.parts.clear();
        }
        unit
    }

    /// The fragment that systemd would load for `name`: its own, else its template's.
    pub fn fragment<'a>(&'a self, name: &UnitName, asker: &Place) -> Option<&'a Arc<File>> {
        let own = self.best_fragment(name.as_str(), asker);
        own.or_else(|| self.best_fragment(name.template()?.as_str(), asker))
    }

    /// The file of this exact name that counts.
    pub(super) fn best_fragment<'a>(&'a self, name: &str, asker: &Place) -> Option<&'a Arc<File>> {
        self.fragments(name, asker).min_by_key(|file| (file.place.precedence(asker), file.path.clone()))
    }

    /// All files of this exact name that units at `asker` see.
    pub(crate) fn fragments<'a>(&'a self, name: &str, asker: &Place) -> impl Iterator<Item = &'a Arc<File>> {
        self.files_of(name)
            .filter(|file| matches!(file.kind, FileKind::Fragment { .. }))
            .filter(|file| sees(asker, &file.place))
    }

    /// The unit of this fragment and the drop-ins that speak for its name.
    pub(crate) fn with_drop_ins<'a>(
        &'a self,
        name: &UnitName,
        fragment: Option<&'a Arc<File>>,
        asker: &Place,
    ) -> Effective<'a> {
        let mut seen = FxHashSet::default();
        let drop_ins = self.drop_ins(name, asker).into_iter();
        let drop_ins = drop_ins.map(|file| (drop_in_name(file), file)).filter(|(name, _)| seen.insert(*name));
        let mut drop_ins: Vec<(&str, &Arc<File>)> = drop_ins.collect();
        drop_ins.sort_by_key(|(name, _)| *name);
        let drop_ins = drop_ins.into_iter().map(|(_, file)| file);
        Effective {
            name: Some(name.clone()),
            unit_type: name.unit_type(),
            fragment,
            parts: fragment.into_iter().chain(drop_ins).collect(),
            manager: self.manager_defaults(asker),
        }
    }

    /// All drop-ins that speak for the unit of this name; the first of a file name hides the others.
    pub(crate) fn drop_ins<'a>(&'a self, name: &UnitName, asker: &Place) -> Vec<&'a Arc<File>> {
        let mut drop_ins = Vec::new();
        let aliases = self.linked_aliases(name, asker);
        let families = std::iter::once(name).chain(&aliases).map(drop_in_owners);
        let of_type = vec![name.unit_type().suffix().to_owned()];
        for owners in families.chain([of_type]) {
            let mut found = Vec::new();
            for (nth, owner) in owners.iter().enumerate() {
                let files = self.files_of(owner).filter(|file| matches!(file.kind, FileKind::DropIn { .. }));
                found.extend(files.filter(|file| sees(asker, &file.place)).map(|file| (nth, file)));
            }
            // The folder counts before the owner: `etc/a-.service.d` hides what is in `usr/lib/a-b.service.d`.
            found.sort_by_key(|(nth, file)| (file.place.precedence(asker), *nth, file.path.clone()));
            drop_ins.extend(found.into_iter().map(|(_, file)| file));
        }
        drop_ins
    }
}

/// Whether units at `asker` see files at `place`: those of their own root and of the running machine.
pub(super) fn sees(asker: &Place, place: &Place) -> bool {
    let same_root = asker.shares_root(place);
    asker.scope == place.scope && (same_root || place.is_machine())
        || same_root && !(asker.searched && place.searched)
}

/// The drop-in folders (without `.d`) that speak for a unit of this name, the most specific first, in the order in which
/// `unit_file_find_dropin_paths()` walks: its name, its template, their dash prefixes. Those of its type come last.
pub(crate) fn drop_in_owners(name: &UnitName) -> Vec<String> {
    let suffix = name.unit_type().suffix();
    let mut owners = Vec::new();
    add_owners(name.prefix(), name.instance(), suffix, &mut owners);
    owners
}

fn add_owners(prefix: &str, instance: Option<&str>, suffix: &str, owners: &mut Vec<String>) {
    let mut push = |owner: String| {
        if !owners.contains(&owner) {
            owners.push(owner);
        }
    };
    match instance {
        Some(instance) => {
            push(format!("{prefix}@{instance}.{suffix}"));
            push(format!("{prefix}@.{suffix}"));
        }
        None => push(format!("{prefix}.{suffix}")),
    }
    if let Some(shorter) = dash_prefix(prefix) {
        // Going up from the template the `@` is lost; going up from the instance it stays.
        add_owners(shorter, None, suffix, owners);
        if instance.is_some() {
            add_owners(shorter, instance, suffix, owners);
        }
    }
}

/// `foo-` of `foo-bar` and of `foo-bar-`; a leading dash parts nothing.
fn dash_prefix(prefix: &str) -> Option<&str> {
    let dash = prefix.strip_suffix('-').unwrap_or(prefix).rfind('-').filter(|dash| *dash > 0)?;
    Some(&prefix[..=dash])
}

/// The name by which drop-ins hide each other and are sorted; one that an editor holds stands for the real one.
pub(crate) fn drop_in_name(file: &File) -> &str {
    let name = file.path.file_name().and_then(|name| name.to_str());
    real_name(name.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_that_speak_for_a_unit() {
        // In the order in which systemd 252 let them win.
        for (name, owners) in [
            ("a-b-c.service", &["a-b-c", "a-b-", "a-"][..]),
            ("a-b-c@x.service", &["a-b-c@x", "a-b-c@", "a-b-", "a-", "a-b-@x", "a-b-@", "a-@x", "a-@"]),
            ("a-b-c@.service", &["a-b-c@", "a-b-", "a-", "a-b-@", "a-@"]),
            ("a--b.service", &["a--b", "a--", "a-"]),
            ("a-b-.service", &["a-b-", "a-"]),
            ("-a-b.service", &["-a-b", "-a-"]),
        ] {
            let expected: Vec<_> = owners.iter().map(|owner| format!("{owner}.service")).collect();
            assert_eq!(drop_in_owners(&UnitName::parse(name).expect("a unit name")), expected, "{name}");
        }
    }
}
