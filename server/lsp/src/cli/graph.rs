//! `unitls graph`: the graph of units for programs that draw it, or as JSON.

use std::io::{self, Write};
use std::process::ExitCode;

use serde::Serialize;
use unit_ide::graph::drawing::{Drawing, Implied, Part, Wanted};
use unit_ide::graph::{Cause, Edge, Holds};
use unit_ide::workspace::{Place, UnitName};
use unit_syntax::Encoding;

use super::args::{GraphArgs, GraphFormat};
use super::world::World;

pub(crate) fn run(args: &GraphArgs) -> ExitCode {
    let wanted = match (args.order, args.requirement) {
        (true, _) => Wanted::Order,
        (false, true) => Wanted::Requirement,
        (false, false) => Wanted::Everything,
    };
    let implied = if args.all { Implied::Shown } else { Implied::Hidden };
    let world = match &args.around {
        Some(unit) => World::around(unit, &args.paths, &args.world.settings()),
        None => Some(World::of(&args.paths, &args.world.settings())),
    };
    let Some(world) = world else {
        return ExitCode::from(2);
    };
    let mut drawing = Drawing::new(wanted, implied);
    if let Some(unit) = &args.around {
        let Some((unit, place)) = world.unit() else {
            super::say(format_args!("unitls: {unit} {}", world.why_no_unit()));
            return ExitCode::from(2);
        };
        drawing.add_around(&world.workspace.graph(&place), &unit);
    } else {
        for (place, units) in worlds(&world) {
            drawing.add(&world.workspace.graph(&place), &units);
        }
    }
    let mut out = io::stdout().lock();
    // A pipe closed early is no error.
    let _ = match args.format {
        GraphFormat::Dot => write!(out, "{}", drawing.to_dot()),
        GraphFormat::Mermaid => write!(out, "{}", drawing.to_mermaid()),
        GraphFormat::Json => json(&mut out, &world, &drawing),
    };
    world.status()
}

/// The units that the paths hold, by the places that see the same.
fn worlds(world: &World) -> Vec<(Place, Vec<UnitName>)> {
    let mut worlds: Vec<(Place, Vec<UnitName>)> = Vec::new();
    for path in world.targets.shown.keys() {
        let Some(file) = world.workspace.file(path) else {
            continue;
        };
        let Some(unit) = file.unit_name() else {
            continue;
        };
        let place = &file.place;
        let same = |known: &Place| {
            (&known.root, known.scope, known.searched) == (&place.root, place.scope, place.searched)
        };
        match worlds.iter_mut().find(|(known, _)| same(known)) {
            Some((_, units)) => units.push(unit),
            None => worlds.push((place.clone(), vec![unit])),
        }
    }
    worlds
}

/// An object of the output: first the units, then the edges between them.
#[derive(Serialize)]
#[serde(tag = "record", rename_all = "lowercase")]
enum Record<'a> {
    Unit {
        unit: &'a str,
        part: &'static str,
    },
    Edge {
        from: &'a str,
        relation: &'static str,
        to: &'a str,
        cause: &'static str,
        path: Option<String>,
        line: Option<u32>,
        holds: &'static str,
        note: Option<&'static str>,
    },
}

/// One object a line, its members in one order.
fn json(out: &mut impl Write, world: &World, drawing: &Drawing<'_>) -> io::Result<()> {
    for (unit, part) in &drawing.units {
        let part = match part {
            Part::Subject => "subject",
            Part::Neighbour => "neighbour",
        };
        let record = Record::Unit { unit: unit.as_str(), part };
        writeln!(out, "{}", serde_json::to_string(&record)?)?;
    }
    for edge in drawing.edges.values() {
        let (path, line) = place(world, edge).unzip();
        let (cause, note) = match edge.cause {
            Cause::Line { .. } => ("line", None),
            Cause::Link(_) => ("link", None),
            Cause::Install { .. } => ("install", None),
            Cause::Name { .. } => ("name", None),
            Cause::Implied { .. } => ("implied", None),
            Cause::Implicit(why) => ("implicit", Some(why)),
            Cause::DBus(_) => ("dbus", None),
        };
        let record = Record::Edge {
            from: edge.from.as_str(),
            relation: edge.relation.name(),
            to: edge.to.as_str(),
            cause,
            path,
            line: line.flatten(),
            holds: match edge.holds {
                Holds::Always => "always",
                Holds::OnceEnabled => "once-enabled",
            },
            note,
        };
        writeln!(out, "{}", serde_json::to_string(&record)?)?;
    }
    out.flush()
}

/// The file and line that make an edge, as they are shown; the line where it is one of a text.
fn place(world: &World, edge: &Edge<'_>) -> Option<(String, Option<u32>)> {
    if let Cause::Link(link) = edge.cause {
        return Some((world.name(&link.path), None));
    }
    let (file, range) = edge.cause.place()?;
    let line = range.map_or(1, |range| file.unit.position(range.start, Encoding::Utf8).line + 1);
    Some((world.name(&file.path), Some(line)))
}
