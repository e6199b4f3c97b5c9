//! Workspace symbols: the units of the workspace and of the machine, by a few letters of their names.

use std::path::Path;
use std::sync::Arc;

use unit_catalog::{Section, UnitType, directive};
use unit_syntax::{Entry, TextRange};

use crate::navigation::first_header;
use crate::workspace::{File, Workspace};

/// A unit that was found.
#[derive(Clone, PartialEq, Debug)]
pub struct WorkspaceSymbol {
    /// Its name.
    pub name: String,
    /// Its type.
    pub unit_type: UnitType,
    /// What it is (`Description=`), else the folder that it lies in.
    pub container: String,
    /// Its fragment.
    pub path: Arc<Path>,
    /// Where in it, in bytes: its first header.
    pub range: TextRange,
}

/// More are not listed: nobody reads them.
const MOST_SYMBOLS: usize = 500;

/// The units whose names match `query`: those of the workspace first, the best match first.
///
/// A name matches that has all letters of the query in this order, whatever their case.
pub fn workspace_symbols(workspace: &Workspace, query: &str) -> Vec<WorkspaceSymbol> {
    let query: Vec<u8> = query.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let mut found: Vec<_> = workspace
        .files()
        .filter_map(|file| {
            let name = file.kind.unit_name()?;
            let match_rank = rank(name.as_str(), &query)?;
            Some(((!workspace.is_inside(&file.path), match_rank, name.as_str(), file.path.as_os_str()), file))
        })
        .collect();
    found.sort_unstable_by_key(|(order, _)| *order);
    found.truncate(MOST_SYMBOLS);
    found.into_iter().filter_map(|(_, file)| symbol(file)).collect()
}

fn symbol(file: &Arc<File>) -> Option<WorkspaceSymbol> {
    let name = file.kind.unit_name()?;
    let folder = || file.path.parent().map_or(String::new(), |folder| folder.display().to_string());
    Some(WorkspaceSymbol {
        name: name.to_string(),
        unit_type: name.unit_type(),
        container: description(file).unwrap_or_else(folder),
        path: file.path.clone(),
        range: first_header(file),
    })
}

fn description(file: &File) -> Option<String> {
    let key = directive(Section::Unit, "Description")?;
    let value = file.assignments(key).next_back().and_then(Entry::value)?;
    Some(value.to_owned()).filter(|value| !value.is_empty())
}

/// How well a name matches; less is better, `None` is not at all. Beginnings come first, then beginnings of words, then
/// other stretches of the name, then letters with gaps between them, the fewer the better.
fn rank(name: &str, query: &[u8]) -> Option<(u8, usize)> {
    let name = name.as_bytes();
    let is_at =
        |at: usize| name[at..].len() >= query.len() && name[at..at + query.len()].eq_ignore_ascii_case(query);
    if is_at(0) {
        return Some((0, name.len()));
    }
    let found: Vec<_> = (1..name.len()).filter(|at| is_at(*at)).collect();
    if let Some(at) = found.iter().find(|at| !name[**at - 1].is_ascii_alphanumeric()) {
        return Some((1, *at));
    }
    if let Some(at) = found.first() {
        return Some((2, *at));
    }
    let (mut gaps, mut from) = (0, 0);
    for byte in query {
        let skipped = name.get(from..)?.iter().position(|other| other.eq_ignore_ascii_case(byte))?;
        gaps += usize::from(skipped > 0);
        from += skipped + 1;
    }
    Some((3, gaps))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks() {
        let rank = |name: &str, query: &str| rank(name, query.as_bytes());
        assert_eq!(rank("dice.service", ""), Some((0, 12)));
        assert_eq!(rank("Dice.service", "dIce"), Some((0, 12)));
        assert_eq!(rank("dice-roll.service", "roll"), Some((1, 5)));
        assert_eq!(rank("xdice-dice.service", "dice"), Some((1, 6)));
        assert_eq!(rank("dice.service", "ice"), Some((2, 1)));
        assert_eq!(rank("systemd-journald.socket", "sdjs"), Some((3, 3)));
        assert_eq!(rank("a.service", "zzz"), None);
        assert_eq!(rank("a.b", "aaaaaaaaaaaa"), None);
    }
}
