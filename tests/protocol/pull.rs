//! Findings for clients that ask for them, and are told when to ask again.

use std::time::{Duration, Instant};

use crate::lsp_client::{Client, workspace_folders};
use crate::{BAD, CLEAN, ENABLED, SERVICE, SOCKET, folder, on_disk, uri_in, write};
use serde_json::{Value, json};
use tempfile::TempDir;

const REFRESH: &str = "workspace/diagnostic/refresh";

/// What a client says that asks for findings, and perhaps takes those of other documents with them.
fn asking(related_documents: bool) -> Value {
    json!({
        "workspace": {
            "didChangeWatchedFiles": { "dynamicRegistration": true },
            "diagnostics": { "refreshSupport": true },
        },
        "textDocument": { "diagnostic": { "relatedDocumentSupport": related_documents } },
    })
}

/// A session in this folder, and what the server offers.
fn session(folder: &TempDir, capabilities: &Value) -> (Client, Value) {
    let mut client = Client::start(&[]);
    let folders = workspace_folders(&[folder.path()]);
    let answer = client.initialize(json!({ "workspaceFolders": folders, "capabilities": capabilities }));
    (client, answer["capabilities"]["diagnosticProvider"].clone())
}

fn pull(client: &mut Client, uri: &str, previous: Option<&Value>) -> Value {
    let mut params = json!({ "textDocument": { "uri": uri } });
    if let Some(previous) = previous {
        params["previousResultId"] = previous.clone();
    }
    client.request("textDocument/diagnostic", params)
}

/// Whether a report has a finding with this code.
fn has(report: &Value, code: &str) -> bool {
    report["items"].as_array().is_some_and(|items| items.iter().any(|item| item["code"] == code))
}

#[test]
fn findings_are_pulled_and_not_pushed() {
    let folder = folder(&[("a.service", BAD)]);
    let (mut client, provider) = session(&folder, &asking(false));
    assert_eq!(provider, json!({ "interFileDependencies": true, "workspaceDiagnostics": true }));
    let a = uri_in(&folder, "a.service");
    client.open(&a, BAD);
    let report = pull(&mut client, &a, None);
    assert!(report["kind"] == "full" && has(&report, "inline-comment"), "{report:#}");
    let id = &report["resultId"];
    let again = pull(&mut client, &a, Some(id));
    assert_eq!(again, json!({ "kind": "unchanged", "resultId": id }));
    client.change(&a, 2, [2, 0, 3, 0], "");
    let report = pull(&mut client, &a, Some(id));
    assert_eq!((&report["kind"], &report["items"]), (&json!("full"), &json!([])));
    // What is no unit is asked about as well.
    let toml = uri_in(&folder, "unitls.toml");
    client.open(&toml, "scope = 1\n");
    assert_eq!(pull(&mut client, &toml, None)["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(pull(&mut client, "file:///nowhere/gone.service", None)["items"], json!([]));
    client.hear_for(Duration::from_millis(500));
    assert!(!client.knows(&a) && !client.knows(&toml));
}

/// Neovim would not ask about open documents if it could ask about the workspace.
#[test]
fn neovim_asks_about_documents() {
    let mut client = Client::start(&[]);
    let neovim = json!({ "name": "Neovim", "version": "0.12.4" });
    let answer = client.initialize(json!({ "clientInfo": neovim, "capabilities": asking(true) }));
    let provider = &answer["capabilities"]["diagnosticProvider"];
    assert_eq!(provider, &json!({ "interFileDependencies": true, "workspaceDiagnostics": false }));
}

/// Who does not ask, or cannot be told to ask again, is sent what there is to say.
#[test]
fn findings_are_pushed_otherwise() {
    let folder = folder(&[("a.service", BAD)]);
    let mut deaf = asking(true);
    deaf["workspace"]["diagnostics"] = json!({});
    for capabilities in [json!({}), deaf] {
        let (mut client, provider) = session(&folder, &capabilities);
        assert_eq!(provider, Value::Null);
        let a = uri_in(&folder, "a.service");
        client.open(&a, BAD);
        assert!(client.findings(&a, 1).has("inline-comment"));
        assert_eq!(client.asked_for(REFRESH).len(), 0);
    }
}

/// An edit of one document changes what is to be said of another.
#[test]
fn neighbours_are_asked_about_again() {
    let folder = folder(&[]);
    let (mut client, _) = session(&folder, &asking(false));
    let (service, socket) = (uri_in(&folder, "dice.service"), uri_in(&folder, "dice.socket"));
    client.open(&service, SERVICE);
    client.open(&socket, "");
    assert!(!has(&pull(&mut client, &service, None), ENABLED));
    pull(&mut client, &socket, None);
    client.hear_for(Duration::from_millis(800));
    let before = client.asked_for(REFRESH).len();
    client.replace(&socket, 2, SOCKET);
    client.until_heard(|client| client.asked_for(REFRESH).len() > before);
    assert!(has(&pull(&mut client, &service, None), ENABLED));
    // Its own text is the client's own affair.
    let before = client.asked_for(REFRESH).len();
    client.change(&service, 2, [0, 0, 0, 0], "# A comment.\n");
    client.hear_for(Duration::from_millis(800));
    assert_eq!(client.asked_for(REFRESH).len(), before);
}

#[test]
fn neighbours_come_with_the_answer() {
    let folder = folder(&[]);
    let (mut client, _) = session(&folder, &asking(true));
    let (service, socket) = (uri_in(&folder, "dice.service"), uri_in(&folder, "dice.socket"));
    client.open(&service, SERVICE);
    client.open(&socket, "");
    pull(&mut client, &service, None);
    let report = pull(&mut client, &socket, None);
    assert_eq!(report["relatedDocuments"], Value::Null);
    client.replace(&socket, 2, SOCKET);
    let report = pull(&mut client, &socket, None);
    let related = &report["relatedDocuments"][&service];
    assert!(related["kind"] == "full" && has(related, ENABLED), "{report:#}");
    // Not every client takes it from there.
    client.until_heard(|client| !client.asked_for(REFRESH).is_empty());
    let again = pull(&mut client, &service, Some(&related["resultId"]));
    assert_eq!(again["kind"], "unchanged");

    // There and back again before the client has been told to ask: what it took last is not what holds.
    client.replace(&socket, 3, "");
    let gone = &pull(&mut client, &socket, None)["relatedDocuments"][&service];
    assert!(gone["kind"] == "full" && !has(gone, ENABLED), "{gone:#}");
    client.replace(&socket, 4, SOCKET);
    let back = &pull(&mut client, &socket, None)["relatedDocuments"][&service];
    assert!(has(back, ENABLED), "{back:#}");
}

/// URI, number and findings of each report on the workspace.
type Reports = Vec<(String, Value, Value)>;

/// Asks about the workspace until the answer is as wanted.
fn workspace(client: &mut Client, known: &[(String, Value)], wanted: impl Fn(&Reports) -> bool) -> Reports {
    let started = Instant::now();
    loop {
        let known: Vec<_> = known.iter().map(|(uri, id)| json!({ "uri": uri, "value": id })).collect();
        let report = client.request("workspace/diagnostic", json!({ "previousResultIds": known }));
        let items = report["items"].as_array().expect("a list").iter();
        let uri = |item: &Value| item["uri"].as_str().expect("a text").to_owned();
        let reports = items.map(|item| (uri(item), item["resultId"].clone(), item["items"].clone()));
        let reports: Reports = reports.collect();
        if wanted(&reports) {
            return reports;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "{reports:#?}");
    }
}

#[test]
fn the_whole_workspace() {
    let folder = folder(&[("sub/a@.service", BAD), ("b.service", CLEAN), ("unitls.toml", "scope = 1\n")]);
    let (mut client, _) = session(&folder, &asking(false));
    let template = uri_in(&folder, "sub/a@.service");
    let found = workspace(&mut client, &[], |found| found.len() == 2);
    let names: Vec<_> = found.iter().map(|(uri, ..)| uri.rsplit('/').next().unwrap_or_default()).collect();
    assert_eq!(names, ["a%40.service", "unitls.toml"]);
    assert_eq!(found[0].2[0]["code"], "inline-comment");
    // Editors write URIs in their own way.
    let known: Vec<_> = found.into_iter().map(|(uri, id, _)| (uri.replace("%40", "@"), id)).collect();
    workspace(&mut client, &known, Vec::is_empty);

    write(&folder, "sub/a@.service", CLEAN);
    on_disk(&mut client, &template, 2);
    let found = workspace(&mut client, &known, |found| !found.is_empty());
    assert_eq!((found.len(), &found[0].2), (1, &json!([])));

    std::fs::remove_file(folder.path().join("sub/a@.service")).expect("it is there");
    on_disk(&mut client, &template, 3);
    let gone = workspace(&mut client, &known, |found| found.iter().any(|(_, id, _)| id == "gone"));
    assert_eq!((gone.len(), &gone[0].2), (1, &json!([])));
    let known: Vec<_> =
        known[1..].iter().cloned().chain(gone.into_iter().map(|(uri, id, _)| (uri, id))).collect();
    workspace(&mut client, &known, Vec::is_empty);
}
