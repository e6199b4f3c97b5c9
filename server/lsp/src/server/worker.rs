//! The diagnostics worker: after each change the latest text is judged and published, with its version.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use tower_lsp::Client;
use tower_lsp::ls_types::{Diagnostic, Uri};
use unit_ide::rules::check_file;

use super::convert;
use super::session::{Shared, Snapshot};

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
            let (job, asked, state) = (snapshot.clone(), path.clone(), shared.clone());
            let judged =
                tokio::task::spawn_blocking(move || judge(&job, &asked, &|| state.revision() != revision))
                    .await;
            let Ok(Some(findings)) = judged else {
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
fn judge(snapshot: &Snapshot, path: &Path, cancelled: &dyn Fn() -> bool) -> Option<Vec<Diagnostic>> {
    let file = snapshot.workspace.file(path)?;
    let findings =
        catch_unwind(AssertUnwindSafe(|| check_file(&snapshot.workspace, file, cancelled))).ok()?;
    Some(findings.iter().map(|finding| convert::diagnostic(snapshot, finding)).collect())
}
