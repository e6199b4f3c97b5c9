//! What the workspace's units name and another may name as well: units, paths, users,
//! variables.

use std::collections::BTreeSet;
use std::sync::Arc;

use unit_catalog::{Directive, Section, UnitType, ValueKind, special_units, table};
use unit_syntax::{Entry, ItemKind, TextRange};

use super::{Completion, CompletionItem, CompletionKind};
use crate::activation::manager_calls;
use crate::value::variable::variable_at;
use crate::value::words_of;
use crate::workspace::{File, Scope, Workspace};

/// More names than this are cut; those of units are asked for again with a longer prefix.
const MOST_NAMES: usize = 500;

/// The unit names that fit a unit-valued key, or a call in a command: those of the workspace and those that systemd
/// reserves. `word` is the name at hand, `prefix` what of it stands before the cursor.
pub(super) fn units(
    workspace: &Workspace,
    file: &File,
    directive: &'static Directive,
    word: TextRange,
    prefix: &str,
) -> Completion {
    let fits = |unit_type: UnitType| match (directive.section, directive.name) {
        (Section::Socket, "Service") => unit_type == UnitType::Service,
        (Section::Service, "Sockets") => unit_type == UnitType::Socket,
        (Section::Timer, "Unit") => unit_type != UnitType::Timer,
        (Section::Path, "Unit") => unit_type != UnitType::Path,
        // A name that no unit has yet.
        (Section::Install, "Alias") => false,
        (_, "Slice") => unit_type == UnitType::Slice,
        _ => true,
    };
    let asker = &file.place;
    let reserved = special_units().iter().filter(|unit| match asker.scope {
        Scope::System => unit.system,
        Scope::User => unit.user,
    });
    let mut names: Vec<(&str, UnitType)> = workspace
        .files()
        .filter(|other| workspace.sees(asker, &other.place))
        .filter_map(|other| other.kind.unit_name())
        .map(|name| (name.as_str(), name.unit_type()))
        .chain(reserved.map(|unit| (unit.name, unit.unit_type)))
        .filter(|(name, unit_type)| fits(*unit_type) && name.contains(prefix) && file.owner() != Some(name))
        .collect();
    names.sort_unstable();
    names.dedup();
    let incomplete = names.len() > MOST_NAMES;
    names.truncate(MOST_NAMES);
    let installs = directive.section == Section::Install && directive.name.ends_with("By");
    let items = names.into_iter().map(|(name, unit_type)| CompletionItem {
        rank: u8::from(installs && unit_type != UnitType::Target),
        ..CompletionItem::new(name, CompletionKind::Unit, Some(word))
    });
    Completion { items: items.collect(), incomplete }
}

/// The unit at `offset`, or the place for one, in a call of `systemctl` or its like.
pub(super) fn unit_in_call(entry: &Entry, offset: u32) -> Option<TextRange> {
    let ItemKind::Assignment { eq } = entry.item.kind() else { return None };
    let start = entry.start + eq + 1;
    let text = entry.item.text().get(eq as usize + 1..)?;
    let (before, behind) = text.split_at_checked(offset.checked_sub(start)? as usize)?;
    // A letter at the cursor makes a word where there is none yet; what joins lines is as long as the blanks.
    let value = format!("{before}x{behind}").replace("\\\r\n", "   ").replace("\\\n", "  ");
    let at = before.len() as u32;
    let mut units = manager_calls(value.trim_end()).into_iter().flat_map(|call| call.units);
    let unit = units.find(|unit| unit.range.contains(at))?;
    Some(TextRange::new(unit.range.start, unit.range.end - 1).shift(start))
}

/// The variables of a command, where the cursor is in one: those that the unit sets, then those that systemd sets.
pub(super) fn variables(
    workspace: &Workspace,
    file: &Arc<File>,
    directive: &'static Directive,
    entry: &Entry,
    offset: u32,
) -> Vec<CompletionItem> {
    let value = entry.item.value().unwrap_or_default();
    let at = entry.source_to_value(offset).map(|at| at as usize);
    let Some(variable) = at.and_then(|at| variable_at(value, at)) else {
        return Vec::new();
    };
    let replace = entry.value_to_source(variable.range.into());
    let unit = workspace.effective_of(file);
    let lines = unit.map_or_else(Vec::new, |unit| unit.list(directive.section, "Environment"));
    let words = lines.iter().flat_map(|setting| words_of(setting.value()));
    let own: BTreeSet<String> = words.filter_map(|word| Some(word.split_once('=')?.0.to_owned())).collect();
    let known = table::variables().iter().filter(|known| known.since <= file.version);
    let known = known.map(|known| (known.name, 1)).filter(|(name, _)| !own.contains(*name));
    let names = own.iter().map(|name| (name.as_str(), 0)).chain(known);
    let item = |(name, rank): (&str, u8)| CompletionItem {
        rank,
        directive: Some(directive),
        ..CompletionItem::new(format!("${{{name}}}"), CompletionKind::Word, Some(replace))
    };
    names.map(item).collect()
}

/// The paths that values of the workspace's units hold and that begin with what is typed.
pub(super) fn paths<'a>(workspace: &'a Workspace, file: &File, at: &Entry, typed: &str) -> BTreeSet<&'a str> {
    let words = others(workspace, file, at).filter_map(|(_, entry)| entry.item.value());
    let words = words.flat_map(str::split_ascii_whitespace);
    let paths = words.map(|word| word.trim_start_matches(['-', '+', '@', ':', '!', '|', '~', '"', '\'']));
    let paths = paths.map(|path| path.split([':', '"', '\'', ',', ';', '%', '$']).next().unwrap_or_default());
    paths.filter(|path| path.len() > typed.len() && path.starts_with(typed)).take(MOST_NAMES).collect()
}

/// The users, or groups, of the workspace's units; none for values of other kinds.
pub(super) fn users<'a>(
    workspace: &'a Workspace,
    file: &File,
    at: &Entry,
    kind: ValueKind,
) -> BTreeSet<&'a str> {
    use ValueKind as K;
    let kinds: &[K] = match kind {
        K::User => &[K::User],
        K::Group | K::GroupList => &[K::Group, K::GroupList],
        _ => return BTreeSet::new(),
    };
    let entries = others(workspace, file, at)
        .filter(|(directive, _)| directive.is_some_and(|directive| kinds.contains(&directive.kind)));
    let names = entries.filter_map(|(_, entry)| entry.item.value()).flat_map(str::split_ascii_whitespace);
    names.filter(|name| !name.contains('%')).take(MOST_NAMES).collect()
}

/// The lines of all units that `file` sees but `at`, with their directives.
fn others<'a>(
    workspace: &'a Workspace,
    file: &File,
    at: &Entry,
) -> impl Iterator<Item = (Option<&'static Directive>, &'a Entry)> {
    let units = workspace.files().filter(|other| workspace.sees(&file.place, &other.place));
    units.flat_map(move |other| {
        let itself = other.path == file.path;
        let lines = other.lines().iter().map(|line| line.directive).zip(other.unit.entries());
        lines.filter(move |(_, entry)| !(itself && entry.start == at.start))
    })
}
