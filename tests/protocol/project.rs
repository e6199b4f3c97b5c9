//! Settings: those of the editor, and project files, which are followed as they change.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::lsp_client::{Client, workspace_folders};
use crate::{BAD, folder, on_disk, uri_in, write};

/// A warning, unless somebody says otherwise.
const ENDLESS: &str =
    "[Unit]\nStartLimitBurst=5\n[Service]\nExecStart=/bin/true\nRestart=always\nRestartSec=5\n";
const CODE: &str = "start-limit-unreachable";

fn opened(folder: &TempDir, name: &str, text: &str) -> (Client, String) {
    let mut client = Client::in_folders(&[folder.path()]);
    let uri = uri_in(folder, name);
    client.open(&uri, text);
    (client, uri)
}

/// Waits until the severities shown for a document are these.
fn shows(client: &mut Client, uri: &str, severities: &[u32]) {
    client.until(uri, |shown| {
        let shown: Vec<_> = shown.findings.iter().map(|finding| finding["severity"].clone()).collect();
        shown == severities
    });
}

#[test]
fn project_files_are_followed() {
    let folder = folder(&[("deep/er/a.service", ENDLESS)]);
    let (mut client, a) = opened(&folder, "deep/er/a.service", ENDLESS);
    shows(&mut client, &a, &[2]);
    let settle = |client: &mut Client, name: &str, text: &str, kind| {
        write(&folder, name, text);
        on_disk(client, &uri_in(&folder, name), kind);
    };
    settle(&mut client, "unitls.toml", &format!("[severity]\n{CODE} = 'error'\n"), 1);
    shows(&mut client, &a, &[1]);
    settle(&mut client, "unitls.toml", &format!("ignore = ['{CODE}']\n"), 2);
    shows(&mut client, &a, &[]);
    // One nearer to the file counts instead.
    settle(&mut client, "deep/unitls.toml", &format!("[severity]\n{CODE} = 'hint'\n"), 1);
    shows(&mut client, &a, &[4]);
    settle(&mut client, "deep/unitls.toml", "exclude = ['er']\n", 2);
    shows(&mut client, &a, &[]);
    fs::remove_file(folder.path().join("deep/unitls.toml")).expect("it is there");
    fs::remove_file(folder.path().join("unitls.toml")).expect("it is there");
    on_disk(&mut client, &uri_in(&folder, "deep/unitls.toml"), 3);
    on_disk(&mut client, &uri_in(&folder, "unitls.toml"), 3);
    shows(&mut client, &a, &[2]);
}

#[test]
fn project_files_found_at_the_start() {
    let off = format!("ignore = ['{CODE}']\n");
    let folder =
        folder(&[("a/b/unitls.toml", off.as_str()), ("a/b/c/a.service", ENDLESS), ("a/b.service", ENDLESS)]);
    let (mut client, a) = opened(&folder, "a/b/c/a.service", ENDLESS);
    let b = uri_in(&folder, "a/b.service");
    client.open(&b, ENDLESS);
    shows(&mut client, &b, &[2]);
    shows(&mut client, &a, &[]);
    // What is off has no repairs either, and an excluded file none at all.
    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } });
    let context = json!({ "diagnostics": [] });
    let asked = json!({ "textDocument": { "uri": a }, "range": whole, "context": context });
    assert_eq!(client.request("textDocument/codeAction", asked), json!([]));
}

/// A file beside the project's is nobody's business.
#[test]
fn files_above_the_workspace_do_not_count() {
    let off = format!("ignore = ['{CODE}']\n");
    let outer = folder(&[("unitls.toml", off.as_str()), ("open/a.service", ENDLESS)]);
    let mut client = Client::in_folders(&[&outer.path().join("open")]);
    let a = uri_in(&outer, "open/a.service");
    client.open(&a, ENDLESS);
    assert!(!client.hover(&a, 1, 3).is_empty());
    shows(&mut client, &a, &[2]);
    // For a document of no workspace all folders above it may hold one.
    let (mut client, a) = {
        let mut client = Client::in_folders(&[]);
        let a = uri_in(&outer, "open/a.service");
        client.open(&a, ENDLESS);
        (client, a)
    };
    shows(&mut client, &a, &[]);
}

/// What is wrong with a project file is shown in it, whether the editor has it open or not.
#[test]
fn faults_of_project_files() {
    let folder = folder(&[("unitls.toml", "scope = 'all'\n"), ("a.service", BAD)]);
    let (mut client, _) = opened(&folder, "a.service", BAD);
    let project = uri_in(&folder, "unitls.toml");
    let messages = |findings: &[Value]| -> Vec<String> {
        findings.iter().map(|finding| finding["message"].as_str().expect("a text").to_owned()).collect()
    };
    let shown = client.until(&project, |shown| !shown.findings.is_empty());
    assert_eq!(messages(&shown.findings), ["say `auto`, `system` or `user`"]);
    let range = json!({ "start": { "line": 0, "character": 8 }, "end": { "line": 0, "character": 13 } });
    assert_eq!(shown.findings[0]["range"], range);

    client.open(&project, "scope = 'user'\nselect = ['ö', 'x-y']\n");
    let shown = client.findings(&project, 1);
    assert_eq!(messages(&shown.findings), ["there is no rule `ö`", "there is no rule `x-y`"]);
    assert_eq!(shown.findings[1]["range"]["start"], json!({ "line": 1, "character": 15 }));
    client.replace(&project, 2, "scope = 'user'\n");
    assert_eq!(client.findings(&project, 2).findings, Vec::<Value>::new());
    client.close(&project);

    write(&folder, "unitls.toml", "scope = 'user'\n");
    on_disk(&mut client, &project, 2);
    client.until(&project, |shown| shown.findings.is_empty());
}

/// The settings of the editor have the same names, and count where no project file says something.
#[test]
fn settings_of_the_editor() {
    let off = format!("[severity]\n{CODE} = 'hint'\n");
    let folder =
        folder(&[("a.service", ENDLESS), ("inner/unitls.toml", off.as_str()), ("inner/a.service", ENDLESS)]);
    let mut client = Client::start(&[]);
    client.initialize(json!({
        "workspaceFolders": workspace_folders(&[folder.path()]),
        "initializationOptions": { "systemUnits": "none", "severity": { CODE: "error" }, "exclude": ["x.service"] },
    }));
    let (a, b, x) =
        (uri_in(&folder, "a.service"), uri_in(&folder, "inner/a.service"), uri_in(&folder, "x.service"));
    client.open(&a, ENDLESS);
    client.open(&b, ENDLESS);
    client.open(&x, ENDLESS);
    shows(&mut client, &a, &[1]);
    shows(&mut client, &b, &[4]);
    assert_eq!(client.findings(&x, 1).findings, Vec::<Value>::new());
    let settings = json!({ "unitls": { "ignore": [CODE] } });
    client.notify("workspace/didChangeConfiguration", json!({ "settings": settings }));
    shows(&mut client, &a, &[]);
    // Ignored by the editor, and the project says nothing of that.
    shows(&mut client, &b, &[]);
}

/// Clients that want to be asked are.
#[test]
fn settings_that_are_asked_for() {
    let folder = folder(&[("a.service", ENDLESS)]);
    let mut client = Client::start(&[]);
    client.settings = json!({ "severity": { CODE: "information" } });
    client.initialize(json!({
        "workspaceFolders": workspace_folders(&[folder.path()]),
        "capabilities": { "workspace": {
            "configuration": true, "didChangeConfiguration": { "dynamicRegistration": true },
        } },
    }));
    let a = uri_in(&folder, "a.service");
    client.open(&a, ENDLESS);
    shows(&mut client, &a, &[3]);
    assert_eq!(client.asked_for("workspace/configuration")[0]["items"], json!([{ "section": "unitls" }]));
    client.until_heard(|client| !client.asked_for("client/registerCapability").is_empty());
    client.settings = json!({ "severity": { CODE: "error" } });
    client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
    shows(&mut client, &a, &[1]);
    client.settings = Value::Null;
    client
        .notify("workspace/didChangeConfiguration", json!({ "settings": { "severity": { CODE: "hint" } } }));
    shows(&mut client, &a, &[4]);
}
