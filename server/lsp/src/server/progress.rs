//! How far the reading of the workspace is, for clients that show such things.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::oneshot;
use tower_lsp::Client;
use tower_lsp::ls_types::ProgressToken;

use super::CLIENT_TIMEOUT;

/// How often the client is told.
const PACE: Duration = Duration::from_millis(200);

/// One reading that is under way. It ends with this value.
pub(super) struct Progress {
    files: Arc<AtomicUsize>,
    /// Closed with this value.
    _running: oneshot::Sender<()>,
}

impl Progress {
    /// Begins one. Nothing waits for the client: it is told once it has agreed, though the reading may be over by then.
    pub(super) fn begin(client: Client) -> Self {
        static READINGS: AtomicUsize = AtomicUsize::new(1);
        let token = format!("unitls/reading/{}", READINGS.fetch_add(1, Ordering::Relaxed));
        let files = Arc::new(AtomicUsize::new(0));
        let (running, ended) = oneshot::channel();
        tokio::spawn(tell(client, ProgressToken::String(token), files.clone(), ended));
        Self { files, _running: running }
    }

    /// The number of files read so far.
    pub(super) fn files(&self) -> &AtomicUsize {
        &self.files
    }
}

async fn tell(
    client: Client,
    token: ProgressToken,
    files: Arc<AtomicUsize>,
    mut ended: oneshot::Receiver<()>,
) {
    let created = tokio::time::timeout(CLIENT_TIMEOUT, client.create_work_done_progress(token.clone())).await;
    if !matches!(created, Ok(Ok(()))) {
        return;
    }
    let count = || match files.load(Ordering::Relaxed) {
        1 => "1 file".to_owned(),
        files => format!("{files} files"),
    };
    let progress = client.progress(token, "Reading units").begin().await;
    while tokio::time::timeout(PACE, &mut ended).await.is_err() {
        progress.report(count()).await;
    }
    progress.finish_with_message(count()).await;
}
