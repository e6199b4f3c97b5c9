//! Which units wait for themselves, found without the lines that say so and kept for as long as the graph is the same:
//! most units do not, and hardly an edit changes that.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;

use super::Graph;
use super::cycles::Units;
use super::layer::What;
use super::memo;
use crate::workspace::UnitName;

/// What searches have found in one graph.
#[derive(Default)]
pub(super) struct Circles {
    /// Whether a unit is on a circle, once it is enabled.
    units: Mutex<FxHashMap<UnitName, bool>>,
}

impl Circles {
    fn units(&self) -> MutexGuard<'_, FxHashMap<UnitName, bool>> {
        self.units.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Graph<'_> {
    /// Whether the unit waits for itself, be it only once it is enabled.
    pub(super) fn is_on_circle(&self, unit: &UnitName) -> bool {
        let circles = memo::circles(self.workspace, &self.layers);
        if let Some(known) = circles.units().get(unit) {
            return *known;
        }
        let own = self.own_waits(unit);
        let found = !own.is_empty() && self.way_round(unit, &own).is_some();
        circles.units().insert(unit.clone(), found);
        found
    }

    /// What the unit itself makes wait.
    fn own_waits(&self, unit: &UnitName) -> Vec<Units> {
        let id = self.id(unit);
        let Some((depth, at)) = self.find(&id) else {
            return Vec::new();
        };
        let mut waits = Vec::new();
        for (saying, other) in self.layers[depth].says(at) {
            let What::Bears(relation) = saying.what else { continue };
            if let Some((other, _)) = self.bearing(&id, other, saying.condition) {
                let (relation, from, to) = match relation.is_forward() {
                    true => (relation, &id, &other),
                    false => (relation.inverse(), &other, &id),
                };
                waits.extend(self.wait_by(relation, from, to));
            }
        }
        waits
    }
}
