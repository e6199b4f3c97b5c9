//! The effective unit: fragment and drop-ins merged as systemd reads them, every line with its origin and what became
//! of it.

mod fate;
mod notes;
mod render;
mod slot;

use std::sync::Arc;

use rustc_hash::FxHashMap;
use unit_catalog::{Directive, Empty};
use unit_syntax::{ItemKind, Junk};

use crate::workspace::{Decoding, Effective, File, Place, Setting, UnitName, Workspace, drop_in_name};
use fate::{Fate, fate, may_refuse};
pub(crate) use notes::{file_note, line_note};
pub use render::{LineNumbers, Names, Specifiers};
use slot::{Slot, first_counts, related_slots, slots};

/// A unit as systemd would load it, line by line.
#[derive(Clone, Debug)]
pub struct EffectiveUnit<'a> {
    /// Its own name; missing for drop-ins that speak for many units.
    pub name: Option<UnitName>,
    /// Its other names, by links.
    pub aliases: Vec<UnitName>,
    /// Its files in reading order, the fragment first.
    pub files: Vec<Part<'a>>,
    /// Its sections in the order in which they first appear, each once.
    pub sections: Vec<EffectiveSection<'a>>,
}

/// One file of a unit.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// The file.
    pub file: &'a Arc<File>,
    /// The files of the same name in folders that count less, which systemd does not read.
    pub hides: Vec<&'a Arc<File>>,
    /// The line at which systemd stops reading it, and why: a fragment is then refused, of a drop-in counts what
    /// stands above.
    pub stop: Option<(Setting<'a>, String)>,
}

/// How a file stands to one that it hides, in the words of systemd-delta(1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hiding {
    /// It takes the name away and puts nothing in its place.
    Masks,
    /// It says the same, byte for byte.
    Equals,
    /// It says something else.
    Overrides,
}

/// All lines of one section.
#[derive(Clone, Debug)]
pub struct EffectiveSection<'a> {
    /// The name between the brackets; empty for lines before the first section of a file.
    pub name: &'a str,
    /// Its assignments in reading order, and lines that were meant to be some.
    pub lines: Vec<EffectiveLine<'a>>,
}

/// One line and what became of it.
#[derive(Clone, Debug)]
pub struct EffectiveLine<'a> {
    /// The line.
    pub setting: Setting<'a>,
    /// What became of it.
    pub standing: Standing<'a>,
    /// What it sets; missing where systemd knows no such key, or it is for other programs (`X-…`).
    pub directive: Option<&'static Directive>,
}

/// What became of a line.
#[derive(Clone, Debug)]
pub enum Standing<'a> {
    /// It has an effect.
    InEffect,
    /// This later assignment counts in its place.
    Overridden(Setting<'a>),
    /// A later empty assignment has cleared the list that it was in.
    Cleared(Setting<'a>),
    /// systemd ignores it, for this reason.
    Ignored(String),
    /// systemd refuses the whole unit at this line, for this reason.
    Refused(String),
}

impl Standing<'_> {
    /// Whether systemd does something about the line.
    pub fn is_active(&self) -> bool {
        matches!(self, Self::InEffect | Self::Refused(_))
    }

    /// The word for scripts.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::InEffect => "in-effect",
            Self::Overridden(_) => "overridden",
            Self::Cleared(_) => "cleared",
            Self::Ignored(_) => "ignored",
            Self::Refused(_) => "refused",
        }
    }
}

impl Hiding {
    /// The word for scripts and people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Masks => "masks",
            Self::Equals => "equals",
            Self::Overrides => "overrides",
        }
    }
}

impl Part<'_> {
    /// How it stands to one of the files that it hides.
    pub fn hiding(&self, hidden: &File) -> Hiding {
        match self.file.masked {
            true => Hiding::Masks,
            false if self.file.unit.entries().iter().map(text).eq(hidden.unit.entries().iter().map(text)) => {
                Hiding::Equals
            }
            false => Hiding::Overrides,
        }
    }
}

fn text(entry: &unit_syntax::Entry) -> &str {
    entry.item.text()
}

impl<'a> EffectiveUnit<'a> {
    /// The unit that `name` leads to, seen from `asker`; also one of which only drop-ins are known. `None` where
    /// nothing speaks for the name.
    pub fn of_name(workspace: &'a Workspace, name: &UnitName, asker: &Place) -> Option<Self> {
        let id = workspace.unit_id(name, asker);
        let name = id.as_ref().unwrap_or(name);
        let unit = workspace.effective_or_drop_ins(name, asker);
        (!unit.parts.is_empty()).then(|| Self::merge(workspace, unit, asker, Lines::All))
    }

    /// The unit that `file` belongs to; it may be one in which another file of that name counts in its place. `None`
    /// for files that are no unit files.
    pub fn of_file(workspace: &'a Workspace, file: &'a Arc<File>) -> Option<Self> {
        Self::part_of_file(workspace, file, Lines::All)
    }

    /// The same with the lines that have to do with one of the file, and those that may end the reading.
    fn around_line(workspace: &'a Workspace, file: &'a Arc<File>, entry: usize) -> Option<Self> {
        let slots = file.lines()[entry].directive.map(related_slots).unwrap_or_default();
        Self::part_of_file(workspace, file, Lines::Around { file, entry, slots })
    }

    fn part_of_file(workspace: &'a Workspace, file: &'a Arc<File>, lines: Lines<'a>) -> Option<Self> {
        let unit = workspace.effective_of(file)?;
        let unit = match &unit.name {
            Some(name) => {
                let best = workspace.fragment(name, &file.place);
                let better = best.filter(|best| file.is_drop_in() || outranks(best, file, &file.place));
                let fragment = better.or(unit.fragment);
                workspace.with_drop_ins(name, fragment, &file.place)
            }
            None => unit,
        };
        Some(Self::merge(workspace, unit, &file.place, lines))
    }

    /// The unit's own file, where it is known.
    pub fn fragment(&self) -> Option<&'a Arc<File>> {
        self.files.first().map(|part| part.file).filter(|file| !file.is_drop_in())
    }

    /// The line of this place, if it is one of the unit's.
    pub fn line(&self, file: &File, entry: u32) -> Option<&EffectiveLine<'a>> {
        let here = |line: &&EffectiveLine<'_>| {
            line.setting.file.path == file.path && line.setting.entry.start == entry
        };
        self.sections.iter().flat_map(|section| &section.lines).find(here)
    }

    fn merge(workspace: &'a Workspace, unit: Effective<'a>, asker: &Place, lines: Lines<'a>) -> Self {
        let masked = unit.fragment.filter(|fragment| fragment.masked);
        let drop_ins = unit.name.as_ref().map(|name| workspace.drop_ins(name, asker)).unwrap_or_default();
        let hidden_by = |file: &'a Arc<File>| -> Vec<&'a Arc<File>> {
            if !file.is_drop_in() {
                let others = file.owner().map(|name| workspace.fragments(name, asker));
                return others.into_iter().flatten().filter(|other| outranks(file, other, asker)).collect();
            }
            let behind = drop_ins.iter().skip_while(|other| other.path != file.path).skip(1).copied();
            let hidden = behind.filter(|other| drop_in_name(other) == drop_in_name(file));
            // Of two files of one folder as systemd sees it nobody knows which will be there.
            hidden.filter(|other| other.owner() != file.owner() || outranks(file, other, asker)).collect()
        };
        let mut merge = Merge { unit: unit.name.clone(), lines, ..Merge::default() };
        let mut files = Vec::new();
        for file in unit.parts {
            // Nothing is read of a masked unit but that it is masked.
            if masked.is_some_and(|fragment| fragment.path != file.path) {
                continue;
            }
            let stop = merge.read(file);
            merge.refused |= stop.is_some() && !file.is_drop_in();
            files.push(Part { file, hides: hidden_by(file), stop });
        }
        let aliases =
            unit.name.as_ref().map(|name| workspace.linked_aliases(name, asker)).unwrap_or_default();
        Self { name: unit.name, aliases, files, sections: merge.finish() }
    }
}

/// Whether a file lies in a folder that counts before the other's.
fn outranks(file: &File, other: &File, asker: &Place) -> bool {
    file.place.precedence(asker) < other.place.precedence(asker)
}

/// Which lines are read.
#[derive(Default)]
enum Lines<'a> {
    #[default]
    All,
    /// The line of this entry, those that write any of these settings, and those at which systemd may stop reading.
    Around { file: &'a Arc<File>, entry: usize, slots: Vec<Slot> },
}

impl Lines<'_> {
    fn hold(&self, file: &Arc<File>, index: usize) -> bool {
        let Self::Around { file: around, entry, slots: wanted } = self else {
            return true;
        };
        let may_stop = || {
            file.decoding == Decoding::Lossy
                || matches!(file.unit.entries()[index].item.kind(), ItemKind::Junk(Junk::BadHeader))
        };
        let line = |directive: &'static Directive| {
            may_refuse(directive) || slots(directive).iter().flatten().any(|slot| wanted.contains(slot))
        };
        match file.lines()[index].directive {
            Some(directive) if line(directive) => true,
            _ => may_stop() || index == *entry && Arc::ptr_eq(file, around),
        }
    }
}

/// A line's place among the sections.
type At = (usize, usize);

/// What has been read so far.
#[derive(Default)]
struct Merge<'a> {
    unit: Option<UnitName>,
    lines: Lines<'a>,
    sections: Vec<EffectiveSection<'a>>,
    /// Where each section is in `sections`.
    by_name: FxHashMap<&'a str, usize>,
    /// What each setting is made of.
    holders: FxHashMap<Slot, Holders>,
    /// Lines that still hold more than one setting: each of the others that they lose leaves them in effect.
    spare: FxHashMap<At, usize>,
    /// Whether systemd has refused the unit's own file, and reads no drop-ins.
    refused: bool,
}

/// The lines that a setting is made of.
#[derive(Default)]
struct Holders {
    /// Those that make it up at the moment.
    now: Vec<At>,
    /// Those in whose place another one counts.
    overridden: Vec<At>,
}

impl<'a> Merge<'a> {
    /// Reads a file to its end, or to the line at which systemd stops.
    fn read(&mut self, file: &'a Arc<File>) -> Option<(Setting<'a>, String)> {
        let mut stop: Option<(Setting<'a>, String)> = None;
        // Each file starts outside of all sections.
        let mut section = "";
        for (index, entry) in file.unit.entries().iter().enumerate() {
            let setting = Setting { file, entry };
            if let ItemKind::Header = entry.item.kind() {
                section = entry.section_name().unwrap_or_default();
                continue;
            }
            if !self.lines.hold(file, index) {
                continue;
            }
            let Some(fate) = fate(file, index, self.unit.as_ref()) else {
                continue;
            };
            let at = self.add(section, setting, file.lines()[index].directive);
            let standing = match fate {
                _ if self.refused => Standing::Ignored("systemd refuses the unit".to_owned()),
                _ if stop.is_some() => {
                    Standing::Ignored("systemd has stopped reading this file above".to_owned())
                }
                Fate::Sets(directive) => self.set(directive, setting, at),
                Fate::Foreign => Standing::InEffect,
                Fate::Ignored(reason) => Standing::Ignored(reason),
                Fate::Stops(reason) => {
                    stop = Some((setting, reason.clone()));
                    match file.is_drop_in() {
                        true => Standing::Ignored(format!("systemd reads this file no further: {reason}")),
                        false => Standing::Refused(reason),
                    }
                }
            };
            self.line(at).standing = standing;
        }
        stop
    }

    fn add(&mut self, name: &'a str, setting: Setting<'a>, directive: Option<&'static Directive>) -> At {
        let section = *self.by_name.entry(name).or_insert_with(|| {
            self.sections.push(EffectiveSection { name, lines: Vec::new() });
            self.sections.len() - 1
        });
        let lines = &mut self.sections[section].lines;
        lines.push(EffectiveLine { setting, standing: Standing::InEffect, directive });
        (section, lines.len() - 1)
    }

    fn line(&mut self, (section, line): At) -> &mut EffectiveLine<'a> {
        &mut self.sections[section].lines[line]
    }

    /// Lets an assignment act on what was set before.
    fn set(&mut self, directive: &'static Directive, setting: Setting<'a>, at: At) -> Standing<'a> {
        let empty = setting.value().is_empty();
        if empty && directive.empty != Empty::Reset {
            return Standing::Ignored("an empty value changes nothing here".to_owned());
        }
        let slots = slots(directive);
        if slots.iter().all(Option::is_some) {
            self.spare.insert(at, slots.len() - 1);
        }
        for slot in slots.into_iter().flatten() {
            let holders = self.holders.entry(slot).or_default();
            if first_counts(directive) && !holders.now.is_empty() {
                return Standing::Ignored("the first one counts".to_owned());
            }
            if directive.list && !empty {
                holders.now.push(at);
                continue;
            }
            for lost in std::mem::replace(&mut holders.now, vec![at]) {
                match self.spare.get_mut(&lost).filter(|spare| **spare > 0) {
                    Some(spare) => *spare -= 1,
                    None if directive.list => {
                        self.sections[lost.0].lines[lost.1].standing = Standing::Cleared(setting);
                    }
                    None => holders.overridden.push(lost),
                }
            }
        }
        Standing::InEffect
    }

    /// Settles which line counts in the place of those that were overridden: the last one, whatever came between.
    fn finish(mut self) -> Vec<EffectiveSection<'a>> {
        for holders in std::mem::take(&mut self.holders).into_values() {
            for lost in holders.overridden {
                let by = self.line(holders.now[0]).setting;
                self.line(lost).standing = Standing::Overridden(by);
            }
        }
        self.sections
    }
}
