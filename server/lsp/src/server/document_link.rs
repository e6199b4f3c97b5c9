//! Document links: which of the paths in a file exist, looked up within limits.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tower_lsp::ls_types as lsp;
use unit_ide::document_link::{DocumentLink, LinkTarget, document_links};
use unit_ide::workspace::File;

use super::convert;
use super::session::Snapshot;

/// More paths are not looked up for one answer.
const MOST_LOOKUPS: usize = 300;
/// The disk may take this long for one answer. What it has not found by then is no link.
const PATIENCE: Duration = Duration::from_secs(1);

/// The links of a document. `lookup` tells which paths exist; what it leaves out is no link.
pub(super) fn links(
    snapshot: &Snapshot,
    file: &Arc<File>,
    exists: impl Fn(&PathBuf) -> bool,
) -> Vec<lsp::DocumentLink> {
    let found = document_links(file);
    found.iter().filter_map(|link| convert_link(snapshot, file, link, &exists)).collect()
}

/// The paths that a document's links lead to, as many as are looked up.
pub(super) fn paths(file: &Arc<File>) -> Vec<PathBuf> {
    let path = |link: DocumentLink| match link.target {
        LinkTarget::Path(path) => Some(path),
        LinkTarget::Web { .. } => None,
    };
    let mut paths: Vec<_> = document_links(file).into_iter().filter_map(path).take(MOST_LOOKUPS).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// Threads that may wait for a disk at one time. One that does not answer keeps them; the server goes on without.
const MOST_WAITING: usize = 4;
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// Those of `paths` where a file or folder lies, as far as the disk answers in time.
pub(super) async fn existing(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    if WAITING.fetch_add(1, Ordering::Relaxed) >= MOST_WAITING {
        WAITING.fetch_sub(1, Ordering::Relaxed);
        return Vec::new();
    }
    let deadline = Instant::now() + PATIENCE;
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    tokio::task::spawn_blocking(move || {
        for path in paths {
            let there = fs::metadata(&path).is_ok_and(|found| found.is_file() || found.is_dir());
            if there && sender.send(path).is_err() || Instant::now() > deadline {
                break;
            }
        }
        WAITING.fetch_sub(1, Ordering::Relaxed);
    });
    let mut found = Vec::new();
    let all = async {
        while let Some(path) = receiver.recv().await {
            found.push(path);
        }
    };
    let _ = tokio::time::timeout(PATIENCE, all).await;
    found
}

fn convert_link(
    snapshot: &Snapshot,
    file: &File,
    link: &DocumentLink,
    exists: impl Fn(&PathBuf) -> bool,
) -> Option<lsp::DocumentLink> {
    let (target, tooltip) = match &link.target {
        LinkTarget::Web { url, tooltip } => (url.parse().ok()?, tooltip.clone()),
        LinkTarget::Path(path) if exists(path) => {
            (lsp::Uri::from_file_path(path)?, path.display().to_string())
        }
        LinkTarget::Path(_) => return None,
    };
    Some(lsp::DocumentLink {
        range: convert::range(snapshot, &file.path, link.range),
        target: Some(target),
        tooltip: Some(tooltip),
        data: None,
    })
}
