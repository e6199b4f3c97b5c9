//! The settings as clients hand them over, and what is wrong with project files.

use std::path::Path;
use std::sync::Arc;

use tower_lsp::Client;
use tower_lsp::ls_types as lsp;
use unit_syntax::{Encoding, Unit};

use super::loading::Loader;
use super::session::Shared;
use super::{CLIENT_TIMEOUT, convert};
use crate::project::{self, ProjectFile};
use crate::settings::Settings;

/// Whether the client answers when it is asked for settings.
pub(super) fn answers(client: &lsp::ClientCapabilities) -> bool {
    client.workspace.as_ref().and_then(|workspace| workspace.configuration) == Some(true)
}

/// Whether the client tells of changed settings only when it is asked to.
pub(super) fn wants_asking(client: &lsp::ClientCapabilities) -> bool {
    let workspace = client.workspace.as_ref();
    let change = workspace.and_then(|workspace| workspace.did_change_configuration.as_ref());
    change.and_then(|change| change.dynamic_registration) == Some(true)
}

/// Takes settings that an editor sent; those of the beginning hold where it says nothing.
pub(super) fn take(shared: &Shared, loader: &Loader, sent: &serde_json::Value) {
    let changed = shared.change(|session| {
        let settings = Settings::of_editor(sent).over(&session.initial_settings);
        let changed = session.settings != settings;
        if changed {
            let folders = session.folders();
            session.configure(folders, settings);
        }
        changed
    });
    if changed {
        loader.scan();
        // The folders of the search path may be other ones now.
        loader.watch();
        loader.refresh();
    }
}

/// Asks the client for its settings and takes them. To be spawned: no handler waits for the client.
pub(super) async fn pull(client: Client, shared: Arc<Shared>, loader: Arc<Loader>) {
    let item = lsp::ConfigurationItem { scope_uri: None, section: Some("unitls".to_owned()) };
    let answer = tokio::time::timeout(CLIENT_TIMEOUT, client.configuration(vec![item])).await;
    match answer {
        Ok(Ok(values)) => {
            if let Some(value) = values.first().filter(|value| value.is_object()) {
                take(&shared, &loader, value);
            }
        }
        _ => tracing::warn!("the client does not say its settings"),
    }
}

/// Asks the client to tell when its settings change. To be spawned.
pub(super) async fn register(client: Client) {
    let registration = lsp::Registration {
        id: "settings".to_owned(),
        method: "workspace/didChangeConfiguration".to_owned(),
        register_options: Some(serde_json::json!({ "section": "unitls" })),
    };
    let _ = tokio::time::timeout(CLIENT_TIMEOUT, client.register_capability(vec![registration])).await;
}

/// Whether `path` is that of a project file.
pub(super) fn is_project_file(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == project::FILE_NAME)
}

/// What is wrong with a project file.
pub(super) fn faults(file: &ProjectFile, encoding: Encoding) -> Vec<lsp::Diagnostic> {
    let lines = Unit::parse(&file.text);
    let position = |offset| convert::from_position(lines.position(offset, encoding));
    let faults = file.faults.iter().map(|(range, message)| lsp::Diagnostic {
        range: lsp::Range::new(position(range.start as u32), position(range.end as u32)),
        severity: Some(lsp::DiagnosticSeverity::ERROR),
        source: Some("unitls".to_owned()),
        message: message.clone(),
        ..lsp::Diagnostic::default()
    });
    faults.collect()
}
