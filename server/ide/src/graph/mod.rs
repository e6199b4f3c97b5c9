//! The graph of units: who starts, stops and orders whom, and what says so.

mod dbus;
mod edge;
mod fixed;
mod lines;
mod links;
mod mounts;
mod paths;
mod relation;
mod slices;
pub mod starters;
mod stating;
mod trigger;

use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};
use unit_catalog::UnitType;

pub use edge::{Cause, Edge, Holds};
use edge::{Condition, Statement};
pub use relation::Relation;

use stating::Stating;

use crate::workspace::{Aliases, Place, UnitName, Workspace, World};

/// The units that units of one place see, and how they bear on each other.
pub struct Graph<'a> {
    workspace: &'a Workspace,
    asker: Place,
    index: OnceLock<Index>,
}

/// Which units there are, and which of them say something about a name.
#[derive(Default)]
struct Index {
    units: Vec<UnitName>,
    stating: FxHashMap<UnitName, Vec<UnitName>>,
}

impl Workspace {
    /// The universe that units at `asker` see.
    pub fn graph<'a>(&'a self, asker: &Place) -> Graph<'a> {
        Graph { workspace: self, asker: asker.clone(), index: OnceLock::new() }
    }
}

impl<'a> Graph<'a> {
    /// The units that files describe, templates among them, each under its own name; sorted.
    pub fn units(&self) -> Vec<UnitName> {
        let mut units: Vec<_> =
            self.index().units.iter().filter(|unit| self.is_described(unit)).cloned().collect();
        units.sort_unstable();
        units
    }

    /// The unit's own name for an alias, also for one that only an `Alias=` line gives; any other name as it is.
    pub fn id(&self, name: &UnitName) -> UnitName {
        self.workspace.id_by(name, &self.asker, Aliases::Declared)
    }

    /// All names of the unit called `name`, its own first.
    pub fn names(&self, name: &UnitName) -> Vec<UnitName> {
        let id = self.id(name);
        let mut names = vec![id.clone()];
        names.extend(self.workspace.linked_aliases(&id, &self.asker));
        for alias in self.workspace.declared_aliases(&id, &self.asker) {
            if !names.contains(&alias) && self.id(&alias) == id {
                names.push(alias);
            }
        }
        names
    }

    /// The unit's edges: by its files, by links in its folders, by `[Install]` lines of others, by systemd itself.
    pub fn edges_from(&self, name: &UnitName) -> Vec<Edge<'a>> {
        self.edges(name, |edge, id| edge.from == *id)
    }

    /// Other units' edges that end at this unit, under any of its names.
    pub fn edges_to(&self, name: &UnitName) -> Vec<Edge<'a>> {
        self.edges(name, |edge, id| edge.to == *id)
    }

    /// The units in this relation to `name`, as `systemctl show -p RELATION` lists them; sorted.
    pub fn related(&self, name: &UnitName, relation: Relation) -> Vec<UnitName> {
        let id = self.workspace.id_by(name, &self.asker, Aliases::Linked);
        let edges = self.edges(&id, |_, _| true);
        let shown = edges.into_iter().filter(|edge| {
            edge.holds == Holds::Always
                && !matches!(edge.cause, Cause::DBus(_))
                && !edge.from.is_template()
                && !edge.to.is_template()
        });
        let mut units: Vec<_> = shown
            .filter_map(|edge| {
                if edge.from == id && edge.relation == relation {
                    Some(edge.to)
                } else if edge.to == id && edge.relation.inverse() == relation {
                    Some(edge.from)
                } else {
                    None
                }
            })
            .collect();
        units.sort_unstable();
        units.dedup();
        units
    }

    /// The edges that begin or end at the unit and that `keep` wants.
    fn edges(&self, name: &UnitName, keep: impl Fn(&Edge<'a>, &UnitName) -> bool) -> Vec<Edge<'a>> {
        let id = self.id(name);
        let mut edges: Vec<_> =
            self.statements(&id).into_iter().filter_map(|statement| self.edge(&id, statement)).collect();
        for alias in self.names(&id) {
            for other in self.index().stating.get(&alias).into_iter().flatten().filter(|other| **other != id)
            {
                let about = self.statements(other).into_iter().filter(|statement| statement.other == alias);
                edges.extend(about.filter_map(|statement| self.edge(other, statement)));
            }
        }
        edges.retain(|edge| keep(edge, &id));
        edges
    }

    /// The edge that a statement makes, if its condition holds.
    fn edge(&self, stating: &UnitName, statement: Statement<'a>) -> Option<Edge<'a>> {
        let Statement { relation, other, cause, condition } = statement;
        let linked = self.workspace.id_by(&other, &self.asker, Aliases::Linked);
        if condition == Condition::Described && !self.is_loaded(&linked) {
            return None;
        }
        if condition == Condition::TargetOrder && !self.waits_for(stating, &linked) {
            return None;
        }
        let id = self.id(&other);
        let holds = match condition {
            Condition::Enabled => Holds::OnceEnabled,
            _ if linked != id => Holds::OnceEnabled,
            _ => Holds::Always,
        };
        Some(match relation.is_forward() {
            true => Edge { from: stating.clone(), relation, to: id, cause, holds },
            false => Edge { from: id, relation: relation.inverse(), to: stating.clone(), cause, holds },
        })
    }

    /// Whether a target that pulls in `other` waits for it.
    fn waits_for(&self, target: &UnitName, other: &UnitName) -> bool {
        let is = |name: &UnitName, id: &UnitName| {
            name == id || self.workspace.id_by(name, &self.asker, Aliases::Linked) == *id
        };
        let first = |statement: &Statement<'_>, relation, id| {
            statement.relation == relation
                && statement.condition == Condition::None
                && is(&statement.other, id)
        };
        self.is_loaded(other)
            && stating::has_default_dependencies(self.workspace, &self.asker, other)
            && !self.statements(target).iter().any(|statement| first(statement, Relation::Before, other))
            && !self.statements(other).iter().any(|statement| {
                // Of two targets that pull in each other one has to be the first.
                first(statement, Relation::After, target)
                    || statement.condition == Condition::TargetOrder
                        && is(&statement.other, target)
                        && target > other
            })
    }

    /// Whether a file describes the unit and does not mask it.
    fn is_loaded(&self, id: &UnitName) -> bool {
        self.workspace.fragment(id, &self.asker).is_some_and(|file| !file.masked)
    }

    fn statements(&self, id: &UnitName) -> Vec<Statement<'a>> {
        stating::statements(self.workspace, &self.asker, id)
    }

    fn is_described(&self, unit: &UnitName) -> bool {
        !self.workspace.effective_or_drop_ins(unit, &self.asker).parts.is_empty()
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let mut index = Index::default();
            let mut seen = FxHashSet::default();
            let files = self.workspace.files().filter(|file| self.workspace.sees(&self.asker, &file.place));
            let mut next: Vec<UnitName> = files.filter_map(|file| file.unit_name()).collect();
            let folders = self.workspace.links().filter_map(|link| UnitName::parse(link.folder()?.0));
            next.extend(folders);
            if self.workspace.world(&self.asker) == World::Closed {
                next.extend(PERPETUAL.iter().filter_map(|name| UnitName::parse(name)));
            }
            for _ in 0..MOST_GENERATIONS {
                let mut named = Vec::new();
                for name in std::mem::take(&mut next) {
                    let id = self.workspace.id_by(&name, &self.asker, Aliases::Linked);
                    if !seen.insert(id.clone()) {
                        continue;
                    }
                    for statement in self.statements(&id) {
                        let stating = index.stating.entry(statement.other.clone()).or_default();
                        if stating.last() != Some(&id) {
                            stating.push(id.clone());
                        }
                        if statement.other.template().is_some()
                            || statement.other.unit_type() == UnitType::Slice
                        {
                            named.push(statement.other);
                        }
                    }
                    index.units.push(id);
                }
                next = named;
            }
            index
        })
    }
}

/// Units that each manager has from its start to its end, without any file.
const PERPETUAL: [&str; 4] = ["-.mount", "-.slice", "init.scope", "system.slice"];

/// Units that exist because another names them may name others in turn; a template that names instances of itself
/// would go on for ever.
const MOST_GENERATIONS: usize = 8;
