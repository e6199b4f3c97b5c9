//! Call hierarchies on the client's side: items that know their unit when they come back.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use tower_lsp::ls_types as lsp;
use unit_ide::call_hierarchy::{Call, HierarchyItem};
use unit_ide::workspace::{File, Place, UnitName};

use super::convert;
use super::navigation::unit_kind;
use super::session::Snapshot;

/// The answer to `textDocument/prepareCallHierarchy`.
pub(super) fn prepare(
    snapshot: &Snapshot,
    file: &Arc<File>,
    offset: u32,
) -> Option<Vec<lsp::CallHierarchyItem>> {
    let found = unit_ide::call_hierarchy::prepare(&snapshot.workspace, file, offset)?;
    Some(vec![item(snapshot, found, &file.path)?])
}

/// The answer to `callHierarchy/incomingCalls`; `None` for an item that is not ours or of which nothing is left.
pub(super) fn incoming(
    snapshot: &Snapshot,
    asked: &lsp::CallHierarchyItem,
) -> Option<Vec<lsp::CallHierarchyIncomingCall>> {
    let asked = Asked::of_item(snapshot, asked)?;
    let calls = unit_ide::call_hierarchy::incoming(&snapshot.workspace, &asked.unit, &asked.place);
    let call = |call: Call| {
        let from_ranges = convert::ranges(snapshot, &call.item.target.path, &call.ranges);
        Some(lsp::CallHierarchyIncomingCall {
            from: item(snapshot, call.item, &asked.seen_from)?,
            from_ranges,
        })
    };
    Some(calls.into_iter().filter_map(call).collect())
}

/// The answer to `callHierarchy/outgoingCalls`.
pub(super) fn outgoing(
    snapshot: &Snapshot,
    asked: &lsp::CallHierarchyItem,
) -> Option<Vec<lsp::CallHierarchyOutgoingCall>> {
    let path = convert::path(&asked.uri);
    let asked = Asked::of_item(snapshot, asked)?;
    let file = snapshot.workspace.file(&path).or_else(|| snapshot.workspace.file(&asked.seen_from))?;
    let calls = unit_ide::call_hierarchy::outgoing(&snapshot.workspace, &asked.unit, file, &asked.place);
    let call = |call: Call| {
        let from_ranges = convert::ranges(snapshot, &file.path, &call.ranges);
        Some(lsp::CallHierarchyOutgoingCall { to: item(snapshot, call.item, &asked.seen_from)?, from_ranges })
    };
    Some(calls.into_iter().filter_map(call).collect())
}

/// What an item that comes back was about.
struct Asked {
    unit: UnitName,
    /// The file that the hierarchy began in.
    seen_from: Arc<Path>,
    place: Place,
}

impl Asked {
    fn of_item(snapshot: &Snapshot, item: &lsp::CallHierarchyItem) -> Option<Self> {
        let data = item.data.as_ref()?;
        let unit = UnitName::parse(data.get("unit")?.as_str()?)?;
        let seen_from: Arc<Path> = Path::new(data.get("seenFrom")?.as_str()?).into();
        let place = match snapshot.workspace.file(&seen_from) {
            Some(file) => file.place.clone(),
            None => snapshot.workspace.place_of(&unit)?,
        };
        Some(Self { unit, seen_from, place })
    }
}

fn item(snapshot: &Snapshot, found: HierarchyItem, seen_from: &Path) -> Option<lsp::CallHierarchyItem> {
    let target = found.target;
    let data = found.unit.map(|unit| json!({ "unit": unit.as_str(), "seenFrom": seen_from.to_str() }));
    Some(lsp::CallHierarchyItem {
        kind: snapshot.forms.symbol_kind(unit_kind(found.unit_type)),
        name: found.name,
        tags: None,
        detail: (!found.detail.is_empty()).then_some(found.detail),
        uri: convert::uri(snapshot, &target.path)?,
        range: convert::range(snapshot, &target.path, target.range),
        selection_range: convert::range(snapshot, &target.path, target.selection),
        data,
    })
}
