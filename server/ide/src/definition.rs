//! Go to definition: from a unit's name to its fragment and drop-ins.

use std::sync::Arc;

use unit_catalog::Section;
use unit_syntax::TextRange;

use crate::navigation::{Target, files_of_unit};
use crate::unit_reference::{header_at, reference_at};
use crate::workspace::{File, Workspace};

/// Where a name leads.
#[derive(Clone, PartialEq, Debug)]
pub struct Definition {
    /// The name, in bytes of the file that was asked about.
    pub origin: TextRange,
    /// The files of the unit: its fragment first, then its drop-ins in reading order.
    pub targets: Vec<Target>,
}

/// The files of the unit that is named at `offset`. On `[Socket]`, `[Timer]`, `[Path]` and `[Automount]`, those of the unit
/// that this one starts, named or not.
pub fn definition(workspace: &Workspace, file: &Arc<File>, offset: u32) -> Option<Definition> {
    let (origin, name) = match reference_at(file, offset) {
        Some(reference) => (reference.range, reference.name),
        None => {
            let header = header_at(file, offset)?;
            let unit = workspace.effective_of(file)?;
            let section = file.unit.section_at(offset).and_then(|section| Section::from_name(section.name()));
            if section.is_none() || section != unit.unit_type.own_section() {
                return None;
            }
            (header, workspace.trigger_target(&unit)?.0)
        }
    };
    let files = files_of_unit(workspace, &name, &file.place);
    let targets: Vec<_> = files.into_iter().map(|file| Target::whole(file)).collect();
    (!targets.is_empty()).then_some(Definition { origin, targets })
}
