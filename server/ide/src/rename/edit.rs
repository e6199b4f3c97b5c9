//! The changes that new names make: in lines, of files, folders and links.

use std::path::Path;
use std::sync::Arc;

use unit_catalog::UnitType;

use super::Renaming;
use crate::fix::{FileOperation, Fix, Safety, TextEdit};
use crate::references::{Subject, in_order};
use crate::unit_reference::{ReferenceSource, UnitReference, references_in};
use crate::workspace::{Decoding, File, FileKind, Place, Resolution, UnitName, Workspace};

/// Units with their new names, of which a template's stands for those of its instances.
pub(super) struct Edit<'a> {
    pub(super) workspace: &'a Workspace,
    /// Where the units lie.
    pub(super) asker: &'a Place,
    /// Old and new names.
    pub(super) renames: &'a [(UnitName, UnitName)],
}

impl<'a> Edit<'a> {
    /// All changes, or why they cannot be made.
    pub(super) fn everywhere(&self) -> Result<Renaming, String> {
        let own_files: Vec<_> = self.workspace.files().filter(|file| self.is_own(file)).collect();
        let mut edits = self.names(&own_files)?;
        edits.extend(self.triggers()?);
        edits.sort_by(|a, b| (a.path.as_os_str(), a.range).cmp(&(b.path.as_os_str(), b.range)));
        let (operations, stale_links) = self.paths(&own_files);
        Ok(Renaming { edits, operations, stale_links })
    }

    /// The name that `name` gets, if it gets one.
    fn renamed(&self, name: &UnitName) -> Option<UnitName> {
        let new = |name: &UnitName| self.renames.iter().find(|(from, _)| from == name).map(|(_, to)| to);
        match new(name) {
            Some(to) => Some(to.clone()),
            None => new(&name.template()?)?.with_instance(name.instance()?),
        }
    }

    /// Whether the file is a fragment or drop-in of a unit that is renamed.
    fn is_own(&self, file: &Arc<File>) -> bool {
        file.unit_name().is_some_and(|name| self.renamed(&name).is_some()) && self.is_here(&file.place)
    }

    /// Whether units at `place` and those that are renamed are in one universe.
    fn is_here(&self, place: &Place) -> bool {
        place.root == self.asker.root && self.workspace.sees(self.asker, place)
    }

    /// Whether `name`, said at `place`, means one of the units that are renamed.
    fn means_ours(&self, name: &UnitName, place: &Place) -> bool {
        match self.workspace.resolve(name, place) {
            Resolution::Found(file) | Resolution::Masked(file) => self.is_here(&file.place),
            Resolution::Missing => false,
        }
    }

    /// The edits of all names in values and commands.
    fn names(&self, own_files: &[&'a Arc<File>]) -> Result<Vec<TextEdit>, String> {
        let named = self.renames.iter().flat_map(|(from, _)| self.workspace.files_meaning(from));
        let files = in_order(named.chain(own_files.iter().copied()).collect(), |file| &file.path);
        let mut edits = Vec::new();
        for file in files.into_iter().filter(|file| self.workspace.is_inside(&file.path)) {
            let before = edits.len();
            edits.extend(references_in(file).filter_map(|reference| {
                let text = self.new_text(file, &reference)?;
                Some(TextEdit { path: file.path.clone(), range: reference.range, text })
            }));
            if edits.len() > before {
                is_editable(file)?;
            }
        }
        Ok(edits)
    }

    /// What stands in place of a name afterwards; `None` where it stays.
    fn new_text(&self, file: &File, reference: &UnitReference) -> Option<String> {
        let new = self.renamed(&reference.name).filter(|_| self.means_ours(&reference.name, &file.place));
        if let ReferenceSource::UdevRule(_) = reference.source {
            let instance = reference.written.find('@').map_or("", |at| &reference.written[at..]);
            return new.map(|new| {
                if new.is_template() { format!("{}{instance}", new.prefix()) } else { new.to_string() }
            });
        }
        if !reference.written.contains('%') {
            return Some(as_written(reference, &new?));
        }
        // Specifiers follow the name of the unit that they stand in.
        let own = file.unit_name()?;
        let own = self.renamed(&own).filter(|_| self.is_here(&file.place)).unwrap_or(own);
        let wanted = new.unwrap_or_else(|| reference.name.clone());
        let meaning = |written: &str| reference.source.meaning(&own, written);
        // An instance called after the unit (`report@%n.service`) is meant to follow.
        let follows = |meant: UnitName| {
            meant == wanted || meant.template().is_some() && meant.template() == wanted.template()
        };
        if meaning(&reference.written).is_some_and(follows) {
            return None;
        }
        let instance = reference.written.find('@').map(|at| &reference.written[at..]);
        let kept = instance.map(|instance| format!("{}{instance}", wanted.prefix()));
        let kept = kept.filter(|kept| meaning(kept).is_some_and(follows));
        Some(kept.unwrap_or_else(|| as_written(reference, &wanted)))
    }

    /// The lines that say what names said until now: `Service=` of a socket that is called like its service.
    fn triggers(&self) -> Result<Vec<TextEdit>, String> {
        let subjects = self.renames.iter().map(|(from, _)| Subject::new(self.workspace, from, self.asker));
        let triggers = subjects.flat_map(|subject| {
            let own = subject.fragment.filter(|fragment| is_trigger(fragment));
            subject.triggers().into_iter().chain(own).collect::<Vec<_>>()
        });
        let mut edits = Vec::new();
        for file in in_order(triggers.collect(), |file| &file.path) {
            edits.extend(self.trigger(file)?);
        }
        Ok(edits)
    }

    fn trigger(&self, file: &'a Arc<File>) -> Result<Vec<TextEdit>, String> {
        let Some(unit) = self.workspace.effective_of(file) else { return Ok(Vec::new()) };
        let (Some(own), Some((target, None))) = (&unit.name, self.workspace.trigger_target(&unit)) else {
            return Ok(Vec::new());
        };
        let new_own = self.renamed(own).unwrap_or_else(|| own.clone());
        let new_target = self.renamed(&target).unwrap_or_else(|| target.clone());
        let by_name = match target.is_template() && !own.is_template() {
            true => new_own.template_with_type(target.unit_type()),
            false => new_own.with_type(target.unit_type()),
        };
        // A trigger without a unit keeps nothing.
        let is_missing = matches!(self.workspace.resolve(&target, &file.place), Resolution::Missing);
        if by_name.as_ref() == Some(&new_target) || is_missing {
            return Ok(Vec::new());
        }
        let both = || {
            let stem = if self.renamed(own).is_some() { new_own.prefix() } else { new_target.prefix() };
            format!(
                "`{own}` starts `{target}` by its name: rename both, with the new name `{stem}` without suffix."
            )
        };
        let key = match own.unit_type() {
            UnitType::Timer | UnitType::Path => "Unit",
            UnitType::Socket if own.is_template() == target.is_template() => "Service",
            _ => return Err(both()),
        };
        if !self.workspace.is_inside(&file.path) {
            return Err(format!(
                "`{own}` starts `{target}` by its name and lies outside of the workspace: `{}`.",
                file.path.display()
            ));
        }
        is_editable(file)?;
        let section = own.unit_type().own_section().ok_or_else(both)?;
        let value = match new_target.is_template() {
            true => format!("{}@%i.{}", new_target.prefix(), new_target.unit_type()),
            false => new_target.as_str().to_owned(),
        };
        let line = format!("{key}={value}");
        Ok(Fix::new(Safety::Safe, line.as_str()).insert(file, section, &line).edits)
    }

    /// New names of files and folders, and the links that keep old targets.
    fn paths(&self, own_files: &[&Arc<File>]) -> (Vec<FileOperation>, Vec<Arc<Path>>) {
        let mut moves: Vec<(Arc<Path>, Arc<Path>)> = Vec::new();
        let mut stale = Vec::new();
        for file in own_files {
            let Some(name) = file.unit_name() else { continue };
            let path = match file.kind {
                FileKind::DropIn { .. } => file.path.parent(),
                _ => Some(&*file.path),
            };
            moves.extend(path.and_then(|path| self.new_path(path, &name)));
        }
        let links = self.workspace.placed_links().filter(|(_, place)| self.is_here(place));
        for (link, _) in links {
            // The name of a link counts, where it points to hardly ever.
            if let Some(name) = UnitName::parse(link.name()).filter(|name| self.renamed(name).is_some()) {
                moves.extend(self.new_path(&link.path, &name));
            }
            let folder = link.folder().and_then(|(owner, _)| UnitName::parse(owner));
            if let (Some(owner), Some(path)) = (folder, link.path.parent()) {
                moves.extend(self.new_path(path, &owner));
            }
            let target = UnitName::parse(&link.target);
            if target.is_some_and(|target| self.renamed(&target).is_some())
                && self.workspace.is_inside(&link.path)
            {
                stale.push(link.path.clone());
            }
        }
        // What lies in a folder before the folder.
        moves.sort_by_cached_key(|(from, _)| (std::cmp::Reverse(from.components().count()), from.clone()));
        moves.dedup();
        stale.sort_unstable();
        let rename = |(from, to)| FileOperation::Rename { from, to };
        (moves.into_iter().map(rename).collect(), stale)
    }

    /// Old and new path of a file or folder that carries the name of a unit, with whatever stands around that name.
    fn new_path(&self, path: &Path, name: &UnitName) -> Option<(Arc<Path>, Arc<Path>)> {
        let new = self.renamed(name).filter(|_| self.workspace.is_inside(path))?;
        let file_name = path.file_name()?.to_str()?;
        let new_name = file_name.replacen(name.as_str(), new.as_str(), 1);
        Some((path.into(), path.with_file_name(new_name).into()))
    }
}

/// A name in the manner of the one that it replaces: in commands without suffix where that had none.
fn as_written(reference: &UnitReference, name: &UnitName) -> String {
    let ReferenceSource::Command(_) = reference.source else {
        return name.as_str().to_owned();
    };
    let has_suffix = reference.written.ends_with(&format!(".{}", name.unit_type()));
    let bare = name.unit_type() == UnitType::Service && !has_suffix && !reference.written.contains('%');
    let text = if bare { name.stem() } else { name.as_str() };
    // Command lines are unescaped once more than other values.
    text.replace('\\', "\\\\")
}

fn is_trigger(file: &File) -> bool {
    matches!(
        file.kind.unit_type(),
        Some(UnitType::Socket | UnitType::Timer | UnitType::Path | UnitType::Automount)
    )
}

/// What is not UTF-8 would be spoilt by an edit.
fn is_editable(file: &File) -> Result<(), String> {
    match file.decoding {
        Decoding::Utf8 => Ok(()),
        Decoding::Lossy => {
            Err(format!("`{}` names it and is no UTF-8: it cannot be edited.", file.path.display()))
        }
    }
}
