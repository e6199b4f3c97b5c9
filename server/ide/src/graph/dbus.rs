//! Edges from the message bus to what its activation files start by `SystemdService=`.

use super::Relation;
use super::edge::{Cause, Condition, Statement};
use super::stating::Stating;
use crate::workspace::UnitName;

/// Adds the activation files that name the unit.
pub(super) fn activated(stating: &mut Stating<'_, '_>) {
    let Some(bus) = UnitName::parse("dbus.service") else {
        return;
    };
    let linked = stating.names();
    let declared = stating.declared_names();
    let names = linked.iter().map(|name| (name, Condition::ByBus));
    let once_enabled = declared.iter().filter(|name| !linked.contains(name));
    for (name, condition) in names.chain(once_enabled.map(|name| (name, Condition::Enabled))) {
        for file in stating.workspace.activation_files(name, stating.asker) {
            let (relation, cause) = (Relation::TriggeredBy, Cause::DBus(file));
            stating.add(Statement { relation, other: bus.clone(), cause, condition });
        }
    }
}
