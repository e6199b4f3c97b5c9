//! References: every line, link and name that leads to a unit.

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use unit_catalog::UnitType;
use unit_syntax::TextRange;

use crate::navigation::first_header;
use crate::unit_reference::{UnitReference, header_range, references_in, unit_at};
use crate::workspace::{File, Place, Resolution, UnitLink, UnitName, Workspace};

/// A place that leads to a unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reference {
    /// The file. It may be a link.
    pub path: Arc<Path>,
    /// Where in it, in bytes; the start of a link.
    pub range: TextRange,
}

/// Whether the unit's own files are among the references.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Declaration {
    /// Its fragment and drop-ins are.
    Included,
    /// Only what others say.
    LeftOut,
}

/// What leads to the unit at `offset` (see [`unit_at`]) under any of its names, in order of paths: names in values and
/// commands of all files, links, and the headers of sockets, timers, paths and automounts that start it by their name. To a
/// template leads what leads to its instances.
///
/// Links that lead nowhere are left out: no editor can open them.
pub fn references(
    workspace: &Workspace,
    file: &Arc<File>,
    offset: u32,
    declaration: Declaration,
) -> Vec<Reference> {
    let Some(pointed) = unit_at(file, offset) else {
        return Vec::new();
    };
    let subject = Subject::new(workspace, &pointed.name, &file.place);
    let place = |file: &Arc<File>, range| Reference { path: file.path.clone(), range };
    let mut found: Vec<_> = subject.named().map(|(file, name)| place(file, name.range)).collect();
    found.extend(subject.triggers().into_iter().map(|trigger| place(trigger, own_header(trigger))));
    if subject.fragment.is_some() {
        let start = TextRange::at(0);
        found.extend(
            subject.links().into_iter().map(|link| Reference { path: link.path.clone(), range: start }),
        );
    }
    if declaration == Declaration::Included {
        found.extend(subject.files().into_iter().map(|file| place(file, first_header(file))));
    }
    found.sort_unstable_by(|a, b| (a.path.as_os_str(), a.range).cmp(&(b.path.as_os_str(), b.range)));
    found.dedup();
    found
}

/// A unit that others are asked about.
pub(crate) struct Subject<'a> {
    workspace: &'a Workspace,
    asker: Place,
    /// The unit's own name; of an instance without a file of its own the template's.
    pub(crate) name: UnitName,
    /// The unit's fragment, where it is known.
    pub(crate) fragment: Option<&'a Arc<File>>,
    /// Its own name and its aliases.
    pub(crate) names: Vec<UnitName>,
}

impl<'a> Subject<'a> {
    /// The unit that `name` leads to for units at `asker`.
    pub(crate) fn new(workspace: &'a Workspace, name: &UnitName, asker: &Place) -> Self {
        let fragment = match workspace.resolve(name, asker) {
            Resolution::Found(file) | Resolution::Masked(file) => Some(file),
            Resolution::Missing => None,
        };
        let own = fragment.and_then(|fragment| fragment.kind.unit_name()).unwrap_or(name).clone();
        let mut names = vec![own.clone()];
        names.extend(workspace.linked_aliases(&own, asker));
        names.extend(workspace.declared_aliases(&own, asker));
        names.sort_unstable();
        names.dedup();
        Self { workspace, asker: asker.clone(), name: own, fragment, names }
    }

    /// Whether `name`, said at `place`, is this unit.
    pub(crate) fn is(&self, name: &UnitName, place: &Place) -> bool {
        match (self.workspace.resolve(name, place), self.fragment) {
            (Resolution::Found(file) | Resolution::Masked(file), Some(own)) => file.path == own.path,
            (Resolution::Missing, None) => *name == self.name && self.workspace.sees(place, &self.asker),
            _ => false,
        }
    }

    /// Every name of the unit in a value or command, with its file.
    pub(crate) fn named(&self) -> impl Iterator<Item = (&'a Arc<File>, UnitReference)> {
        let files = self.names.iter().flat_map(|name| self.workspace.files_meaning(name));
        let files = in_order(files.collect(), |file| &file.path);
        let may_be_meant = |name: &UnitName| {
            self.names.contains(name)
                || name.template().is_some_and(|template| self.names.contains(&template))
        };
        // Thousands of files may say the same name at the same place.
        let mut known: FxHashMap<UnitName, (&Place, bool)> = FxHashMap::default();
        files.into_iter().flat_map(move |file| {
            let meant = references_in(file).filter(|reference| may_be_meant(&reference.name));
            let meant = meant.filter(|reference| match known.get(&reference.name) {
                Some((place, is)) if **place == file.place => *is,
                _ => {
                    let is = self.is(&reference.name, &file.place);
                    known.insert(reference.name.clone(), (&file.place, is));
                    is
                }
            });
            meant.map(|reference| (file, reference)).collect::<Vec<_>>()
        })
    }

    /// The symlinks that enable the unit or give it another name.
    pub(crate) fn links(&self) -> Vec<&'a UnitLink> {
        let called =
            self.names.iter().flat_map(|name| self.workspace.links_called(name.as_str(), &self.asker));
        let to = self.names.iter().flat_map(|name| self.workspace.links_to(name.as_str(), &self.asker));
        let is_ours =
            |link: &&UnitLink| UnitName::parse(link.name()).is_some_and(|name| self.is(&name, &self.asker));
        in_order(called.chain(to).filter(is_ours).collect(), |link| &link.path)
    }

    /// The fragments of the sockets, timers, paths and automounts that start the unit by nothing but their name.
    pub(crate) fn triggers(&self) -> Vec<&'a Arc<File>> {
        let types: &[UnitType] = match self.name.unit_type() {
            UnitType::Service => &[UnitType::Socket, UnitType::Timer, UnitType::Path],
            UnitType::Mount => &[UnitType::Automount],
            _ => &[],
        };
        let stems = self.names.iter().flat_map(|name| {
            // `foo.socket` starts instances of `foo@.service`.
            let connections = name.is_template().then(|| name.prefix());
            [Some(name.stem()), connections].into_iter().flatten()
        });
        let names = stems.flat_map(|stem| types.iter().map(move |unit_type| format!("{stem}.{unit_type}")));
        let mut names: Vec<_> = names.filter_map(|name| UnitName::parse(&name)).collect();
        // `foo@x.timer` starts an instance of `foo@.service`.
        if self.name.is_template() {
            let graph = self.workspace.graph(&self.asker);
            let templates: Vec<_> = names.iter().filter(|name| name.is_template()).cloned().collect();
            names.extend(templates.iter().flat_map(|template| graph.instances(template)));
        }
        let found = names.iter().filter_map(|name| {
            let unit = self.workspace.effective(name, &self.asker)?;
            let (target, setting) = self.workspace.trigger_target(&unit)?;
            let fragment = unit.fragment.filter(|fragment| !fragment.masked)?;
            (setting.is_none() && self.is(&target, &fragment.place)).then_some(fragment)
        });
        in_order(found.collect(), |file| &file.path)
    }

    /// The unit's own files: its fragment, those that it hides, and drop-ins that speak for it alone.
    pub(crate) fn files(&self) -> Vec<&'a Arc<File>> {
        self.names.iter().flat_map(|name| self.workspace.files_called(name.as_str(), &self.asker)).collect()
    }
}

/// Sorts by path, and takes each once. (Comparing paths part by part is slow where there are thousands.)
pub(crate) fn in_order<T>(mut all: Vec<T>, path: impl Fn(&T) -> &Arc<Path>) -> Vec<T> {
    all.sort_unstable_by(|a, b| path(a).as_os_str().cmp(path(b).as_os_str()));
    all.dedup_by(|a, b| path(a).as_os_str() == path(b).as_os_str());
    all
}

/// The header of the section that only units of this type have; the first one where there is none.
pub(crate) fn own_header(file: &File) -> TextRange {
    let section = file.kind.unit_type().and_then(UnitType::own_section);
    let mut headers = file
        .unit
        .entries()
        .iter()
        .filter(|entry| section.is_some_and(|section| entry.section_name() == Some(section.name())));
    headers.find_map(header_range).unwrap_or_else(|| first_header(file))
}
