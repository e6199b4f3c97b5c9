//! What happens before a unit gets to start another: the way back from it to sockets, timers and other events.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Relation, Search, Starter, StarterKind, once_each};
use crate::workspace::UnitName;
use unit_catalog::UnitType;

/// Longer ways are not followed.
const MOST_STEPS: usize = 4;

/// A unit that more units pull up is left aside: too much brings it up to name a reason.
const MOST_PULLING: usize = 16;

/// After so many units the search ends.
const MOST_ASKED: usize = 256;

/// Follows who starts whom back from the sources of one unit's starts.
pub(super) struct Chains<'s, 'a> {
    search: &'s Search<'a>,
    /// The unit that it is all about: no way leads through it.
    to: &'s UnitName,
    asked: usize,
}

impl<'s, 'a> Chains<'s, 'a> {
    pub(super) fn new(search: &'s Search<'a>, to: &'s UnitName) -> Self {
        Self { search, to, asked: 0 }
    }

    /// Of what starts `source`, the events and the units that events bring up.
    pub(super) fn behind(&mut self, source: &UnitName) -> Vec<Starter> {
        let on_the_way = self.on_the_way(source);
        if on_the_way.is_empty() {
            return Vec::new();
        }
        self.told(source, &on_the_way, &mut FxHashSet::default())
    }

    /// The units between `source` and the nearest events, itself included; none without events.
    fn on_the_way(&mut self, source: &UnitName) -> FxHashSet<UnitName> {
        let graph = &self.search.graph;
        let mut pulled_by: FxHashMap<UnitName, UnitName> = FxHashMap::default();
        let mut on_the_way = FxHashSet::default();
        let mut reached = FxHashSet::from_iter([self.to.clone(), source.clone()]);
        let mut now = vec![source.clone()];
        for _ in 0..MOST_STEPS {
            let mut next = Vec::new();
            for unit in now {
                self.asked += 1;
                if self.asked > MOST_ASKED {
                    return on_the_way;
                }
                let mut pulling = graph.starting_by(&unit, |from, relation| {
                    is_event(from, relation) || relation.starts() && relation != Relation::OnFailure
                });
                let events = graph.starting_by(&unit, is_event);
                if !events.is_empty() {
                    let mut step = Some(&unit);
                    while let Some(unit) = step.filter(|unit| on_the_way.insert((*unit).clone())) {
                        step = pulled_by.get(unit);
                    }
                }
                pulling.retain(|from| !events.contains(from));
                if pulling.len() > MOST_PULLING {
                    continue;
                }
                for from in pulling {
                    if reached.insert(from.clone()) {
                        pulled_by.insert(from.clone(), unit.clone());
                        next.push(from);
                    }
                }
            }
            now = next;
        }
        on_the_way
    }

    /// What starts `unit` and is an event, or lies on the way to one.
    fn told(
        &self,
        unit: &UnitName,
        on_the_way: &FxHashSet<UnitName>,
        told: &mut FxHashSet<UnitName>,
    ) -> Vec<Starter> {
        told.insert(unit.clone());
        let edges = self.search.graph.edges_to_by(unit, |from, relation| {
            is_event(from, relation) || relation.starts() && on_the_way.contains(from)
        });
        let found = edges.iter().filter_map(|edge| self.search.of_edge(edge)).collect();
        let mut found = once_each(found);
        found.retain_mut(|starter| {
            if starter.kind.is_trigger() {
                return true;
            }
            let Some(from) =
                starter.unit.clone().filter(|from| starter.kind.leads_on() && !told.contains(from))
            else {
                return false;
            };
            starter.via = self.told(&from, on_the_way, told);
            !starter.via.is_empty()
        });
        found
    }
}

/// Whether it is an event that brings a unit up.
fn is_event(from: &UnitName, relation: Relation) -> bool {
    relation == Relation::Triggers || relation.starts() && from.unit_type() == UnitType::Device
}

impl StarterKind {
    /// Whether what starts the source starts the unit as well, as things stand.
    fn leads_on(self) -> bool {
        self.is_pull() && self != Self::OnFailure || self == Self::Link
    }
}
