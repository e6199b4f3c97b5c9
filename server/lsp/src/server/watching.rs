//! What the client is asked to watch on disk.

use std::path::Path;
use std::sync::Arc;

use tower_lsp::Client;
use tower_lsp::ls_types as lsp;
use unit_ide::workspace::{Places, SCRIPT_SUFFIXES};

use super::CLIENT_TIMEOUT;
use crate::project;

/// Under which the client knows our wish.
const ID: &str = "unit-files";
const METHOD: &str = "workspace/didChangeWatchedFiles";

/// What the client can watch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reach {
    /// Nothing.
    Nothing,
    /// The folders that it has open.
    Workspace,
    /// Any folder.
    Anywhere,
}

impl Reach {
    /// What the client says that it can.
    pub(super) fn of_client(capabilities: &lsp::ClientCapabilities) -> Self {
        let workspace = capabilities.workspace.as_ref();
        let watched = workspace.and_then(|workspace| workspace.did_change_watched_files.as_ref());
        let Some(watched) = watched.filter(|watched| watched.dynamic_registration == Some(true)) else {
            return Self::Nothing;
        };
        match watched.relative_pattern_support {
            Some(true) => Self::Anywhere,
            _ => Self::Workspace,
        }
    }
}

/// Asks the client to tell of changes, in place of what it was asked before. Gives whether it does; to be spawned, as
/// clients may take their time.
pub(super) async fn watch(client: Client, reach: Reach, places: Arc<Places>, again: bool) -> bool {
    if again {
        let old = lsp::Unregistration { id: ID.to_owned(), method: METHOD.to_owned() };
        // A client that does not answer will not answer the next request either.
        let _ = tokio::time::timeout(CLIENT_TIMEOUT, client.unregister_capability(vec![old])).await;
    }
    let options = lsp::DidChangeWatchedFilesRegistrationOptions { watchers: watchers(reach, &places) };
    let registration = lsp::Registration {
        id: ID.to_owned(),
        method: METHOD.to_owned(),
        register_options: serde_json::to_value(options).ok(),
    };
    let answer = tokio::time::timeout(CLIENT_TIMEOUT, client.register_capability(vec![registration])).await;
    matches!(answer, Ok(Ok(())))
}

/// Units with their drop-ins and links, presets, udev rules, configuration of managers, D-Bus services, scripts; and the folders that
/// hold them, of which alone some clients tell when one is moved.
fn watchers(reach: Reach, places: &Places) -> Vec<lsp::FileSystemWatcher> {
    let suffixes = unit_catalog::UnitType::ALL.map(|unit_type| unit_type.suffix()).join(",");
    let files = format!("**/*.{{{suffixes},conf,preset,rules,d,wants,requires,upholds}}");
    let templates = format!("**/*.{{{suffixes},conf}}.{{in,j2,tmpl,tpl,erb,mustache}}");
    let watcher = |glob_pattern| lsp::FileSystemWatcher { glob_pattern, kind: None };
    let mut watchers =
        vec![watcher(lsp::GlobPattern::String(files.clone())), watcher(lsp::GlobPattern::String(templates))];
    watchers.push(watcher(lsp::GlobPattern::String(format!("**/{}", project::FILE_NAME))));
    let scripts = format!("**/*.{{{}}}", SCRIPT_SUFFIXES.join(","));
    watchers.push(watcher(lsp::GlobPattern::String(scripts)));
    if reach == Reach::Anywhere {
        let outside = outside_folders(places).into_iter().filter_map(lsp::Uri::from_file_path);
        watchers.extend(outside.map(|base| {
            let base_uri = lsp::OneOf::Right(base);
            watcher(lsp::GlobPattern::Relative(lsp::RelativePattern { base_uri, pattern: files.clone() }))
        }));
    }
    watchers
}

/// The folders of the search path that exist and that no open folder holds; of those within each other the outer.
fn outside_folders(places: &Places) -> Vec<&Path> {
    let mut folders: Vec<&Path> = places.machine.iter().map(|folder| &*folder.path).collect();
    folders.retain(|folder| !places.folders.iter().any(|open| folder.starts_with(open)) && folder.is_dir());
    folders.sort_unstable();
    let mut outer: Vec<&Path> = Vec::new();
    for folder in folders {
        if !outer.iter().any(|known| folder.starts_with(known)) {
            outer.push(folder);
        }
    }
    outer
}
