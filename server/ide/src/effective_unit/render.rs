//! The effective unit as text: a unit file again, with the origin of each line in comments.

use std::borrow::Cow;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{EffectiveLine, EffectiveUnit, Part, Standing};
use crate::workspace::{Setting, UnitName};

/// What is done about `%n`, `%i` and the other specifiers that a unit's name answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Specifiers {
    /// They stay.
    AsWritten,
    /// They become what they stand for.
    Expanded,
}

/// Gives the name to show a file under.
pub type Names<'a> = &'a dyn Fn(&Path) -> String;

/// The numbers of lines in files.
#[derive(Default)]
pub struct LineNumbers(FxHashMap<Arc<Path>, Vec<u32>>);

impl LineNumbers {
    /// The number of the line that a setting begins on, from 1. Reads its file once.
    pub fn of(&mut self, setting: Setting<'_>) -> u32 {
        let starts = self.0.entry(setting.file.path.clone()).or_insert_with(|| {
            let mut line = 1;
            let lines = setting.file.unit.entries().iter().map(|entry| {
                let first = line;
                line += line_ends(entry.item.text());
                first
            });
            lines.collect()
        });
        let entries = setting.file.unit.entries();
        starts[entries.partition_point(|entry| entry.start < setting.entry.start)]
    }
}

impl EffectiveUnit<'_> {
    /// The unit as one file that systemd would read the same way. Each group of lines stands below `# path:line`; what
    /// has no effect stands in comments that say why.
    pub fn render(&self, names: Names<'_>, specifiers: Specifiers) -> String {
        let mut out = self.heading(names);
        let mut numbers = LineNumbers::default();
        let unit = self.name.as_ref().filter(|_| specifiers == Specifiers::Expanded);
        for section in &self.sections {
            out.push('\n');
            if !section.name.is_empty() {
                let counts = section.lines.iter().any(|line| line.standing.is_active());
                let _ = writeln!(out, "{}[{}]", if counts { "" } else { "#" }, section.name);
            }
            let mut before: Option<(&Path, u32)> = None;
            for line in &section.lines {
                let (path, number) = (&*line.setting.file.path, numbers.of(line.setting));
                if before != Some((path, number)) {
                    let _ = writeln!(out, "# {}:{number}", names(path));
                }
                line.write(&mut out, unit, &mut |setting| {
                    format!("{}:{}", names(&setting.file.path), numbers.of(setting))
                });
                before = Some((path, number + line_ends(line.setting.entry.item.text())));
            }
        }
        out
    }

    /// What it is, and its files.
    fn heading(&self, names: Names<'_>) -> String {
        let mut out = match &self.name {
            Some(name) => format!("# {name}"),
            None => "# drop-in for many units".to_owned(),
        };
        for (index, alias) in self.aliases.iter().enumerate() {
            let _ = write!(out, "{} {alias}", if index == 0 { ", also" } else { "," });
        }
        out.push('\n');
        if self.name.is_some() && self.fragment().is_none() {
            out.push_str("#   its own file is not in sight\n");
        }
        let mut numbers = LineNumbers::default();
        for part in &self.files {
            let _ = write!(out, "#   {}", names(&part.file.path));
            for hidden in &part.hides {
                let _ = write!(out, ", {} {}", part.hiding(hidden).as_str(), names(&hidden.path));
            }
            if part.file.masked && !part.file.is_drop_in() {
                out.push_str(": the unit is masked");
            }
            if let Some((setting, reason)) = &part.stop {
                let line = numbers.of(*setting);
                let then = part.file.fate_of_stop();
                let _ = write!(out, ": systemd stops reading at line {line}{then}: {reason}");
            }
            out.push('\n');
        }
        out
    }
}

impl Part<'_> {
    /// Whether systemd refuses the whole unit because of this file.
    pub fn is_refused(&self) -> bool {
        self.stop.is_some() && !self.file.is_drop_in()
    }
}

impl<'a> EffectiveLine<'a> {
    /// The value, continuations joined; specifiers replaced where the line has an effect and that is asked for.
    pub fn value(&self, unit: Option<&UnitName>, specifiers: Specifiers) -> Option<Cow<'a, str>> {
        let value = self.setting.entry.value()?;
        match (&self.standing, specifiers, unit) {
            (Standing::InEffect, Specifiers::Expanded, Some(unit)) => Some(self.expand(value, unit)),
            _ => Some(value.into()),
        }
    }

    /// Replaces specifiers in a part of the line; what is for other programs has none.
    fn expand<'t>(&self, text: &'t str, unit: &UnitName) -> Cow<'t, str> {
        match self.directive {
            Some(_) => expand(text, unit),
            None => text.into(),
        }
    }

    /// Writes the line, as a comment where it has no effect. `place` shows where another line is.
    fn write(&self, out: &mut String, unit: Option<&UnitName>, place: &mut dyn FnMut(Setting<'_>) -> String) {
        let source = source(self.setting);
        let note = match &self.standing {
            Standing::InEffect | Standing::Refused(_) => {
                if let Standing::Refused(reason) = &self.standing {
                    let _ = writeln!(out, "# systemd refuses the unit: {reason}");
                }
                let text = unit.map_or(source.into(), |unit| self.expand(source, unit));
                out.extend(physical_lines(&text).flat_map(|line| [line, "\n"]));
                return;
            }
            Standing::Overridden(by) => format!("overridden by {}", place(*by)),
            Standing::Cleared(by) => format!("cleared by {}", place(*by)),
            Standing::Ignored(reason) => format!("ignored: {reason}"),
        };
        let lines: Vec<_> = physical_lines(source).collect();
        let _ = writeln!(out, "#{}  # {note}", lines.join("\n#"));
    }
}

/// The line as written, from its first character to the value's last: what is behind that, such as a backslash at the
/// end of the file, would swallow what is printed next.
fn source<'a>(setting: Setting<'a>) -> &'a str {
    let item = &setting.entry.item;
    let text = match (item.key_range(), item.value_range()) {
        (Some(key), Some(value)) => &item.text()[key.start as usize..value.end as usize],
        _ => item.text().trim(),
    };
    // systemd takes it for a line's end.
    text.split('\0').next().unwrap_or_default()
}

/// Replaces the specifiers that the unit's name answers, where that changes nothing else about the text.
fn expand<'a>(text: &'a str, unit: &UnitName) -> Cow<'a, str> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(percent) = rest.find('%') {
        let Some(letter) = rest[percent + 1..].chars().next() else {
            break;
        };
        let behind = percent + 1 + letter.len_utf8();
        // Blanks, quotes and backslashes would be read once more.
        let plain = |text: &Cow<'_, str>| {
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":-_./@".contains(&byte))
        };
        match unit.specifier(letter).ok().filter(plain) {
            Some(expanded) => {
                out.push_str(&rest[..percent]);
                out.push_str(&expanded);
            }
            None => out.push_str(&rest[..behind]),
        }
        rest = &rest[behind..];
    }
    if out.is_empty() {
        return text.into();
    }
    out.push_str(rest);
    out.into()
}

/// The lines of a text that ends without a line end; a carriage return alone is one.
fn physical_lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// How many lines end in a text.
fn line_ends(text: &str) -> u32 {
    let count = |end: &str| text.matches(end).count();
    (count("\n") + count("\r") - count("\r\n")) as u32
}
