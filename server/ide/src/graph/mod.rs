//! The graph of units: who starts, stops and orders whom, and what says so.

mod circles;
mod commands;
pub mod cycles;
mod dbus;
mod derive;
pub mod drawing;
mod edge;
mod fixed;
mod layer;
mod lines;
mod links;
mod markup;
mod memo;
mod mounts;
mod paths;
mod reads;
mod relation;
mod slices;
pub mod starters;
mod stating;
mod trigger;

use std::sync::Arc;

use rustc_hash::FxHashSet;
use unit_catalog::Version;

pub(crate) use derive::Touched;
pub use edge::{Cause, Edge, Holds};
use edge::{Condition, Statement};
use layer::{Layer, Saying, Standing, What};
pub(crate) use memo::{DiskLayers, OpenLayers};
pub(crate) use reads::reads;
pub use relation::Relation;
use stating::Stating;

use crate::workspace::{Aliases, Place, UnitName, Workspace};

/// The units that units of one place see, and how they bear on each other.
pub struct Graph<'a> {
    workspace: &'a Workspace,
    asker: Place,
    /// The uppermost first: what a layer tells of a unit hides what those below tell.
    layers: Vec<Arc<Layer>>,
}

/// Of more units, each there for as long as another one names it, all are taken for there.
const MOST_NAMING: usize = 256;

/// Whether a unit is there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Presence {
    /// Nothing names it.
    No,
    /// Somebody means to have it: an [Install] section or drop-ins of its own say so.
    Intended,
    /// It has a fragment of its own, or a unit that is there needs it.
    Yes,
}

impl Workspace {
    /// The universe that units at `asker` see.
    ///
    /// The first call derives what lies on disk; later ones what changed since.
    pub fn graph<'a>(&'a self, asker: &Place) -> Graph<'a> {
        Graph { workspace: self, asker: asker.clone(), layers: memo::layers(self, asker) }
    }
}

impl<'a> Graph<'a> {
    /// The units that files describe, templates among them and instances that others name, each under its own name;
    /// sorted. Masked ones too.
    pub fn units(&self) -> Vec<UnitName> {
        let mut units = Vec::new();
        for (depth, layer) in self.layers.iter().enumerate() {
            let described = layer.told().filter(|(id, name)| {
                layer.standing(*id).is_some_and(|standing| standing.described)
                    && !self.is_hidden(depth, name)
                    && self.presence(depth, *id) != Presence::No
            });
            units.extend(described.map(|(_, name)| name.clone()));
        }
        units.sort_unstable();
        units
    }

    /// The unit's own name for an alias, also for one that only an `Alias=` line gives; any other name as it is.
    pub fn id(&self, name: &UnitName) -> UnitName {
        self.resolve(name, Aliases::Declared)
    }

    /// All names of the unit called `name`, its own first.
    pub fn names(&self, name: &UnitName) -> Vec<UnitName> {
        let id = self.id(name);
        let mut names = vec![id.clone()];
        if let Some((depth, at)) = self.find(&id) {
            for (saying, other) in self.layers[depth].says(at) {
                if matches!(saying.what, What::IsCalled(_)) && !names.contains(other) && self.id(other) == id
                {
                    names.push(other.clone());
                }
            }
        }
        // Of an instance that nobody names by this name, the template's other names tell.
        if let Some(template) = id.template().filter(|_| names.len() == 1) {
            let aliases = self.names(&template).into_iter().filter(|alias| *alias != template);
            let aliases = aliases.filter_map(|alias| alias.with_instance(id.instance()?));
            names.extend(aliases.filter(|alias| *alias != id && self.id(alias) == id));
        }
        names
    }

    /// The unit's edges: by its files, by links in its folders, by `[Install]` lines of others, by systemd itself.
    pub fn edges_from(&self, name: &UnitName) -> Vec<Edge<'a>> {
        let id = self.id(name);
        let own = self.statements(&id).into_iter().filter(|statement| statement.relation.is_forward());
        let mut edges: Vec<_> = own.filter_map(|statement| self.edge(&id, statement)).collect();
        edges.extend(self.edges_by_others(&id, |_, relation| !relation.is_forward()));
        edges
    }

    /// The edges that the unit's own files and links make, also those that begin at other units.
    pub fn edges_stated_by(&self, name: &UnitName) -> Vec<Edge<'a>> {
        let id = self.id(name);
        self.statements(&id).into_iter().filter_map(|statement| self.edge(&id, statement)).collect()
    }

    /// Other units' edges that end at this unit, under any of its names.
    pub fn edges_to(&self, name: &UnitName) -> Vec<Edge<'a>> {
        self.edges_to_by(name, |_, _| true)
    }

    /// Those from these units and of these relations only: where many units end at one, the others need not be looked at.
    pub fn edges_to_by(
        &self,
        name: &UnitName,
        wanted: impl Fn(&UnitName, Relation) -> bool,
    ) -> Vec<Edge<'a>> {
        let id = self.id(name);
        let own = self.statements(&id).into_iter();
        let own =
            own.filter(|said| !said.relation.is_forward() && wanted(&said.other, said.relation.inverse()));
        let mut edges: Vec<_> = own.filter_map(|statement| self.edge(&id, statement)).collect();
        let by_others = |unit: &UnitName, relation: Relation| relation.is_forward() && wanted(unit, relation);
        edges.extend(self.edges_by_others(&id, by_others));
        edges
    }

    /// The edges between two units that the files and links of the first make.
    pub(crate) fn edges_stated_about(&self, stating: &UnitName, about: &UnitName) -> Vec<Edge<'a>> {
        let stating = self.id(stating);
        let said = self.names(about).into_iter().flat_map(|alias| self.statements_about(&stating, &alias));
        said.filter_map(|statement| self.edge(&stating, statement)).collect()
    }

    /// The units in this relation to `name`, as `systemctl show -p RELATION` lists them; sorted.
    pub fn related(&self, name: &UnitName, relation: Relation) -> Vec<UnitName> {
        let id = self.resolve(name, Aliases::Linked);
        let mut units = Vec::new();
        if id.is_template() {
            return units;
        }
        let mut names = vec![id.clone()];
        if let Some((depth, at)) = self.find(&id) {
            for (saying, other) in self.layers[depth].says(at) {
                match saying.what {
                    What::Bears(said) if said == relation => {
                        let other = self.resolve(other, Aliases::Linked);
                        if self.holds(&id, &other, saying.condition) {
                            units.push(other);
                        }
                    }
                    What::IsCalled(Aliases::Linked) => names.push(other.clone()),
                    _ => {}
                }
            }
        }
        // Until then only the unit that says so showed it.
        if relation == Relation::JoinsNamespaceOf && self.workspace.version() < Version(253) {
            names.clear();
        }
        for name in &names {
            let inverse = What::Bears(relation.inverse());
            self.each_said_about(
                name,
                |_, what| what == inverse,
                |stating, saying, presence| {
                    if presence == Presence::Yes && self.holds(stating, &id, saying.condition) {
                        units.push(stating.clone());
                    }
                },
            );
        }
        units.retain(|unit| !unit.is_template() && *unit != id);
        units.sort_unstable();
        units.dedup();
        units
    }

    /// The edges that other units' statements of these relations make with the unit of this own name.
    fn edges_by_others(&self, id: &UnitName, wanted: impl Fn(&UnitName, Relation) -> bool) -> Vec<Edge<'a>> {
        let mut edges = Vec::new();
        for alias in self.names(id) {
            for (other, presence) in self.stating(id, &alias, &wanted) {
                let about = self.statements_about(&other, &alias).into_iter();
                let about = about.filter(|said| wanted(&other, said.relation));
                let new = about.filter_map(|statement| self.edge(&other, statement));
                edges.extend(new.map(|edge| match presence {
                    Presence::Yes => edge,
                    _ => Edge { holds: Holds::OnceEnabled, ..edge },
                }));
            }
        }
        edges
    }

    /// The units other than that of this own name whose statements of these relations speak of its `alias`.
    fn stating(
        &self,
        id: &UnitName,
        alias: &UnitName,
        wanted: impl Fn(&UnitName, Relation) -> bool,
    ) -> Vec<(UnitName, Presence)> {
        let mut stating = Vec::new();
        let bears = |other: &UnitName, what| matches!(what, What::Bears(relation) if wanted(other, relation));
        self.each_said_about(alias, bears, |other, _, presence| {
            if other != id {
                stating.push((other.clone(), presence));
            }
        });
        stating.dedup();
        stating
    }

    /// The units that say of themselves that they start the unit of this own name, be it by default. Costs little also
    /// where they are thousands.
    fn starting(&self, id: &UnitName) -> Vec<UnitName> {
        self.starting_by(id, |_, relation| relation.starts())
    }

    /// The same of these units by these relations only; each once.
    fn starting_by(&self, id: &UnitName, wanted: impl Fn(&UnitName, Relation) -> bool) -> Vec<UnitName> {
        let wanted = |unit: &UnitName, relation: Relation| relation.is_forward() && wanted(unit, relation);
        let stating = self.names(id).into_iter().flat_map(|alias| self.stating(id, &alias, wanted));
        let mut units: Vec<_> = stating.map(|(unit, _)| unit).collect();
        units.sort_unstable();
        units.dedup();
        units
    }

    /// The units that have a command which starts the unit of this own name, or the template of it.
    fn calling(&self, id: &UnitName) -> Vec<UnitName> {
        let mut calling = Vec::new();
        for name in self.names(id) {
            let starts = |_: &UnitName, what| what == What::Starts;
            self.each_said_about(&name, starts, |unit, _, _| {
                if unit != id {
                    calling.push(unit.clone());
                }
            });
        }
        calling.sort_unstable();
        calling.dedup();
        calling
    }

    /// The units that are there of a template.
    pub(crate) fn instances(&self, template: &UnitName) -> Vec<UnitName> {
        let mut instances = Vec::new();
        for (depth, layer) in self.layers.iter().enumerate() {
            let told = layer.instances_of(template).filter(|(id, name)| {
                layer.tells(*id) && !self.is_hidden(depth, name) && self.presence(depth, *id) != Presence::No
            });
            instances.extend(told.map(|(_, name)| name.clone()));
        }
        instances.sort_unstable();
        instances
    }

    /// The edge that a statement makes, if its condition holds.
    fn edge(&self, stating: &UnitName, statement: Statement<'a>) -> Option<Edge<'a>> {
        let Statement { relation, ref other, cause, condition } = statement;
        let (id, holds) = self.bearing(stating, other, condition)?;
        Some(match relation.is_forward() {
            true => Edge { from: stating.clone(), relation, to: id, cause, holds },
            false => Edge { from: id, relation: relation.inverse(), to: stating.clone(), cause, holds },
        })
    }

    /// The unit that one bears on by saying something of this name under this condition, and when it does so; `None` where
    /// it does not.
    fn bearing(
        &self,
        stating: &UnitName,
        other: &UnitName,
        condition: Condition,
    ) -> Option<(UnitName, Holds)> {
        if condition == Condition::Masked {
            return None;
        }
        let linked = self.resolve(other, Aliases::Linked);
        if !matches!(condition, Condition::Enabled | Condition::ByBus)
            && !self.holds(stating, &linked, condition)
        {
            return None;
        }
        let id = self.id(other);
        let holds = match condition {
            Condition::Enabled => Holds::OnceEnabled,
            _ if linked != id => Holds::OnceEnabled,
            _ => Holds::Always,
        };
        Some((id, holds))
    }

    /// Whether something said under this condition holds as long as nobody enables anything. Both names are units' own.
    fn holds(&self, stating: &UnitName, other: &UnitName, condition: Condition) -> bool {
        match condition {
            Condition::None | Condition::Masked => true,
            Condition::Enabled | Condition::ByBus => false,
            Condition::Described => self.standing(other).is_some_and(|standing| standing.fragment),
            Condition::TargetOrder => self.waits_for(stating, other),
        }
    }

    /// Whether a target that pulls in `other` waits for it.
    fn waits_for(&self, target: &UnitName, other: &UnitName) -> bool {
        let says = |stating: &UnitName, about: &UnitName, relation: Relation, condition: Condition| {
            self.says(stating, about, |saying| {
                saying.what == What::Bears(relation) && saying.condition == condition
            })
        };
        self.standing(other).is_some_and(|standing| standing.loaded && standing.default_dependencies)
            && !says(target, other, Relation::Before, Condition::None)
            && !says(other, target, Relation::After, Condition::None)
            // Of two targets that pull in each other one has to be the first.
            && (target < other || !says(other, target, Relation::After, Condition::TargetOrder))
    }

    /// Whether one unit says something of another, by its own name or one that links give it.
    fn says(&self, stating: &UnitName, about: &UnitName, wanted: impl Fn(Saying) -> bool) -> bool {
        let Some((depth, at)) = self.find(stating) else {
            return false;
        };
        let layer = &self.layers[depth];
        let says = |name: &UnitName| {
            layer.find(name).is_some_and(|other| layer.says_about(at, other).iter().any(|said| wanted(*said)))
        };
        if says(about) {
            return true;
        }
        self.find(about).is_some_and(|(depth, at)| {
            let mut called = self.layers[depth].says(at);
            called.any(|(saying, name)| {
                saying.what == What::IsCalled(Aliases::Linked)
                    && says(name)
                    && self.resolve(name, Aliases::Linked) == *about
            })
        })
    }

    /// Calls `each` with every unit that says something that is wanted about a name, what, and whether that unit is
    /// there.
    fn each_said_about(
        &self,
        name: &UnitName,
        wanted: impl Fn(&UnitName, What) -> bool,
        mut each: impl FnMut(&UnitName, Saying, Presence),
    ) {
        for (depth, layer) in self.layers.iter().enumerate() {
            let Some(id) = layer.find(name) else { continue };
            let said = layer.said_about(id).map(|(stating, saying)| (stating, layer.name(stating), saying));
            for (stating, unit, saying) in said.filter(|(_, unit, saying)| wanted(unit, saying.what)) {
                let presence = self.presence(depth, stating);
                if presence != Presence::No && !self.is_hidden(depth, unit) {
                    each(unit, saying, presence);
                }
            }
        }
    }

    /// Whether a layer above tells of the unit.
    fn is_hidden(&self, depth: usize, unit: &UnitName) -> bool {
        self.layers[..depth].iter().any(|layer| layer.speaks_for(unit))
    }

    /// Whether the unit is there: its own fragment makes it so, or another unit that names it and is there itself.
    fn presence(&self, depth: usize, id: u32) -> Presence {
        let Some(standing) = self.layers[depth].standing(id) else {
            return Presence::No;
        };
        if !standing.only_named {
            return Presence::Yes;
        }
        // Who writes drop-ins for an instance, or links units to it, means to have it.
        let mut presence = if standing.meant { Presence::Intended } else { Presence::No };
        let mut seen = FxHashSet::from_iter([(depth, id, Presence::Yes)]);
        let mut next = vec![(depth, id, Presence::Yes)];
        while let Some((depth, id, so_far)) = next.pop() {
            for (naming, standing, names) in self.naming(depth, id) {
                let found = match standing {
                    Standing { only_named: false, .. } => Presence::Yes,
                    Standing { meant: true, .. } => Presence::Intended,
                    _ => Presence::No,
                };
                let names = names.min(so_far);
                presence = presence.max(found.min(names));
                if presence == Presence::Yes || seen.len() > MOST_NAMING {
                    return Presence::Yes;
                }
                if standing.only_named && names > presence && seen.insert((naming.0, naming.1, names)) {
                    next.push((naming.0, naming.1, names));
                }
            }
        }
        presence
    }

    /// The units that name one, and whether that makes it there or only says that somebody means to have it.
    fn naming(&self, depth: usize, id: u32) -> Vec<((usize, u32), Standing, Presence)> {
        let layer = &self.layers[depth];
        let linked = layer.says(id).filter(|(saying, _)| saying.what == What::IsCalled(Aliases::Linked));
        let names = std::iter::once(layer.name(id)).chain(linked.map(|(_, name)| name));
        let mut naming = Vec::new();
        for name in names {
            for (depth, layer) in self.layers.iter().enumerate() {
                let said = layer.find(name).map(|id| layer.said_about(id));
                for (stating, saying) in said.into_iter().flatten() {
                    let unit = layer.name(stating);
                    let presence = match (saying.what, saying.condition) {
                        (What::Bears(_), Condition::None) if !unit.is_template() => Presence::Yes,
                        (What::HasInstance | What::Starts, _) => Presence::Intended,
                        _ => continue,
                    };
                    if let Some(standing) = layer.standing(stating).filter(|_| !self.is_hidden(depth, unit)) {
                        naming.push(((depth, stating), standing, presence));
                    }
                }
            }
        }
        naming
    }

    /// The layer that tells of the unit with this own name, and its number there.
    fn find(&self, id: &UnitName) -> Option<(usize, u32)> {
        self.layers.iter().enumerate().find_map(|(depth, layer)| {
            let at = layer.find(id)?;
            layer.speaks_for(id).then_some((depth, at))
        })
    }

    fn standing(&self, id: &UnitName) -> Option<Standing> {
        let (depth, at) = self.find(id)?;
        self.layers[depth].standing(at)
    }

    /// The own name of the unit called `name`, by these aliases; `name` itself where no unit has it.
    fn resolve(&self, name: &UnitName, aliases: Aliases) -> UnitName {
        if self.standing(name).is_some_and(|standing| standing.described || standing.loaded) {
            return name.clone();
        }
        let called = |name: &UnitName| {
            self.layers.iter().enumerate().find_map(|(depth, layer)| {
                let mut units = layer.called(layer.find(name)?);
                let counts = |by| by == Aliases::Linked || aliases == Aliases::Declared;
                let (unit, _) =
                    units.find(|(unit, by)| counts(*by) && !self.is_hidden(depth, layer.name(*unit)))?;
                Some(layer.name(unit).clone())
            })
        };
        called(name)
            .or_else(|| called(&name.template()?)?.with_instance(name.instance()?))
            .unwrap_or_else(|| name.clone())
    }

    /// What the unit of this own name states, with the lines that say so.
    fn statements(&self, id: &UnitName) -> Vec<Statement<'a>> {
        self.statements_of(id, None)
    }

    /// The same of what it states about one name.
    fn statements_about(&self, id: &UnitName, about: &UnitName) -> Vec<Statement<'a>> {
        let mut said = self.statements_of(id, Some(about));
        said.retain(|said| said.other == *about);
        said
    }

    fn statements_of(&self, id: &UnitName, about: Option<&UnitName>) -> Vec<Statement<'a>> {
        if self.find(id).is_some_and(|(depth, at)| self.layers[depth].standing(at).is_none()) {
            return Vec::new();
        }
        let unit = self.workspace.effective_or_drop_ins(id, &self.asker);
        let mut stating = Stating::new(self.workspace, &self.asker, id, &unit);
        stating.about = about;
        stating::statements(stating)
    }
}
