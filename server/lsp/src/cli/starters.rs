//! `unitls starters`: what can start a unit, as a tree or as one JSON object for each source.

use std::io::{self, Write};
use std::process::ExitCode;

use serde::Serialize;
use unit_ide::graph::starters::{Starter, StarterKind, starters};
use unit_ide::workspace::UnitName;
use unit_syntax::Encoding;

use super::args::{StartersArgs, TextOrJson};
use super::world::World;

pub(crate) fn run(args: &StartersArgs) -> ExitCode {
    let Some(world) = World::around(&args.unit, &args.paths, &args.world.settings()) else {
        return ExitCode::from(2);
    };
    let Some((unit, place)) = world.unit() else {
        super::say(format_args!("unitls: {} speaks for many units: name one", args.unit));
        return ExitCode::from(2);
    };
    let found = starters(&world.workspace, &unit, &place);
    let mut out = anstream::AutoStream::new(io::stdout().lock(), args.color.into());
    // A pipe closed early is no error.
    let _ = match args.format {
        TextOrJson::Text => text(&mut out, &world, &unit, &found),
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

/// A tree, what triggers a source below it.
fn text(out: &mut impl Write, world: &World, unit: &UnitName, found: &[Starter]) -> io::Result<()> {
    let mut rows: Vec<(String, &Starter)> = Vec::new();
    for (index, starter) in found.iter().enumerate() {
        let last = index + 1 == found.len();
        rows.push((format!("{}─ {}", if last { "└" } else { "├" }, name(starter, unit)), starter));
        for (index, via) in starter.via.iter().enumerate() {
            let stem = if last { " " } else { "│" };
            let branch = if index + 1 == starter.via.len() { "└" } else { "├" };
            rows.push((format!("{stem}  {branch}─ {}", via.source), via));
        }
    }
    let width = |text: &str| text.chars().count();
    let widest = rows.iter().map(|(name, _)| width(name)).max().unwrap_or_default();
    let notes = rows.iter().map(|(_, starter)| width(&starter.note)).max().unwrap_or_default();
    writeln!(
        out,
        "\x1b[1m{unit}\x1b[0m{}",
        if rows.is_empty() { ": nothing in sight starts it" } else { "" }
    )?;
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

/// A source's name in the tree: the unit itself is there for what its own file makes of its end.
fn name<'a>(starter: &'a Starter, unit: &UnitName) -> &'a str {
    match starter.kind == StarterKind::Restart && starter.unit.as_ref() == Some(unit) {
        true => "itself",
        false => &starter.source,
    }
}

fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.chars().count())))
}

/// A source of starts as scripts read it.
#[derive(Serialize)]
struct StarterObject<'a> {
    unit: &'a str,
    source: &'a str,
    kind: &'static str,
    path: Option<String>,
    line: Option<u32>,
    note: String,
    through: Option<&'a str>,
}

/// One object a line; what triggers a source follows it.
fn json(out: &mut impl Write, world: &World, unit: &UnitName, found: &[Starter]) -> io::Result<()> {
    for starter in found {
        let direct = std::iter::once((starter, None));
        let via = starter.via.iter().map(|via| (via, Some(starter.source.as_str())));
        for (starter, through) in direct.chain(via) {
            let (path, line) = place(world, starter).unzip();
            let object = StarterObject {
                unit: unit.as_str(),
                source: &starter.source,
                kind: starter.kind.as_str(),
                path,
                line: line.flatten(),
                note: starter.details(),
                through,
            };
            writeln!(out, "{}", serde_json::to_string(&object)?)?;
        }
    }
    out.flush()
}
