//! The language server: protocol in, protocol out. What it says comes from `unit-ide`.

mod backend;
mod call_hierarchy;
mod code_action;
mod code_lens;
mod configuration;
mod convert;
mod diagnostic;
mod document_link;
mod effective_unit;
mod formatting;
mod forms;
mod frames;
mod inlay_hint;
mod loading;
mod navigation;
mod progress;
mod ranges;
mod rename;
mod semantic_tokens;
mod session;
mod systemd_analyze;
mod watching;
mod worker;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;
use tower_lsp::{LspService, Server};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

use backend::Backend;
use session::Shared;

/// How long the client may take to answer a request of ours.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(10);

/// The client is told to ask again when nothing has changed for this long: what it asks for by itself comes first.
const QUIET: Duration = Duration::from_millis(300);

/// Waits for a change, and then until nothing has changed for [`QUIET`].
async fn settled(changed: &Notify) {
    changed.notified().await;
    while timeout(QUIET, changed.notified()).await.is_ok() {}
}

/// Serves a client on standard input and output until it says `exit` or goes away.
///
/// The exit status is 0 after a `shutdown` request, else 1.
pub(crate) fn run() -> ExitCode {
    log_to_stderr();
    if std::io::stdin().is_terminal() {
        let _ = writeln!(
            std::io::stderr(),
            "unitls: this is a language server, to be started by an editor; to check files say `unitls check PATH`"
        );
    }
    // One thread serves; blocking work (reading files, computing answers) has threads of its own.
    // Input and output are for systemd-analyze.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("unitls: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let shared = Arc::new(Shared::default());
    let (backend, input) = (shared.clone(), shared.clone());
    let (service, socket) = LspService::build(move |client| Backend::new(client, backend))
        .custom_method(frames::MALFORMED, Backend::malformed)
        .custom_method(effective_unit::REQUEST, Backend::effective_unit)
        .custom_method(effective_unit::CONTENT, Backend::effective_unit)
        .finish();
    runtime.block_on(async {
        Server::new(frames::stdin(input), tokio::io::stdout(), socket).serve(service).await;
    });
    // A read of stdin cannot be cancelled, and dropping the runtime would wait for it.
    runtime.shutdown_background();
    match shared.was_shut_down() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Logs warnings (or what `UNITLS_LOG` says: `debug`, `unitls=trace`) to standard error; standard output belongs to
/// the protocol.
fn log_to_stderr() {
    let wanted = std::env::var("UNITLS_LOG").ok().and_then(|wanted| wanted.parse::<Targets>().ok());
    let filter = wanted.unwrap_or_else(|| Targets::new().with_default(LevelFilter::WARN));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
}
