//! Go to implementation: from a fragment to its drop-ins, from a drop-in to its fragment.

use std::sync::Arc;

use crate::navigation::{Target, files_of_unit};
use crate::unit_reference::reference_at;
use crate::workspace::{File, FileKind, Workspace};

/// Where a name at `offset` stands: that unit's drop-ins. Elsewhere in a fragment its own drop-ins, elsewhere in a drop-in
/// the fragment that it amends.
pub fn implementation(workspace: &Workspace, file: &Arc<File>, offset: u32) -> Vec<Target> {
    let is_drop_in = |file: &File| matches!(file.kind, FileKind::DropIn { .. });
    let named = reference_at(file, offset).map(|reference| reference.name);
    let wants_fragment = named.is_none() && is_drop_in(file);
    let Some(name) = named.or_else(|| file.unit_name()) else {
        return Vec::new();
    };
    let files = files_of_unit(workspace, &name, &file.place).into_iter();
    files.filter(|file| is_drop_in(file) != wants_fragment).map(|file| Target::whole(file)).collect()
}
