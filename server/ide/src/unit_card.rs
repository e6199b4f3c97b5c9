//! What a unit is, on a card: for hovers on its name and on the headers of its own files.

use std::fmt::Write;
use std::sync::Arc;

use unit_catalog::{Section, UnitType, special_unit};

use crate::activation::ServiceType;
use crate::graph::starters::{Starter, StarterKind, Starting, starting, still_armed, waits_for};
use crate::navigation::files_of_unit;
use crate::workspace::{Effective, File, Place, Resolution, UnitLink, UnitName, Workspace, World};

/// More starters or drop-ins are counted, not listed.
const MOST_LISTED: usize = 8;

/// The unit called `name` for units at `asker`, as Markdown: what it calls itself, where it lies, and what [`facts`]
/// tells.
pub(crate) fn unit_card(workspace: &Workspace, name: &UnitName, asker: &Place) -> String {
    let mut card = format!("**`{name}`**\n\n");
    let found = match workspace.resolve(name, asker) {
        Resolution::Found(file) => file,
        Resolution::Masked(mask) => {
            let _ = write!(card, "masked by `{}`", workspace.shown(&mask.path));
            return card;
        }
        Resolution::Missing => {
            card.push_str(match special_unit(name.as_str()) {
                Some(unit) if unit.passive => {
                    "One of systemd's own units; passive: it is started by its provider, not by those that need it."
                }
                Some(_) => "One of systemd's own units.",
                None => "Not known here.",
            });
            return card;
        }
    };
    let id = workspace.unit_id(name, asker).unwrap_or_else(|| name.clone());
    let unit = workspace.effective_or_drop_ins(&id, asker);
    if let Some(description) = unit.list(Section::Unit, "Description").last() {
        let _ = write!(card, "{}\n\n", description.value());
    }
    if id != *name {
        let _ = write!(card, "Another name of `{id}`.\n\n");
    }
    let _ = write!(card, "`{}`", workspace.shown(&found.path));
    let drop_ins = files_of_unit(workspace, name, asker).into_iter().filter(|file| file.is_drop_in());
    let drop_ins: Vec<_> = drop_ins.map(|file| format!("- `{}`", workspace.shown(&file.path))).collect();
    if !drop_ins.is_empty() {
        let _ = write!(card, "\n\nDrop-ins, in reading order:\n\n{}", listed(&drop_ins));
    }
    let facts = facts(workspace, &unit, asker);
    if !facts.is_empty() {
        let _ = write!(card, "\n\n{facts}");
    }
    card
}

/// The unit that `file` is the fragment of, or a drop-in of, without what its files say themselves. `None` for files of
/// no single unit.
pub(crate) fn own_card(workspace: &Workspace, file: &Arc<File>) -> Option<String> {
    let unit = workspace.effective_of(file)?;
    unit.fragment.filter(|fragment| !fragment.masked)?;
    let name = unit.name.as_ref()?;
    let facts = facts(workspace, &unit, &file.place);
    Some(format!("**`{name}`**\n\n{facts}").trim_end().to_owned())
}

/// Type or trigger, enablement, starters, and what a stop leaves armed, as Markdown.
fn facts(workspace: &Workspace, unit: &Effective<'_>, asker: &Place) -> String {
    let Some(name) = &unit.name else { return String::new() };
    let starting = starting(workspace, name, asker);
    let mut parts = vec![summary(workspace, unit, name, asker), started_by(name, &starting)];
    parts.extend(stop_note(workspace, name, asker, &starting));
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

/// Type or trigger, and enablement, in one line.
fn summary(workspace: &Workspace, unit: &Effective<'_>, name: &UnitName, asker: &Place) -> String {
    let mut words = Vec::new();
    if let Some(service_type) = ServiceType::of(unit, workspace.version()) {
        words.push(format!("`Type={}`", service_type.as_str()));
    }
    let waits_for = waits_for(unit).filter(|event| !event.is_empty());
    words.extend(waits_for.map(|event| match unit.unit_type {
        UnitType::Socket => format!("listens: {event}"),
        UnitType::Timer => format!("elapses: {event}"),
        _ => format!("waits until {event}"),
    }));
    if let Some((target, _)) = workspace.trigger_target(unit) {
        let known = !matches!(workspace.resolve(&target, asker), Resolution::Missing);
        words.push(format!("starts `{target}`{}", if known { "" } else { ", which is not known here" }));
    }
    if unit.unit_type == UnitType::Mount {
        let place = unit.list(Section::Mount, "Where").pop();
        words.extend(place.map(|place| format!("mounted on `{}`", place.value())));
    }
    words.extend(enablement(workspace, unit, name, asker).map(str::to_owned));
    words.join(" · ")
}

/// Whether somebody has enabled the unit, where all that could be known is (`unit_file_get_state()`).
fn enablement(
    workspace: &Workspace,
    unit: &Effective<'_>,
    name: &UnitName,
    asker: &Place,
) -> Option<&'static str> {
    let installs = |key: &&str| !unit.list(Section::Install, key).is_empty();
    if !["WantedBy", "RequiredBy", "UpheldBy", "Alias"].iter().any(installs) {
        return None;
    }
    let mut names = vec![name.clone()];
    names.extend(workspace.linked_aliases(name, asker));
    let links: Vec<_> = names.iter().flat_map(|name| workspace.links_called(name.as_str(), asker)).collect();
    let aliases = unit.declared_aliases();
    let is_declared = |link: &UnitLink| aliases.iter().any(|alias| alias.as_str() == link.name());
    match links.iter().any(|link| !link.is_vendors() && (link.enables() || is_declared(link))) {
        true => Some("enabled"),
        // Always on, by its vendor.
        false if links.iter().any(|link| link.enables()) => None,
        false if workspace.world(&unit.fragment?.place) == World::Open => None,
        false if name.is_template() => None,
        false => Some("not enabled"),
    }
}

fn started_by(name: &UnitName, starting: &Starting) -> String {
    match starting {
        Starting::Many(units) => format!("Started by {} units.", units.len()),
        Starting::Listed(starters) if !starters.is_empty() => {
            let lines: Vec<_> = starters.iter().map(|starter| format!("- {}", starter.phrase())).collect();
            format!("Started by:\n\n{}", listed(&lines))
        }
        _ if starts_by_itself(name) => String::new(),
        Starting::Listed(_) => "Nothing in sight starts it.".to_owned(),
    }
}

/// Whether nobody needs to see what starts the unit: it is one of systemd's own, or is there as soon as a unit lies in it.
pub(crate) fn starts_by_itself(name: &UnitName) -> bool {
    special_unit(name.as_str()).is_some() || name.unit_type() == UnitType::Slice
}

/// What starts the unit again after a stop, as Markdown; `None` where it stays down.
fn stop_note(workspace: &Workspace, name: &UnitName, asker: &Place, starting: &Starting) -> Option<String> {
    let mut armed = still_armed(workspace, name, asker);
    if let Starting::Listed(starters) = starting {
        // What starts a unit that starts this one does so as well.
        let aside = [StarterKind::OnFailure, StarterKind::Install];
        let pulling = starters.iter().filter(|starter| !aside.contains(&starter.kind));
        let behind = pulling
            .flat_map(Starter::walk)
            .filter(|(via, through)| through.is_some() && via.kind.is_trigger());
        let triggers = behind.filter_map(|(via, _)| via.unit.clone());
        armed.extend(triggers.filter(|unit| *unit != *name));
        armed.sort_unstable();
        armed.dedup();
    }
    let names: Vec<_> = armed.iter().map(|unit| format!("`{unit}`")).collect();
    let (last, others) = names.split_last()?;
    let (who, verb) = match others {
        [] => (last.clone(), "starts"),
        _ => (format!("{} and {last}", others.join(", ")), "start"),
    };
    let all: Vec<_> = armed.iter().map(UnitName::as_str).collect();
    Some(format!(
        "Stopping it does not keep it down: {who} {verb} it again. `systemctl stop {} {name}` stops all of them.",
        all.join(" ")
    ))
}

fn listed(lines: &[String]) -> String {
    let shown = &lines[..lines.len().min(MOST_LISTED)];
    match lines.len() - shown.len() {
        0 => shown.join("\n"),
        more => format!("{}\n- and {more} more", shown.join("\n")),
    }
}
