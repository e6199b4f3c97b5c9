//! What a hover says of a line's or a file's part in its unit: what it overrides or adds to, and what overrides it.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use super::slot::slots;
use super::{EffectiveLine, EffectiveUnit, LineNumbers, Standing};
use crate::workspace::{File, FileKind, Setting, UnitName, Workspace, drop_in_owners};

/// So many lines or units are named; of the rest their number is.
const MOST_NAMED: usize = 3;

/// What the line of this entry does to other lines of its unit, and they to it, as Markdown; `None` where it stands alone.
pub(crate) fn line_note(workspace: &Workspace, file: &Arc<File>, entry: usize) -> Option<String> {
    note_in(&EffectiveUnit::around_line(workspace, file, entry)?, workspace, file, entry)
}

fn note_in(
    unit: &EffectiveUnit<'_>,
    workspace: &Workspace,
    file: &Arc<File>,
    entry: usize,
) -> Option<String> {
    let start = file.unit.entries()[entry].start;
    let Some(line) = unit.line(file, start) else {
        return Some(format!("Not read: {}.", hider(workspace, unit, file)?));
    };
    let mut show = Show { workspace, numbers: LineNumbers::default(), here: file };
    let mut notes = Vec::new();
    match &line.standing {
        Standing::Overridden(by) => notes.push(format!("Without effect: overridden by {}.", show.line(*by))),
        Standing::Cleared(by) => notes.push(format!("Without effect: cleared by {}.", show.line(*by))),
        Standing::InEffect => notes.extend(show.effect_on_others(unit, line)),
        // Findings say so.
        Standing::Ignored(_) | Standing::Refused(_) => {}
    }
    (!notes.is_empty()).then(|| notes.join("\n\n"))
}

/// Which unit a file belongs to, and whether it is read at all, as Markdown; nothing of a fragment without drop-ins.
pub(crate) fn file_note(workspace: &Workspace, file: &Arc<File>) -> Option<String> {
    let unit = EffectiveUnit::of_file(workspace, file)?;
    let shown = |path: &Path| workspace.shown(path);
    let mut note = match (&file.kind, &unit.name, unit.fragment()) {
        (FileKind::DropIn { owner, .. }, None, _) => for_many(workspace, file, owner),
        (FileKind::DropIn { .. }, Some(name), Some(fragment)) => {
            format!("A drop-in of `{name}` (`{}`).", shown(&fragment.path))
        }
        (FileKind::DropIn { .. }, Some(name), None) => {
            format!("A drop-in of `{name}`, whose own file is not in sight.")
        }
        _ => String::new(),
    };
    if let Some(hider) = hider(workspace, &unit, file) {
        let _ = write!(note, "{}Not read: {hider}.", if note.is_empty() { "" } else { "\n\n" });
    }
    let others = unit.files.iter().filter(|part| part.file.is_drop_in() && part.file.path != file.path);
    let others: Vec<_> = others.map(|part| format!("- `{}`", shown(&part.file.path))).collect();
    if !others.is_empty() {
        let title = if file.is_drop_in() { "Other drop-ins" } else { "Drop-ins" };
        let _ = write!(note, "{}{title}, in reading order:\n\n", if note.is_empty() { "" } else { "\n\n" });
        note += &some(others.into_iter(), "\n");
    }
    (!note.is_empty()).then_some(note)
}

/// What a drop-in that speaks for many units speaks for, and which of them are in sight.
fn for_many(workspace: &Workspace, file: &File, owner: &str) -> String {
    let what = match owner.split_once("-.") {
        Some((prefix, unit_type)) => format!("every .{unit_type} unit whose name begins with `{prefix}-`"),
        None => format!("every .{owner} unit"),
    };
    let speaks_for = |name: &&UnitName| {
        name.unit_type().suffix() == owner || drop_in_owners(name).iter().any(|folder| folder == owner)
    };
    let seen = workspace.files().filter(|other| workspace.sees(&other.place, &file.place));
    let mut names: Vec<&UnitName> =
        seen.filter_map(|other| other.kind.unit_name()).filter(speaks_for).collect();
    names.sort_unstable();
    names.dedup();
    match names.is_empty() {
        true => format!("A drop-in of {what}."),
        false => {
            let names = names.iter().map(|name| format!("`{name}`"));
            format!("A drop-in of {what}, here: {}.", some(names, ", "))
        }
    }
}

/// Why the file is none of the unit's, as half a sentence.
fn hider(workspace: &Workspace, unit: &EffectiveUnit<'_>, file: &File) -> Option<String> {
    if unit.files.iter().any(|part| part.file.path == file.path) {
        return None;
    }
    let shown = |path: &Path| workspace.shown(path);
    let hides = |part: &&super::Part<'_>| part.hides.iter().any(|hidden| hidden.path == file.path);
    match (unit.files.iter().find(hides), unit.fragment()) {
        (Some(part), _) => Some(format!("`{}` is in its place", shown(&part.file.path))),
        (None, Some(fragment)) if fragment.masked => {
            Some(format!("`{}` masks the unit", shown(&fragment.path)))
        }
        _ => None,
    }
}

/// The first few of them, and how many are left.
fn some(items: impl ExactSizeIterator<Item = String>, separator: &str) -> String {
    let left = items.len().saturating_sub(MOST_NAMED);
    let named: Vec<_> = items.take(MOST_NAMED).collect();
    match left {
        0 => named.join(separator),
        left => format!("{}{separator}and {left} more", named.join(separator)),
    }
}

/// How lines are named for somebody who looks at one of them.
struct Show<'a> {
    workspace: &'a Workspace,
    numbers: LineNumbers,
    /// The file that they look at.
    here: &'a Arc<File>,
}

impl Show<'_> {
    /// The line and its place.
    fn line(&mut self, setting: Setting<'_>) -> String {
        let key = setting.entry.key().unwrap_or_default();
        let number = self.numbers.of(setting);
        let line = format!("{key}={}", shortened(setting.value()));
        let line = if line.contains('`') { format!("`` {line} ``") } else { format!("`{line}`") };
        match setting.file.path == self.here.path {
            true => format!("{line} in line {number}"),
            false => format!("{line} in `{}`, line {number}", self.workspace.shown(&setting.file.path)),
        }
    }

    /// What a line in effect overrides, clears or adds to, and what other files add to it.
    fn effect_on_others(&mut self, unit: &EffectiveUnit<'_>, line: &EffectiveLine<'_>) -> Vec<String> {
        let list = |line: &EffectiveLine<'_>| {
            let directive = line.directive.filter(|directive| directive.list)?;
            (!line.setting.value().is_empty()).then(|| slots(directive))
        };
        let mine = list(line);
        let (mut overridden, mut cleared, mut before, mut behind) = (vec![], vec![], vec![], vec![]);
        let mut passed = false;
        for other in unit.sections.iter().flat_map(|section| &section.lines) {
            passed |= same(other.setting, line.setting);
            match &other.standing {
                Standing::Overridden(by) if same(*by, line.setting) => overridden.push(other.setting),
                Standing::Cleared(by) if same(*by, line.setting) => cleared.push(other.setting),
                Standing::InEffect
                    if other.setting.file.path != line.setting.file.path
                        && mine.is_some()
                        && list(other) == mine =>
                {
                    if passed { &mut behind } else { &mut before }.push(other.setting);
                }
                _ => {}
            }
        }
        let groups =
            [("Overrides", overridden), ("Clears", cleared), ("Adds to", before), ("Added to by", behind)];
        let notes = groups.into_iter().filter(|(_, lines)| !lines.is_empty()).map(|(verb, lines)| {
            let lines: Vec<_> = lines.into_iter().map(|setting| self.line(setting)).collect();
            format!("{verb} {}.", some(lines.into_iter(), "; "))
        });
        notes.collect()
    }
}

fn same(one: Setting<'_>, other: Setting<'_>) -> bool {
    one.entry.start == other.entry.start && one.file.path == other.file.path
}

/// A value as a part of a sentence.
fn shortened(value: &str) -> String {
    const MOST: usize = 60;
    match value.char_indices().nth(MOST) {
        Some((at, _)) => format!("{} …", value[..at].trim_end()),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use unit_catalog::{Section, UnitType, Version, directives};
    use unit_syntax::Unit;

    use super::super::fate::may_refuse;
    use super::*;

    #[test]
    fn lines_around_one_say_as_much_of_it_as_all_lines() {
        let endings = ["", "User=a b\n", "[Broken\n", "ExecStart=\n", "TimeoutSec=5\nTimeoutStopSec=6\n"];
        for (nth, ending) in endings.into_iter().enumerate() {
            for unit_type in [UnitType::Service, UnitType::Timer] {
                let Some(own) = unit_type.own_section() else { continue };
                // Each key twice, and a drop-in that clears it.
                let (mut text, mut cleared) = (String::new(), String::new());
                for section in [Section::Unit, own] {
                    for (text, values) in [(&mut text, &["yes", "/a"][..]), (&mut cleared, &[""])] {
                        let _ = writeln!(text, "[{}]", section.name());
                        for key in directives(section).iter().filter(|key| !may_refuse(key)) {
                            values.iter().for_each(|value| *text += &format!("{}={value}\n", key.name));
                        }
                    }
                }
                let suffix = unit_type.suffix();
                let files = [
                    (format!("/src/a.{suffix}"), format!("{text}{ending}")),
                    (format!("/src/a.{suffix}.d/1.conf"), cleared),
                    (format!("/src/a.{suffix}.d/2.conf"), format!("[{}]\n{ending}{text}", own.name())),
                ];
                let mut workspace = Workspace::new(vec![Path::new("/src").into()], Version::NEWEST);
                let files = files.map(|(path, text)| {
                    let unit = Arc::new(Unit::parse(&text));
                    File::new(Path::new(&path).into(), workspace.places(), Version::NEWEST, unit)
                });
                workspace.set_on_disk(files, []);
                for file in workspace.files() {
                    let all = EffectiveUnit::of_file(&workspace, file).expect("it is a unit file");
                    for entry in (nth..file.lines().len()).step_by(37) {
                        let around = line_note(&workspace, file, entry);
                        assert_eq!(around, note_in(&all, &workspace, file, entry), "{:?} {entry}", file.path);
                    }
                }
            }
        }
    }
}
