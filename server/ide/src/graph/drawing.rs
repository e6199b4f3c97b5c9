//! A part of the graph to draw: some units with their neighbours, and the edges between them.

use std::collections::BTreeMap;

use unit_catalog::UnitType;

use super::starters::direct_starters;
use super::{Cause, Edge, Graph, Holds, Relation};
use crate::workspace::UnitName;

/// Which edges to draw.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// All of them.
    Everything,
    /// Which of two units comes first.
    Order,
    /// What starts, stops and binds together.
    Requirement,
}

/// Whether to draw what systemd adds by itself: order and requirement by default, slices, mounts of paths.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Implied {
    /// Leave it out.
    Hidden,
    /// Draw it.
    Shown,
}

/// Units and what lies between them.
#[derive(Debug)]
pub struct Drawing<'a> {
    /// The units, with whether they are what is drawn or only its neighbours.
    pub units: BTreeMap<UnitName, Part>,
    /// The edges by their two ends and the relation; `After` stands for `Before` of the other unit, too.
    pub edges: BTreeMap<(UnitName, UnitName, Relation), Edge<'a>>,
    /// What sets off a trigger, by trigger and unit: `every 2min`.
    events: BTreeMap<(UnitName, UnitName), String>,
    wanted: Wanted,
    implied: Implied,
}

/// The part of a unit in a drawing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Part {
    /// It is one of those that the drawing is about.
    Subject,
    /// It is there because of a subject.
    Neighbour,
}

/// All edges from one unit to another, as one arrow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrow<'d> {
    /// Where it begins.
    pub from: &'d UnitName,
    /// Where it ends.
    pub to: &'d UnitName,
    /// What the edges say: `Wants, After`.
    pub label: String,
    /// How it is drawn.
    pub stroke: Stroke,
}

/// How an arrow is drawn; of several edges the first kind counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stroke {
    /// A trigger.
    Trigger,
    /// Pulls the other unit in.
    Requirement,
    /// Keeps the other unit from running.
    Conflict,
    /// Any other bond.
    Bond,
    /// The order only.
    Order,
    /// Holds once somebody enables a unit.
    Intent,
}

impl<'a> Drawing<'a> {
    /// An empty drawing, which takes such edges.
    pub fn new(wanted: Wanted, implied: Implied) -> Self {
        Self { units: BTreeMap::new(), edges: BTreeMap::new(), events: BTreeMap::new(), wanted, implied }
    }

    /// Adds these units with their edges, and the units at the other ends.
    pub fn add(&mut self, graph: &Graph<'a>, units: &[UnitName]) {
        for unit in units {
            let id = graph.id(unit);
            for edge in graph.edges_from(&id).into_iter().chain(graph.edges_to(&id)) {
                self.insert(graph, edge);
            }
            self.units.insert(id, Part::Subject);
        }
    }

    /// Adds a unit with its neighbours, the edges between these, and what triggers them.
    pub fn add_around(&mut self, graph: &Graph<'a>, unit: &UnitName) {
        self.add(graph, std::slice::from_ref(unit));
        let known: Vec<UnitName> = self.units.keys().cloned().collect();
        for neighbour in &known {
            for edge in graph.edges_from(neighbour) {
                if known.contains(&edge.to) {
                    self.insert(graph, edge);
                }
            }
            for edge in graph.edges_to(neighbour) {
                if edge.relation == Relation::Triggers {
                    self.insert(graph, edge);
                }
            }
        }
    }

    fn insert(&mut self, graph: &Graph<'a>, edge: Edge<'a>) {
        if !self.takes(&edge) {
            return;
        }
        let edge = match edge.relation {
            Relation::Before => Edge { from: edge.to, relation: Relation::After, to: edge.from, ..edge },
            _ => edge,
        };
        for end in [&edge.from, &edge.to] {
            self.units.entry(end.clone()).or_insert(Part::Neighbour);
        }
        if edge.relation == Relation::Triggers {
            let found = direct_starters(graph.workspace, &edge.to, &graph.asker);
            let by_it = |unit: Option<&UnitName>| unit == Some(&edge.from);
            let event = found.into_iter().find(|one| one.kind.is_trigger() && by_it(one.unit.as_ref()));
            if let Some(event) = event.filter(|event| !event.note.is_empty()) {
                self.events.insert((edge.from.clone(), edge.to.clone()), event.note);
            }
        }
        // What holds by now says more than the same once something is enabled.
        let key = (edge.from.clone(), edge.to.clone(), edge.relation);
        let known = self.edges.entry(key).or_insert_with(|| edge.clone());
        if known.holds == Holds::OnceEnabled {
            *known = edge;
        }
    }

    fn takes(&self, edge: &Edge<'_>) -> bool {
        let implied = match edge.cause {
            Cause::Implicit(_) | Cause::Implied { .. } => true,
            // A unit comes after its trigger: the trigger says as much.
            Cause::Name { .. } => edge.relation.orders() && self.wanted == Wanted::Everything,
            _ => false,
        };
        (self.implied == Implied::Shown || !implied)
            && match self.wanted {
                Wanted::Everything => true,
                Wanted::Order => edge.relation.orders(),
                Wanted::Requirement => !edge.relation.orders(),
            }
    }

    /// The arrows, by their ends.
    pub fn arrows(&self) -> Vec<Arrow<'_>> {
        let mut arrows: Vec<Arrow<'_>> = Vec::new();
        for ((from, to, relation), edge) in &self.edges {
            let event = self.events.get(&(from.clone(), to.clone()));
            let label = match (relation, event, edge.holds) {
                (Relation::Triggers, Some(event), _) => event.clone(),
                (_, _, Holds::OnceEnabled) => format!("{}, if enabled", relation.name()),
                _ => relation.name().to_owned(),
            };
            let stroke = Stroke::of(edge);
            match arrows.last_mut().filter(|last| last.from == from && last.to == to) {
                Some(last) => {
                    last.label = format!("{}, {label}", last.label);
                    last.stroke = last.stroke.min(stroke);
                }
                None => arrows.push(Arrow { from, to, label, stroke }),
            }
        }
        arrows
    }
}

impl Stroke {
    fn of(edge: &Edge<'_>) -> Self {
        match edge.relation {
            _ if edge.holds == Holds::OnceEnabled => Self::Intent,
            Relation::Triggers => Self::Trigger,
            Relation::Conflicts => Self::Conflict,
            relation if relation.orders() => Self::Order,
            relation if relation.starts() || relation == Relation::Requisite => Self::Requirement,
            _ => Self::Bond,
        }
    }
}

/// The colour of a unit of this type, as `#rrggbb`.
pub fn colour(unit_type: UnitType) -> &'static str {
    match unit_type {
        UnitType::Service => "#dbeafe",
        UnitType::Socket => "#dcfce7",
        UnitType::Timer => "#fef9c3",
        UnitType::Path => "#ffedd5",
        UnitType::Mount | UnitType::Automount | UnitType::Swap => "#ede9fe",
        UnitType::Target | UnitType::Slice | UnitType::Scope | UnitType::Device => "#f3f4f6",
    }
}
