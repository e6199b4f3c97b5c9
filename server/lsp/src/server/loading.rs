//! Reading the disk for the session: everything at the start, then what changes.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use tokio::time::timeout;
use tower_lsp::Client;
use tower_lsp::ls_types as lsp;

use super::CLIENT_TIMEOUT;
use super::configuration::{self, is_project_file};
use super::progress::Progress;
use super::session::{Shared, Surroundings};
use super::watching::{self, Reach};
use crate::disk::{self, Found, Reader};
use crate::project;

/// More than these complaints about one reading are counted, not listed.
const MOST_COMPLAINTS: usize = 20;

/// Project files that change faster than the disk can be read are left for the next reading.
const MOST_ROUNDS: usize = 4;

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
    /// The project files that the client was told to be faulty.
    complained: Arc<Mutex<HashSet<Arc<Path>>>>,
}

/// What the client can do for us.
#[derive(Clone, Copy)]
struct Abilities {
    reach: Reach,
    shows_progress: bool,
    /// Whether it can be told to ask for inlay hints and semantic tokens again.
    asks_again: (bool, bool),
}

impl Loader {
    pub(super) fn new(client: Client, shared: Arc<Shared>) -> Self {
        Self {
            client,
            shared,
            client_can: OnceLock::new(),
            watched: Arc::default(),
            waiting: Arc::default(),
            complained: Arc::default(),
        }
    }

    /// Notes what the client says it can do.
    pub(super) fn meet(&self, capabilities: &lsp::ClientCapabilities) {
        let window = capabilities.window.as_ref();
        let shows_progress = window.and_then(|window| window.work_done_progress) == Some(true);
        let workspace = capabilities.workspace.as_ref();
        let hints = workspace.and_then(|workspace| workspace.inlay_hint.as_ref());
        let tokens = workspace.and_then(|workspace| workspace.semantic_tokens.as_ref());
        let asks_again = (
            hints.and_then(|hints| hints.refresh_support) == Some(true),
            tokens.and_then(|tokens| tokens.refresh_support) == Some(true),
        );
        let abilities = Abilities { reach: Reach::of_client(capabilities), shows_progress, asks_again };
        // A client that introduces itself twice is the same as before.
        let _ = self.client_can.set(abilities);
    }

    /// Reads the project files, the machine's units, the workspace's folders, and what lies beside documents of no folder;
    /// what was known before and is not there any more is forgotten.
    pub(super) fn scan(&self) {
        let shows_progress = self.client_can.get().is_some_and(|client| client.shows_progress);
        let progress = shows_progress.then(|| Progress::begin(self.client.clone()));
        let waiting = self.waiting.clone();
        let unread = self.shared.begin_reading();
        self.read(move |turn| {
            let _unread = unread;
            waiting.store(false, Ordering::Release);
            turn.settle(&[]);
            turn.read_all(progress.as_ref().map(Progress::files));
        });
    }

    /// Reads what lies beside a document of no folder.
    pub(super) fn read_beside(&self, path: Arc<Path>) {
        self.read(move |turn| match turn.settle(&[]) {
            true => turn.read_all(None),
            false => {
                let around = turn.shared.surroundings();
                turn.shared.add_from_disk(&around, beside(&path, around.reader(None)));
            }
        });
    }

    /// Reads again what lies at these paths.
    pub(super) fn read_again(&self, paths: Vec<PathBuf>) {
        self.read(move |turn| {
            let around = turn.shared.surroundings();
            let mut found = disk::again(&paths, around.reader(None));
            let workspace = turn.shared.snapshot().workspace;
            found.scripts.extend(workspace.called_among(&paths).into_iter().filter_map(disk::read_script));
            let projects: Vec<_> = paths.iter().filter(|path| is_project_file(path)).cloned().collect();
            let projects = [projects, found.projects.clone()].concat();
            if !projects.is_empty() && turn.settle(&projects) {
                return turn.read_all(None);
            }
            complain(&found);
            turn.shared.update_from_disk(&around, &paths, found);
        });
    }

    /// Reads everything again after a document was saved, where that is the only way to learn what has changed beside
    /// it. Savings that come meanwhile wait for the same reading.
    pub(super) fn saved(&self, path: &Path) {
        if is_project_file(path) {
            self.read_again(vec![path.to_path_buf()]);
        } else if !self.watched.load(Ordering::Acquire) && !self.waiting.swap(true, Ordering::AcqRel) {
            self.scan();
        }
    }

    /// Tells the client to ask again for what depends on settings and not on its edits. Not awaited by any handler.
    pub(super) fn refresh(&self) {
        let (hints, tokens) = self.client_can.get().map_or((false, false), |client| client.asks_again);
        let client = self.client.clone();
        tokio::spawn(async move {
            if hints {
                let _ = timeout(CLIENT_TIMEOUT, client.inlay_hint_refresh()).await;
            }
            if tokens {
                let _ = timeout(CLIENT_TIMEOUT, client.semantic_tokens_refresh()).await;
            }
        });
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

    fn read(&self, read: impl FnOnce(&Turn) + Send + 'static) {
        let turn = Turn {
            client: self.client.clone(),
            shared: self.shared.clone(),
            complained: self.complained.clone(),
        };
        tokio::task::spawn_blocking(move || {
            let _turn = turn.shared.turn_to_read();
            read(&turn);
        });
    }
}

/// One reading of the disk, while no other takes place.
struct Turn {
    client: Client,
    shared: Arc<Shared>,
    complained: Arc<Mutex<HashSet<Arc<Path>>>>,
}

impl Turn {
    /// Reads the project files that are in sight, `known` ones among them, and starts over when they have changed. Gives
    /// whether they have.
    fn settle(&self, known: &[PathBuf]) -> bool {
        let around = self.shared.surroundings();
        let open = &around.places.folders;
        let folders = open.iter().map(|folder| &**folder);
        let folders =
            folders.chain(around.outside.iter().filter(|path| path.is_absolute()).map(|path| &**path));
        let ceiling = |folder: &Path| open.iter().map(|open| &**open).find(|open| folder.starts_with(open));
        let before = around.projects.files().iter().map(|file| file.path.to_path_buf());
        let known: Vec<PathBuf> = before.chain(known.iter().cloned()).collect();
        let files = project::find(folders, &known, ceiling);
        if !around.projects.differ(&files) {
            return false;
        }
        self.shared.change(|session| session.settle(files));
        self.tell_faults();
        true
    }

    /// Reads everything; once more where project files were come upon.
    fn read_all(&self, count: Option<&AtomicUsize>) {
        for _ in 0..MOST_ROUNDS {
            let around = self.shared.surroundings();
            let reader = around.reader(count);
            let mut seen = HashSet::new();
            let mut projects = Vec::new();
            let mut take = |mut found: Found| {
                complain(&found);
                projects.append(&mut found.projects);
                seen.extend(found.files.iter().map(|file| file.path.clone()));
                seen.extend(found.links.iter().map(|link| link.path.clone()));
                seen.extend(found.scripts.iter().map(|script| script.path.clone()));
                self.shared.add_from_disk(&around, found);
            };
            take(disk::machine(reader));
            for folder in &around.places.folders {
                take(disk::whole(folder, reader));
            }
            for path in &around.outside {
                take(beside(path, reader));
            }
            if projects.is_empty() || !self.settle(&projects) {
                return self.shared.keep_on_disk(&around, |path| seen.contains(path));
            }
        }
    }

    /// Publishes what is wrong with the project files that the editor does not have open.
    fn tell_faults(&self) {
        if self.shared.pulled.is_used() {
            return;
        }
        let snapshot = self.shared.snapshot();
        let mut complained = self.complained.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let mut told: HashMap<Arc<Path>, Vec<lsp::Diagnostic>> =
            complained.drain().map(|path| (path, Vec::new())).collect();
        for file in snapshot.projects.files().iter().filter(|file| !file.faults.is_empty()) {
            told.insert(file.path.clone(), configuration::faults(file, snapshot.encoding));
            complained.insert(file.path.clone());
        }
        for (path, faults) in told.into_iter().filter(|(path, _)| !snapshot.documents.contains_key(path)) {
            if let Some(uri) = lsp::Uri::from_file_path(&*path) {
                let telling = self.client.publish_diagnostics(uri, faults, None);
                tokio::runtime::Handle::current().block_on(telling);
            }
        }
    }
}

impl Surroundings {
    fn reader<'a>(&'a self, count: Option<&'a AtomicUsize>) -> Reader<'a> {
        Reader { places: &self.places, projects: &self.projects, version: self.version, count }
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
