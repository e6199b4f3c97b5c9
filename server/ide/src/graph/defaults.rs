//! Edges that systemd adds by a unit's type (`…_add_default_dependencies()`).

use unit_catalog::{Section, UnitType, implicit_dependencies};

use super::edge::Cause;
use super::{Relation, Stating};
use crate::workspace::{Scope, UnitName};

/// Adds the default dependencies, unless the unit goes without.
pub(super) fn by_default(stating: &mut Stating<'_, '_>) {
    if !stating.has_default_dependencies() {
        return;
    }
    let unit_type = stating.unit.unit_type;
    let why = Cause::Implicit("DefaultDependencies=yes");
    for dependency in implicit_dependencies(unit_type) {
        if !dependency.default || dependency.when.is_some() {
            continue;
        }
        for on in dependency.on {
            for relation in dependency.add.iter().filter_map(|name| Relation::of_name(name)) {
                // The user manager has no sysinit.target.
                let on = match (stating.asker.scope, *on, unit_type, relation) {
                    (Scope::User, "sysinit.target", UnitType::Service, Relation::Requires) => "basic.target",
                    (Scope::User, "sysinit.target", ..) => continue,
                    (_, on, ..) => on,
                };
                if let Some(other) = UnitName::parse(on) {
                    stating.state(relation, other, why);
                }
            }
        }
    }
}

impl Stating<'_, '_> {
    /// Whether `DefaultDependencies=` leaves the default on.
    pub(super) fn has_default_dependencies(&self) -> bool {
        let usable = |value: &str| crate::value::boolean(value).is_some();
        self.unit
            .scalar(Section::Unit, "DefaultDependencies", usable)
            .is_none_or(|setting| crate::value::boolean(setting.value()) == Some(true))
    }
}
