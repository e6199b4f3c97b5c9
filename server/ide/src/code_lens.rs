//! Code lenses over a unit: what starts it, and what orders itself after it.

use std::path::Path;
use std::sync::Arc;

use unit_syntax::TextRange;

use crate::graph::starters::{Starter, Starting, starting};
use crate::graph::{Edge, Graph, Relation};
use crate::navigation::first_header;
use crate::references::own_header;
use crate::unit_card::starts_by_itself;
use crate::workspace::{File, Resolution, UnitName, Workspace};

/// A line of text over a unit, and what it speaks of.
#[derive(Clone, PartialEq, Debug)]
pub struct CodeLens {
    /// What it is over, in bytes: the unit's first header.
    pub range: TextRange,
    /// What it tells.
    pub kind: LensKind,
    /// The text.
    pub title: String,
    /// The files, and the lines of them, that say so; of many the first.
    pub places: Vec<LensPlace>,
}

/// What a lens tells.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LensKind {
    /// What can start the unit.
    Starters,
    /// What orders itself after the unit.
    Order,
}

/// A file, or a line of it, that says what a lens tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LensPlace {
    /// The file. It may be a link.
    pub path: Arc<Path>,
    /// The place in it, in bytes.
    pub range: TextRange,
}

/// So many starters stand in a lens; of the rest their number does.
const MOST_IN_TITLE: usize = 6;

/// So many units that wait are named.
const MOST_NAMED: usize = 3;

/// So many units are asked for the lines that say what a lens tells.
const MOST_ASKED: usize = 50;

/// The lenses of a file: of a fragment, over its first header.
pub fn code_lenses(workspace: &Workspace, file: &Arc<File>) -> Vec<CodeLens> {
    let Some(name) = file.kind.unit_name().filter(|_| !file.masked) else {
        return Vec::new();
    };
    let range = first_header(file);
    if range.is_empty() {
        return Vec::new();
    }
    let lenses = [
        (LensKind::Starters, of_starters(workspace, file, name)),
        (LensKind::Order, of_order(workspace, file, name)),
    ];
    let lens = |(kind, lens): (LensKind, Option<(String, Vec<LensPlace>)>)| {
        let (title, places) = lens?;
        Some(CodeLens { range, kind, title, places })
    };
    lenses.into_iter().filter_map(lens).collect()
}

/// What starts the unit. Nothing is said where nothing would need to: of systemd's own units, and of slices.
fn of_starters(workspace: &Workspace, file: &File, name: &UnitName) -> Option<(String, Vec<LensPlace>)> {
    if let Resolution::Masked(mask) = workspace.resolve(name, &file.place) {
        let place = LensPlace { path: mask.path.clone(), range: TextRange::default() };
        let title = format!("Masked by {}: nothing can start this", workspace.shown(&mask.path));
        return Some((title, vec![place]));
    }
    let starters = match starting(workspace, name, &file.place) {
        Starting::Listed(starters) => starters,
        Starting::Many(units) => {
            let title = format!("Started by {} units", units.len());
            let graph = workspace.graph(&file.place);
            return Some((title, in_order(said_by(&graph, name, &units, Relation::starts))));
        }
    };
    if starters.is_empty() {
        return (!starts_by_itself(name)).then(|| ("Nothing in sight starts this".to_owned(), Vec::new()));
    }
    let mut phrases: Vec<_> = starters.iter().take(MOST_IN_TITLE).map(Starter::phrase).collect();
    if starters.len() > MOST_IN_TITLE {
        phrases.push(format!("{} more", starters.len() - MOST_IN_TITLE));
    }
    let mut places = Vec::new();
    for (said, _) in starters.iter().flat_map(Starter::walk) {
        let Some(path) = &said.path else { continue };
        let start = || workspace.file(path).map_or(TextRange::default(), |file| own_header(file));
        let place = LensPlace { path: path.clone(), range: said.range.unwrap_or_else(start) };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    Some((format!("Started by: {}", phrases.join(" · ")), places))
}

/// What waits for the unit, but for the end of all units.
fn of_order(workspace: &Workspace, file: &File, name: &UnitName) -> Option<(String, Vec<LensPlace>)> {
    let graph = workspace.graph(&file.place);
    let mut units = graph.related(name, Relation::Before);
    units.retain(|unit| !matches!(unit.as_str(), "shutdown.target" | "umount.target"));
    let mut title = match units.len() {
        0 => return None,
        1 => "1 unit orders after this".to_owned(),
        count => format!("{count} units order after this"),
    };
    if units.len() <= MOST_NAMED {
        let names: Vec<_> = units.iter().map(UnitName::as_str).collect();
        title = format!("{title}: {}", names.join(" · "));
    }
    let mut places = said_by(&graph, name, &units, |relation| relation == Relation::After);
    let own = graph.edges_stated_by(name).into_iter();
    let own = own.filter(|edge| edge.relation == Relation::Before && units.binary_search(&edge.to).is_ok());
    places.extend(own.filter_map(|edge| place(&edge)));
    Some((title, in_order(places)))
}

/// The places that make edges of these relations from `units` to the one called `name`; the first few are asked.
fn said_by(
    graph: &Graph<'_>,
    name: &UnitName,
    units: &[UnitName],
    wanted: impl Fn(Relation) -> bool,
) -> Vec<LensPlace> {
    let id = graph.id(name);
    let asked = units.iter().take(MOST_ASKED);
    let said = asked.flat_map(|unit| graph.edges_stated_about(unit, name));
    said.filter(|edge| wanted(edge.relation) && edge.to == id).filter_map(|edge| place(&edge)).collect()
}

/// The line or the file that makes an edge.
fn place(edge: &Edge<'_>) -> Option<LensPlace> {
    let (file, range) = edge.cause.place()?;
    Some(LensPlace { path: file.path.clone(), range: range.unwrap_or_else(|| own_header(file)) })
}

fn in_order(mut places: Vec<LensPlace>) -> Vec<LensPlace> {
    places.sort_by(|a, b| (a.path.as_os_str(), a.range).cmp(&(b.path.as_os_str(), b.range)));
    places.dedup();
    places
}
