//! What the server knows: open documents over the workspace, changed under one lock, read through snapshots.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::timeout;
use tower_lsp::ls_types::{Diagnostic, TextDocumentContentChangeEvent, Uri};
use unit_catalog::Version;
use unit_ide::inlay_hint::HintKind;
use unit_ide::workspace::{File, Places, Workspace};
use unit_syntax::{Document, Encoding};

use super::code_action::EditSupport;
use super::code_lens::Lenses;
use super::diagnostic::Pulled;
use super::forms::Forms;
use super::{convert, effective_unit, navigation};
use crate::disk::{Found, SystemUnits};
use crate::project::{ProjectFile, Projects};
use crate::settings::{Settings, TargetVersion};

/// The state that handlers and the diagnostics worker share.
pub(super) struct Shared {
    session: Mutex<Session>,
    /// Held while the disk is read, until what was read is taken in.
    reading: Mutex<()>,
    /// How often everything is still to be read: until then what is known is not all that there is.
    unread: watch::Sender<usize>,
    /// Counts changes, so that a computation can tell that it is out of date.
    revision: AtomicU64,
    /// Wakes the diagnostics worker.
    pub(super) changed: Notify,
    /// The lenses that the client shows.
    pub(super) lenses: Lenses,
    /// The findings that the client asked for, if it does.
    pub(super) pulled: Pulled,
    shut_down: AtomicBool,
}

/// Everything under the lock.
pub(super) struct Session {
    documents: HashMap<Arc<Path>, OpenDocument>,
    workspace: Workspace,
    /// The unit that columns count in, settled with the client.
    pub(super) encoding: Encoding,
    /// Which repairs the client can apply.
    pub(super) edits: EditSupport,
    /// Whether the client shows links behind the codes of findings.
    pub(super) code_descriptions: bool,
    /// In which forms the client takes answers.
    pub(super) forms: Forms,
    /// What the client makes of answers about places.
    pub(super) navigation: navigation::Support,
    /// Whether the client shows effective units.
    pub(super) effective_units: effective_unit::Support,
    /// The editor's settings.
    pub(super) settings: Settings,
    /// The settings that the editor began with: they hold where later ones say nothing.
    pub(super) initial_settings: Settings,
    /// The project files in sight.
    projects: Arc<Projects>,
    /// Counts the starts over.
    generation: u64,
}

/// What reading the disk depends on.
pub(super) struct Surroundings {
    /// The folders that the client has open, and those of the machine's search path.
    pub(super) places: Arc<Places>,
    /// Open documents that lie in none of them.
    pub(super) outside: Vec<Arc<Path>>,
    /// The project files in sight.
    pub(super) projects: Arc<Projects>,
    /// The systemd that files are judged for.
    pub(super) version: Version,
    generation: u64,
}

/// A document that the client has open.
#[derive(Clone)]
pub(super) struct OpenDocument {
    /// Its name on the client's side.
    pub(super) uri: Uri,
    /// Its text.
    pub(super) document: Document,
    /// The client's number for this text.
    pub(super) version: i32,
    /// What systemd-analyze said of it when it was asked.
    pub(super) analyzed: Vec<Diagnostic>,
    /// Whether the workspace has not seen this text yet.
    stale: bool,
}

/// A consistent view of everything, cheap to take.
#[derive(Clone)]
pub(super) struct Snapshot {
    pub(super) workspace: Workspace,
    pub(super) documents: HashMap<Arc<Path>, OpenDocument>,
    pub(super) encoding: Encoding,
    pub(super) edits: EditSupport,
    pub(super) code_descriptions: bool,
    pub(super) forms: Forms,
    pub(super) navigation: navigation::Support,
    pub(super) effective_units: effective_unit::Support,
    pub(super) projects: Arc<Projects>,
    /// The inlay hints that were switched off.
    pub(super) unwanted_hints: Vec<HintKind>,
    pub(super) revision: u64,
}

/// A reading of everything that has not ended.
pub(super) struct Unread(Arc<Shared>);

impl Drop for Unread {
    fn drop(&mut self) {
        self.0.unread.send_modify(|unread| *unread -= 1);
    }
}

/// How long an answer waits for the disk.
const PATIENCE: Duration = Duration::from_secs(3);

impl Default for Shared {
    fn default() -> Self {
        // Before anything can be said nothing is read.
        let settings = Settings {
            systemd_version: Some(TargetVersion::Release(Version::NEWEST.0)),
            system_units: Some(SystemUnits::none()),
            ..Settings::default()
        };
        Self {
            session: Mutex::new(Session {
                documents: HashMap::new(),
                workspace: Workspace::new(Vec::new(), Version::NEWEST),
                encoding: Encoding::Utf16,
                edits: EditSupport::default(),
                code_descriptions: false,
                forms: Forms::default(),
                navigation: navigation::Support::default(),
                effective_units: effective_unit::Support::default(),
                initial_settings: settings.clone(),
                settings,
                projects: Arc::default(),
                generation: 0,
            }),
            reading: Mutex::new(()),
            unread: watch::Sender::new(0),
            revision: AtomicU64::new(0),
            changed: Notify::new(),
            lenses: Lenses::default(),
            pulled: Pulled::default(),
            shut_down: AtomicBool::new(false),
        }
    }
}

impl Shared {
    /// Changes the session, and wakes the worker. Nothing may wait while this lock is held.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Session) -> T) -> T {
        let result = change(&mut self.lock());
        self.wake();
        result
    }

    fn wake(&self) {
        self.revision.fetch_add(1, Ordering::Release);
        self.changed.notify_one();
        self.lenses.wake();
    }

    /// Waits for the turn to read the disk. Each reader keeps it until what it read is taken in: what is taken in last
    /// was read last.
    pub(super) fn turn_to_read(&self) -> MutexGuard<'_, ()> {
        self.reading.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Notes that everything is to be read, until the answer is dropped.
    pub(super) fn begin_reading(self: &Arc<Self>) -> Unread {
        self.unread.send_modify(|unread| *unread += 1);
        Unread(self.clone())
    }

    /// Waits until everything that is to be read has been: before that nobody can say what a unit's neighbours are. A
    /// disk that takes too long is not waited for.
    pub(super) async fn all_read(&self) {
        let mut unread = self.unread.subscribe();
        let _ = timeout(PATIENCE, unread.wait_for(|unread| *unread == 0)).await;
    }

    /// What reading the disk depends on, as it is now.
    pub(super) fn surroundings(&self) -> Surroundings {
        let session = self.lock();
        Surroundings {
            places: session.workspace.places().clone(),
            outside: session.documents.keys().filter(|path| session.is_outside(path)).cloned().collect(),
            projects: session.projects.clone(),
            version: session.workspace.version(),
            generation: session.generation,
        }
    }

    /// Takes in what was read from disk.
    pub(super) fn add_from_disk(&self, around: &Surroundings, found: Found) {
        self.change_disk(around, |workspace| {
            workspace.set_scripts(found.scripts) | workspace.set_on_disk(found.files, found.links)
        });
    }

    /// Takes in what was read again at `paths`; what is known there or below and was not found is gone.
    pub(super) fn update_from_disk(&self, around: &Surroundings, paths: &[PathBuf], found: Found) {
        self.change_disk(around, |workspace| {
            let there: HashSet<_> = found
                .files
                .iter()
                .map(|file| &file.path)
                .chain(found.links.iter().map(|link| &link.path))
                .chain(found.scripts.iter().map(|script| &script.path))
                .collect();
            let known = paths.iter().flat_map(|path| workspace.known_at(path));
            let gone: Vec<_> = known.filter(|path| !there.contains(path)).collect();
            let mut changed = !gone.is_empty();
            for path in gone {
                workspace.remove_from_disk(&path);
            }
            changed |= workspace.set_scripts(found.scripts);
            changed | workspace.set_on_disk(found.files, found.links)
        });
    }

    /// Forgets what lies on disk no longer.
    pub(super) fn keep_on_disk(&self, around: &Surroundings, is_there: impl Fn(&Path) -> bool) {
        self.change_disk(around, |workspace| {
            let gone: Vec<_> = workspace.known_at(Path::new("")).filter(|path| !is_there(path)).collect();
            for path in &gone {
                workspace.remove_from_disk(path);
            }
            !gone.is_empty()
        });
    }

    /// Changes what is known of the disk, unless folders or settings have changed since it was read: then it is read
    /// again anyway. Nobody is woken when `change` says that all is as before.
    fn change_disk(&self, around: &Surroundings, change: impl FnOnce(&mut Workspace) -> bool) {
        let changed = {
            let mut session = self.lock();
            session.generation == around.generation && change(&mut session.workspace)
        };
        if changed {
            self.wake();
        }
    }

    /// A view of the session as it is now.
    pub(super) fn snapshot(&self) -> Snapshot {
        let revision = self.revision();
        let mut session = self.lock();
        let Session { documents, workspace, .. } = &mut *session;
        for (path, open) in documents.iter_mut().filter(|(_, open)| open.stale) {
            open.stale = false;
            // Whatever goes wrong in there must not take the lock, the worker or the server with it.
            let _ = catch_unwind(AssertUnwindSafe(|| workspace.set_open(path, open.document.unit())));
        }
        Snapshot {
            workspace: session.workspace.clone(),
            documents: session.documents.clone(),
            encoding: session.encoding,
            edits: session.edits,
            code_descriptions: session.code_descriptions,
            forms: session.forms,
            navigation: session.navigation,
            effective_units: session.effective_units,
            projects: session.projects.clone(),
            unwanted_hints: session.settings.unwanted_hints.clone().unwrap_or_default(),
            revision,
        }
    }

    /// The view of a document as it is now, among its neighbours once these have been read.
    pub(super) async fn snapshot_among(&self, path: &Path) -> Snapshot {
        let asked = self.snapshot();
        if *self.unread.borrow() == 0 {
            return asked;
        }
        self.all_read().await;
        let mut snapshot = self.snapshot();
        if let Some((path, open)) = asked.documents.get_key_value(path) {
            snapshot.workspace.set_open(path, open.document.unit());
            snapshot.documents.insert(path.clone(), open.clone());
        }
        snapshot
    }

    /// Whether systemd-analyze is asked about what is saved.
    pub(super) fn verifies_on_save(&self) -> bool {
        self.lock().settings.verify_on_save == Some(true)
    }

    /// The number of changes so far.
    pub(super) fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    /// Notes that the client said `shutdown`.
    pub(super) fn shut_down(&self) {
        self.shut_down.store(true, Ordering::Release);
    }

    /// Whether the client said `shutdown`.
    pub(super) fn was_shut_down(&self) -> bool {
        self.shut_down.load(Ordering::Acquire)
    }

    fn lock(&self) -> MutexGuard<'_, Session> {
        // A panic under the lock leaves whole edits behind: every change is applied or not.
        self.session.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Session {
    /// Starts over with these folders and settings; open documents stay.
    pub(super) fn configure(&mut self, folders: Vec<Arc<Path>>, settings: Settings) {
        self.settings = settings;
        self.start_over(folders, self.projects.files().to_vec());
    }

    /// Starts over with these project files.
    pub(super) fn settle(&mut self, files: Vec<Arc<ProjectFile>>) {
        self.start_over(self.folders(), files);
    }

    fn start_over(&mut self, folders: Vec<Arc<Path>>, files: Vec<Arc<ProjectFile>>) {
        let projects = Projects::new(files, &self.settings, &folders);
        let outer = folders.first().and_then(|folder| projects.nearest(folder));
        let world = match outer {
            Some(file) => file.settings.over(&self.settings).world(),
            None => self.settings.world(),
        };
        let places = Places {
            folders,
            machine: world.search_path(),
            projects: projects.projects(&Settings::default(), &self.settings),
        };
        self.projects = Arc::new(projects);
        self.generation += 1;
        self.workspace = Workspace::within(places.into(), self.settings.version());
        for open in self.documents.values_mut() {
            open.stale = true;
        }
    }

    /// The folders that the client has open.
    pub(super) fn folders(&self) -> Vec<Arc<Path>> {
        self.workspace.folders().to_vec()
    }

    /// Whether the file lies where nothing has been read from disk yet.
    pub(super) fn is_outside(&self, path: &Path) -> bool {
        let places = self.workspace.places();
        let machine = places.machine.iter().map(|folder| &folder.path);
        !places.folders.iter().chain(machine).any(|folder| path.starts_with(folder))
    }

    /// Takes a document that the client opened; those that it has from us are no units of their own.
    pub(super) fn open(&mut self, uri: Uri, text: &str, version: i32) {
        if effective_unit::is_effective(&uri) {
            return;
        }
        let path = convert::path(&uri);
        let document = Document::new(text);
        let open = OpenDocument { uri, document, version, analyzed: Vec::new(), stale: true };
        self.documents.insert(path, open);
    }

    /// Applies the changes in order. A version that goes backwards is logged, its edits are not lost.
    pub(super) fn edit(&mut self, uri: &Uri, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        let encoding = self.encoding;
        let Some(open) = self.documents.get_mut(&convert::path(uri)) else {
            tracing::warn!("change of a document that is not open: {}", uri.as_str());
            return;
        };
        if version <= open.version {
            tracing::warn!("version {version} follows {} in {}", open.version, uri.as_str());
        }
        for change in changes {
            match change.range {
                Some(range) => {
                    let (start, end) = (convert::to_position(range.start), convert::to_position(range.end));
                    let edit = AssertUnwindSafe(|| open.document.edit_at(start, end, encoding, &change.text));
                    if catch_unwind(edit).is_err() {
                        // The rope is edited first, so its text is right: read it anew.
                        open.document = Document::new(&open.document.text());
                    }
                }
                None => open.document = Document::new(&change.text),
            }
        }
        open.version = version;
        open.analyzed.clear();
        open.stale = true;
    }

    /// Takes what systemd-analyze said of this version of a document, in place of what the same `source` said before. An
    /// edit has put an end to it already.
    pub(super) fn set_analyzed(
        &mut self,
        path: &Path,
        version: i32,
        source: &str,
        findings: Vec<Diagnostic>,
    ) {
        if let Some(open) = self.documents.get_mut(path).filter(|open| open.version == version) {
            open.analyzed.retain(|finding| finding.source.as_deref() != Some(source));
            open.analyzed.extend(findings);
        }
    }

    /// What was saved is what the disk holds.
    pub(super) fn save(&mut self, uri: &Uri) {
        let path = convert::path(uri);
        if let Some(open) = self.documents.get(&path) {
            let places = self.workspace.places();
            let file = File::new(path, places, self.workspace.version(), open.document.unit().clone());
            self.workspace.set_on_disk([file], []);
        }
    }

    /// Forgets a document that the client closed.
    pub(super) fn close(&mut self, uri: &Uri) {
        let path = convert::path(uri);
        self.documents.remove(&path);
        self.workspace.close(&path);
    }
}
