//! What the units of one part of a universe say about each other, without the lines that say so: small enough to keep
//! for ten thousand units, and found from either end.

use std::sync::Arc;

use rustc_hash::FxHashSet;
use unit_catalog::UnitType;

use super::Relation;
use super::edge::Condition;
use crate::shards::Shards;
use crate::workspace::{Aliases, UnitName};

/// Units with what they state, and for each name the units that state something about it.
#[derive(Clone, Default)]
pub(super) struct Layer {
    ids: Shards<UnitName, u32>,
    /// One for each name. Copies of the layer share those that are the same.
    nodes: Vec<Arc<Node>>,
    /// The names of instances by their templates.
    instances: Shards<UnitName, Vec<u32>>,
}

#[derive(Clone)]
struct Node {
    name: UnitName,
    /// `None` where the name is only spoken of.
    standing: Option<Standing>,
    says: Box<[Saying]>,
    /// What units say about this name; `unit` is the one that says it.
    said: Vec<Saying>,
    /// That of it which makes the name one of theirs.
    called: Vec<Saying>,
    /// How much of it is that they come before this one, and after it.
    before: u32,
    after: u32,
}

/// What a unit is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Standing {
    /// Files describe it, if only drop-ins.
    pub(super) described: bool,
    /// It has a fragment that does not mask it.
    pub(super) fragment: bool,
    /// It has one, or needs none.
    pub(super) loaded: bool,
    /// Its `DefaultDependencies=`.
    pub(super) default_dependencies: bool,
    /// It has no fragment of its own: it is there for as long as another unit names it.
    pub(super) only_named: bool,
    /// It has drop-ins or links of its own.
    pub(super) meant: bool,
}

/// Something that is said of a unit: by the one that has it in `says`, or by this one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Saying {
    unit: u32,
    pub(super) what: What,
    pub(super) condition: Condition,
}

/// What one unit can state about another name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum What {
    /// How it bears on it; may be an inverse relation.
    Bears(Relation),
    /// It goes by that name too.
    IsCalled(Aliases),
    /// It is its template, and says that there is such an instance.
    HasInstance,
    /// A command of it starts that unit.
    Starts,
}

/// A unit as its files tell, ready for a layer.
pub(super) struct Derived {
    /// `None` where the name belongs to another unit, or to none.
    pub(super) standing: Option<Standing>,
    pub(super) says: Vec<(What, UnitName, Condition)>,
}

impl Layer {
    /// All names, also those that are only spoken of.
    pub(super) fn names(&self) -> impl ExactSizeIterator<Item = &UnitName> {
        self.nodes.iter().map(|node| &node.name)
    }

    /// The number by which this layer knows a name.
    pub(super) fn find(&self, name: &UnitName) -> Option<u32> {
        self.ids.get(name).copied()
    }

    pub(super) fn name(&self, id: u32) -> &UnitName {
        &self.nodes[id as usize].name
    }

    /// Whether the layer tells what the unit says, be it that the name is no unit's own.
    pub(super) fn speaks_for(&self, name: &UnitName) -> bool {
        self.find(name).is_some_and(|id| self.nodes[id as usize].is_told())
    }

    pub(super) fn standing(&self, id: u32) -> Option<Standing> {
        self.nodes[id as usize].standing.filter(|standing| *standing != NOBODY)
    }

    /// What a unit says, and about which name.
    pub(super) fn says(&self, id: u32) -> impl Iterator<Item = (Saying, &UnitName)> {
        self.nodes[id as usize].says.iter().map(|saying| (*saying, self.name(saying.unit)))
    }

    /// What a unit says about one name.
    pub(super) fn says_about(&self, id: u32, other: u32) -> &[Saying] {
        let says = &self.nodes[id as usize].says;
        let start = says.partition_point(|saying| saying.unit < other);
        let length = says[start..].partition_point(|saying| saying.unit == other);
        &says[start..start + length]
    }

    /// How many units come before a unit, or after it, at most: what it costs to tell which.
    pub(super) fn count(&self, id: u32, relation: Relation) -> usize {
        let node = &self.nodes[id as usize];
        let said = match relation {
            Relation::After => node.before,
            _ => node.after,
        };
        // What is said is only looked through.
        node.says.len() + said as usize + node.said.len() / 64
    }

    /// The names of a template's instances, also those that are only spoken of.
    pub(super) fn instances_of(&self, template: &UnitName) -> impl Iterator<Item = (u32, &UnitName)> {
        let instances = self.instances.get(template).into_iter().flatten();
        instances.map(|id| (*id, self.name(*id)))
    }

    /// Whether the layer tells what the unit of this number says.
    pub(super) fn tells(&self, id: u32) -> bool {
        self.nodes[id as usize].is_told()
    }

    /// What units of this layer say about a name, and which.
    pub(super) fn said_about(&self, id: u32) -> impl Iterator<Item = (u32, Saying)> {
        self.nodes[id as usize].said.iter().map(|saying| (saying.unit, *saying))
    }

    /// The units of this layer that go by a name which is not their own, and what gives it to them.
    pub(super) fn called(&self, id: u32) -> impl Iterator<Item = (u32, Aliases)> {
        self.nodes[id as usize].called.iter().filter_map(|saying| match saying.what {
            What::IsCalled(by) => Some((saying.unit, by)),
            _ => None,
        })
    }

    /// The units that the layer tells of.
    pub(super) fn told(&self) -> impl Iterator<Item = (u32, &UnitName)> {
        let told = self.nodes.iter().enumerate().filter(|(_, node)| node.is_told());
        told.map(|(id, node)| (id as u32, &node.name))
    }

    /// Whether this is what the layer tells of a unit.
    fn tells_as(&self, name: &UnitName, derived: &Derived) -> bool {
        let Some(id) = self.find(name) else {
            return false;
        };
        let saying = |(what, other, condition): &(What, UnitName, Condition)| {
            Some(Saying { unit: self.find(other)?, what: *what, condition: *condition })
        };
        let says: Option<Vec<_>> = derived.says.iter().map(saying).collect();
        let node = &self.nodes[id as usize];
        node.standing == Some(derived.standing.unwrap_or(NOBODY))
            && says.is_some_and(|mut says| {
                says.sort_unstable();
                says.dedup();
                *node.says == *says
            })
    }

    /// Puts in what a unit says now.
    fn set(&mut self, name: &UnitName, derived: Derived) {
        let id = self.intern(name);
        let says = derived.says.into_iter();
        let says = says.map(|(what, other, condition)| Saying { unit: self.intern(&other), what, condition });
        let mut says: Vec<_> = says.collect();
        says.sort_unstable();
        says.dedup();
        let node = self.node(id);
        node.standing = Some(derived.standing.unwrap_or(NOBODY));
        let before = std::mem::replace(&mut node.says, says.as_slice().into());
        let mut last = None;
        for saying in &before {
            if last.replace(saying.unit) != Some(saying.unit) {
                self.node(saying.unit).forget(id);
            }
        }
        for saying in &says {
            self.node(saying.unit).hear(Saying { unit: id, ..*saying });
        }
    }

    fn node(&mut self, id: u32) -> &mut Node {
        Arc::make_mut(&mut self.nodes[id as usize])
    }

    fn intern(&mut self, name: &UnitName) -> u32 {
        if let Some(id) = self.find(name) {
            return id;
        }
        let id = u32::try_from(self.nodes.len()).expect("fewer than four billion units");
        self.ids.insert(name.clone(), id);
        self.nodes.push(Arc::new(Node::new(name.clone())));
        if let Some(template) = name.template() {
            self.instances.entry(template).push(id);
        }
        id
    }

    /// Derives units afresh, and with them those that exist because these name them: instances and slices. The layer
    /// stays the same object if none of them says anything else than before.
    ///
    /// `derive` tells what a unit says, `exists` whether such a named unit can be and is told of nowhere below, under
    /// which own name.
    pub(super) fn refresh(
        layer: &mut Arc<Self>,
        units: Vec<UnitName>,
        derive: &dyn Fn(&UnitName) -> Derived,
        exists: &dyn Fn(&UnitName) -> Option<UnitName>,
    ) {
        let mut seen = FxHashSet::default();
        let mut next = units;
        for most in MOST_MADE {
            let mut named = Vec::new();
            for unit in std::mem::take(&mut next) {
                if !seen.insert(unit.clone()) {
                    continue;
                }
                let derived = derive(&unit);
                for (what, other, condition) in &derived.says {
                    let makes = match what {
                        What::Bears(_) => *condition == Condition::None && !unit.is_template(),
                        What::HasInstance => true,
                        What::IsCalled(_) | What::Starts => false,
                    };
                    if makes && may_be_made(other) && !layer.speaks_for(other) {
                        named.push(other.clone());
                    }
                }
                if !layer.tells_as(&unit, &derived) {
                    Arc::make_mut(layer).set(&unit, derived);
                }
            }
            named.sort_unstable();
            named.dedup();
            let made = named.iter().filter_map(exists).filter(|unit| !layer.speaks_for(unit));
            next = made.take(most).collect();
            if next.is_empty() {
                break;
            }
        }
    }
}

impl Node {
    fn new(name: UnitName) -> Self {
        let (says, said, called) = (Box::default(), Vec::new(), Vec::new());
        Self { name, standing: None, says, said, called, before: 0, after: 0 }
    }

    /// Takes in what a unit says about this one.
    fn hear(&mut self, saying: Saying) {
        self.said.push(saying);
        match saying.what {
            What::Bears(Relation::Before) => self.before += 1,
            What::Bears(Relation::After) => self.after += 1,
            What::IsCalled(_) => self.called.push(saying),
            _ => {}
        }
    }

    /// Forgets what this unit says about it.
    fn forget(&mut self, unit: u32) {
        let said = std::mem::take(&mut self.said);
        self.called.clear();
        (self.before, self.after) = (0, 0);
        self.said.reserve(said.len());
        said.into_iter().filter(|saying| saying.unit != unit).for_each(|saying| self.hear(saying));
    }

    fn is_told(&self) -> bool {
        self.standing.is_some()
    }
}

/// Stands for a name that is no unit's own.
const NOBODY: Standing = Standing {
    described: false,
    fragment: false,
    loaded: false,
    default_dependencies: false,
    only_named: true,
    meant: false,
};

/// How many units exist because files name them, because these name them, and so on: a template that names instances of
/// itself makes more of them with each generation.
const MOST_MADE: [usize; 8] = [usize::MAX, 20_000, 200, 200, 200, 200, 200, 200];

/// Whether a unit of this name needs no file of its own.
fn may_be_made(name: &UnitName) -> bool {
    name.instance().is_some_and(|instance| !instance.is_empty())
        || matches!(name.unit_type(), UnitType::Slice | UnitType::Device)
}
