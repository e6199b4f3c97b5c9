//! Which units wait for themselves, found without the lines that say so and kept for as long as the graph is the same:
//! most units do not, and hardly an edit changes that.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use super::cycles::{Units, Way};
use super::layer::What;
use super::{Graph, memo};
use crate::workspace::UnitName;

/// What searches have found in one graph.
#[derive(Default)]
pub(super) struct Circles {
    /// Whether a unit is on a circle, once it is enabled.
    units: Mutex<FxHashMap<UnitName, bool>>,
    /// How many units searches have looked at.
    looked_at: AtomicUsize,
    levels: OnceLock<Levels>,
}

/// How many units wait for each, one after the other; the fewest where a circle makes that endless.
///
/// Whoever waits has a lower level than the one that it waits for, or the same where both wait for each other.
struct Levels {
    /// The levels, with whether the unit waits for itself.
    units: FxHashMap<UnitName, (u32, bool)>,
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
        let found = !own.is_empty() && self.may_come_round(unit, &own, &circles) && {
            let mut looked_at = 0;
            let way = self.way_round(unit, &own, &mut looked_at);
            circles.looked_at.fetch_add(looked_at, Ordering::Relaxed);
            way.is_some()
        };
        circles.units().insert(unit.clone(), found);
        found
    }

    /// Whether a search for the unit may find it again. Where searches have looked at more units than there are, one look
    /// at all of them tells this of most.
    fn may_come_round(&self, unit: &UnitName, own: &[Units], circles: &Circles) -> bool {
        let all = || self.layers.iter().map(|layer| layer.names().len()).sum();
        if circles.levels.get().is_none() && circles.looked_at.load(Ordering::Relaxed) <= all() {
            return true;
        }
        let levels = circles.levels.get_or_init(|| self.levels());
        let level = |unit: &UnitName| levels.units.get(unit).copied().unwrap_or_default();
        let (here, comes_round) = level(unit);
        // Those that wait for the unit are below it, and those that it waits for above, but for what it says itself.
        let (mut behind, mut ahead) = (here.checked_sub(1), here + 1);
        for (waits, first) in own {
            match waits == unit {
                true => ahead = ahead.min(level(first).0),
                false => behind = behind.max(Some(level(waits).0)),
            }
        }
        comes_round || behind >= Some(ahead)
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

    /// The levels of all units.
    fn levels(&self) -> Levels {
        let mut waiting = Waiting::default();
        for unit in self.layers.iter().flat_map(|layer| layer.names()) {
            let unit = waiting.number(unit);
            waiting.follow(unit, &|unit| {
                let mut first = self.related(unit, Way::Ahead.relation());
                first.retain(|first| self.may_meet(unit, first));
                first
            });
        }
        waiting.levels()
    }
}

/// Units that wait for others, as Tarjan's search for strongly connected parts goes through them.
#[derive(Default)]
struct Waiting {
    numbers: FxHashMap<UnitName, u32>,
    units: Vec<Unit>,
    /// Those whose part is not complete.
    open: Vec<u32>,
    reached: u32,
    /// The parts that are complete, what is waited for before what waits.
    parts: Vec<Vec<u32>>,
}

struct Unit {
    name: UnitName,
    /// The units that it waits for; `None` until it is reached.
    first: Option<Vec<u32>>,
    /// When it was reached, and the earliest open one that is reached from it.
    reached: u32,
    low: u32,
    is_open: bool,
}

impl Waiting {
    fn number(&mut self, name: &UnitName) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.units.len() as u32;
        self.numbers.insert(name.clone(), number);
        self.units.push(Unit { name: name.clone(), first: None, reached: 0, low: 0, is_open: false });
        number
    }

    /// Goes ahead from a unit, unless it was reached before.
    fn follow(&mut self, from: u32, first: &dyn Fn(&UnitName) -> Vec<UnitName>) {
        if self.units[from as usize].first.is_some() {
            return;
        }
        self.reach(from, first);
        // Each with how many of those that it waits for have been looked at.
        let mut path = vec![(from, 0)];
        while let Some((unit, looked_at)) = path.last_mut() {
            let (unit, next) = (*unit, *looked_at);
            *looked_at += 1;
            let waits_for =
                self.units[unit as usize].first.as_ref().and_then(|first| first.get(next)).copied();
            match waits_for {
                Some(other) if self.units[other as usize].first.is_none() => {
                    self.reach(other, first);
                    path.push((other, 0));
                }
                Some(other) if self.units[other as usize].is_open => {
                    self.units[unit as usize].low =
                        self.units[unit as usize].low.min(self.units[other as usize].reached);
                }
                Some(_) => {}
                None => {
                    path.pop();
                    if let Some((before, _)) = path.last() {
                        let low = self.units[unit as usize].low;
                        let before = &mut self.units[*before as usize];
                        before.low = before.low.min(low);
                    }
                    self.complete(unit);
                }
            }
        }
    }

    fn reach(&mut self, unit: u32, first: &dyn Fn(&UnitName) -> Vec<UnitName>) {
        let names = first(&self.units[unit as usize].name);
        let first = names.iter().map(|name| self.number(name)).collect();
        self.reached += 1;
        let reached = &mut self.units[unit as usize];
        (reached.first, reached.is_open) = (Some(first), true);
        (reached.reached, reached.low) = (self.reached, self.reached);
        self.open.push(unit);
    }

    /// Takes out the part that begins with a unit, if it begins one.
    fn complete(&mut self, unit: u32) {
        if self.units[unit as usize].low != self.units[unit as usize].reached {
            return;
        }
        let start = self.open.iter().rposition(|open| *open == unit).unwrap_or(self.open.len());
        let part = self.open.split_off(start);
        for unit in &part {
            self.units[*unit as usize].is_open = false;
        }
        self.parts.push(part);
    }

    fn levels(self) -> Levels {
        let mut part_of = vec![0; self.units.len()];
        for (number, part) in self.parts.iter().enumerate() {
            part.iter().for_each(|unit| part_of[*unit as usize] = number);
        }
        let mut levels = vec![0; self.parts.len()];
        for (number, part) in self.parts.iter().enumerate().rev() {
            let above = levels[number] + 1;
            for first in part.iter().filter_map(|unit| self.units[*unit as usize].first.as_ref()).flatten() {
                let first = part_of[*first as usize];
                if first != number {
                    levels[first] = above.max(levels[first]);
                }
            }
        }
        let units = self.units.into_iter().zip(part_of);
        let units =
            units.map(|(unit, part)| (unit.name, (levels[part], self.parts[part].len() > 1))).collect();
        Levels { units }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_of_units_that_wait() {
        // Each waits for those behind it.
        let waits = |unit: &UnitName| -> Vec<UnitName> {
            let first: &[&str] = match unit.stem() {
                "a" => &["b", "c"],
                "b" => &["c"],
                "c" => &["d", "x"],
                "x" => &["y"],
                "y" => &["x", "z"],
                _ => &[],
            };
            first.iter().filter_map(|stem| UnitName::of_typed(stem)).collect()
        };
        let mut waiting = Waiting::default();
        for stem in ["c", "a", "z", "y", "other"] {
            let unit = waiting.number(&UnitName::of_typed(stem).expect("a name"));
            waiting.follow(unit, &waits);
        }
        let levels = waiting.levels();
        let mut told: Vec<_> =
            levels.units.iter().map(|(unit, level)| (unit.stem(), level.0, level.1)).collect();
        told.sort_unstable();
        let expected = [
            ("a", 0, false),
            ("b", 1, false),
            ("c", 2, false),
            ("d", 3, false),
            ("other", 0, false),
            ("x", 3, true),
            ("y", 3, true),
            ("z", 4, false),
        ];
        assert_eq!(told, expected);
    }
}
