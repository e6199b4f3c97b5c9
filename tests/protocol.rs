//! The language server over its pipes, as editors, impatient clients and broken ones use it.

#[path = "protocol/capabilities.rs"]
mod capabilities;
#[path = "protocol/code_action.rs"]
mod code_action;
#[path = "support/command.rs"]
mod command;
#[path = "protocol/disk.rs"]
mod disk;
#[path = "protocol/edits.rs"]
mod edits;
#[path = "protocol/effective_unit.rs"]
mod effective_unit;
#[path = "protocol/features.rs"]
mod features;
#[path = "protocol/formatting.rs"]
mod formatting;
#[path = "support/lsp_client.rs"]
mod lsp_client;
#[path = "protocol/mistakes.rs"]
mod mistakes;
#[path = "protocol/navigation.rs"]
mod navigation;
#[path = "protocol/neighbours.rs"]
mod neighbours;
#[path = "protocol/project.rs"]
mod project;
#[path = "protocol/pull.rs"]
mod pull;
#[path = "protocol/ranges.rs"]
mod ranges;
#[path = "protocol/rename.rs"]
mod rename;
#[path = "protocol/session.rs"]
mod session;
#[path = "protocol/starters.rs"]
mod starters;
#[path = "protocol/strange_trees.rs"]
mod strange_trees;
#[path = "protocol/systemd_analyze.rs"]
mod systemd_analyze;
#[path = "support/text.rs"]
mod text;

use std::fs;

use lsp_client::{Client, uri};
use serde_json::json;
use tempfile::TempDir;

/// One error in line 2: the comment is part of the value.
const BAD: &str = "[Service]\nExecStart=/bin/true\nTimeoutStopSec=1min # soon\n";
const CLEAN: &str = "[Service]\nExecStart=/bin/true\n";

const SERVICE: &str = "[Service]\nExecStart=/bin/dice\n\n[Install]\nWantedBy=multi-user.target\n";
const SOCKET: &str = "[Socket]\nListenStream=5000\n\n[Install]\nWantedBy=sockets.target\n";
/// What a service like [`SERVICE`] is told when it has a socket like [`SOCKET`].
const ENABLED: &str = "activated-service-enabled-at-boot";

const NOT_INITIALIZED: i64 = -32002;
const INVALID_REQUEST: i64 = -32600;
const METHOD_NOT_FOUND: i64 = -32601;
const CANCELLED: i64 = -32800;

/// A folder with these files; folders in their names are made.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder for the test");
    for (name, text) in files {
        write(&folder, name, text);
    }
    folder
}

fn write(folder: &TempDir, name: &str, text: &str) {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder is made");
    fs::write(path, text).expect("the file is written");
}

fn uri_in(folder: &TempDir, name: &str) -> String {
    uri(&folder.path().join(name))
}

/// Tells the server that a file was created (1), changed (2) or deleted (3).
fn on_disk(client: &mut Client, uri: &str, kind: u32) {
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": uri, "type": kind }] }));
}

/// The server still answers, and with what it should.
fn is_well(client: &mut Client) {
    client.open("file:///nowhere/well.service", CLEAN);
    assert!(client.hover("file:///nowhere/well.service", 1, 2).contains("ExecStart"));
    client.close("file:///nowhere/well.service");
}
