//! Reading the disk for the session: everything at the start, then what changes.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use tower_lsp::Client;
use tower_lsp::ls_types as lsp;

use super::progress::Progress;
use super::session::{Shared, Surroundings};
use super::watching::{self, Reach};
use crate::disk::{self, Found, Reader};

/// More than these complaints about one reading are counted, not listed.
const MOST_COMPLAINTS: usize = 20;

/// Reads the disk, one reading after another and never on the thread that serves.
pub(super) struct Loader {
    client: Client,
    shared: Arc<Shared>,
    /// What the client can do; nothing until it has said so.
    client_can: OnceLock<Abilities>,
    /// Whether the client tells of changes on disk.
    watched: Arc<AtomicBool>,
    /// Whether everything waits to be read again.
    waiting: Arc<AtomicBool>,
}

/// What the client can do for us.
#[derive(Clone, Copy)]
struct Abilities {
    reach: Reach,
    shows_progress: bool,
}

impl Loader {
    pub(super) fn new(client: Client, shared: Arc<Shared>) -> Self {
        Self { client, shared, client_can: OnceLock::new(), watched: Arc::default(), waiting: Arc::default() }
    }

    /// Notes what the client says it can do.
    pub(super) fn meet(&self, capabilities: &lsp::ClientCapabilities) {
        let window = capabilities.window.as_ref();
        let shows_progress = window.and_then(|window| window.work_done_progress) == Some(true);
        let abilities = Abilities { reach: Reach::of_client(capabilities), shows_progress };
        // A client that introduces itself twice is the same as before.
        let _ = self.client_can.set(abilities);
    }

    /// Reads the machine's units, the workspace's folders, and what lies beside documents of no folder; what was known
    /// before and is not there any more is forgotten.
    pub(super) fn scan(&self) {
        let shows_progress = self.client_can.get().is_some_and(|client| client.shows_progress);
        let progress = shows_progress.then(|| Progress::begin(self.client.clone()));
        let waiting = self.waiting.clone();
        self.read(move |shared, around| {
            waiting.store(false, Ordering::Release);
            let reader = around.reader(progress.as_ref().map(Progress::files));
            let mut seen = HashSet::new();
            let mut take = |found: Found| {
                complain(&found);
                seen.extend(found.files.iter().map(|file| file.path.clone()));
                seen.extend(found.links.iter().map(|link| link.path.clone()));
                shared.add_from_disk(around, found);
            };
            take(disk::machine(reader));
            for folder in &around.places.folders {
                take(disk::whole(folder, reader));
            }
            for path in &around.outside {
                take(beside(path, reader));
            }
            shared.keep_on_disk(around, |path| seen.contains(path));
        });
    }

    /// Reads what lies beside a document of no folder.
    pub(super) fn read_beside(&self, path: Arc<Path>) {
        self.read(move |shared, around| shared.add_from_disk(around, beside(&path, around.reader(None))));
    }

    /// Reads again what lies at these paths.
    pub(super) fn read_again(&self, paths: Vec<PathBuf>) {
        self.read(move |shared, around| {
            let found = disk::again(&paths, around.reader(None));
            complain(&found);
            shared.update_from_disk(around, &paths, found);
        });
    }

    /// Reads everything again after a document was saved, where that is the only way to learn what has changed beside
    /// it. Savings that come meanwhile wait for the same reading.
    pub(super) fn saved(&self) {
        if !self.watched.load(Ordering::Acquire) && !self.waiting.swap(true, Ordering::AcqRel) {
            self.scan();
        }
    }

    /// Asks the client to tell of changes on disk. Not awaited by any handler.
    pub(super) fn watch(&self) {
        let reach = self.client_can.get().map_or(Reach::Nothing, |client| client.reach);
        let (client, watched) = (self.client.clone(), self.watched.clone());
        let places = self.shared.surroundings().places;
        // Until it has agreed it counts as one that does not.
        let again = watched.swap(false, Ordering::AcqRel);
        tokio::spawn(async move {
            let agreed = reach != Reach::Nothing && watching::watch(client, reach, places, again).await;
            watched.store(agreed, Ordering::Release);
            if !agreed {
                tracing::warn!(
                    "the client does not watch files: what changes on disk is read when a document is saved"
                );
            }
        });
    }

    fn read(&self, read: impl FnOnce(&Shared, &Surroundings) + Send + 'static) {
        let shared = self.shared.clone();
        tokio::task::spawn_blocking(move || {
            let _turn = shared.turn_to_read();
            read(&shared, &shared.surroundings());
        });
    }
}

impl Surroundings {
    fn reader<'a>(&'a self, count: Option<&'a AtomicUsize>) -> Reader<'a> {
        Reader { places: &self.places, version: self.version, count }
    }
}

/// Reads what lies beside a file that no workspace folder holds; for a drop-in beside its folder.
fn beside(path: &Path, reader: Reader<'_>) -> Found {
    let drop_in = path.parent().filter(|folder| folder.extension().is_some_and(|suffix| suffix == "d"));
    match drop_in.unwrap_or(path).parent().filter(|folder| folder.is_absolute()) {
        Some(folder) => disk::siblings(folder, reader),
        None => Found::default(),
    }
}

/// Logs what could not be read.
fn complain(found: &Found) {
    for (path, error) in found.errors.iter().take(MOST_COMPLAINTS) {
        tracing::warn!("{}: {error}", path.display());
    }
    if found.errors.len() > MOST_COMPLAINTS {
        tracing::warn!("and {} more that cannot be read", found.errors.len() - MOST_COMPLAINTS);
    }
}
