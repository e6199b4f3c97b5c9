//! `unitls starters`: what can start a unit, as a tree or as one JSON object for each source.

use std::io::{self, Write};
use std::process::ExitCode;

use serde::Serialize;
use unit_catalog::{UnitType, special_unit};
use unit_ide::graph::starters::{Starter, StarterKind, starters};
use unit_ide::workspace::{Place, Resolution, UnitName};
use unit_syntax::Encoding;

use super::args::{StartersArgs, TextOrJson};
use super::world::World;

pub(crate) fn run(args: &StartersArgs) -> ExitCode {
    let Some(world) = World::around(&args.unit, &args.paths, &args.world.settings()) else {
        return ExitCode::from(2);
    };
    let Some((unit, seen_from)) = world.unit() else {
        super::say(format_args!("unitls: {} {}", args.unit, world.why_no_unit()));
        return ExitCode::from(2);
    };
    let found = starters(&world.workspace, &unit, &seen_from);
    let mut out = anstream::AutoStream::new(io::stdout().lock(), args.color.into());
    // A pipe closed early is no error.
    let _ = match args.format {
        TextOrJson::Text => text(&mut out, &world, &unit, &seen_from, &found),
        TextOrJson::Json => json(&mut out, &world, &unit, &found),
    };
    world.status()
}

/// The file and line that say so, as they are shown; the line where it is one of a text.
fn place(world: &World, starter: &Starter) -> Option<(String, Option<u32>)> {
    let path = starter.path.as_deref()?;
    let line = world.workspace.file(path).map(|file| match starter.range {
        Some(range) => file.unit.position(range.start, Encoding::Utf8).line + 1,
        None => 1,
    });
    Some((world.name(path), line))
}

/// A tree, what starts a source below it.
fn text(
    out: &mut impl Write,
    world: &World,
    unit: &UnitName,
    seen_from: &Place,
    found: &[Starter],
) -> io::Result<()> {
    let mut rows = Vec::new();
    branches(world, unit, found, "", &mut rows);
    let width = |text: &str| text.chars().count();
    let widest = rows.iter().map(|(name, _)| width(name)).max().unwrap_or_default();
    let notes = rows.iter().map(|(_, starter)| width(&starter.note)).max().unwrap_or_default();
    writeln!(out, "\x1b[1m{unit}\x1b[0m{}", standing(world, unit, seen_from, found))?;
    for (name, starter) in rows {
        let place = place(world, starter).map(|(path, line)| match line {
            Some(line) => format!("{path}:{line}"),
            None => path,
        });
        let (name, note) = (pad(&name, widest), pad(&starter.note, notes));
        writeln!(out, "{name}  {note}  \x1b[2m{}\x1b[0m", place.unwrap_or_default())?;
    }
    out.flush()
}

/// Adds a row for each source, below `stem`, and for what starts it.
fn branches<'a>(
    world: &World,
    unit: &UnitName,
    found: &'a [Starter],
    stem: &str,
    rows: &mut Vec<(String, &'a Starter)>,
) {
    for (index, starter) in found.iter().enumerate() {
        let (branch, below) = if index + 1 == found.len() { ("└", " ") } else { ("├", "│") };
        rows.push((format!("{stem}{branch}─ {}", name(world, starter, unit)), starter));
        branches(world, unit, &starter.via, &format!("{stem}{below}  "), rows);
    }
}

/// What to say of the unit before its sources.
fn standing(world: &World, unit: &UnitName, seen_from: &Place, found: &[Starter]) -> String {
    match world.workspace.resolve(unit, seen_from) {
        Resolution::Masked(mask) => format!(": masked by {}, nothing can start it", world.name(&mask.path)),
        Resolution::Missing if needs_file(unit) => ": no file in sight describes it".to_owned(),
        _ if found.is_empty() => ": nothing in sight starts it".to_owned(),
        _ => String::new(),
    }
}

/// Whether there is no such unit without a file.
fn needs_file(unit: &UnitName) -> bool {
    !matches!(unit.unit_type(), UnitType::Device | UnitType::Slice | UnitType::Scope)
        && special_unit(unit.as_str()).is_none()
}

/// A source's name in the tree: the unit itself is there for what its own file makes of its end.
fn name(world: &World, starter: &Starter, unit: &UnitName) -> String {
    match starter.kind == StarterKind::Restart && starter.unit.as_ref() == Some(unit) {
        true => "itself".to_owned(),
        false => source(world, starter),
    }
}

/// Who it is: a unit, or a file that is none.
fn source(world: &World, starter: &Starter) -> String {
    match (starter.kind, &starter.path) {
        (StarterKind::DBus | StarterKind::Device, Some(path)) if starter.unit.is_none() => world.name(path),
        _ => starter.source.clone(),
    }
}

fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.chars().count())))
}

/// A source of starts as scripts read it.
#[derive(Serialize)]
struct StarterObject<'a> {
    unit: &'a str,
    source: String,
    kind: &'static str,
    path: Option<String>,
    line: Option<u32>,
    note: String,
    through: Option<&'a str>,
}

/// One object a line; what starts a source follows it.
fn json(out: &mut impl Write, world: &World, unit: &UnitName, found: &[Starter]) -> io::Result<()> {
    for starter in found {
        for (starter, through) in starter.walk() {
            let (path, line) = place(world, starter).unzip();
            let object = StarterObject {
                unit: unit.as_str(),
                source: source(world, starter),
                kind: starter.kind.as_str(),
                path,
                line: line.flatten(),
                note: starter.details(),
                through: through.map(|through| through.source.as_str()),
            };
            writeln!(out, "{}", serde_json::to_string(&object)?)?;
        }
    }
    out.flush()
}
