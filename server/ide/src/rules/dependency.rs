//! What the rules about dependencies share: the names in a unit's lists, and whether two units are ordered.

use unit_catalog::{Section, UnitType};
use unit_syntax::TextRange;

use super::unit::UnitContext;
use crate::graph::cycles::EARLY_TARGETS;
use crate::unit_reference::references_in_entry;
use crate::value::boolean;
use crate::workspace::{Effective, Setting, UnitName};

/// A unit that a line of another one names.
pub(super) struct Named<'a> {
    /// The line.
    pub(super) setting: Setting<'a>,
    /// The name's place in the file.
    pub(super) range: TextRange,
    /// Its key.
    pub(super) key: &'static str,
    /// The unit.
    pub(super) unit: UnitName,
}

/// The units that these keys of a unit name.
pub(super) fn named<'a>(unit: &Effective<'a>, section: Section, keys: &[&'static str]) -> Vec<Named<'a>> {
    let mut all = Vec::new();
    for &key in keys {
        for setting in unit.list(section, key) {
            let found = references_in_entry(setting.file, setting.index() as usize).into_iter();
            all.extend(found.map(|found| Named { setting, range: found.range, key, unit: found.name }));
        }
    }
    all
}

/// Whether one of these keys of a unit names `other`, under any of that unit's names.
pub(super) fn names(
    cx: &UnitContext<'_>,
    unit: &Effective<'_>,
    section: Section,
    keys: &[&'static str],
    other: &UnitName,
) -> bool {
    let named = named(unit, section, keys);
    let mut units = named.iter().map(|named| &named.unit);
    !named.is_empty()
        && (units.clone().any(|unit| unit == other) || units.any(|unit| cx.are_same(unit, other)))
}

/// The order that a unit's own lines give it.
const ORDER: [&str; 2] = ["After", "Before"];

/// Whether the order in which `unit` and `other` start is settled: by their own lines, through a unit between them, by a
/// trigger, or by the targets of early boot.
pub(super) fn are_ordered(cx: &UnitContext<'_>, unit: &Effective<'_>, other: &UnitName) -> bool {
    let Some(name) = &unit.name else {
        return true;
    };
    let triggers = |one: &Effective<'_>, name: &UnitName| {
        cx.workspace.trigger_target(one).is_some_and(|(target, _)| cx.are_same(&target, name))
            || names(cx, one, Section::Service, &["Sockets"], name)
    };
    if names(cx, unit, Section::Unit, &ORDER, other) || triggers(unit, other) {
        return true;
    }
    let starts_late = unit.unit_type == UnitType::Service && has_default_dependencies(unit);
    let Some(partner) = cx.workspace.effective(other, cx.place()) else {
        return starts_late && (is_early_type(other.unit_type()) || other.as_str().starts_with("modprobe@"));
    };
    // A target comes after what it pulls in (`unit_add_default_target_dependency()`).
    let gathers = partner.unit_type == UnitType::Target
        && names(cx, &partner, Section::Unit, &["Wants", "Requires"], name);
    if names(cx, &partner, Section::Unit, &ORDER, name) || gathers || triggers(&partner, name) {
        return true;
    }
    let before: Vec<UnitName> =
        named(&partner, Section::Unit, &["Before"]).into_iter().map(|named| named.unit).collect();
    let early = |unit: &UnitName| EARLY_TARGETS.contains(&unit.as_str());
    if starts_late && (is_early_by_type(&partner) || before.iter().any(early)) {
        return true;
    }
    named(unit, Section::Unit, &["After"]).iter().any(|between| {
        before.contains(&between.unit)
            || cx
                .workspace
                .effective(&between.unit, cx.place())
                .is_some_and(|between| names(cx, &between, Section::Unit, &["After"], other))
    })
}

/// Whether a unit is ordered before a target of early boot by its type.
fn is_early_by_type(unit: &Effective<'_>) -> bool {
    is_early_type(unit.unit_type) && has_default_dependencies(unit)
}

/// Whether units of this type are ordered before a target of early boot unless they opt out.
fn is_early_type(unit_type: UnitType) -> bool {
    matches!(
        unit_type,
        UnitType::Socket | UnitType::Path | UnitType::Mount | UnitType::Automount | UnitType::Swap
    )
}

fn has_default_dependencies(unit: &Effective<'_>) -> bool {
    let setting = unit.scalar(Section::Unit, "DefaultDependencies", |value| boolean(value).is_some());
    setting.is_none_or(|setting| boolean(setting.value()) == Some(true))
}
