//! Findings in the client's form, and pull diagnostics: clients that ask for findings are told when to ask again, and
//! are sent none that they have not asked for.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use tokio::time::timeout;
use tower_lsp::Client;
use tower_lsp::ls_types as lsp;
use unit_ide::rules::check_file;

use super::session::{Shared, Snapshot};
use super::{CLIENT_TIMEOUT, QUIET, configuration, convert, settled};
use crate::project::ProjectFile;

/// More findings than this in one document are left out, the lightest first: nobody reads them, and clients choke.
const MOST_FINDINGS: usize = 1000;

/// The whole workspace is judged when nothing has changed for [`QUIET`], or after so many of these.
const MOST_ROUNDS: usize = 7;

/// The findings in one document; `None` when judging it panicked, or where there is no such document.
pub(super) fn judge(
    snapshot: &Snapshot,
    path: &Arc<Path>,
    cancelled: &dyn Fn() -> bool,
) -> Option<Vec<lsp::Diagnostic>> {
    let judge = || {
        if configuration::is_project_file(path) {
            let text = snapshot.documents.get(path).map(|open| open.document.text());
            let closed = || snapshot.projects.files().iter().find(|file| file.path == *path);
            return match text {
                Some(text) => Some(configuration::faults(&ProjectFile::parse(path, text), snapshot.encoding)),
                None => closed().map(|file| configuration::faults(file, snapshot.encoding)),
            };
        }
        if snapshot.projects.excludes(path) {
            return Some(Vec::new());
        }
        let file = snapshot.workspace.file(path)?;
        let mut findings = check_file(&snapshot.workspace, file, cancelled);
        if findings.len() > MOST_FINDINGS {
            findings.sort_by_key(|finding| finding.severity);
            findings.truncate(MOST_FINDINGS);
        }
        let own = findings.iter().map(|finding| convert::diagnostic(snapshot, finding));
        let analyzed = snapshot.documents.get(path).map(|open| open.analyzed.clone());
        Some(own.chain(analyzed.unwrap_or_default()).collect())
    };
    catch_unwind(AssertUnwindSafe(judge)).ok().flatten()
}

/// What a client that asks for findings can do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Support {
    /// Whether it takes the findings of other documents with those that it asked for.
    related_documents: bool,
}

impl Support {
    /// `None` for clients that are sent findings: those that do not ask, and those that cannot be told when other files
    /// change what is to be said of a document.
    pub(super) fn of_client(client: &lsp::ClientCapabilities) -> Option<Self> {
        let workspace = client.workspace.as_ref();
        let refresh = workspace.and_then(|workspace| workspace.diagnostics.as_ref());
        let pull = client.text_document.as_ref().and_then(|document| document.diagnostic.as_ref())?;
        (refresh.and_then(|refresh| refresh.refresh_support) == Some(true))
            .then_some(Self { related_documents: pull.related_document_support == Some(true) })
    }
}

/// What the server offers to such a client.
///
/// Neovim 0.12, told to ask again, asks about the workspace alone where it can, and then takes nothing of what is said of
/// open documents. Where it cannot, it asks about these.
pub(super) fn options(client: Option<&lsp::ClientInfo>) -> lsp::DiagnosticServerCapabilities {
    let forgets_documents = client.is_some_and(|client| client.name == "Neovim");
    lsp::DiagnosticServerCapabilities::Options(lsp::DiagnosticOptions {
        identifier: None,
        inter_file_dependencies: true,
        workspace_diagnostics: !forgets_documents,
        work_done_progress_options: lsp::WorkDoneProgressOptions::default(),
    })
}

/// What was pulled.
#[derive(Default)]
pub(super) struct Pulled {
    support: OnceLock<Support>,
    /// What the client knows of its open documents.
    told: Mutex<HashMap<Arc<Path>, Told>>,
    /// The findings of the whole workspace, and of which revision they are.
    whole: Mutex<Option<(u64, Arc<Vec<Report>>)>>,
}

/// What the client was told of a document.
struct Told {
    version: i32,
    id: String,
    certainty: Certainty,
}

/// Whether the client has taken what it was told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Certainty {
    /// It asked for it, or was told to ask.
    Known,
    /// It came with findings of another document. Neovim 0.12 passes over it when those are unchanged, and answers are
    /// cancelled.
    Unsure,
}

/// The findings of one file.
#[derive(Clone)]
struct Report {
    path: Arc<Path>,
    uri: lsp::Uri,
    version: Option<i32>,
    /// The same for the same findings.
    id: String,
    findings: Vec<lsp::Diagnostic>,
}

impl Report {
    fn new(snapshot: &Snapshot, path: &Arc<Path>) -> Option<Self> {
        let findings = judge(snapshot, path, &|| false)?;
        let mut hasher = DefaultHasher::new();
        serde_json::to_string(&findings).ok()?.hash(&mut hasher);
        Some(Self {
            path: path.clone(),
            uri: convert::uri(snapshot, path)?,
            version: snapshot.documents.get(path).map(|open| open.version),
            id: format!("{:x}", hasher.finish()),
            findings,
        })
    }

    fn full(self) -> lsp::FullDocumentDiagnosticReport {
        lsp::FullDocumentDiagnosticReport { result_id: Some(self.id), items: self.findings }
    }
}

impl Pulled {
    /// From now on the client asks.
    pub(super) fn start(&self, support: Support) {
        // A client that introduces itself twice is the same as before.
        let _ = self.support.set(support);
    }

    /// Whether the client asks for findings.
    pub(super) fn is_used(&self) -> bool {
        self.support.get().is_some()
    }

    fn told(&self) -> MutexGuard<'_, HashMap<Arc<Path>, Told>> {
        self.told.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn tell(&self, report: &Report, certainty: Certainty) {
        if let Some(version) = report.version {
            let told = Told { version, id: report.id.clone(), certainty };
            self.told().insert(report.path.clone(), told);
        }
    }

    /// The documents of which something else is to be said now, though their texts are as they were, and those of which the
    /// client may not know yet.
    fn changed(&self, snapshot: &Snapshot, but: Option<&Arc<Path>>) -> Vec<Report> {
        let known: Vec<_> = {
            let mut told = self.told();
            told.retain(|path, _| snapshot.documents.contains_key(path));
            let same = |path: &Arc<Path>, told: &Told| snapshot.documents[path].version == told.version;
            let others = told.iter().filter(|(path, told)| Some(*path) != but && same(path, told));
            others
                .map(|(path, told)| {
                    (path.clone(), Some(told.id.clone()).filter(|_| told.certainty == Certainty::Known))
                })
                .collect()
        };
        let reports = known.into_iter().filter_map(|(path, id)| {
            Report::new(snapshot, &path).filter(|report| Some(&report.id) != id.as_ref())
        });
        reports.collect()
    }

    /// Answers `textDocument/diagnostic`; with the other documents that this one's text has changed the findings of.
    pub(super) fn document(
        &self,
        snapshot: &Snapshot,
        path: &Arc<Path>,
        previous: Option<&str>,
    ) -> lsp::DocumentDiagnosticReport {
        let related = self.support.get().is_some_and(|support| support.related_documents);
        let others = if related { self.changed(snapshot, Some(path)) } else { Vec::new() };
        let others = others.into_iter().map(|report| {
            self.tell(&report, Certainty::Unsure);
            (report.uri.clone(), lsp::DocumentDiagnosticReportKind::Full(report.full()))
        });
        let related_documents = Some(others.collect::<HashMap<_, _>>()).filter(|others| !others.is_empty());
        let Some(report) = Report::new(snapshot, path) else {
            // Nothing is known of it, or judging it panicked.
            return lsp::RelatedFullDocumentDiagnosticReport::default().into();
        };
        self.tell(&report, Certainty::Known);
        match previous == Some(&report.id) {
            true => lsp::DocumentDiagnosticReport::Unchanged(lsp::RelatedUnchangedDocumentDiagnosticReport {
                related_documents,
                unchanged_document_diagnostic_report: lsp::UnchangedDocumentDiagnosticReport {
                    result_id: report.id,
                },
            }),
            false => lsp::DocumentDiagnosticReport::Full(lsp::RelatedFullDocumentDiagnosticReport {
                related_documents,
                full_document_diagnostic_report: report.full(),
            }),
        }
    }

    /// Answers `workspace/diagnostic`: what has changed since `previous`, in files of the workspace's folders.
    pub(super) fn workspace(
        &self,
        snapshot: &Snapshot,
        previous: &[lsp::PreviousResultId],
    ) -> lsp::WorkspaceDiagnosticReport {
        let reports = self.whole(snapshot);
        // By paths: clients write URIs in their own way.
        let path = |known: &lsp::PreviousResultId| convert::path(&known.uri);
        let mut known: HashMap<_, _> = previous.iter().map(|known| (path(known), known)).collect();
        let mut items = Vec::new();
        for report in reports.iter() {
            let before = known.remove(&report.path);
            let is_news = before.map_or(!report.findings.is_empty(), |before| before.value != report.id);
            if is_news {
                items.push(full(report.clone()));
            }
        }
        // Files that are gone.
        let gone = known.into_iter().filter(|(_, known)| known.value != GONE);
        items.extend(gone.map(|(path, known)| {
            let (uri, id) = (known.uri.clone(), GONE.to_owned());
            full(Report { path, uri, version: None, id, findings: Vec::new() })
        }));
        lsp::WorkspaceDiagnosticReport { items }
    }

    /// The findings in all files of the workspace's folders, computed once for each revision.
    fn whole(&self, snapshot: &Snapshot) -> Arc<Vec<Report>> {
        let mut whole = self.whole.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some((_, reports)) = whole.as_ref().filter(|(revision, _)| *revision == snapshot.revision) {
            return reports.clone();
        }
        let workspace = &snapshot.workspace;
        let units = workspace.files().filter(|file| file.kind.is_judged()).map(|file| &file.path);
        let projects = snapshot.projects.files().iter().map(|file| &file.path);
        let inside = units.chain(projects).filter(|path| workspace.is_inside(path));
        let mut paths: Vec<_> = inside.collect();
        paths.sort_unstable();
        let reports: Vec<_> = paths.into_iter().filter_map(|path| Report::new(snapshot, path)).collect();
        let reports = Arc::new(reports);
        *whole = Some((snapshot.revision, reports.clone()));
        reports
    }
}

/// The number of the answer about a file that is not there.
const GONE: &str = "gone";

fn full(report: Report) -> lsp::WorkspaceDocumentDiagnosticReport {
    lsp::WorkspaceDocumentDiagnosticReport::Full(lsp::WorkspaceFullDocumentDiagnosticReport {
        uri: report.uri.clone(),
        version: report.version.map(i64::from),
        full_document_diagnostic_report: report.full(),
    })
}

/// Waits until nothing changes, but not for long.
pub(super) async fn quiet(shared: &Shared) {
    for _ in 0..MOST_ROUNDS {
        let revision = shared.revision();
        tokio::time::sleep(QUIET).await;
        if shared.revision() == revision {
            break;
        }
    }
}

/// Tells a client that asks for findings to ask again, when other files than the document have changed them. Runs until
/// the server ends.
pub(super) async fn watch(shared: Arc<Shared>, client: Client) {
    loop {
        settled(&shared.changed).await;
        let (job, snapshot) = (shared.clone(), shared.snapshot());
        let changed = tokio::task::spawn_blocking(move || {
            let changed = job.pulled.changed(&snapshot, None);
            changed.iter().for_each(|report| job.pulled.tell(report, Certainty::Known));
            !changed.is_empty()
        });
        if changed.await.is_ok_and(|changed| changed) {
            let _ = timeout(CLIENT_TIMEOUT, client.workspace_diagnostic_refresh()).await;
        }
    }
}
