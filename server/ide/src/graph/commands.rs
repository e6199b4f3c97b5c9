//! Units that a unit's own commands start: `systemctl start NAME` in `Exec*=` lines.

use unit_catalog::{Directive, ValueKind, directives};
use unit_syntax::TextRange;

use crate::activation::{CalledManager, ManagerCall, Topic, manager_calls};
use crate::unit_reference::called;
use crate::workspace::{Effective, Place, Scope, Setting, UnitName};

/// A unit that a command starts.
pub(super) struct Started<'a> {
    pub(super) unit: UnitName,
    /// What the manager is asked for: `restart`.
    pub(super) verb: String,
    /// The line of the command.
    pub(super) setting: Setting<'a>,
    /// The unit's name in it, in bytes of the file.
    pub(super) range: TextRange,
}

/// The units that the unit's commands start; the template of an instance that is known at run time only.
pub(super) fn started_by<'a>(unit: &Effective<'a>) -> Vec<Started<'a>> {
    let Some(section) = unit.unit_type.own_section() else {
        return Vec::new();
    };
    if !unit.speaks_of(Topic::Manager) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let commands = directives(section).iter().filter(|directive| is_command(directive));
    for setting in commands.flat_map(|directive| unit.list(section, directive.name)) {
        for call in manager_calls(setting.value()).into_iter().filter(ManagerCall::starts) {
            if !is_own_manager(call.manager, &setting.file.place) {
                continue;
            }
            for named in call.units {
                if let Some(unit) = called(unit.name.as_ref(), &named.written) {
                    let range = setting.entry.value_to_source(named.range);
                    found.push(Started { unit, verb: call.verb.clone(), setting, range });
                }
            }
        }
    }
    found
}

/// Whether a call from a unit at `place` goes to the manager of that unit. Which one that is, is a guess outside of the
/// search path.
fn is_own_manager(called: CalledManager, place: &Place) -> bool {
    match called {
        CalledManager::System => !place.searched || place.scope == Scope::System,
        CalledManager::User => !place.searched || place.scope == Scope::User,
        CalledManager::Elsewhere => false,
    }
}

fn is_command(directive: &Directive) -> bool {
    directive.kind == ValueKind::ExecCommand
}
