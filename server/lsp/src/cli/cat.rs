//! `unitls cat`: a unit with its drop-ins merged as systemd would read them.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;
use unit_ide::effective_unit::{EffectiveUnit, LineNumbers, Names, Specifiers, Standing};

use super::args::{CatArgs, TextOrJson};
use super::world::{Subject, World};

pub(crate) fn run(args: &CatArgs) -> ExitCode {
    let Some(world) = World::around(&args.unit, &args.paths, &args.world.settings()) else {
        return ExitCode::from(2);
    };
    let workspace = &world.workspace;
    let unit = match &world.subject {
        Some(Subject::Unit(name, place)) => EffectiveUnit::of_name(workspace, name, place),
        Some(Subject::File(path)) => {
            workspace.file(path).and_then(|file| EffectiveUnit::of_file(workspace, file))
        }
        None => None,
    };
    let Some(unit) = unit else {
        let name = world.unit().map_or_else(|| args.unit.clone(), |(name, _)| name.to_string());
        super::say(format_args!("unitls: {}", workspace.unknown(&name)));
        return ExitCode::from(2);
    };
    let names = |path: &Path| world.name(path);
    let specifiers = if args.expand { Specifiers::Expanded } else { Specifiers::AsWritten };
    let mut out = anstream::AutoStream::new(io::stdout().lock(), args.color.into());
    // A pipe closed early is no error.
    let _ = match args.format {
        TextOrJson::Text => text(&mut out, &unit.render(&names, specifiers)),
        TextOrJson::Json => json(&mut out, &unit, &names, specifiers),
    };
    world.status()
}

/// The text, comments in faint colours.
fn text(out: &mut impl Write, text: &str) -> io::Result<()> {
    for line in text.lines() {
        match line.starts_with('#') {
            true => writeln!(out, "\x1b[2m{line}\x1b[0m")?,
            false => writeln!(out, "{line}")?,
        }
    }
    out.flush()
}

/// An object of the output: first the unit's files, then its lines.
#[derive(Serialize)]
#[serde(tag = "record", rename_all = "lowercase")]
enum Record<'a> {
    File {
        unit: Option<&'a str>,
        path: String,
        role: &'static str,
        masked: bool,
        hides: Vec<HiddenObject>,
        stops_at: Option<u32>,
    },
    Line {
        unit: Option<&'a str>,
        section: &'a str,
        key: Option<&'a str>,
        value: Option<&'a str>,
        path: String,
        line: u32,
        state: &'static str,
        by: Option<PlaceObject>,
        note: Option<&'a str>,
    },
}

/// A file that another one hides.
#[derive(Serialize)]
struct HiddenObject {
    path: String,
    how: &'static str,
}

/// A line elsewhere.
#[derive(Serialize)]
struct PlaceObject {
    path: String,
    line: u32,
}

/// One object a line, its members in one order.
fn json(
    out: &mut impl Write,
    effective: &EffectiveUnit<'_>,
    names: Names<'_>,
    specifiers: Specifiers,
) -> io::Result<()> {
    let unit = effective.name.as_ref().map(|name| name.as_str());
    let mut numbers = LineNumbers::default();
    for part in &effective.files {
        let hides = part
            .hides
            .iter()
            .map(|hidden| HiddenObject { path: names(&hidden.path), how: part.hiding(hidden).as_str() });
        let record = Record::File {
            unit,
            path: names(&part.file.path),
            role: if part.file.is_drop_in() { "drop-in" } else { "fragment" },
            masked: part.file.masked,
            hides: hides.collect(),
            stops_at: part.stop.as_ref().map(|(line, _)| numbers.of(*line)),
        };
        writeln!(out, "{}", serde_json::to_string(&record)?)?;
    }
    for section in &effective.sections {
        for line in &section.lines {
            let setting = line.setting;
            let by = match &line.standing {
                Standing::Overridden(by) | Standing::Cleared(by) => Some(*by),
                Standing::InEffect | Standing::Ignored(_) | Standing::Refused(_) => None,
            };
            let value = line.value(effective.name.as_ref(), specifiers);
            let record = Record::Line {
                unit,
                section: section.name,
                key: setting.entry.key(),
                value: value.as_deref(),
                path: names(&setting.file.path),
                line: numbers.of(setting),
                state: line.standing.as_str(),
                by: by.map(|by| PlaceObject { path: names(&by.file.path), line: numbers.of(by) }),
                note: match &line.standing {
                    Standing::Ignored(reason) | Standing::Refused(reason) => Some(reason),
                    _ => None,
                },
            };
            writeln!(out, "{}", serde_json::to_string(&record)?)?;
        }
    }
    out.flush()
}
