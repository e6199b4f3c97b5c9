//! One file and its neighbours: on disk, in other documents, in folders that come and go.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use crate::lsp_client::{Client, uri, workspace_folders};
use crate::{BAD, CLEAN, ENABLED, SERVICE, SOCKET, folder, on_disk, uri_in, write};
use serde_json::{Value, json};

#[test]
fn an_edit_in_the_socket_refreshes_the_service() {
    let folder = folder(&[("dice.service", SERVICE), ("dice.socket", SOCKET)]);
    let mut client = Client::in_folders(&[folder.path()]);
    let (service, socket) = (uri_in(&folder, "dice.service"), uri_in(&folder, "dice.socket"));
    client.open(&service, SERVICE);
    let shown = client.until(&service, |shown| shown.has(ENABLED));
    let related = &shown.findings[0]["relatedInformation"][0]["location"];
    assert_eq!((&related["uri"], &related["range"]["start"]["line"]), (&json!(socket), &json!(0)));

    client.open(&socket, SOCKET);
    client.change(&socket, 2, [1, 0, 1, 0], "Accept=yes\n");
    let shown = client.until(&service, |shown| !shown.has(ENABLED));
    assert_eq!(shown.version, Some(1), "the service itself was not touched");
    assert!(client.until(&socket, |shown| shown.version == Some(2)).has("socket-accept-mismatch"));
    client.change(&socket, 3, [1, 0, 2, 0], "");
    client.until(&service, |shown| shown.has(ENABLED));

    // Closed without saving: what the disk holds counts.
    client.change(&socket, 4, [1, 0, 1, 0], "Accept=yes\n");
    client.until(&service, |shown| !shown.has(ENABLED));
    client.close(&socket);
    client.until(&service, |shown| shown.has(ENABLED));

    // Saved, then closed: that text counts.
    client.open(&socket, SOCKET);
    client.change(&socket, 2, [1, 0, 1, 0], "Accept=yes\n");
    write(&folder, "dice.socket", &SOCKET.replace("ListenStream", "Accept=yes\nListenStream"));
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": socket } }));
    client.until(&service, |shown| !shown.has(ENABLED));
    client.close(&socket);
    client.until(&socket, |shown| shown.version.is_none());
    client.hear_for(Duration::from_millis(300));
    assert!(!client.shown(&service).has(ENABLED));
}

#[test]
fn files_that_appear_and_vanish_on_disk() {
    let folder = folder(&[("dice.service", SERVICE)]);
    let mut client = Client::in_folders(&[folder.path()]);
    let (service, socket) = (uri_in(&folder, "dice.service"), uri_in(&folder, "dice.socket"));
    client.open(&service, SERVICE);
    assert_eq!(client.findings(&service, 1).findings, Vec::<Value>::new());
    let registered = client.asked.iter().find(|request| request["method"] == "client/registerCapability");
    let watchers = registered.expect("the server asks for file events").to_string();
    for part in ["didChangeWatchedFiles", "socket", "conf"] {
        assert!(watchers.contains(part), "{watchers}");
    }

    write(&folder, "dice.socket", SOCKET);
    on_disk(&mut client, &socket, 1);
    client.until(&service, |shown| shown.has(ENABLED));
    let drop_in = "dice.socket.d/accept.conf";
    write(&folder, drop_in, "[Socket]\nAccept=yes\n");
    on_disk(&mut client, &uri_in(&folder, drop_in), 1);
    client.until(&service, |shown| !shown.has(ENABLED));
    write(&folder, drop_in, "[Socket]\nAccept=no\n");
    on_disk(&mut client, &uri_in(&folder, drop_in), 2);
    client.until(&service, |shown| shown.has(ENABLED));
    fs::remove_file(folder.path().join("dice.socket")).expect("the file was there");
    on_disk(&mut client, &socket, 3);
    client.until(&service, |shown| !shown.has(ENABLED));
    // Masked: there is a name, and nothing behind it.
    symlink("/dev/null", folder.path().join("dice.socket")).expect("a link is made");
    on_disk(&mut client, &socket, 1);
    client.hear_for(Duration::from_millis(300));
    assert!(!client.shown(&service).has(ENABLED));

    // The open document outlives its file.
    fs::remove_file(folder.path().join("dice.service")).expect("the file was there");
    on_disk(&mut client, &service, 3);
    client.change(&service, 2, [1, 0, 1, 0], "TimeoutStopSec=1 # s\n");
    assert!(client.findings(&service, 2).has("inline-comment"));
}

#[test]
fn a_file_outside_all_folders_sees_those_beside_it() {
    let folder = folder(&[
        ("units/dice.service", SERVICE),
        ("units/dice.socket", SOCKET),
        ("elsewhere/dice.socket", SOCKET),
        ("lonely/dice.service", SERVICE),
    ]);
    let mut client = Client::in_folders(&[]);
    let service = uri_in(&folder, "units/dice.service");
    client.open(&service, SERVICE);
    client.until(&service, |shown| shown.has(ENABLED));
    let lonely = uri_in(&folder, "lonely/dice.service");
    client.open(&lonely, SERVICE);
    client.findings(&lonely, 1);
    client.hear_for(Duration::from_millis(300));
    assert!(!client.shown(&lonely).has(ENABLED));
    // A drop-in sees the units beside its folder.
    let drop_in = uri_in(&folder, "units/dice.service.d/boot.conf");
    client.open(&drop_in, "[Install]\nRequiredBy=graphical.target\n");
    client.findings(&drop_in, 1);
}

/// New settings do not make the server forget what it read beside a file.
#[test]
fn neighbours_outlive_a_change_of_settings() {
    let folder = folder(&[
        ("dice.service", &format!("{SERVICE}[Service]\nRestartSteps=3\n")),
        ("dice.socket", SOCKET),
    ]);
    let mut client = Client::in_folders(&[]);
    let service = uri_in(&folder, "dice.service");
    client.open(&service, &format!("{SERVICE}[Service]\nRestartSteps=3\n"));
    client.until(&service, |shown| shown.has(ENABLED) && !shown.has("key-too-new"));
    client.notify("workspace/didChangeConfiguration", json!({ "settings": { "systemdVersion": 252 } }));
    client.until(&service, |shown| shown.has(ENABLED) && shown.has("key-too-new"));
}

#[test]
fn workspace_folders_come_and_go() {
    let folder = folder(&[("services/dice.service", SERVICE), ("sockets/dice.socket", SOCKET)]);
    let mut client = Client::in_folders(&[]);
    let service = uri_in(&folder, "services/dice.service");
    client.open(&service, SERVICE);
    client.findings(&service, 1);
    client.hear_for(Duration::from_millis(300));
    assert!(!client.shown(&service).has(ENABLED), "in another folder, and nothing joins them");
    let folders = workspace_folders(&[folder.path()]);
    let change = |added: &Value, removed: &Value| json!({ "event": { "added": added, "removed": removed } });
    client.notify("workspace/didChangeWorkspaceFolders", change(&folders, &json!([])));
    client.until(&service, |shown| shown.has(ENABLED));
    client.notify("workspace/didChangeWorkspaceFolders", change(&json!([]), &folders));
    client.until(&service, |shown| !shown.has(ENABLED));
    // Now it lies outside all folders, and what lies beside it counts.
    write(&folder, "services/dice.socket", SOCKET);
    client.notify(
        "workspace/didChangeWorkspaceFolders",
        change(&workspace_folders(&[Path::new("/nowhere")]), &json!([])),
    );
    client.until(&service, |shown| shown.has(ENABLED));
}

/// Clients from before there were workspace folders name their only one otherwise.
#[test]
fn a_root_in_place_of_workspace_folders() {
    let folder = folder(&[("services/dice.service", SERVICE), ("sockets/dice.socket", SOCKET)]);
    let service = uri_in(&folder, "services/dice.service");
    for folders in [json!({}), json!({ "workspaceFolders": null })] {
        let mut client = Client::start(&[]);
        let mut params = folders.clone();
        params["rootUri"] = json!(uri(folder.path()));
        client.initialize(params);
        client.open(&service, SERVICE);
        client.until(&service, |shown| shown.has(ENABLED));
    }
}

#[test]
fn settings_change_while_it_runs() {
    let mut client = Client::in_folders(&[]);
    let a = "file:///nowhere/a.service";
    client.open(a, &format!("{CLEAN}RestartSteps=3\nRestartMaxDelaySec=1min\n"));
    assert!(!client.findings(a, 1).has("key-too-new"));
    let configure = |client: &mut Client, settings: Value| {
        client.notify("workspace/didChangeConfiguration", json!({ "settings": settings }));
    };
    configure(&mut client, json!({ "unitls": { "systemdVersion": 252 } }));
    client.until(a, |shown| shown.has("key-too-new"));
    configure(&mut client, json!({ "systemdVersion": "262" }));
    client.until(a, |shown| !shown.has("key-too-new"));
    configure(&mut client, json!({ "unitls": { "systemdVersion": 252 } }));
    client.until(a, |shown| shown.has("key-too-new"));
    // Nothing said: what the session began with (257) holds. Nonsense counts as nothing said.
    for nothing in
        [json!(null), json!({}), json!({ "unitls": null }), json!({ "systemdVersion": "soon" }), json!([1])]
    {
        configure(&mut client, nothing);
        client.until(a, |shown| !shown.has("key-too-new"));
        configure(&mut client, json!({ "unitls": { "systemdVersion": 252 } }));
        client.until(a, |shown| shown.has("key-too-new"));
    }
}

#[test]
fn unsaved_documents() {
    let mut client = Client::in_folders(&[]);
    // A name without a type says nothing; nor do documents that are no files.
    for name in [
        "untitled:Untitled-1",
        "file:///etc/dice.conf",
        "file:///",
        "http://x/a.service",
        "untitled:dice.service",
        "vscode-notebook-cell:x.service#1",
        "git:/x/a.service?%7B%7D",
    ] {
        client.open(name, BAD);
        client.hover(name, 2, 3);
        client.change(name, 2, [2, 19, 2, 26], "");
        client.at("textDocument/completion", name, 2, 0);
    }
    let named = client.findings("untitled:dice.service", 2);
    assert_eq!(named.findings, Vec::<Value>::new());
    client.change("untitled:dice.service", 3, [2, 19, 2, 19], " # soon");
    assert!(client.findings("untitled:dice.service", 3).has("inline-comment"));
    assert!(client.hover("untitled:dice.service", 2, 3).contains("TimeoutStopSec"));
}

#[test]
fn odd_file_names() {
    for name in [
        "my app 🎲.service",
        r"system-systemd\x2dcryptsetup.slice",
        "a%20b.service",
        "#.service",
        "é.service",
    ] {
        let folder = folder(&[]);
        let mut client = Client::in_folders(&[folder.path()]);
        let uri = uri_in(&folder, name);
        let text = if name.ends_with("slice") { "[Slice]\nCPUAccounting=yes # sure\n" } else { BAD };
        client.open(&uri, text);
        assert!(client.findings(&uri, 1).has("inline-comment"), "{name}: the client's own URI comes back");
        client.close(&uri);
        client.until(&uri, |shown| shown.findings.is_empty());
    }
}
