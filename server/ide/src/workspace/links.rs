//! The symlinks of unit folders: aliases (`syslog.service`) and enablement (`x.target.wants/foo.service`), by name,
//! by target and by folder.

use std::path::Path;
use std::sync::Arc;

use crate::shards::Shards;

use super::{Place, Places, UnitName};

/// A symlink in a unit folder: an alias (`syslog.service`) or an enablement (`x.target.wants/foo.service`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnitLink {
    /// Where the link itself lies.
    pub path: Arc<Path>,
    /// The file name that it points to.
    pub target: Box<str>,
}

/// What a folder of links does to the unit in its name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LinkFolder {
    /// `X.wants/`
    Wants,
    /// `X.requires/`
    Requires,
    /// `X.upholds/`
    Upholds,
}

impl LinkFolder {
    const ALL: [(&'static str, LinkFolder); 3] = [
        (".wants", LinkFolder::Wants),
        (".requires", LinkFolder::Requires),
        (".upholds", LinkFolder::Upholds),
    ];
}

impl UnitLink {
    /// The link's own file name.
    pub fn name(&self) -> &str {
        self.path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }

    /// The unit whose folder the link lies in, and which folder that is; `None` for aliases.
    pub fn folder(&self) -> Option<(&str, LinkFolder)> {
        let folder = self.path.parent()?.file_name()?.to_str()?;
        LinkFolder::ALL
            .iter()
            .find_map(|(suffix, kind)| Some((folder.strip_suffix(suffix)?, *kind)))
            .filter(|(owner, _)| !owner.is_empty())
    }

    /// What the graph knows it by: the folder's owner, or both names of an alias.
    pub(super) fn speaks_for(&self) -> impl Iterator<Item = &str> {
        let (first, second) = match self.folder() {
            Some((owner, _)) => (owner, None),
            None => (self.name(), Some(&*self.target)),
        };
        std::iter::once(first).chain(second)
    }

    /// Whether it enables its target, rather than giving it another name.
    pub fn enables(&self) -> bool {
        self.folder().is_some()
    }

    /// Whether it came with the unit's package; all others are there because somebody enabled or named a unit.
    pub(crate) fn is_vendors(&self) -> bool {
        self.path.components().any(|part| part.as_os_str() == "lib")
    }

    /// The name that `alias`, which this link is called by (or whose template is), stands for.
    pub(super) fn alias_target(&self, alias: &UnitName) -> Option<UnitName> {
        let target = UnitName::parse(&self.target)?;
        match alias.instance() {
            Some(instance) if target.is_template() && !instance.is_empty() => target.with_instance(instance),
            _ => Some(target),
        }
    }

    fn place(&self, places: &Places) -> Place {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let units = if self.enables() { folder.parent().unwrap_or(folder) } else { folder };
        places.of_folder(units)
    }
}

/// A link with its place.
#[derive(Debug)]
pub(super) struct PlacedLink {
    pub(super) link: UnitLink,
    pub(super) place: Place,
}

/// All links, found in constant time by what others call them.
#[derive(Clone, Default, Debug)]
pub(super) struct Links {
    by_path: Shards<Arc<Path>, Arc<PlacedLink>>,
    by_name: Shards<Box<str>, Vec<Arc<PlacedLink>>>,
    by_target: Shards<Box<str>, Vec<Arc<PlacedLink>>>,
    by_folder: Shards<Box<str>, Vec<Arc<PlacedLink>>>,
}

impl Links {
    /// Takes in a link where there was none.
    pub(super) fn insert(&mut self, link: UnitLink, places: &Places) -> Arc<PlacedLink> {
        let place = link.place(places);
        let placed = Arc::new(PlacedLink { link, place });
        for (index, key) in self.keys(&placed.link) {
            index.entry(key.into()).push(placed.clone());
        }
        self.by_path.insert(placed.link.path.clone(), placed.clone());
        placed
    }

    /// Forgets the link at `path`, and gives it back.
    pub(super) fn remove(&mut self, path: &Path) -> Option<Arc<PlacedLink>> {
        let placed = self.by_path.remove(path)?;
        for (index, key) in self.keys(&placed.link) {
            index.retain(key, |known| !Arc::ptr_eq(known, &placed));
        }
        Some(placed)
    }

    fn keys<'a>(
        &mut self,
        link: &'a UnitLink,
    ) -> impl Iterator<Item = (&mut Shards<Box<str>, Vec<Arc<PlacedLink>>>, &'a str)> {
        let folder = link.folder().map(|(owner, _)| (&mut self.by_folder, owner));
        [(&mut self.by_name, link.name()), (&mut self.by_target, &*link.target)].into_iter().chain(folder)
    }

    /// Whether this very link is known.
    pub(super) fn holds(&self, link: &UnitLink) -> bool {
        self.by_path.get(&link.path).is_some_and(|known| known.link == *link)
    }

    pub(super) fn contains(&self, path: &Path) -> bool {
        self.by_path.contains_key(path)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &PlacedLink> {
        self.by_path.values().map(|placed| &**placed)
    }

    /// The links of this file name.
    pub(super) fn called(&self, name: &str) -> impl Iterator<Item = &PlacedLink> {
        self.by_name.get(name).into_iter().flatten().map(|placed| &**placed)
    }

    /// The links that point to a file of this name.
    pub(super) fn to(&self, target: &str) -> impl Iterator<Item = &PlacedLink> {
        self.by_target.get(target).into_iter().flatten().map(|placed| &**placed)
    }

    /// The links in the folders `OWNER.wants/`, `OWNER.requires/` and `OWNER.upholds/`.
    pub(super) fn of_folder(&self, owner: &str) -> impl Iterator<Item = &PlacedLink> {
        self.by_folder.get(owner).into_iter().flatten().map(|placed| &**placed)
    }
}
