//! Layers that are kept: of the machine, of each root, and of the open buffers over them. A change costs the units that
//! it touches.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::circles::Circles;
use super::derive::{Deriving, Touched};
use super::layer::Layer;
use crate::workspace::{File, Place, Workspace};

/// The layers of what lies on disk, by universe.
#[derive(Default)]
pub(crate) struct DiskLayers(Mutex<Vec<DiskLayer>>);

#[derive(Clone)]
struct DiskLayer {
    universe: Place,
    layer: Arc<Layer>,
    /// What changed since the layer was derived.
    touched: Vec<Touched>,
}

/// The layers of open buffers, by universe, and what searches have found; shared by all clones of a workspace.
#[derive(Clone, Default)]
pub(crate) struct OpenLayers(Arc<Mutex<Vec<OpenLayer>>>, Arc<Mutex<Vec<Searched>>>);

/// What searches have found in a graph.
struct Searched {
    /// As long as these are there, they are as they were.
    layers: Vec<Weak<Layer>>,
    circles: Arc<Circles>,
}

struct OpenLayer {
    universe: Place,
    files: Vec<Arc<File>>,
    /// The layers that lie below.
    below: Vec<Arc<Layer>>,
    layer: Arc<Layer>,
}

/// Of so many graphs it is kept what searches have found: those of the system and of the user in two roots.
const MOST_SEARCHED: usize = 4;

/// After so many changes a layer is derived from scratch.
const MOST_TOUCHED: usize = 256;

impl DiskLayers {
    /// Notes that something changed on disk.
    pub(crate) fn touch(&mut self, touched: &Touched) {
        let layers = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        for known in &mut *layers {
            known.touched.push(touched.clone());
        }
        layers.retain(|known| known.touched.len() <= MOST_TOUCHED);
    }
}

impl Clone for DiskLayers {
    /// Never waits: layers that somebody is just deriving are left out.
    fn clone(&self) -> Self {
        let layers = self.0.try_lock().map_or_else(|_| Vec::new(), |layers| layers.clone());
        Self(Mutex::new(layers))
    }
}

impl std::fmt::Debug for DiskLayers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DiskLayers")
    }
}

impl std::fmt::Debug for OpenLayers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpenLayers")
    }
}

/// The layers of the universe of `asker`, the uppermost first.
pub(super) fn layers(workspace: &Workspace, asker: &Place) -> Vec<Arc<Layer>> {
    let machine =
        Place { root: std::path::Path::new("/").into(), rank: 0, scope: asker.scope, searched: true };
    let disk = workspace.on_disk();
    let mut layers = vec![disk_layer(&disk, &machine, None)];
    if !asker.is_machine() {
        layers.insert(0, disk_layer(&disk, &Place { rank: 0, ..asker.clone() }, Some(&layers[0])));
    }
    if let Some(open) = open_layer(workspace, &disk, asker, &layers) {
        layers.insert(0, open);
    }
    layers
}

/// What searches have found in the graph of these layers so far.
pub(super) fn circles(workspace: &Workspace, layers: &[Arc<Layer>]) -> Arc<Circles> {
    let mut known = lock(&workspace.open_layers().1);
    let is_of = |searched: &Searched| {
        let mut pairs = searched.layers.iter().zip(layers);
        searched.layers.len() == layers.len()
            && pairs.all(|(known, layer)| known.as_ptr() == Arc::as_ptr(layer))
    };
    if let Some(found) = known.iter().find(|searched| is_of(searched)) {
        return found.circles.clone();
    }
    known.truncate(MOST_SEARCHED - 1);
    let circles = Arc::<Circles>::default();
    let layers = layers.iter().map(Arc::downgrade).collect();
    known.insert(0, Searched { layers, circles: circles.clone() });
    circles
}

fn disk_layer(disk: &Workspace, universe: &Place, machine: Option<&Arc<Layer>>) -> Arc<Layer> {
    let below: Vec<&Layer> = machine.map(|layer| &**layer).into_iter().collect();
    let deriving = Deriving { workspace: disk, universe, below: &below };
    let sees = |touched: &Touched| disk.sees(universe, &touched.place) || touched.place.serves(universe);
    let mut known = lock(&disk.disk_layers().0);
    if let Some(known) = known.iter_mut().find(|known| known.universe == *universe) {
        let touched = std::mem::take(&mut known.touched);
        let touched: Vec<_> = touched.into_iter().filter(sees).collect();
        if !touched.is_empty() {
            // Open buffers may make more of what changed than the disk alone does: it is another layer for them.
            Arc::make_mut(&mut known.layer);
            let owners = touched.iter().map(|touched| &*touched.owner);
            deriving.again(&mut known.layer, owners);
        }
        return known.layer.clone();
    }
    let layer = match machine {
        None => deriving.all(),
        Some(_) => deriving.only(disk.owners_at(universe).iter().map(|owner| &**owner)),
    };
    known.push(DiskLayer { universe: universe.clone(), layer: layer.clone(), touched: Vec::new() });
    layer
}

/// The layer of the open buffers that the universe sees; `None` without any.
fn open_layer(
    workspace: &Workspace,
    disk: &Workspace,
    asker: &Place,
    below: &[Arc<Layer>],
) -> Option<Arc<Layer>> {
    let universe = Place { rank: 0, ..asker.clone() };
    let sees = |file: &&Arc<File>| {
        workspace.sees(&universe, &file.place) || file.activates().is_some() && file.place.serves(&universe)
    };
    let mut files: Vec<_> = workspace.open_files().filter(sees).cloned().collect();
    if files.is_empty() {
        return None;
    }
    files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    let lower: Vec<&Layer> = below.iter().map(|layer| &**layer).collect();
    let deriving = Deriving { workspace, universe: &universe, below: &lower };
    // What lies below a buffer may speak for something else: the text makes a file one for the bus.
    let owners = |file: &Arc<File>| {
        let versions = [Some(file), disk.file(&file.path)].into_iter().flatten();
        let told = versions.flat_map(|file| file.speaks_for().into_iter().chain(disk.masks(file)));
        told.map(Box::from).collect::<Vec<Box<str>>>()
    };
    let mut known = lock(&workspace.open_layers().0);
    let same = |a: &[Arc<Layer>], b: &[Arc<Layer>]| {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| Arc::ptr_eq(a, b))
    };
    if let Some(known) =
        known.iter_mut().find(|known| known.universe == universe && same(&known.below, below))
    {
        let owners: Vec<_> = changed(&known.files, &files).flat_map(owners).collect();
        if !owners.is_empty() {
            deriving.again(&mut known.layer, owners.iter().map(|owner| &**owner));
        }
        known.files = files.clone();
        return Some(known.layer.clone());
    }
    let owners: Vec<_> = files.iter().flat_map(owners).collect();
    let layer = deriving.only(owners.iter().map(|owner| &**owner));
    known.retain(|known| known.universe != universe);
    known.push(OpenLayer {
        universe: universe.clone(),
        files: files.clone(),
        below: below.to_vec(),
        layer: layer.clone(),
    });
    Some(layer)
}

/// The files that are in one list only, and both versions of those that may state something else. Both lists are sorted.
fn changed<'a>(before: &'a [Arc<File>], now: &'a [Arc<File>]) -> impl Iterator<Item = &'a Arc<File>> {
    let find = |files: &'a [Arc<File>], path: &std::path::Path| {
        files.binary_search_by(|file| (*file.path).cmp(path)).ok().map(|at| &files[at])
    };
    let differs = |files: &'a [Arc<File>]| {
        move |file: &&Arc<File>| find(files, &file.path).is_none_or(|other| !other.states_as(file))
    };
    before.iter().filter(differs(now)).chain(now.iter().filter(differs(before)))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
