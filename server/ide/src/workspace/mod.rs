//! The universe of units: open buffers over the files of the workspace over the machine's own units.

mod effective;
mod file;
mod file_kind;
mod links;
mod lookup;
mod manager;
mod place;
mod preset;
mod project;
mod resolve;
mod script;
mod udev;
mod unit_name;

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use unit_catalog::{Section, Version, directive};
use unit_syntax::{TextRange, Unit};

use crate::activation::listening;
use crate::graph::{DiskLayers, OpenLayers, Touched};

use crate::shards::Shards;
use crate::unit_reference::indirect_names;

pub use effective::{Effective, Setting};
pub(crate) use effective::{drop_in_name, drop_in_owners};
pub(crate) use file::mentions_units;
pub use file::{Decoding, File, Line, Mention, SectionContext};
pub use file_kind::FileKind;
pub(crate) use file_kind::holds_markup;
use file_kind::{edited_path, merged_path};
pub use links::{LinkFolder, UnitLink};
use links::{Links, PlacedLink};
pub use manager::ManagerDefaults;
pub use place::{Family, Place, Places, Scope, SearchFolder};
pub(crate) use preset::preset_pattern;
pub use preset::{Preset, PresetAction};
pub use project::{Project, Weights};
pub(crate) use resolve::accepts;
pub use resolve::{Aliases, Resolution, World};
pub(crate) use script::may_call_shell_script;
pub use script::{SCRIPT_SUFFIXES, ScriptFile, script_places, script_suffix, scripts_called};
pub(crate) use udev::{meant as meant_by_device, wanted as wanted_by_devices};
pub use unit_name::{UnitName, Unreplaced};
pub(crate) use unit_name::{escape, escape_path, unescape_path};

/// All files known, as one snapshot: a clone costs the open buffers, not the files on disk.
#[derive(Clone, Debug)]
pub struct Workspace {
    disk: Arc<Disk>,
    open: FxHashMap<Arc<Path>, Arc<File>>,
    /// Open buffers that stand for other files, by the paths of these: `systemctl edit` hands `.#x.service1f` to editors,
    /// and what is opened below `/lib` mostly lies in `/usr/lib`.
    edited: FxHashMap<Arc<Path>, Arc<Path>>,
    places: Arc<Places>,
    version: Version,
    open_layers: OpenLayers,
}

/// The files as they lie on disk, indexed by what other units call them.
#[derive(Clone, Default, Debug)]
struct Disk {
    files: Shards<Arc<Path>, Arc<File>>,
    by_unit: Shards<Box<str>, Vec<Arc<Path>>>,
    mentioned: Shards<Box<str>, Vec<Arc<Path>>>,
    /// The files that are no units.
    by_family: FxHashMap<Family, Vec<Arc<Path>>>,
    /// Services and D-Bus activation files by the bus name that they set.
    bus_names: Shards<Box<str>, Vec<Arc<Path>>>,
    /// Files that name a unit by other means than its name as a word, see [`indirect_names`].
    meant: Shards<Box<str>, Vec<Arc<Path>>>,
    /// Files by what they give to their units that others could have, see [`listening::keys`].
    resources: Shards<Box<str>, Vec<Arc<Path>>>,
    links: Links,
    /// D-Bus activation files by the unit that they name.
    activating: Shards<Box<str>, Vec<Arc<Path>>>,
    /// Scripts that services call.
    scripts: FxHashMap<Arc<Path>, ScriptFile>,
    layers: DiskLayers,
}

impl Workspace {
    /// An empty universe whose loose files see each other within each of `folders`.
    pub fn new(folders: Vec<Arc<Path>>, version: Version) -> Self {
        Self::within(Places { folders, ..Places::default() }.into(), version)
    }

    /// An empty universe in which files have these places.
    pub fn within(places: Arc<Places>, version: Version) -> Self {
        Self {
            disk: Arc::default(),
            open: FxHashMap::default(),
            edited: FxHashMap::default(),
            places,
            version,
            open_layers: OpenLayers::default(),
        }
    }

    /// The systemd that files are judged for where no project says otherwise.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The folders that the editor has open.
    pub fn folders(&self) -> &[Arc<Path>] {
        &self.places.folders
    }

    /// What says where files lie.
    pub fn places(&self) -> &Arc<Places> {
        &self.places
    }

    /// Whether one of the folders that the editor has open holds what lies at `path`.
    pub fn is_inside(&self, path: &Path) -> bool {
        self.folders().iter().any(|folder| path.starts_with(folder))
    }

    /// Puts an open buffer over whatever the disk holds at `path`, or updates it.
    pub fn set_open(&mut self, path: &Arc<Path>, unit: &Arc<Unit>) {
        let file = match self.open.get(path) {
            Some(file) if Arc::ptr_eq(&file.unit, unit) => return,
            Some(file) => file.updated(unit.clone()),
            None => {
                for real in [edited_path(path), merged_path(path)].into_iter().flatten() {
                    self.edited.insert(real.into(), path.clone());
                }
                File::new(path.clone(), &self.places, self.version, unit.clone())
            }
        };
        self.open.insert(path.clone(), Arc::new(file));
    }

    /// Takes an open buffer away; what the disk holds counts again.
    pub fn close(&mut self, path: &Path) {
        self.open.remove(path);
        self.edited.retain(|_, buffer| &**buffer != path);
    }

    /// Adds or replaces files as they lie on disk; says whether anything is not as before.
    pub fn set_on_disk(
        &mut self,
        files: impl IntoIterator<Item = File>,
        links: impl IntoIterator<Item = UnitLink>,
    ) -> bool {
        let is_new = |file: &File| self.disk.files.get(&file.path).is_none_or(|known| !known.reads_as(file));
        let files: Vec<File> = files.into_iter().filter(is_new).collect();
        let links: Vec<UnitLink> = links.into_iter().filter(|link| !self.disk.links.holds(link)).collect();
        if files.is_empty() && links.is_empty() {
            return false;
        }
        let disk = Arc::make_mut(&mut self.disk);
        for file in files {
            disk.remove(&file.path);
            disk.insert(Arc::new(file));
        }
        for link in links {
            disk.remove_link(&link.path);
            disk.insert_link(link, &self.places);
        }
        true
    }

    /// Adds or replaces scripts as they lie on disk; says whether anything is not as before.
    pub fn set_scripts(&mut self, scripts: impl IntoIterator<Item = ScriptFile>) -> bool {
        let is_new = |script: &ScriptFile| self.disk.scripts.get(&script.path) != Some(script);
        let scripts: Vec<_> = scripts.into_iter().filter(is_new).collect();
        if scripts.is_empty() {
            return false;
        }
        self.touch_callers(&scripts.iter().map(|script| &*script.path).collect::<Vec<_>>());
        let known = &mut Arc::make_mut(&mut self.disk).scripts;
        known.extend(scripts.into_iter().map(|script| (script.path.clone(), script)));
        true
    }

    /// Notes that what these scripts do may have changed.
    fn touch_callers(&mut self, scripts: &[&Path]) {
        let callers = self.callers(scripts);
        let disk = Arc::make_mut(&mut self.disk);
        callers.iter().for_each(|caller| disk.touch(caller));
    }

    /// The files, links and scripts on disk that are known at `path`, or below it where it is a folder.
    pub fn known_at(&self, path: &Path) -> impl Iterator<Item = Arc<Path>> + use<> {
        let links = self.disk.links.all().map(|placed| &placed.link.path);
        let known: Vec<_> = match self.disk.files.get_key_value(path) {
            Some((exactly, _)) => vec![exactly.clone()],
            None => {
                let files = self.disk.files.keys().chain(self.disk.scripts.keys());
                files.chain(links).filter(|known| known.starts_with(path)).cloned().collect()
            }
        };
        known.into_iter()
    }

    /// Forgets a file that is gone from the disk.
    pub fn remove_from_disk(&mut self, path: &Path) {
        let holds_script = self.disk.scripts.contains_key(path);
        if holds_script {
            self.touch_callers(&[path]);
        }
        if holds_script || self.disk.files.contains_key(path) || self.disk.links.contains(path) {
            let disk = Arc::make_mut(&mut self.disk);
            disk.remove(path);
            disk.remove_link(path);
            disk.scripts.remove(path);
        }
    }

    /// The file at `path`: the open buffer, else what the disk holds.
    pub fn file(&self, path: &Path) -> Option<&Arc<File>> {
        self.open.get(path).or_else(|| self.disk.files.get(path))
    }

    /// Whether anything is known to lie at `path`, links included.
    pub fn holds(&self, path: &Path) -> bool {
        self.file(path).is_some() || self.disk.links.contains(path)
    }

    /// All open buffers.
    pub fn open_files(&self) -> impl Iterator<Item = &Arc<File>> {
        self.open.values()
    }

    /// All files, open ones in place of what the disk holds.
    pub fn files(&self) -> impl Iterator<Item = &Arc<File>> {
        let closed = self.disk.files.values().filter(|file| !self.is_covered(&file.path));
        self.open.values().chain(closed)
    }

    /// Fragments of this exact name, and drop-ins whose folder is `owner` plus `.d`.
    fn files_of(&self, owner: &str) -> impl Iterator<Item = &Arc<File>> {
        let open = self.open.values().filter(move |file| file.owner() == Some(owner));
        let closed = self.disk.by_unit.get(owner).into_iter().flatten();
        open.chain(self.closed(closed))
    }

    /// The same as far as units at `asker` see them.
    pub(crate) fn files_called<'a>(
        &'a self,
        owner: &str,
        asker: &Place,
    ) -> impl Iterator<Item = &'a Arc<File>> {
        let files: Vec<_> = self.files_of(owner).filter(|file| self.sees(asker, &file.place)).collect();
        files.into_iter()
    }

    /// The files whose values name `unit`, literally.
    pub fn files_mentioning(&self, unit: &str) -> impl Iterator<Item = &Arc<File>> {
        let mentions = move |file: &&Arc<File>| file.mentions().iter().any(|mention| &*mention.name == unit);
        let closed = self.disk.mentioned.get(unit).into_iter().flatten();
        self.open.values().filter(mentions).chain(self.closed(closed))
    }

    /// The D-Bus activation files, presets or managers' configuration files.
    pub fn files_in(&self, family: Family) -> impl Iterator<Item = &Arc<File>> {
        let open = self.open.values().filter(move |file| file.kind.family() == Some(family));
        open.chain(self.closed(self.disk.by_family.get(&family).into_iter().flatten()))
    }

    /// The files whose values name an instance of `template`; also one that specifiers make (`job@%i.service`).
    pub(crate) fn files_mentioning_instances(&self, template: &str) -> impl Iterator<Item = &Arc<File>> {
        let is_instance = move |mention: &Mention| template_of(&mention.name).as_deref() == Some(template);
        let mentions = move |file: &&Arc<File>| file.mentions().iter().any(is_instance);
        let closed = self.disk.meant.get(template).into_iter().flatten();
        self.open.values().chain(self.closed(closed)).filter(mentions)
    }

    /// The files that may name the unit, or an instance of the template, of this name: by specifiers and in commands, too.
    pub(crate) fn files_meaning<'a>(&'a self, unit: &UnitName) -> Vec<&'a Arc<File>> {
        let mentioned = self.disk.mentioned.get(unit.as_str()).into_iter().flatten();
        let meant = self.disk.meant.get(unit.as_str()).into_iter().flatten();
        let mut files: Vec<_> = self.open.values().chain(self.closed(mentioned.chain(meant))).collect();
        files.sort_unstable_by_key(|file| Arc::as_ptr(file));
        files.dedup_by(|a, b| Arc::ptr_eq(a, b));
        files
    }

    /// The units' and D-Bus activation files that set this name on the bus, literally.
    pub(crate) fn files_with_bus_name(&self, name: &str) -> impl Iterator<Item = &Arc<File>> {
        let open = self.open.values().filter(move |file| file.bus_names().any(|known| known == name));
        open.chain(self.closed(self.disk.bus_names.get(name).into_iter().flatten()))
    }

    /// The files that give their units what has this key.
    pub(crate) fn files_with<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Arc<File>> {
        let gives = move |file: &&Arc<File>| listening::keys(file).iter().any(|known| &**known == key);
        let closed = self.disk.resources.get(key).into_iter().flatten();
        self.open.values().filter(gives).chain(self.closed(closed))
    }

    /// The links of this file name that units at `asker` see.
    pub(crate) fn links_called<'a>(
        &'a self,
        name: &str,
        asker: &Place,
    ) -> impl Iterator<Item = &'a UnitLink> {
        visible(self.disk.links.called(name), asker)
    }

    /// The links to a file of this name that units at `asker` see.
    pub(crate) fn links_to<'a>(&'a self, target: &str, asker: &Place) -> impl Iterator<Item = &'a UnitLink> {
        visible(self.disk.links.to(target), asker)
    }

    /// The links in `OWNER.wants/`, `OWNER.requires/` and `OWNER.upholds/` that units at `asker` see.
    pub(crate) fn links_in<'a>(&'a self, owner: &str, asker: &Place) -> impl Iterator<Item = &'a UnitLink> {
        visible(self.disk.links.of_folder(owner), asker)
    }

    /// What the links speak for that lead to the file, if it masks its unit: they say nothing then.
    pub(crate) fn masks<'a>(&'a self, file: &'a File) -> impl Iterator<Item = &'a str> {
        self.disk.masks(file)
    }

    /// The links that units at `asker` see.
    pub(crate) fn links_at<'a>(&'a self, asker: &Place) -> impl Iterator<Item = &'a UnitLink> {
        let seen = self.disk.links.all().filter(|placed| effective::sees(asker, &placed.place));
        seen.map(|placed| &placed.link)
    }

    /// What the files and links on disk that units at `asker` see beside the machine's speak for: units' names, names of
    /// drop-in folders without `.d`.
    pub(crate) fn owners_at(&self, asker: &Place) -> Vec<Box<str>> {
        let beside = |place: &Place| {
            let machine = place.is_machine() && place.scope == asker.scope;
            !machine && (effective::sees(asker, place) || place.serves(asker))
        };
        let files = self.disk.files.values().filter(|file| beside(&file.place));
        let mut owners: Vec<Box<str>> = files.filter_map(|file| file.speaks_for()).map(Box::from).collect();
        for placed in self.disk.links.all().filter(|placed| beside(&placed.place)) {
            owners.extend(placed.link.speaks_for().map(Box::from));
        }
        owners.sort_unstable();
        owners.dedup();
        owners
    }

    /// The same workspace without open buffers. Cheap.
    pub(crate) fn on_disk(&self) -> Self {
        Self {
            disk: self.disk.clone(),
            open: FxHashMap::default(),
            edited: FxHashMap::default(),
            places: self.places.clone(),
            version: self.version,
            open_layers: OpenLayers::default(),
        }
    }

    /// What is kept of the graph of the files on disk.
    pub(crate) fn disk_layers(&self) -> &DiskLayers {
        &self.disk.layers
    }

    /// What is kept of the graph of open buffers.
    pub(crate) fn open_layers(&self) -> &OpenLayers {
        &self.open_layers
    }

    /// Whether units at `asker` see files at `place`.
    pub fn sees(&self, asker: &Place, place: &Place) -> bool {
        effective::sees(asker, place)
    }

    /// The D-Bus activation files that start the unit of this name for managers that `asker` belongs to.
    pub(crate) fn activation_files<'a>(
        &'a self,
        unit: &UnitName,
        asker: &Place,
    ) -> impl Iterator<Item = &'a Arc<File>> {
        let open = self.open.values().filter(move |file| file.activates() == Some(unit.as_str()));
        let closed = self.disk.activating.get(unit.as_str()).into_iter().flatten();
        open.chain(self.closed(closed)).filter(move |file| file.place.serves(asker))
    }

    /// The symlinks in unit folders, each with the place of the folder of units that it is in or below.
    pub(crate) fn placed_links(&self) -> impl Iterator<Item = (&UnitLink, &Place)> {
        self.disk.links.all().map(|placed| (&placed.link, &placed.place))
    }

    /// The symlinks in unit folders.
    pub fn links(&self) -> impl Iterator<Item = &UnitLink> {
        self.disk.links.all().map(|placed| &placed.link)
    }

    fn closed<'a>(
        &'a self,
        paths: impl Iterator<Item = &'a Arc<Path>>,
    ) -> impl Iterator<Item = &'a Arc<File>> {
        paths.filter(|path| !self.is_covered(path)).filter_map(|path| self.disk.files.get(path))
    }

    /// Whether an open buffer stands for the file at `path`.
    fn is_covered(&self, path: &Arc<Path>) -> bool {
        // Where both are files of their own, neither stands for the other.
        let stands_in = |buffer: &Arc<Path>| !self.disk.files.contains_key(&**buffer);
        self.open.contains_key(path) || self.edited.get(path).is_some_and(stands_in)
    }
}

/// The links that units at `asker` see, the one that counts first.
fn visible<'a>(
    links: impl Iterator<Item = &'a PlacedLink>,
    asker: &Place,
) -> impl Iterator<Item = &'a UnitLink> {
    let seen = links.filter(|placed| effective::sees(asker, &placed.place));
    let mut links: Vec<_> = seen.map(|placed| (placed.place.precedence(asker), &placed.link)).collect();
    // Comparing paths part by part is slow where there are thousands.
    links.sort_by(|(a, link), (b, other)| {
        a.cmp(b).then_with(|| link.path.as_os_str().cmp(other.path.as_os_str()))
    });
    links.into_iter().map(|(_, link)| link)
}

impl Disk {
    fn insert_link(&mut self, link: UnitLink, places: &Places) {
        let placed = self.links.insert(link, places);
        self.touch_link(&placed);
    }

    fn remove_link(&mut self, path: &Path) {
        if let Some(placed) = self.links.remove(path) {
            self.touch_link(&placed);
        }
    }

    fn touch_link(&mut self, placed: &PlacedLink) {
        for owner in placed.link.speaks_for() {
            self.layers.touch(&Touched { owner: owner.into(), place: placed.place.clone() });
        }
    }

    fn touch(&mut self, file: &File) {
        let owners: Vec<Box<str>> =
            file.speaks_for().into_iter().chain(self.masks(file)).map(Box::from).collect();
        for owner in owners {
            self.layers.touch(&Touched { owner, place: file.place.clone() });
        }
    }

    fn masks<'a>(&'a self, file: &'a File) -> impl Iterator<Item = &'a str> {
        let name = file.path.file_name().and_then(|name| name.to_str()).filter(|_| file.masked);
        let links = name.into_iter().flat_map(|name| self.links.to(name));
        links.filter_map(|placed| placed.link.folder()).map(|(owner, _)| owner)
    }

    /// Takes in a file where there was none; a link at its path gives way.
    fn insert(&mut self, file: Arc<File>) {
        self.remove_link(&file.path);
        self.touch(&file);
        let path = file.path.clone();
        if let Some(owner) = file.owner() {
            self.by_unit.entry(owner.into()).push(path.clone());
        } else if let Some(family) = other_family(&file) {
            self.by_family.entry(family).or_default().push(path.clone());
        }
        if let Some(unit) = file.activates() {
            self.activating.entry(unit.into()).push(path.clone());
        }
        for name in file.bus_names() {
            self.bus_names.entry(name.into()).push(path.clone());
        }
        for key in listening::keys(&file) {
            remember(&mut self.resources, key, &path);
        }
        for mention in file.mentions() {
            remember(&mut self.mentioned, mention.name.clone(), &path);
        }
        for name in indirect_names(&file) {
            remember(&mut self.meant, name, &path);
        }
        self.files.insert(path, file);
    }

    fn remove(&mut self, path: &Path) {
        let Some(file) = self.files.remove(path) else {
            return;
        };
        self.touch(&file);
        if let Some(owner) = file.owner() {
            forget(&mut self.by_unit, owner, path);
        } else if let Some(paths) = other_family(&file).and_then(|family| self.by_family.get_mut(&family)) {
            paths.retain(|known| &**known != path);
        }
        if let Some(unit) = file.activates() {
            forget(&mut self.activating, unit, path);
        }
        for name in file.bus_names() {
            forget(&mut self.bus_names, name, path);
        }
        for key in listening::keys(&file) {
            forget(&mut self.resources, &key, path);
        }
        for mention in file.mentions() {
            forget(&mut self.mentioned, &mention.name, path);
        }
        for name in indirect_names(&file) {
            forget(&mut self.meant, &name, path);
        }
    }
}

fn remember(index: &mut Shards<Box<str>, Vec<Arc<Path>>>, name: Box<str>, path: &Arc<Path>) {
    let paths = index.entry(name);
    if paths.last() != Some(path) {
        paths.push(path.clone());
    }
}

/// The family of a file that is no unit.
fn other_family(file: &File) -> Option<Family> {
    file.kind.family().filter(|family| *family != Family::Units)
}

/// The template of an instance as values write it, specifiers and all: `job@.service` of `job@%i.service`.
pub(crate) fn template_of(name: &str) -> Option<String> {
    let (prefix, rest) = name.split_once('@')?;
    let dot = rest.rfind('.').filter(|dot| *dot > 0)?;
    Some(format!("{prefix}@{}", &rest[dot..]))
}

fn forget(index: &mut Shards<Box<str>, Vec<Arc<Path>>>, name: &str, path: &Path) {
    index.retain(name, |known| **known != *path);
}

impl File {
    /// The unit that a D-Bus activation file names: its `SystemdService=`.
    pub fn activates(&self) -> Option<&str> {
        self.activation().map(|(unit, _)| unit)
    }

    /// The same with its place.
    pub(crate) fn activation(&self) -> Option<(&str, TextRange)> {
        if self.kind != FileKind::DBusService {
            return None;
        }
        let mut entries = self.unit.entries().iter().rev();
        let set = entries.find(|entry| entry.item.key() == Some("SystemdService"))?;
        Some((set.item.value()?, set.value_range()?))
    }

    /// What the graph knows this file by: [`File::owner`], or the unit that a D-Bus activation file names.
    pub(crate) fn speaks_for(&self) -> Option<&str> {
        self.owner().or_else(|| self.activates())
    }

    /// The names on the bus that the file sets: `BusName=` of a service, `Name=` of a D-Bus activation file.
    pub(crate) fn bus_names(&self) -> impl Iterator<Item = &str> {
        let activation = self.kind == FileKind::DBusService;
        let named = activation.then(|| self.unit.entries().iter()).into_iter().flatten();
        let named = named.filter(|entry| entry.item.key() == Some("Name"));
        let directive = directive(Section::Service, "BusName").filter(|_| !activation);
        let set = directive.into_iter().flat_map(|directive| self.assignments(directive));
        named.chain(set).filter_map(|entry| entry.item.value())
    }

    /// The name under which other units find this file: its unit name, or its drop-in folder's owner.
    pub fn owner(&self) -> Option<&str> {
        match &self.kind {
            FileKind::Fragment { name, .. } => name.as_ref().map(UnitName::as_str),
            FileKind::DropIn { owner, .. } => Some(owner),
            FileKind::DBusService
            | FileKind::Preset
            | FileKind::UdevRules
            | FileKind::ManagerConf { .. }
            | FileKind::Other => None,
        }
    }

    /// The one unit that this file is about: its own, or that of its drop-in folder. `None` for drop-ins that speak for
    /// many units (`foo-.service.d`, `service.d`).
    pub fn unit_name(&self) -> Option<UnitName> {
        self.kind.subject().cloned()
    }
}
