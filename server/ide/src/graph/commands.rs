//! Units that a unit's own commands start: `systemctl start NAME` in `Exec*=` lines.

use std::sync::Arc;

use unit_catalog::{Directive, Section, ValueKind, directives};
use unit_syntax::TextRange;

use crate::activation::{CalledManager, ManagerCall, Topic, file_name, manager_calls};
use crate::unit_reference::called;
use crate::value::exec_commands;
use crate::workspace::{Effective, File, Place, Scope, Setting, UnitName, Workspace, may_call_shell_script};

/// A unit that a command starts.
pub(super) struct Started<'a> {
    pub(super) unit: UnitName,
    /// How: `ExecStart=systemctl restart`.
    pub(super) how: String,
    /// The file of the command.
    pub(super) file: &'a Arc<File>,
    /// The unit's name in it, or the script that names it, in bytes of the file.
    pub(super) range: TextRange,
}

/// The units that the unit's commands start, themselves or by a shell script of the workspace; the template of an instance
/// that is known at run time only.
pub(super) fn started_by<'a>(workspace: &Workspace, unit: &Effective<'a>) -> Vec<Started<'a>> {
    let Some(section) = unit.unit_type.own_section() else {
        return Vec::new();
    };
    let calls_script =
        || unit.list(Section::Service, "ExecStart").iter().any(|set| may_call_shell_script(set.value()));
    if !unit.speaks_of(Topic::Manager) && !calls_script() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let commands = directives(section).iter().filter(|directive| is_command(directive));
    for (key, setting) in commands
        .flat_map(|directive| unit.list(section, directive.name).into_iter().map(|set| (directive.name, set)))
    {
        let Setting { file, entry } = setting;
        for call in manager_calls(setting.value()).into_iter().filter(ManagerCall::starts) {
            if !is_own_manager(call.manager, &file.place) {
                continue;
            }
            for named in call.units {
                if let Some(unit) = called(unit.name.as_ref(), &named.written) {
                    let (range, how) =
                        (entry.value_to_source(named.range), format!("{key}=systemctl {}", call.verb));
                    found.push(Started { unit, how, file, range });
                }
            }
        }
        if key == "ExecStart" && may_call_shell_script(setting.value()) {
            by_script(workspace, setting, &mut found);
        }
    }
    found
}

/// Adds what the scripts that a line of `ExecStart=` runs start.
fn by_script<'a>(workspace: &Workspace, setting: Setting<'a>, found: &mut Vec<Started<'a>>) {
    let Setting { file, entry } = setting;
    for word in exec_commands(setting.value()).into_iter().flat_map(|command| command.words) {
        let Some(script) = workspace.script(file, &word.text) else { continue };
        let name = file_name(&word.text);
        for start in script.starts.iter().filter(|start| is_own_manager(start.manager, &file.place)) {
            found.push(Started {
                unit: start.unit.clone(),
                how: format!("ExecStart={name}, which says systemctl {} in line {}", start.verb, start.line),
                file,
                range: entry.value_to_source(word.range),
            });
        }
    }
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
