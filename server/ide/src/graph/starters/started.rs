//! What a unit starts: the other direction.

use std::sync::Arc;

use unit_syntax::TextRange;

use super::{directive_of, is_aside, waits_for};
use crate::graph::commands::started_by;
use crate::graph::{Cause, Edge, Holds, Relation};
use crate::workspace::{File, Place, UnitName, Workspace};

/// A unit that another one starts.
#[derive(Clone, Debug)]
pub struct Started {
    /// The unit, under its own name.
    pub unit: UnitName,
    /// When, or by what key: `Wants=`, `port 80`, `when it fails`.
    pub detail: String,
    /// The line that says so, or the header of a file whose name does; `None` for links.
    pub place: Option<(Arc<File>, TextRange)>,
}

/// What the unit called `name` starts, as far as the files that units at `asker` see tell. Default dependencies, slices
/// and mounts of paths are left out.
pub fn started(workspace: &Workspace, name: &UnitName, asker: &Place) -> Vec<Started> {
    let graph = workspace.graph(asker);
    let id = graph.id(name);
    let unit = workspace.effective_or_drop_ins(&id, asker);
    let edges = graph.edges_from(&id).into_iter();
    let edges = edges.filter(|edge| edge.relation.starts() && !is_aside(edge));
    let mut found: Vec<_> = edges
        .map(|edge| {
            let detail = match edge.relation {
                Relation::Triggers => waits_for(&unit).unwrap_or_else(|| "on access".to_owned()),
                _ => said(&edge),
            };
            let place = edge.cause.place().map(|(file, range)| {
                (file.clone(), range.unwrap_or_else(|| crate::references::own_header(file)))
            });
            Started { unit: edge.to, detail, place }
        })
        .collect();
    found.extend(started_by(workspace, &unit).into_iter().map(|command| Started {
        unit: graph.id(&command.unit),
        detail: command.how,
        place: Some((command.file.clone(), command.range)),
    }));
    found.retain(|started| started.unit != id);
    found
}

fn said(edge: &Edge<'_>) -> String {
    let how = match (edge.cause, edge.relation) {
        (_, Relation::OnFailure) => "when it fails".to_owned(),
        (_, Relation::OnSuccess) => "when it succeeds".to_owned(),
        (Cause::Link(_), _) => "enabled".to_owned(),
        (cause, relation) => format!("{}=", directive_of(cause).unwrap_or(relation.name())),
    };
    match edge.holds {
        Holds::OnceEnabled => format!("{how}, if enabled"),
        Holds::Always => how,
    }
}
