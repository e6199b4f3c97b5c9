//! The diagnostics worker: after each change the latest text is judged and published, with its version.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use tower_lsp::Client;
use tower_lsp::ls_types::{Diagnostic, Uri};

use super::diagnostic;
use super::session::{Shared, Snapshot};

/// Units of the usual size are judged in less time than the way to another thread and back takes.
const MOST_ENTRIES_IN_PLACE: usize = 1000;

/// What the client was told of a document.
struct Published {
    uri: Uri,
    version: i32,
    findings: Vec<Diagnostic>,
}

/// Runs until the server ends. The document that changed comes first, then those that it may concern.
pub(super) async fn run(shared: Arc<Shared>, client: Client) {
    let mut published: HashMap<Arc<Path>, Published> = HashMap::new();
    loop {
        shared.changed.notified().await;
        if published.is_empty() {
            // Without its neighbours a unit looks wrong that is not.
            shared.all_read().await;
        }
        let snapshot = shared.snapshot();
        let closed: Vec<_> =
            published.keys().filter(|path| !snapshot.documents.contains_key(*path)).cloned().collect();
        for path in closed {
            if let Some(gone) = published.remove(&path) {
                client.publish_diagnostics(gone.uri, Vec::new(), None).await;
            }
        }
        let told = |path: &Arc<Path>| published.get(path).map(|published| published.version);
        let mut paths: Vec<_> = snapshot.documents.keys().cloned().collect();
        paths.sort_by_key(|path| told(path) == Some(snapshot.documents[path].version));
        for path in paths {
            let revision = snapshot.revision;
            let judged = judge(&shared, &snapshot, &path).await;
            let Some(findings) = judged else {
                // A panic, logged by its hook: this document keeps what it had, the others go on.
                continue;
            };
            if shared.revision() != revision {
                // Out of date. The change that made it so has woken this worker again.
                break;
            }
            let open = &snapshot.documents[&path];
            let unchanged = published
                .get(&path)
                .is_some_and(|published| published.version == open.version && published.findings == findings);
            if unchanged {
                continue;
            }
            client.publish_diagnostics(open.uri.clone(), findings.clone(), Some(open.version)).await;
            published.insert(path, Published { uri: open.uri.clone(), version: open.version, findings });
        }
    }
}

/// The findings in one document; `None` when judging it panicked.
async fn judge(shared: &Arc<Shared>, snapshot: &Snapshot, path: &Arc<Path>) -> Option<Vec<Diagnostic>> {
    let (shared, job, asked) = (shared.clone(), snapshot.clone(), path.clone());
    let judge = move || diagnostic::judge(&job, &asked, &|| shared.revision() != job.revision);
    let entries = snapshot.workspace.file(path)?.unit.entries().len();
    match entries <= MOST_ENTRIES_IN_PLACE {
        true => judge(),
        false => tokio::task::spawn_blocking(judge).await.ok().flatten(),
    }
}
