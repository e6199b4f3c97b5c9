//! Edges from sockets, timers, paths and automounts to what they start, and back by `Sockets=`.

use unit_catalog::{Section, UnitType};

use super::edge::Cause;
use super::lines::each_name;
use super::{Relation, Stating};

/// Adds what the unit triggers, and what triggers it by its own word.
pub(super) fn triggered(stating: &mut Stating<'_, '_>) {
    if stating.unit.unit_type == UnitType::Service {
        for setting in stating.list(Section::Service, "Sockets") {
            let entry = setting.index();
            each_name(stating, setting, entry, |stating, socket, cause| {
                if socket.unit_type() == UnitType::Socket {
                    for relation in [Relation::Wants, Relation::After, Relation::TriggeredBy] {
                        stating.state(relation, socket.clone(), cause);
                    }
                }
            });
        }
        return;
    }
    let Some((target, setting)) = stating.workspace.trigger_target(stating.unit) else {
        return;
    };
    let cause = match (setting, stating.unit.fragment) {
        (Some(setting), _) => {
            Cause::Line { file: setting.file, entry: setting.index(), range: setting.value_range() }
        }
        (None, Some(file)) => Cause::Name { file },
        (None, None) => return,
    };
    stating.state(Relation::Triggers, target.clone(), cause);
    stating.state(Relation::Before, target, cause);
}
