//! Rename: a unit under another name, with everything that names it.
//!
//! A new name with its suffix (`roll.service`) renames this unit alone; what was started by nothing but the common name
//! then says so by a line (`Service=roll.service`). A new name without suffix (`roll`) renames its siblings as well:
//! every unit of the same stem.

mod edit;
mod names;

use std::path::Path;
use std::sync::Arc;

use unit_catalog::{UnitType, special_unit};
use unit_syntax::TextRange;

use crate::fix::{FileOperation, TextEdit};
use crate::unit_reference::unit_at;
use crate::workspace::{File, FileKind, Place, Resolution, UnitName, Workspace};

use edit::Edit;
use names::{New, Siblings};

/// What can be renamed at a place.
#[derive(Clone, PartialEq, Debug)]
pub struct Prepared {
    /// The text that stands for the unit, in bytes of the file.
    pub range: TextRange,
    /// The name to change.
    pub placeholder: String,
}

/// Everything that a new name changes.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Renaming {
    /// Changes of texts; those of one file are in the order of their places and do not overlap.
    pub edits: Vec<TextEdit>,
    /// Files and folders that get another name, made in this order after the edits.
    pub operations: Vec<FileOperation>,
    /// Links whose targets keep the old name: no editor can redirect a link.
    pub stale_links: Vec<Arc<Path>>,
}

const NO_UNIT: &str = "Only units can be renamed: put the cursor on a unit's name, or on a section's header in the unit's own file.";

/// The unit at `offset` (see [`unit_at`]), if it may be renamed.
///
/// # Errors
///
/// Why not, as a sentence for people.
pub fn prepare_rename(workspace: &Workspace, file: &Arc<File>, offset: u32) -> Result<Prepared, String> {
    let pointed = unit_at(file, offset).ok_or(NO_UNIT)?;
    Candidate::new(workspace, &pointed.name, &file.place)?;
    Ok(Prepared { range: pointed.range, placeholder: pointed.name.as_str().to_owned() })
}

/// Gives the unit at `offset` another name.
///
/// # Errors
///
/// Why that cannot be, as a sentence for people.
pub fn rename(
    workspace: &Workspace,
    file: &Arc<File>,
    offset: u32,
    new_name: &str,
) -> Result<Renaming, String> {
    let pointed = unit_at(file, offset).ok_or(NO_UNIT)?;
    let candidate = Candidate::new(workspace, &pointed.name, &file.place)?;
    let New { from, to, siblings } = names::read(&pointed.name, &candidate.name, new_name)?;
    if from == to {
        return Ok(Renaming::default());
    }
    let mut renames = vec![(from, to)];
    if siblings == Siblings::Renamed {
        renames.extend(candidate.siblings(&renames[0].1));
    }
    for (_, to) in &renames {
        candidate.is_free(to)?;
    }
    Edit { workspace, asker: &candidate.place, renames: &renames }.everywhere()
}

/// What is to be done beside, when the files or folders in `renamed` get other paths: pairs of old and new.
///
/// Nothing, where the unit has other files of the old name or may not be renamed.
pub fn will_rename(workspace: &Workspace, renamed: &[(Arc<Path>, Arc<Path>)]) -> Renaming {
    let mut renames = Vec::new();
    let mut place = None;
    for (old, new) in renamed {
        let (Some(file), FileKind::Fragment { name: Some(to), .. }) =
            (workspace.file(old), FileKind::of_path(new))
        else {
            continue;
        };
        let Some(from) = file.kind.unit_name().filter(|from| **from != to && names::fit(from, &to)) else {
            continue;
        };
        let Ok(candidate) = Candidate::new(workspace, from, &file.place) else { continue };
        let goes = |path: &Path| renamed.iter().any(|(old, _)| &**old == path);
        let stays = workspace.files_called(from.as_str(), &file.place).any(|other| {
            other.kind.unit_name().is_some() && other.place.root == file.place.root && !goes(&other.path)
        });
        if !stays && candidate.name == *from && candidate.is_free(&to).is_ok() {
            renames.push((from.clone(), to));
            place.get_or_insert_with(|| file.place.clone());
        }
    }
    let Some(asker) = place else { return Renaming::default() };
    let all = Edit { workspace, asker: &asker, renames: &renames }.everywhere();
    let mut all = all.unwrap_or_default();
    let done = |path: &Path| renamed.iter().any(|(old, _)| path.starts_with(old));
    all.operations.retain(|operation| match operation {
        FileOperation::Rename { from, .. } => !done(from),
        FileOperation::Create { .. } => true,
    });
    all
}

/// A name that may be changed.
struct Candidate<'a> {
    workspace: &'a Workspace,
    /// The unit's own name, of an instance without a file of its own the template's; or the alias that was asked for.
    name: UnitName,
    /// Where its fragment lies.
    place: Place,
}

impl<'a> Candidate<'a> {
    fn new(workspace: &'a Workspace, name: &UnitName, asker: &Place) -> Result<Self, String> {
        let bound = match name.unit_type() {
            UnitType::Device => Some("the kernel names devices"),
            UnitType::Mount | UnitType::Automount => Some("its name follows from `Where=`"),
            UnitType::Swap => Some("its name follows from `What=`"),
            UnitType::Scope => Some("scopes are named by the programs that make them"),
            _ => None,
        };
        if let Some(why) = bound {
            return Err(format!("`{name}` cannot be renamed: {why}."));
        }
        let template = name.template();
        let is_special = |name: &UnitName| special_unit(name.as_str()).is_some();
        if is_special(name) || template.as_ref().is_some_and(is_special) {
            return Err(format!("`{name}` is one of systemd's own units: its name has a meaning."));
        }
        let fragment = match workspace.resolve(name, asker) {
            Resolution::Found(file) => file,
            Resolution::Masked(mask) => {
                return Err(format!("`{name}` is masked by `{}`.", mask.path.display()));
            }
            Resolution::Missing => return Err(format!("No unit in sight is called `{name}`.")),
        };
        let own = fragment.kind.unit_name().ok_or("The unit's file has no name that systemd takes.")?;
        let is_alias = own != name && Some(own) != template.as_ref();
        let name = if is_alias { name } else { own };
        let fragments = workspace.files_called(own.as_str(), &fragment.place);
        let fragments = fragments.filter(|file| file.kind.unit_name().is_some());
        for file in fragments.filter(|file| file.place.root == fragment.place.root) {
            let path = file.path.display();
            if !workspace.is_inside(&file.path) {
                return Err(format!("`{own}` is described by `{path}`, outside of the workspace's folders."));
            }
            if file.path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".#")) {
                return Err(format!("`{path}` is a copy that another program waits for."));
            }
        }
        Ok(Self { workspace, name: name.clone(), place: fragment.place.clone() })
    }

    /// Whether no other unit goes by this name.
    fn is_free(&self, name: &UnitName) -> Result<(), String> {
        if special_unit(name.as_str()).is_some() {
            return Err(format!("`{name}` is one of systemd's own units."));
        }
        let template = name.template();
        let resolved = match self.workspace.resolve(name, &self.place) {
            // That there is a template does not matter to a file of the instance's own.
            Resolution::Found(file) if template.is_some() && file.kind.unit_name() == template.as_ref() => {
                None
            }
            Resolution::Found(file) | Resolution::Masked(file) => Some(file),
            Resolution::Missing => None,
        };
        let mut taken = resolved.into_iter().chain(self.workspace.files_called(name.as_str(), &self.place));
        match taken.find(|file| file.place.root == self.place.root) {
            Some(file) => Err(format!("`{name}` is there already: `{}`.", file.path.display())),
            None => Ok(()),
        }
    }

    /// The units of the same stem with the names that they get when this one becomes `to`.
    fn siblings(&self, to: &UnitName) -> Vec<(UnitName, UnitName)> {
        let names = UnitType::ALL.iter().flat_map(|unit_type| {
            let suffix = unit_type.suffix();
            let plain = (format!("{}.{suffix}", self.name.prefix()), format!("{}.{suffix}", to.prefix()));
            let template =
                (format!("{}@.{suffix}", self.name.prefix()), format!("{}@.{suffix}", to.prefix()));
            [plain, template]
        });
        let names = names.filter_map(|(from, to)| Some((UnitName::parse(&from)?, UnitName::parse(&to)?)));
        names
            .filter(|(from, _)| *from != self.name)
            .filter(|(from, _)| {
                let own =
                    |sibling: Candidate<'_>| sibling.name == *from && sibling.place.root == self.place.root;
                Candidate::new(self.workspace, from, &self.place).is_ok_and(own)
            })
            .collect()
    }
}
