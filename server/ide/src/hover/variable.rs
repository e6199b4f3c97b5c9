//! What is said of a variable in a command: who sets it, and to what.

use unit_catalog::{Section, Version, table};

use crate::value::variable::Variable;
use crate::value::words_of;
use crate::workspace::{Effective, Setting, Workspace};

/// The variable `name` in a command of the unit, whose section is `section`. `None` where nothing is known of it and
/// systemd may leave it to a shell.
pub(super) fn variable(
    workspace: &Workspace,
    unit: Option<&Effective<'_>>,
    section: Section,
    version: Version,
    found: &Variable<'_>,
) -> Option<String> {
    let name = found.name;
    let title = format!("**`${{{name}}}`**");
    let lines = |key| unit.map_or_else(Vec::new, |unit| unit.list(section, key));
    let place = |setting: &Setting<'_>| format!("`{}`", workspace.shown(&setting.file.path));
    let files = lines("EnvironmentFile");
    let files: Vec<_> =
        files.iter().map(|file| format!("`{}`", file.value().trim_start_matches('-'))).collect();
    let files = files.join(", ");
    let own = lines("Environment").into_iter().rev().find_map(|setting| {
        let words = words_of(setting.value()).into_iter().rev();
        let mut values =
            words.filter_map(|word| Some(word.strip_prefix(name)?.strip_prefix('=')?.to_owned()));
        Some((values.next()?, setting))
    });
    if let Some((value, setting)) = own {
        let unless =
            if files.is_empty() { String::new() } else { format!(", unless {files} says otherwise") };
        return Some(format!("{title} = `{value}`\n\nSet by `Environment=` in {}{unless}.", place(&setting)));
    }
    let known = table::variables().iter().find(|known| known.name == name && known.since <= version);
    if let Some(known) = known {
        return Some(format!("{title}: {}\n\nSet by systemd.", known.meaning));
    }
    let passed = lines("PassEnvironment")
        .into_iter()
        .find(|setting| words_of(setting.value()).iter().any(|word| word == name));
    Some(match passed {
        Some(setting) => format!("{title}\n\nPassed on from the manager, as {} says.", place(&setting)),
        None if !files.is_empty() => {
            format!("{title}\n\nNot set by the unit itself, but perhaps by {files}.")
        }
        None if !found.replaced => return None,
        None => format!(
            "{title}\n\nNot set by the unit. Unless the manager's environment has it, it is empty: `${name}` is no word \
             then, `${{{name}}}` an empty one."
        ),
    })
}
