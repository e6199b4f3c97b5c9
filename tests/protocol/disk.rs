//! What lies on disk beside the open documents: how it is read, and how it is kept current.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::lsp_client::{Client, workspace_folders};
use crate::{BAD, ENABLED, SERVICE, SOCKET, folder, is_well, on_disk, uri_in, write};

/// A session that says these things of itself, with one folder open.
fn session(folder: &TempDir, capabilities: Value, options: Value) -> Client {
    let mut client = Client::start(&[]);
    client.initialize(json!({
        "workspaceFolders": workspace_folders(&[folder.path()]),
        "capabilities": capabilities,
        "initializationOptions": options,
    }));
    client
}

fn watching(relative: bool) -> Value {
    let watched = json!({ "dynamicRegistration": true, "relativePatternSupport": relative });
    json!({ "workspace": { "didChangeWatchedFiles": watched } })
}

fn no_system() -> Value {
    json!({ "systemdVersion": 257, "systemUnits": "none" })
}

/// Moves a file or folder, and tells of it as a client does: for a folder alone, not for what it holds.
fn moved(client: &mut Client, folder: &TempDir, from: &str, to: &str) {
    fs::rename(folder.path().join(from), folder.path().join(to)).expect("it can be moved");
    on_disk(client, &uri_in(folder, from), 3);
    on_disk(client, &uri_in(folder, to), 1);
}

#[test]
fn reading_is_reported_to_clients_that_show_it() {
    let folder = folder(&[("dice.service", SERVICE), ("dice.socket", SOCKET)]);
    let mut client = session(&folder, json!({ "window": { "workDoneProgress": true } }), no_system());
    let kind = |message: &Value| message["params"]["value"]["kind"].as_str().unwrap_or_default().to_owned();
    client.until_heard(|client| client.told.iter().any(|message| kind(message) == "end"));
    let tokens = client.asked_for("window/workDoneProgress/create");
    assert_eq!(tokens.len(), 1);
    let progress: Vec<_> = client.told.iter().filter(|message| message["method"] == "$/progress").collect();
    assert!(progress.iter().all(|message| message["params"]["token"] == tokens[0]["token"]), "{progress:#?}");
    assert_eq!(
        (kind(progress[0]), &progress[0]["params"]["value"]["title"]),
        ("begin".into(), &json!("Reading units"))
    );
    let end = progress.last().expect("there is an end");
    assert_eq!((kind(end), &end["params"]["value"]["message"]), ("end".into(), &json!("2 files")));

    let mut plain = session(&folder, json!({}), no_system());
    is_well(&mut plain);
    assert!(plain.asked.is_empty() && plain.told.is_empty(), "{:?} {:?}", plain.asked, plain.told);
}

/// Reading does not wait for a client that never agrees.
#[test]
fn a_client_that_does_not_answer_holds_nothing_up() {
    let folder = folder(&[("dice.service", SERVICE), ("dice.socket", SOCKET)]);
    let mut client = Client::start(&[]);
    client.obliging = false;
    client.initialize(json!({
        "workspaceFolders": workspace_folders(&[folder.path()]),
        "capabilities": { "window": { "workDoneProgress": true } },
    }));
    let service = uri_in(&folder, "dice.service");
    client.open(&service, SERVICE);
    client.until(&service, |shown| shown.has(ENABLED));
}

#[test]
fn what_the_client_is_asked_to_watch() {
    let image = folder(&[("usr/lib/systemd/system/sysinit.target", "")]);
    let workspace = folder(&[("dice.service", SERVICE)]);
    let options = json!({ "systemUnits": [image.path()] });
    let watchers = |relative: bool| {
        let mut client = session(&workspace, watching(relative), options.clone());
        client.until_heard(|client| !client.asked.is_empty());
        let params = client.asked_for("client/registerCapability")[0].clone();
        let registration = &params["registrations"][0];
        assert_eq!(registration["method"], "workspace/didChangeWatchedFiles");
        registration["registerOptions"]["watchers"].as_array().expect("a list").clone()
    };
    let globs = watchers(false);
    let glob = globs[0]["globPattern"].as_str().expect("a pattern");
    for suffix in ["service", "socket", "timer", "conf", "preset", "d", "wants", "requires", "upholds"] {
        assert!(glob.split(['{', ',', '}']).any(|part| part == suffix), "{suffix} in {glob}");
    }
    assert!(globs.iter().all(|watcher| watcher["globPattern"].is_string()));
    let outside: Vec<_> = watchers(true)
        .iter()
        .filter_map(|watcher| watcher["globPattern"]["baseUri"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(outside, [uri_in(&image, "usr/lib/systemd")], "which holds all the others");
}

/// Other settings look at other folders: the client is asked anew.
#[test]
fn watching_follows_the_settings() {
    let image = folder(&[("etc/systemd/system/sysinit.target", "")]);
    let workspace = folder(&[("dice.service", SERVICE)]);
    let mut client = session(&workspace, watching(true), no_system());
    client.until_heard(|client| client.asked_for("client/registerCapability").len() == 1);
    client.notify(
        "workspace/didChangeConfiguration",
        json!({ "settings": { "unitls": { "systemUnits": [image.path()] } } }),
    );
    client.until_heard(|client| client.asked_for("client/registerCapability").len() == 2);
    assert_eq!(client.asked_for("client/unregisterCapability").len(), 1);
    let last = client.asked_for("client/registerCapability")[1].to_string();
    assert!(last.contains(&uri_in(&image, "etc/systemd")), "{last}");
}

#[test]
fn folders_that_are_moved_and_links_that_change() {
    let drop_in = "dice.socket.d/accept.conf";
    let folder =
        folder(&[("dice.service", SERVICE), ("dice.socket", SOCKET), (drop_in, "[Socket]\nAccept=yes\n")]);
    let mut client = Client::in_folders(&[folder.path()]);
    let service = uri_in(&folder, "dice.service");
    client.open(&service, SERVICE);
    client.findings(&service, 1);
    moved(&mut client, &folder, "dice.socket.d", "other.socket.d");
    client.until(&service, |shown| shown.has(ENABLED));
    moved(&mut client, &folder, "other.socket.d", "dice.socket.d");
    client.until(&service, |shown| !shown.has(ENABLED));
    // One event for a whole tree.
    fs::remove_dir_all(folder.path().join("dice.socket.d")).expect("it was there");
    on_disk(&mut client, &uri_in(&folder, "dice.socket.d"), 3);
    client.until(&service, |shown| shown.has(ENABLED));
    write(&folder, "deep/below/dice.socket.d/accept.conf", "[Socket]\nAccept=yes\n");
    on_disk(&mut client, &uri_in(&folder, "deep"), 1);
    client.until(&service, |shown| !shown.has(ENABLED));
    fs::remove_dir_all(folder.path().join("deep")).expect("it was there");
    on_disk(&mut client, &uri_in(&folder, "deep"), 3);
    client.until(&service, |shown| shown.has(ENABLED));

    // A link to another socket, then to that one, then to nothing.
    let socket = folder.path().join("dice.socket");
    fs::rename(&socket, folder.path().join("real.txt")).expect("it can be moved");
    symlink("real.txt", &socket).expect("a link is made");
    on_disk(&mut client, &uri_in(&folder, "dice.socket"), 2);
    client.hear_for(Duration::from_millis(300));
    assert!(client.shown(&service).has(ENABLED), "the same text as before");
    write(&folder, "accepting.txt", &SOCKET.replace("ListenStream", "Accept=yes\nListenStream"));
    fs::remove_file(&socket).and_then(|()| symlink("accepting.txt", &socket)).expect("a link is made");
    on_disk(&mut client, &uri_in(&folder, "dice.socket"), 2);
    client.until(&service, |shown| !shown.has(ENABLED));
    fs::remove_file(&socket).and_then(|()| symlink("real.txt", &socket)).expect("a link is made");
    on_disk(&mut client, &uri_in(&folder, "dice.socket"), 2);
    client.until(&service, |shown| shown.has(ENABLED));
    fs::remove_file(&socket).and_then(|()| symlink("/dev/null", &socket)).expect("a link is made");
    on_disk(&mut client, &uri_in(&folder, "dice.socket"), 2);
    client.until(&service, |shown| !shown.has(ENABLED));
}

/// Many changes at once, as a checkout makes them; what ignore files name does not count, now or later.
#[test]
fn many_events_and_ignored_files() {
    let folder = folder(&[("dice.service", SERVICE), (".gitignore", "build/\n")]);
    let mut client = Client::in_folders(&[folder.path()]);
    let service = uri_in(&folder, "dice.service");
    client.open(&service, SERVICE);
    client.findings(&service, 1);
    write(&folder, "build/dice.socket", SOCKET);
    on_disk(&mut client, &uri_in(&folder, "build/dice.socket"), 1);
    client.hear_for(Duration::from_millis(300));
    assert!(!client.shown(&service).has(ENABLED));
    let mut changes = Vec::new();
    for number in 0..300 {
        let name = format!("units/unit-{number}.service");
        write(&folder, &name, SERVICE);
        changes.push(json!({ "uri": uri_in(&folder, &name), "type": 1 }));
    }
    write(&folder, "units/dice.socket", SOCKET);
    changes.push(json!({ "uri": uri_in(&folder, "units/dice.socket"), "type": 1 }));
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    client.until(&service, |shown| shown.has(ENABLED));
}

/// What a service runs may lie in the workspace, too.
#[test]
fn scripts_that_services_run() {
    let silent = "type-notify-unsupported";
    let service = "[Service]\nType=notify\nExecStart=/usr/bin/python3 /opt/gauge/gauge.py\n";
    let folder = folder(&[("units/gauge.service", service), ("gauge.py", "print(1)\n")]);
    let mut client = Client::in_folders(&[folder.path()]);
    let uri = uri_in(&folder, "units/gauge.service");
    client.open(&uri, service);
    client.until(&uri, |shown| shown.has(silent));
    for (text, seen) in [("import sdnotify\n", false), ("print(2)\n", true)] {
        write(&folder, "gauge.py", text);
        on_disk(&mut client, &uri_in(&folder, "gauge.py"), 2);
        client.until(&uri, |shown| shown.has(silent) == seen);
    }
    fs::remove_file(folder.path().join("gauge.py")).expect("it was there");
    on_disk(&mut client, &uri_in(&folder, "gauge.py"), 3);
    client.until(&uri, |shown| !shown.has(silent));
    write(&folder, "units/gauge.py", "print(3)\n");
    on_disk(&mut client, &uri_in(&folder, "units/gauge.py"), 1);
    client.until(&uri, |shown| shown.has(silent));
}

/// Where the client does not tell, saving is the time to look, and the log says so.
#[test]
fn clients_that_do_not_watch() {
    let folder = folder(&[("dice.service", SERVICE), ("gone.service", SERVICE)]);
    let mut client = session(&folder, json!({}), no_system());
    let service = uri_in(&folder, "dice.service");
    client.open(&service, SERVICE);
    client.findings(&service, 1);
    write(&folder, "dice.socket", SOCKET);
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": service } }));
    client.until(&service, |shown| shown.has(ENABLED));
    fs::remove_file(folder.path().join("dice.socket")).expect("it was there");
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": service } }));
    client.until(&service, |shown| !shown.has(ENABLED));
    let (status, log) = client.quit();
    assert!(status == 0 && log.contains("does not watch files"), "{status} {log}");
}

/// An image stands in for the machine: its units, and its manager's settings.
#[test]
fn units_of_an_image() {
    let limits = "[Manager]\nDefaultStartLimitIntervalSec=1min\n";
    let image = folder(&[
        ("usr/lib/systemd/system/dice.socket", SOCKET),
        ("etc/systemd/system.conf.d/limits.conf", limits),
    ]);
    let service = format!("{SERVICE}[Service]\nRestart=always\nRestartSec=5s\n");
    let workspace = folder(&[("dice.service", &service)]);
    let uri = uri_in(&workspace, "dice.service");
    let endless = "start-limit-unreachable";
    for (units, seen) in [
        (json!([image.path()]), true),
        (json!([image.path().join("usr/lib/systemd/system")]), true),
        (json!(image.path().join("usr/lib/systemd/system")), true),
        (json!("none"), false),
        (json!([]), false),
    ] {
        let mut client = session(&workspace, watching(true), json!({ "systemUnits": units }));
        client.open(&uri, &service);
        let shown = client.until(&uri, |shown| shown.has(ENABLED) == seen && shown.version.is_some());
        if units == json!([image.path()]) {
            client.until(&uri, |shown| !shown.has(endless));
            // What changes there is seen.
            let conf = "etc/systemd/system.conf.d/limits.conf";
            write(&image, conf, "[Manager]\n");
            on_disk(&mut client, &uri_in(&image, conf), 2);
            client.until(&uri, |shown| shown.has(endless));
            write(&image, conf, limits);
        } else {
            assert!(shown.has(endless), "{units}");
        }
    }
    let mut client = session(&workspace, watching(true), json!({ "systemUnits": ["/no/such/folder"] }));
    is_well(&mut client);
    assert!(client.quit().1.contains("/no/such/folder"));
}

/// `systemctl edit` hands its own copy to the editor: it is judged and completed as the real file, and counts for it.
#[test]
fn buffers_of_systemctl_edit() {
    let folder = folder(&[
        ("dice.service", SERVICE),
        ("dice.socket", SOCKET),
        ("dice.socket.d/override.conf", "[Socket]\n"),
    ]);
    let mut client = Client::in_folders(&[folder.path()]);
    let service = uri_in(&folder, "dice.service");
    client.open(&service, SERVICE);
    client.until(&service, |shown| shown.has(ENABLED));
    for (name, text, line) in [
        (".#dice.socket1234abcd", "[Socket]\nListenStream=5000\nAccept=yes\nBacklog=many\n", 3),
        ("dice.socket.d/.#override.conf0f1e2d3c4b5a6978", "[Socket]\nAccept=yes\nBacklog=many\n", 2),
    ] {
        write(&folder, name, text);
        let buffer = uri_in(&folder, name);
        client.open(&buffer, text);
        client.until(&service, |shown| !shown.has(ENABLED));
        assert_eq!(client.findings(&buffer, 1).place("invalid-value")[0], line, "{name}");
        let answer = client.at("textDocument/completion", &buffer, line as u32, 8);
        assert!(answer["items"].is_array(), "{answer}");
        assert!(client.hover(&buffer, line as u32, 2).contains("Backlog"));
        let keys = client.at("textDocument/completion", &buffer, line as u32 + 1, 0).to_string();
        assert!(keys.contains("ListenDatagram"), "{name}");
        client.close(&buffer);
        client.until(&service, |shown| shown.has(ENABLED));
    }
}

#[test]
fn settings_of_the_manager_are_edited_like_units() {
    let folder = folder(&[("etc/systemd/system.conf", "[Manager]\n")]);
    let mut client = Client::in_folders(&[folder.path()]);
    let conf = uri_in(&folder, "etc/systemd/system.conf");
    client.open(&conf, "[Manager]\nDefaultTimeoutStopSec=soon\n\n");
    assert_eq!(client.findings(&conf, 1).place("invalid-time-or-bool"), [1, 22, 1, 26]);
    assert!(client.hover(&conf, 1, 3).contains("DefaultTimeoutStopSec"));
    let keys = client.at("textDocument/completion", &conf, 2, 0).to_string();
    assert!(keys.contains("DefaultRestartSec") && !keys.contains("ExecStart"), "{keys}");
}

#[test]
fn workspaces_that_are_not_there_or_go_away() {
    let folder = folder(&[("dice.service", SERVICE)]);
    let mut client = Client::in_folders(&[Path::new("/nowhere/at/all"), &folder.path().join("dice.service")]);
    is_well(&mut client);
    let (status, log) = client.quit();
    assert!(status == 0 && log.contains("/nowhere/at/all"), "{status} {log}");

    for number in 0..2_000 {
        write(&folder, &format!("many/{}/unit-{number}.service", number % 50), BAD);
    }
    let service = uri_in(&folder, "dice.service");
    let mut client = Client::in_folders(&[folder.path()]);
    client.open(&service, SERVICE);
    fs::remove_dir_all(folder.path()).expect("the folder goes away while it is read");
    client.findings(&service, 1);
    is_well(&mut client);
    assert_eq!(client.quit().0, 0);
    fs::create_dir_all(folder.path()).expect("the test's folder is cleared away at its end");
}
