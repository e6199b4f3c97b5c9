//! The graph of units: who starts, stops and orders whom, and what says so.

mod defaults;
mod edge;
mod lines;
mod links;
mod relation;
pub mod starters;
mod trigger;

use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};
use unit_catalog::UnitType;

pub use edge::{Cause, Edge, Holds};
use edge::{Condition, Statement};
pub use relation::Relation;

use crate::workspace::{Aliases, Effective, FileKind, Place, UnitName, Workspace};

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

/// A unit that is being asked what it states.
struct Stating<'a, 'b> {
    workspace: &'a Workspace,
    asker: &'b Place,
    name: &'b UnitName,
    unit: &'b Effective<'a>,
    statements: Vec<Statement<'a>>,
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
            self.statements(&id).into_iter().map(|statement| self.edge(&id, statement)).collect();
        for alias in self.names(&id) {
            for other in self.index().stating.get(&alias).into_iter().flatten().filter(|other| **other != id)
            {
                let about = self.statements(other).into_iter().filter(|statement| statement.other == alias);
                edges.extend(about.map(|statement| self.edge(other, statement)));
            }
        }
        edges.retain(|edge| keep(edge, &id));
        edges
    }

    fn edge(&self, stating: &UnitName, statement: Statement<'a>) -> Edge<'a> {
        let Statement { relation, other, cause, condition } = statement;
        let linked = self.workspace.id_by(&other, &self.asker, Aliases::Linked);
        let id = self.id(&other);
        let holds = match condition {
            Condition::None if linked == id => Holds::Always,
            _ => Holds::OnceEnabled,
        };
        match relation.is_forward() {
            true => Edge { from: stating.clone(), relation, to: id, cause, holds },
            false => Edge { from: id, relation: relation.inverse(), to: stating.clone(), cause, holds },
        }
    }

    /// What the unit of this own name states; nothing when it is masked.
    fn statements(&self, id: &UnitName) -> Vec<Statement<'a>> {
        let unit = self.workspace.effective_or_drop_ins(id, &self.asker);
        if unit.fragment.is_some_and(|fragment| fragment.masked) {
            return Vec::new();
        }
        let mut stating = Stating {
            workspace: self.workspace,
            asker: &self.asker,
            name: id,
            unit: &unit,
            statements: Vec::new(),
        };
        links::linked(&mut stating);
        if !unit.parts.is_empty() {
            lines::declared(&mut stating);
            lines::installed(&mut stating);
            trigger::triggered(&mut stating);
        }
        if unit.fragment.is_some() {
            defaults::by_default(&mut stating);
        }
        stating.statements
    }

    fn is_described(&self, unit: &UnitName) -> bool {
        !self.workspace.effective_or_drop_ins(unit, &self.asker).parts.is_empty()
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let mut index = Index::default();
            let mut seen = FxHashSet::default();
            let files = self.workspace.files().filter(|file| self.workspace.sees(&self.asker, &file.place));
            let mut next: Vec<UnitName> = files
                .filter_map(|file| match &file.kind {
                    FileKind::Fragment { name, .. } => name.clone(),
                    FileKind::DropIn { owner, .. } => UnitName::parse(owner),
                    FileKind::DBusService | FileKind::Other => None,
                })
                .collect();
            let folders = self.workspace.links().filter_map(|link| UnitName::parse(link.folder()?.0));
            next.extend(folders);
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

/// Units that exist because another names them may name others in turn; a template that names instances of itself
/// would go on for ever.
const MOST_GENERATIONS: usize = 8;

impl<'a> Stating<'a, '_> {
    /// The unit's own name and the names that links give it.
    fn names(&self) -> Vec<UnitName> {
        let aliases = self.workspace.linked_aliases(self.name, self.asker);
        std::iter::once(self.name.clone()).chain(aliases).collect()
    }

    fn state(&mut self, relation: Relation, other: UnitName, cause: Cause<'a>) {
        self.add(Statement { relation, other, cause, condition: Condition::None });
    }

    fn add(&mut self, statement: Statement<'a>) {
        // systemd drops dependencies of a unit on itself.
        if statement.other != *self.name {
            self.statements.push(statement);
        }
    }
}
