//! Places to go to: what definition, implementation and references answer with.

use std::path::Path;
use std::sync::Arc;

use unit_syntax::TextRange;

use crate::unit_reference::header_range;
use crate::workspace::{File, Place, Resolution, UnitName, Workspace};

/// A place to go to.
#[derive(Clone, PartialEq, Debug)]
pub struct Target {
    /// The file. It may be a link.
    pub path: Arc<Path>,
    /// All that is to be shown of it, in bytes of the file.
    pub range: TextRange,
    /// Where the cursor is put, inside of `range`.
    pub selection: TextRange,
}

impl Target {
    /// The whole file, the cursor at its first section.
    pub(crate) fn whole(file: &File) -> Self {
        let range = TextRange::new(0, file.unit.len());
        Self { path: file.path.clone(), range, selection: first_header(file) }
    }
}

/// The file's first header with its brackets; its start where it has none.
pub(crate) fn first_header(file: &File) -> TextRange {
    file.unit.entries().iter().find_map(header_range).unwrap_or_default()
}

/// The files of the unit that `name` leads to: the fragment, then its drop-ins in reading order. Of a masked unit it is
/// the mask alone, of an instance the template, of an alias the unit behind it.
pub(crate) fn files_of_unit<'a>(
    workspace: &'a Workspace,
    name: &UnitName,
    asker: &Place,
) -> Vec<&'a Arc<File>> {
    if let Resolution::Masked(mask) = workspace.resolve(name, asker) {
        return vec![mask];
    }
    let id = workspace.unit_id(name, asker);
    workspace.effective_or_drop_ins(id.as_ref().unwrap_or(name), asker).parts
}
