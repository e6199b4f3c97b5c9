//! Renaming in the client's form: refusals with their reasons, edits with file operations, and what no edit can do.

use std::path::Path;
use std::sync::Arc;

use tower_lsp::Client;
use tower_lsp::jsonrpc::{Error, ErrorCode};
use tower_lsp::ls_types as lsp;
use unit_catalog::UnitType;
use unit_ide::rename::Renaming;

use super::code_action::workspace_edit;
use super::convert;
use super::session::Snapshot;

/// `RequestFailed` of the protocol: a request that is well formed and cannot be done.
const REQUEST_FAILED: i64 = -32803;

/// More stale links are counted, not listed.
const MOST_LINKS: usize = 3;

/// What the server offers: clients that do not ask first must not be told that they could.
pub(super) fn provider(client: &lsp::ClientCapabilities) -> lsp::OneOf<bool, lsp::RenameOptions> {
    let rename = client.text_document.as_ref().and_then(|document| document.rename.as_ref());
    match rename.and_then(|rename| rename.prepare_support) {
        Some(true) => lsp::OneOf::Right(lsp::RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: lsp::WorkDoneProgressOptions::default(),
        }),
        _ => lsp::OneOf::Left(true),
    }
}

/// Why something cannot be renamed; editors show it.
pub(super) fn refusal(reason: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error { code: ErrorCode::ServerError(REQUEST_FAILED), message: reason.into(), data: None }
}

/// Whether the client can rename files at all.
pub(super) fn is_possible(snapshot: &Snapshot) -> Result<(), Error> {
    match snapshot.edits.renames_files() {
        true => Ok(()),
        false => Err(refusal(
            "This editor does not rename files when a language server asks for it, and a unit is its file.",
        )),
    }
}

/// The changes as one edit; `None` where there are none, or where a path has no URI.
pub(super) fn edit(snapshot: &Snapshot, renaming: &Renaming) -> Option<lsp::WorkspaceEdit> {
    let is_empty = renaming.edits.is_empty() && renaming.operations.is_empty();
    (!is_empty).then(|| workspace_edit(snapshot, &renaming.edits, &renaming.operations)).flatten()
}

/// Tells of links that keep the old name. Not awaited by any handler.
pub(super) fn tell_of_links(client: &Client, links: &[Arc<Path>]) {
    if links.is_empty() {
        return;
    }
    let shown: Vec<_> = links.iter().take(MOST_LINKS).map(|link| link.display().to_string()).collect();
    let more = match links.len().saturating_sub(MOST_LINKS) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!(
        "No editor can redirect links. These still point to the old name: {}{more}. `systemctl reenable` or `ln -sfn` mends them.",
        shown.join(", ")
    );
    let client = client.clone();
    tokio::spawn(async move { client.show_message(lsp::MessageType::INFO, message).await });
}

/// Old and new paths of files that are about to be renamed.
pub(super) fn paths(params: &lsp::RenameFilesParams) -> Vec<(Arc<Path>, Arc<Path>)> {
    let path = |uri: &str| uri.parse().ok().as_ref().map(convert::path);
    params.files.iter().filter_map(|file| Some((path(&file.old_uri)?, path(&file.new_uri)?))).collect()
}

/// Which files the server wants to know of before they are renamed: units, by their suffixes.
pub(super) fn filters() -> lsp::FileOperationRegistrationOptions {
    let suffixes = UnitType::ALL.map(UnitType::suffix).join(",");
    lsp::FileOperationRegistrationOptions {
        filters: vec![lsp::FileOperationFilter {
            scheme: Some("file".to_owned()),
            pattern: lsp::FileOperationPattern {
                glob: format!("**/*.{{{suffixes}}}"),
                matches: Some(lsp::FileOperationPatternKind::File),
                options: None,
            },
        }],
    }
}
