//! Dependencies that systemd adds by itself ("Automatic Dependencies" in the manual pages), and inverse relations.

use crate::{
    UnitType,
    generated::dependencies::{IMPLICIT, INVERSE},
};

/// Dependencies that units of some types gain without asking.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ImplicitDependency {
    /// The types that gain them.
    pub unit_types: &'static [UnitType],
    /// The kinds of dependency: `Requires`, `After` …
    pub add: &'static [&'static str],
    /// The units depended on, by name; empty when they depend on the unit.
    pub on: &'static [&'static str],
    /// The same in words, where `on` is empty: "the slice it lies in".
    pub target: &'static str,
    /// The condition, in words; `None`: always.
    pub when: Option<&'static str>,
    /// `DefaultDependencies=no` switches it off.
    pub default: bool,
}

/// What a unit of this type gains.
pub fn implicit_dependencies(unit_type: UnitType) -> impl Iterator<Item = &'static ImplicitDependency> {
    IMPLICIT.iter().filter(move |dependency| dependency.unit_types.contains(&unit_type))
}

/// What the other unit shows for a dependency: `Wants` gives `WantedBy`, and the other way round.
pub fn inverse(dependency: &str) -> Option<&'static str> {
    INVERSE.iter().find_map(|&(there, back)| match dependency {
        name if name == there => Some(back),
        name if name == back => Some(there),
        _ => None,
    })
}
