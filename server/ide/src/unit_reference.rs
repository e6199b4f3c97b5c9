//! Names of units in files: in which lines, exactly where, and which unit each means. What navigation and renaming
//! rest upon.

use std::ops::Range;
use std::sync::Arc;

use unit_catalog::{Directive, Section, ValueKind};
use unit_syntax::{Entry, TextRange};

use crate::activation::{manager_calls, may_call_manager};
use crate::value::extract_word::{Extract, without_quotes, words};
use crate::workspace::{
    File, FileKind, Scope, UnitName, meant_by_device, mentions_units, preset_pattern, wanted_by_devices,
};

/// A place in a file that names a unit.
#[derive(Clone, PartialEq, Debug)]
pub struct UnitReference {
    /// The name, in bytes of the file.
    pub range: TextRange,
    /// The entry that it stands in.
    pub entry: u32,
    /// The name as it stands there: with specifiers, in commands often without suffix.
    pub written: Box<str>,
    /// What it means: specifiers replaced. The template, where the instance is known at run time only.
    pub name: UnitName,
    /// What names it.
    pub source: ReferenceSource,
}

/// What names a unit.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum ReferenceSource {
    /// A key whose values are names of units.
    Setting(&'static Directive),
    /// A call of `systemctl` or its like in a command line.
    Command(&'static Directive),
    /// `SystemdService=` of a D-Bus activation file.
    BusActivation,
    /// A line of a preset file: `enable foo.service`.
    Preset,
    /// What a udev rule has started by this manager.
    UdevRule(Scope),
}

impl ReferenceSource {
    /// The unit that `written` means here in a file of the unit `own`.
    pub(crate) fn meaning(self, own: &UnitName, written: &str) -> Option<UnitName> {
        match self {
            Self::Command(_) => called(Some(own), written),
            Self::Setting(_) | Self::BusActivation | Self::Preset => named(Some(own), written),
            Self::UdevRule(_) => meant_by_device(written),
        }
    }
}

/// The unit name at `offset` of the file; a cursor right behind it counts.
pub fn reference_at(file: &File, offset: u32) -> Option<UnitReference> {
    let (index, _) = file.unit.entry_at(offset)?;
    let mut found = references_in_entry(file, index).into_iter();
    found.find(|reference| reference.range.contains_inclusive(offset))
}

/// Every unit name in the file, in order.
pub fn references_in(file: &File) -> impl Iterator<Item = UnitReference> {
    (0..file.lines().len()).flat_map(|index| references_in_entry(file, index))
}

/// The unit names in one entry of the file.
pub fn references_in_entry(file: &File, index: usize) -> Vec<UnitReference> {
    let entry = &file.unit.entries()[index];
    let Some(source) = source(file, index) else {
        return Vec::new();
    };
    match source {
        ReferenceSource::Preset => return preset(entry, index).into_iter().collect(),
        ReferenceSource::UdevRule(_) => return rule(entry, index),
        _ => {}
    }
    let Some(value) = entry.value().filter(|value| !value.is_empty()) else {
        return Vec::new();
    };
    let own = || file.unit_name();
    let found: Vec<(TextRange, UnitName)> = match source {
        ReferenceSource::Command(_) => {
            let units = manager_calls(value).into_iter().flat_map(|call| call.units);
            units.filter_map(|unit| Some((unit.range, called(own().as_ref(), &unit.written)?))).collect()
        }
        ReferenceSource::Setting(directive) if directive.kind == ValueKind::UnitList => {
            let words = words(value, list_flags(directive)).map_while(Result::ok);
            let named = words.filter_map(|word| Some((named(own().as_ref(), &word.text)?, word.range)));
            named.map(|(name, range)| (without_quotes(value, range).into(), name)).collect()
        }
        ReferenceSource::Setting(directive) if directive.kind == ValueKind::SocketUnitList => {
            let words = words(value, Extract::PLAIN).map_while(Result::ok);
            words.filter_map(|word| Some((word.range.into(), named(own().as_ref(), &word.text)?))).collect()
        }
        _ => {
            let whole = TextRange::from(0..value.len());
            named(own().as_ref(), value).map(|name| (whole, name)).into_iter().collect()
        }
    };
    let reference = |(range, name): (TextRange, UnitName)| UnitReference {
        range: entry.value_to_source(range),
        entry: index as u32,
        written: value[Range::from(range)].into(),
        name,
        source,
    };
    found.into_iter().map(reference).collect()
}

/// How lists of units are split: quotes mean something in `[Install]` only (`config_parse_unit_deps()`,
/// `config_parse_strv()`).
pub(crate) fn list_flags(directive: &Directive) -> Extract {
    match directive.section {
        Section::Install => Extract::UNQUOTE | Extract::RETAIN_ESCAPE,
        _ => Extract::RETAIN_ESCAPE,
    }
}

/// The unit in a line of a preset file; `None` for a pattern.
fn preset(entry: &Entry, index: usize) -> Option<UnitReference> {
    let line = entry.item.text().lines().next()?;
    let written = preset_pattern(line)?;
    let start = entry.start + (written.as_ptr().addr() - line.as_ptr().addr()) as u32;
    Some(UnitReference {
        range: TextRange::new(start, start + written.len() as u32),
        entry: index as u32,
        written: written.into(),
        name: UnitName::parse(written)?,
        source: ReferenceSource::Preset,
    })
}

/// The units in a rule of udev.
fn rule(entry: &Entry, index: usize) -> Vec<UnitReference> {
    let text = entry.item.text();
    let reference = |(range, scope): (Range<usize>, Scope)| {
        let written = &text[range.clone()];
        let start = entry.start + range.start as u32;
        Some(UnitReference {
            range: TextRange::new(start, start + range.len() as u32),
            entry: index as u32,
            written: written.into(),
            name: meant_by_device(written)?,
            source: ReferenceSource::UdevRule(scope),
        })
    };
    wanted_by_devices(text).into_iter().filter_map(reference).collect()
}

/// What an entry names units by, if it may name any.
fn source(file: &File, index: usize) -> Option<ReferenceSource> {
    if file.kind == FileKind::Preset {
        return Some(ReferenceSource::Preset);
    }
    if file.kind == FileKind::UdevRules {
        return Some(ReferenceSource::UdevRule(Scope::System));
    }
    match file.lines()[index].directive {
        Some(directive) if mentions_units(directive) => Some(ReferenceSource::Setting(directive)),
        Some(directive) if directive.kind == ValueKind::ExecCommand => {
            Some(ReferenceSource::Command(directive))
        }
        Some(_) => None,
        None => (file.kind == FileKind::DBusService
            && file.unit.entries()[index].key() == Some("SystemdService"))
        .then_some(ReferenceSource::BusActivation),
    }
}

/// The unit that `written` means in a file of the unit `own`; `None` where that is known at run time only, or is none.
pub(crate) fn named(own: Option<&UnitName>, written: &str) -> Option<UnitName> {
    meant(own, written, UnitName::parse)
}

/// The same for a name in a command: systemctl adds the suffix `.service` where there is none (`unit_name_mangle()`).
pub(crate) fn called(own: Option<&UnitName>, written: &str) -> Option<UnitName> {
    meant(own, written, |text| UnitName::parse(text).or_else(|| UnitName::parse(&format!("{text}.service"))))
}

fn meant(
    own: Option<&UnitName>,
    written: &str,
    parse: impl Fn(&str) -> Option<UnitName>,
) -> Option<UnitName> {
    match own {
        Some(own) => own.meant_by(written, parse),
        None if written.contains('%') => None,
        None => parse(written),
    }
}

/// The names that a file means and that are not words of its values as they are: those with specifiers, those in commands,
/// and the templates of instances.
pub(crate) fn indirect_names(file: &File) -> Vec<Box<str>> {
    let may_mean = |index: &usize| {
        let value = file.unit.entries()[*index].value().unwrap_or_default();
        match source(file, *index) {
            Some(ReferenceSource::Setting(_)) => value.contains(['@', '%', '"', '\'']),
            Some(ReferenceSource::Command(_)) => may_call_manager(value),
            Some(ReferenceSource::BusActivation | ReferenceSource::Preset | ReferenceSource::UdevRule(_)) => {
                true
            }
            None => false,
        }
    };
    let mut names: Vec<Box<str>> = Vec::new();
    for index in (0..file.lines().len()).filter(may_mean) {
        for reference in references_in_entry(file, index) {
            let template = reference.name.template();
            names.extend(template.map(|template| template.as_str().into()));
            names.push(reference.name.as_str().into());
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// What a cursor points to, where it points to a unit.
#[derive(Clone, PartialEq, Debug)]
pub struct Pointed {
    /// The text that says so, in bytes of the file.
    pub range: TextRange,
    /// The unit.
    pub name: UnitName,
}

/// The unit at `offset`: the one that is named there or, on the header of a section, the one that the file is about.
pub fn unit_at(file: &Arc<File>, offset: u32) -> Option<Pointed> {
    if let Some(reference) = reference_at(file, offset) {
        return Some(Pointed { range: reference.range, name: reference.name });
    }
    let range = header_at(file, offset)?;
    Some(Pointed { range, name: file.unit_name()? })
}

/// The section's header at `offset`, with its brackets.
pub(crate) fn header_at(file: &File, offset: u32) -> Option<TextRange> {
    let (_, entry) = file.unit.entry_at(offset)?;
    header_range(entry).filter(|range| range.contains_inclusive(offset))
}

/// The brackets of a header and what is between them.
pub(crate) fn header_range(entry: &Entry) -> Option<TextRange> {
    entry.name_range().map(|name| TextRange::new(name.start - 1, name.end + 1))
}
