//! Orders that no start can keep: units that wait for each other in a circle (`transaction_verify_order()`).

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};
use unit_catalog::UnitType;

use super::edge::Condition;
use super::layer::{Saying, What};
use super::{Cause, Edge, Graph, Presence, Relation};
use crate::workspace::UnitName;

/// Units that wait for each other in a circle.
pub struct Cycle<'a> {
    /// What makes each unit wait for the next one, and the last for the first.
    pub waits: Vec<Wait<'a>>,
    /// How the units come to be started together.
    pub start: Start,
}

/// One unit waiting for another.
#[derive(Clone, Debug)]
pub struct Wait<'a> {
    /// The unit that waits.
    pub unit: UnitName,
    /// The one that has to be up first.
    pub first: UnitName,
    /// Why: an order, or what makes a target pull in a unit and so wait for it.
    pub edge: Option<Edge<'a>>,
}

/// How the units of a circle come to be started together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Start {
    /// This unit requires all of them, directly or not: systemd refuses to start it.
    Refused(UnitName),
    /// This unit pulls in all of them, directly or not: systemd drops the start of one that it does not require.
    Dropped {
        /// The unit.
        by: UnitName,
        /// Those of the circle that systemd may drop.
        any_of: Vec<UnitName>,
    },
    /// Nothing that is known pulls in all of them.
    Unknown,
}

/// The target at boot, and those that it requires.
const BOOT: [&str; 5] =
    ["default.target", "graphical.target", "multi-user.target", "basic.target", "sysinit.target"];

/// Targets that are reached before services with default dependencies start: long before anybody starts a unit by hand.
pub(crate) const EARLY_TARGETS: [&str; 12] = [
    "basic.target",
    "sysinit.target",
    "sockets.target",
    "paths.target",
    "slices.target",
    "local-fs.target",
    "local-fs-pre.target",
    "swap.target",
    "cryptsetup.target",
    "cryptsetup-pre.target",
    "integritysetup.target",
    "veritysetup.target",
];

/// What pulls in units so that the failure of their start counts, and all that pulls in units.
const REQUIRED_BY: [Relation; 2] = [Relation::RequiredBy, Relation::BoundBy];
const PULLED_IN_BY: [Relation; 4] =
    [Relation::RequiredBy, Relation::BoundBy, Relation::WantedBy, Relation::UpheldBy];

/// Searches look at no more units than this.
const MOST_UNITS: usize = 20_000;

/// So many circles are told of one unit.
const MOST_CYCLES: usize = 32;

impl Start {
    /// Whether it happens when the machine comes up.
    pub fn is_at_boot(&self) -> bool {
        match self {
            Self::Refused(by) | Self::Dropped { by, .. } => BOOT.contains(&by.as_str()),
            Self::Unknown => false,
        }
    }
}

impl<'a> Wait<'a> {
    fn units(&self) -> Units {
        (self.unit.clone(), self.first.clone())
    }

    /// Whether only enabling the unit makes it so.
    pub fn is_once_enabled(&self) -> bool {
        matches!(self.edge, Some(Edge { cause: Cause::Install { .. }, .. }))
    }
}

/// A unit that waits, and the one that has to be up first.
pub(super) type Units = (UnitName, UnitName);

/// Which way a search goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// To the units that are waited for.
    Ahead,
    /// To those that wait.
    Behind,
}

impl Way {
    pub(super) fn relation(self) -> Relation {
        match self {
            Self::Ahead => Relation::After,
            Self::Behind => Relation::Before,
        }
    }
}

/// A search for a way back to the unit that it began at.
struct Search {
    way: Way,
    reached: FxHashSet<UnitName>,
    queue: VecDeque<UnitName>,
    work: usize,
}

impl<'a> Graph<'a> {
    /// For each thing in `unit`'s files and links that `states` asks for and that closes a circle, the shortest one;
    /// the first wait is what it makes.
    ///
    /// What holds once `unit` is enabled counts, what holds once others are does not: those of `unit`'s own root are taken
    /// for enabled when it is asked what starts all of a circle, those of the machine below it are what they are.
    pub fn cycles(&self, unit: &UnitName, states: impl Fn(&Cause<'a>) -> bool) -> Vec<Cycle<'a>> {
        if !self.is_on_circle(unit) {
            return Vec::new();
        }
        let mut own: Vec<_> = self.edges_stated_by(unit);
        own.retain(|edge| states(&edge.cause));
        let wait = |edge: Edge<'a>| {
            let (unit, first) = self.wait_by(edge.relation, &edge.from, &edge.to)?;
            Some(Wait { unit, first, edge: Some(edge) })
        };
        let mut own: Vec<_> = own.into_iter().filter_map(wait).collect();
        // A line that orders says it better than one that pulls in.
        let orders = |wait: &Wait<'_>| wait.edge.as_ref().is_some_and(|edge| edge.relation.orders());
        let ordered: FxHashSet<_> = own.iter().filter(|wait| orders(wait)).map(Wait::units).collect();
        own.retain(|wait| orders(wait) || !ordered.contains(&wait.units()));
        if own.is_empty() {
            return Vec::new();
        }
        let pairs: Vec<_> = own.iter().map(Wait::units).collect();
        let Some(way) = self.way_round(unit, &pairs, &mut 0) else {
            return Vec::new();
        };
        let mut pulling = FxHashMap::default();
        let closed = own.iter().filter_map(|wait| {
            let units = self.path(way, &wait.first, &wait.unit, &pairs)?;
            self.cycle(wait, &units, &own, &mut pulling)
        });
        closed.take(MOST_CYCLES).collect()
    }

    /// What a forward relation of one unit to another makes wait: one of two ordered units, or a target that pulls in the
    /// other one.
    pub(super) fn wait_by(&self, relation: Relation, from: &UnitName, to: &UnitName) -> Option<Units> {
        let pulls = || PULLED_IN_BY.contains(&relation.inverse());
        let (unit, first) = if relation == Relation::Before { (to, from) } else { (from, to) };
        let waits = (relation.orders() || pulls() && self.would_wait(from, to))
            && unit != first
            && self.may_meet(unit, first);
        waits.then(|| (unit.clone(), first.clone()))
    }

    /// The way in which fewer units have to be looked at to find that `unit` is on a circle; `None` where it is not.
    ///
    /// Counts the units that it looks at.
    pub(super) fn way_round(&self, unit: &UnitName, own: &[Units], looked_at: &mut usize) -> Option<Way> {
        let begin =
            |way| Search { way, reached: FxHashSet::default(), queue: [unit.clone()].into(), work: 0 };
        let mut searches = [begin(Way::Ahead), begin(Way::Behind)];
        loop {
            // The one that is cheaper so far: few units wait for a usual one, and early ones wait for few.
            let [ahead, behind] = &mut searches;
            let cost = |search: &Search| Some(search.work + self.cost(search.way, search.queue.front()?));
            let (ahead_costs, behind_costs) = (cost(ahead)?, cost(behind)?);
            let search = if ahead_costs <= behind_costs { ahead } else { behind };
            search.work = ahead_costs.min(behind_costs);
            let next = search.queue.pop_front()?;
            *looked_at += 1;
            for found in self.neighbours(search.way, &next, own) {
                if search.reached.contains(&found) || !self.may_meet(&next, &found) {
                    continue;
                }
                if found == *unit {
                    return Some(search.way);
                }
                if search.reached.len() < MOST_UNITS {
                    search.reached.insert(found.clone());
                    search.queue.push_back(found);
                }
            }
        }
    }

    /// The shortest way from `first` to `last`, each unit of which waits for the next one.
    fn path(&self, way: Way, first: &UnitName, last: &UnitName, own: &[Units]) -> Option<Vec<UnitName>> {
        let (start, goal) = if way == Way::Ahead { (first, last) } else { (last, first) };
        let mut reached: FxHashMap<UnitName, UnitName> = FxHashMap::default();
        let mut queue = VecDeque::from([start.clone()]);
        while let Some(unit) = queue.pop_front().filter(|_| reached.len() < MOST_UNITS) {
            for found in self.neighbours(way, &unit, own) {
                if found == *start || reached.contains_key(&found) || !self.may_meet(&unit, &found) {
                    continue;
                }
                reached.insert(found.clone(), unit.clone());
                if found == *goal {
                    let mut units = vec![found];
                    while let Some(before) = units.last().and_then(|unit| reached.get(unit)) {
                        units.push(before.clone());
                    }
                    if way == Way::Ahead {
                        units.reverse();
                    }
                    return Some(units);
                }
                queue.push_back(found);
            }
        }
        None
    }

    /// The circle of `units`, each of which waits for the next one, closed by a wait of the last for the first; `None`
    /// where two of them stop each other, so that they never start together.
    fn cycle(
        &self,
        closing: &Wait<'a>,
        units: &[UnitName],
        own: &[Wait<'a>],
        pulling: &mut FxHashMap<(UnitName, usize), FxHashSet<UnitName>>,
    ) -> Option<Cycle<'a>> {
        let stops = |unit: &UnitName| units.iter().any(|other| !self.may_meet(unit, other));
        if units.iter().any(stops) {
            return None;
        }
        let mut waits = vec![closing.clone()];
        for pair in units.windows(2) {
            let known = own.iter().find(|wait| wait.unit == pair[0] && wait.first == pair[1]);
            waits.push(match known {
                Some(known) => known.clone(),
                None => Wait {
                    unit: pair[0].clone(),
                    first: pair[1].clone(),
                    edge: self.edge_of_wait(&pair[0], &pair[1]),
                },
            });
        }
        Some(Cycle { waits, start: self.start_of(units, pulling) })
    }

    /// How much work it is to tell a unit's neighbours.
    fn cost(&self, way: Way, id: &UnitName) -> usize {
        let known = self.layers.iter().filter_map(|layer| Some(layer.count(layer.find(id)?, way.relation())));
        known.sum()
    }

    /// The units that one waits for, or that wait for it, be it that they stop each other.
    fn neighbours(&self, way: Way, id: &UnitName, own: &[Units]) -> Vec<UnitName> {
        let mut found = self.related(id, way.relation());
        for (unit, first) in own {
            match way {
                Way::Ahead if unit == id => found.push(first.clone()),
                Way::Behind if first == id => found.push(unit.clone()),
                _ => {}
            }
        }
        found
    }

    /// Whether a target that pulls in a unit waits for it.
    fn would_wait(&self, target: &UnitName, unit: &UnitName) -> bool {
        target.unit_type() == UnitType::Target
            && self.standing(target).is_some_and(|standing| standing.loaded && standing.default_dependencies)
            && self.waits_for(target, unit)
    }

    /// Whether both may be started at the same time: neither stops the other.
    pub(super) fn may_meet(&self, unit: &UnitName, other: &UnitName) -> bool {
        !self.says(unit, other, |saying| saying.what == What::Bears(Relation::Conflicts))
            && !self.says(other, unit, |saying| saying.what == What::Bears(Relation::Conflicts))
    }

    /// What makes `unit` wait for `first`: a line rather than what systemd adds.
    fn edge_of_wait(&self, unit: &UnitName, first: &UnitName) -> Option<Edge<'a>> {
        let stated = self.edges_stated_by(unit).into_iter().chain(self.edges_stated_by(first));
        let waits = stated.filter(|edge| match edge.relation {
            Relation::Before => edge.from == *first && edge.to == *unit,
            Relation::After => edge.from == *unit && edge.to == *first,
            // Why a target waits for what it pulls in.
            relation => {
                let pulls = PULLED_IN_BY.contains(&relation.inverse());
                pulls
                    && (&edge.from, &edge.to) == (unit, first)
                    && !matches!(edge.cause, Cause::Implicit(_))
                    && self.would_wait(unit, first)
            }
        });
        waits.min_by_key(|edge| match edge.cause {
            Cause::Line { .. } if edge.relation.orders() => 0,
            Cause::Implied { .. } | Cause::Name { .. } => 1,
            Cause::Line { .. } | Cause::Link(_) => 2,
            Cause::Implicit(_) | Cause::DBus(_) => 3,
            Cause::Install { .. } => 4,
        })
    }

    /// How the units come to be started together. `known` keeps what pulls in each.
    fn start_of(
        &self,
        members: &[UnitName],
        known: &mut FxHashMap<(UnitName, usize), FxHashSet<UnitName>>,
    ) -> Start {
        for member in members {
            for relations in [&REQUIRED_BY[..], &PULLED_IN_BY[..]] {
                let key = (member.clone(), relations.len());
                known.entry(key).or_insert_with(|| self.pulling(member, relations));
            }
        }
        let is_boot = |unit: &UnitName| BOOT.contains(&unit.as_str());
        let pulls_in = |by: &UnitName, member: &UnitName, relations: &[Relation]| {
            let pulling = &known[&(member.clone(), relations.len())];
            // One boot reaches all of its targets, whether or not the files that say so are known.
            pulling.contains(by) || is_boot(by) && BOOT.iter().any(|target| pulling.contains(*target))
        };
        // Later the early ones are up: such circles are met when the machine starts, or never.
        let early = members.iter().any(|member| EARLY_TARGETS.contains(&member.as_str()));
        let counts = |by: &&UnitName| !early || is_boot(by) || EARLY_TARGETS.contains(&by.as_str());
        let by_all = |relations: &[Relation]| -> Vec<UnitName> {
            let sets = members.iter().map(|member| &known[&(member.clone(), relations.len())]);
            let Some(fewest) = sets.min_by_key(|set| set.len()) else {
                return Vec::new();
            };
            let by_all = fewest.iter().filter(counts);
            by_all
                .filter(|by| members.iter().all(|member| pulls_in(by, member, relations)))
                .cloned()
                .collect()
        };
        let own_first = |by: &UnitName| (!members.contains(by), by.clone());
        if let Some(by) = by_all(&REQUIRED_BY).into_iter().min_by_key(own_first) {
            return Start::Refused(by);
        }
        let boot_first = |by: &UnitName| {
            let boot = BOOT.iter().position(|target| *target == by.as_str());
            (boot.unwrap_or(BOOT.len()), own_first(by))
        };
        let Some(by) = by_all(&PULLED_IN_BY).into_iter().min_by_key(boot_first) else {
            return Start::Unknown;
        };
        let wanted = members.iter().filter(|member| !pulls_in(&by, member, &REQUIRED_BY));
        let mut any_of: Vec<_> = wanted.cloned().collect();
        any_of.sort_unstable();
        Start::Dropped { by, any_of }
    }

    /// The unit and those that pull it in by these relations, directly or not, enabled or to be enabled.
    fn pulling(&self, unit: &UnitName, relations: &[Relation]) -> FxHashSet<UnitName> {
        let mut found = FxHashSet::from_iter([unit.clone()]);
        let mut next = vec![unit.clone()];
        while let Some(unit) = next.pop().filter(|_| found.len() < MOST_UNITS) {
            let mut add = |by: UnitName| {
                if !found.contains(&by) {
                    found.insert(by.clone());
                    next.push(by);
                }
            };
            let pulls = |what: What| matches!(what, What::Bears(relation) if relations.contains(&relation));
            let pulls_back = |_: &UnitName, what| matches!(what, What::Bears(relation) if relations.contains(&relation.inverse()));
            if let Some((depth, at)) = self.find(&unit) {
                let holds =
                    |saying: &Saying| saying.condition != Condition::Enabled || !self.is_settled(&unit);
                let says = self.layers[depth].says(at);
                let says = says.filter(|(saying, _)| pulls(saying.what) && holds(saying));
                says.for_each(|(_, by)| add(self.id(by)));
            }
            for name in self.names(&unit) {
                self.each_said_about(&name, pulls_back, |by, _, presence| {
                    if presence == Presence::Yes && !by.is_template() {
                        add(by.clone());
                    }
                });
            }
        }
        found
    }

    /// Whether the unit is one of the machine's, whose links say what is enabled, and asked about from elsewhere.
    fn is_settled(&self, unit: &UnitName) -> bool {
        let fragment = || self.workspace.effective(unit, &self.asker)?.fragment;
        !self.asker.is_machine() && fragment().is_some_and(|fragment| fragment.place.is_machine())
    }
}
