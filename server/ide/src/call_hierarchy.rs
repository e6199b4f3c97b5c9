//! Call hierarchy: who starts a unit, and what it starts.

use std::path::Path;
use std::sync::Arc;

use unit_catalog::{Section, UnitType};
use unit_syntax::TextRange;

use crate::graph::starters::{Started, Starter, StarterKind, started, starters};
use crate::navigation::Target;
use crate::references::own_header;
use crate::unit_reference::unit_at;
use crate::workspace::{File, Place, UnitName, Workspace};

/// A unit in the hierarchy.
#[derive(Clone, PartialEq, Debug)]
pub struct HierarchyItem {
    /// The name to show.
    pub name: String,
    /// The unit; `None` for what is none, such as a D-Bus activation file.
    pub unit: Option<UnitName>,
    /// Its type; services where it is no unit.
    pub unit_type: UnitType,
    /// What to show beside the name.
    pub detail: String,
    /// The file to open: the unit's, or that of a line which speaks of it.
    pub target: Target,
}

/// A step of the hierarchy.
#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    /// The unit at its other end; beside its name, how it starts or is started.
    pub item: HierarchyItem,
    /// The places that say so, in bytes: of a caller in the caller's file, of a callee in the file that was asked about.
    /// There is at least one.
    pub ranges: Vec<TextRange>,
}

/// The unit that is named at `offset`, else the one that the file is about.
pub fn prepare(workspace: &Workspace, file: &Arc<File>, offset: u32) -> Option<HierarchyItem> {
    let (name, range) = match unit_at(file, offset) {
        Some(pointed) => (pointed.name, pointed.range),
        None => (file.unit_name()?, own_header(file)),
    };
    let here = Target { path: file.path.clone(), range, selection: range };
    Some(known(workspace, &name, &file.place).unwrap_or_else(|| item(name, String::new(), here)))
}

/// Who starts the unit, each with the lines that say so. What triggers a caller is asked for by asking who starts that.
pub fn incoming(workspace: &Workspace, unit: &UnitName, asker: &Place) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    for starter in starters(workspace, unit, asker) {
        let Some(call) = caller(workspace, &starter, asker) else { continue };
        let same = |known: &&mut Call| {
            known.item.unit == call.item.unit
                && known.item.target.path == call.item.target.path
                && known.item.detail == call.item.detail
        };
        match calls.iter_mut().find(same) {
            Some(known) => known.ranges.extend(call.ranges),
            None => calls.push(call),
        }
    }
    calls
}

/// What the unit starts, each with the lines of `file` that say so, or the header there.
pub fn outgoing(workspace: &Workspace, unit: &UnitName, file: &Arc<File>, asker: &Place) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    for Started { unit: name, detail, place } in started(workspace, unit, asker) {
        let (said_in, said) = place.unwrap_or_else(|| (file.clone(), own_header(file)));
        let range = if said_in.path == file.path { said } else { own_header(file) };
        match calls.iter_mut().find(|known| known.item.unit.as_ref() == Some(&name)) {
            Some(known) => {
                if !known.ranges.contains(&range) {
                    known.ranges.push(range);
                }
                if !known.item.detail.split(" · ").any(|said| said == detail) {
                    known.item.detail = format!("{} · {detail}", known.item.detail);
                }
            }
            None => {
                let there = Target { path: said_in.path.clone(), range: said, selection: said };
                let target = known(workspace, &name, asker).map_or(there, |item| item.target);
                calls.push(Call { item: item(name, detail, target), ranges: vec![range] });
            }
        }
    }
    calls
}

/// The unit with its own file and what it calls itself; `None` where no file describes it.
fn known(workspace: &Workspace, name: &UnitName, asker: &Place) -> Option<HierarchyItem> {
    let file = workspace.fragment(&workspace.unit_id(name, asker)?, asker)?;
    let unit = workspace.effective_or_drop_ins(name, asker);
    let description = unit.list(Section::Unit, "Description").pop();
    let detail = description.map_or(String::new(), |description| description.value().to_owned());
    Some(item(name.clone(), detail, Target::whole(file)))
}

fn item(name: UnitName, detail: String, target: Target) -> HierarchyItem {
    HierarchyItem { name: name.to_string(), unit_type: name.unit_type(), detail, target, unit: Some(name) }
}

/// The step from who starts a unit. Its file is the one that says so, be it the caller's or that of the unit itself; a link
/// says nothing that could be shown, so it is the caller's own.
fn caller(workspace: &Workspace, starter: &Starter, asker: &Place) -> Option<Call> {
    let own = || starter.unit.as_ref().and_then(|unit| workspace.fragment(unit, asker));
    let is_link = starter.range.is_none() && matches!(starter.kind, StarterKind::Link | StarterKind::Device);
    let path = match (&starter.path, own()) {
        (Some(path), None) => path.clone(),
        (Some(path), Some(_)) if !is_link => path.clone(),
        (_, Some(file)) => file.path.clone(),
        (None, None) => return None,
    };
    let start = workspace.file(&path).map_or(TextRange::default(), |file| own_header(file));
    let range = starter.range.unwrap_or(start);
    let item = HierarchyItem {
        name: match &starter.unit {
            Some(unit) => unit.to_string(),
            None => workspace.shown(Path::new(&starter.source)),
        },
        unit: starter.unit.clone(),
        unit_type: starter.unit.as_ref().map_or(UnitType::Service, UnitName::unit_type),
        detail: starter.details(),
        target: Target { path, range, selection: range },
    };
    Some(Call { item, ranges: vec![range] })
}
