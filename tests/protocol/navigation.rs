//! Going from names to units and back, for clients that can do more and less.

use std::os::unix::fs::symlink;
use std::time::{Duration, Instant};

use crate::lsp_client::{Client, place, workspace_folders};
use crate::{folder, uri_in, write};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A line with a character of two UTF-16 units before the name, in a file that is never opened and in one that is.
const DICE: &str = "[Unit]\nDescription=Würfel 🎲\n\n[Service]\nExecStart=/bin/dice\n";
const WEB: &str = "# 🎲\n[Unit]\nDescription=🎲 \\\n  web\nAfter=dice.service\nDocumentation=man:dice(1) https://example.org\n\n[Service]\nExecStart=/bin/sh -c 'echo 🎲; systemctl start dice'\nType=simple\n";

fn units() -> TempDir {
    let folder = folder(&[
        ("dice.service", DICE),
        ("dice.service.d/10-a.conf", "# 🎲\n[Service]\nRestart=no\n"),
        ("dice.socket", "[Socket]\nListenStream=5000\n"),
    ]);
    symlink("dice.service", folder.path().join("cube.service")).expect("a link is made");
    folder
}

/// A session in `folder` whose client has these capabilities, with `web.service` open; gives its URI, too.
fn session(folder: &TempDir, capabilities: Value) -> (Client, Value, String) {
    let mut client = Client::start(&[]);
    let answer = client.initialize(json!({
        "workspaceFolders": workspace_folders(&[folder.path()]),
        "capabilities": capabilities,
    }));
    let web = uri_in(folder, "web.service");
    client.open(&web, WEB);
    read(&mut client, "dice.socket");
    (client, answer["capabilities"].clone(), web)
}

/// Waits until the folder of this unit is read.
pub(crate) fn read(client: &mut Client, unit: &str) {
    let started = Instant::now();
    loop {
        let found = client.request("workspace/symbol", json!({ "query": unit }));
        if found.as_array().is_some_and(|found| !found.is_empty()) {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "the folder is read at some time");
    }
}

pub(crate) fn range(range: [u32; 4]) -> Value {
    let [line, column, end_line, end_column] = range;
    json!({
        "start": { "line": line, "character": column },
        "end": { "line": end_line, "character": end_column },
    })
}

#[test]
fn definition_and_implementation_as_links() {
    let folder = units();
    let (mut client, capabilities, web) = session(
        &folder,
        json!({ "textDocument": {
            "definition": { "linkSupport": true },
            "implementation": { "linkSupport": true },
        } }),
    );
    for provider in ["definitionProvider", "implementationProvider", "documentHighlightProvider"] {
        assert_eq!(capabilities[provider], true, "{provider}");
    }
    let found = client.at("textDocument/definition", &web, 4, 8);
    assert_eq!(
        found,
        json!([
            {
                "originSelectionRange": range([4, 6, 4, 18]),
                "targetUri": uri_in(&folder, "dice.service"),
                "targetRange": range([0, 0, 5, 0]),
                "targetSelectionRange": range([0, 0, 0, 6]),
            },
            {
                "originSelectionRange": range([4, 6, 4, 18]),
                "targetUri": uri_in(&folder, "dice.service.d/10-a.conf"),
                "targetRange": range([0, 0, 3, 0]),
                "targetSelectionRange": range([1, 0, 1, 9]),
            },
        ])
    );
    // In a shell script, behind a character of two units.
    let found = client.at("textDocument/definition", &web, 8, 48);
    assert_eq!(found[0]["originSelectionRange"], range([8, 47, 8, 51]));
    let found = client.at("textDocument/implementation", &web, 4, 8);
    assert_eq!(found[0]["targetUri"], uri_in(&folder, "dice.service.d/10-a.conf"));
    assert_eq!((found.as_array().map(Vec::len), found[0].get("originSelectionRange")), (Some(1), None));
    assert_eq!(client.at("textDocument/definition", &web, 9, 2), Value::Null);
    assert_eq!(client.at("textDocument/implementation", &web, 9, 2), Value::Null);
    assert_eq!(client.at("textDocument/definition", "file:///nowhere/x.service", 0, 0), Value::Null);
}

#[test]
fn definition_for_a_client_without_links() {
    let folder = units();
    let (mut client, _, web) = session(&folder, json!({}));
    let found = client.at("textDocument/definition", &web, 4, 8);
    assert_eq!(
        found,
        json!([
            { "uri": uri_in(&folder, "dice.service"), "range": range([0, 0, 0, 6]) },
            { "uri": uri_in(&folder, "dice.service.d/10-a.conf"), "range": range([1, 0, 1, 9]) },
        ])
    );
}

#[test]
fn references() {
    let folder = units();
    write(&folder, "many.service", &format!("# 🎲\n[Unit]\n{}", "After=a.service dice.service\n".repeat(20)));
    let (mut client, capabilities, web) = session(&folder, json!({}));
    assert_eq!(capabilities["referencesProvider"], true);
    let mut ask = |declaration: bool| {
        let mut params = place(&web, 4, 8);
        params["context"] = json!({ "includeDeclaration": declaration });
        let found = client.request("textDocument/references", params);
        found.as_array().expect("a list").clone()
    };
    let at = |name: &str, part: [u32; 4]| json!({ "uri": uri_in(&folder, name), "range": range(part) });
    let mut expected = vec![at("cube.service", [0, 0, 0, 0]), at("dice.socket", [0, 0, 0, 8])];
    expected.extend((2..22).map(|line| at("many.service", [line, 16, line, 28])));
    expected.extend([at("web.service", [4, 6, 4, 18]), at("web.service", [8, 47, 8, 51])]);
    assert_eq!(ask(false), expected);
    expected.splice(1..1, [at("dice.service", [0, 0, 0, 6]), at("dice.service.d/10-a.conf", [1, 0, 1, 9])]);
    assert_eq!(ask(true), expected);
}

#[test]
fn highlights() {
    let folder = units();
    let (mut client, _, web) = session(&folder, json!({}));
    let found = client.at("textDocument/documentHighlight", &web, 4, 8);
    assert_eq!(
        found,
        json!([
            { "range": range([4, 6, 4, 18]), "kind": 1 },
            { "range": range([8, 47, 8, 51]), "kind": 1 },
        ])
    );
    let found = client.at("textDocument/documentHighlight", &web, 9, 1);
    assert_eq!(found, json!([{ "range": range([9, 0, 9, 4]), "kind": 3 }]));
    assert_eq!(client.at("textDocument/documentHighlight", &web, 9, 7), Value::Null);
}

#[test]
fn outline() {
    let folder = units();
    let nested =
        json!({ "textDocument": { "documentSymbol": { "hierarchicalDocumentSymbolSupport": true } } });
    let (mut client, capabilities, web) = session(&folder, nested);
    assert_eq!(capabilities["documentSymbolProvider"], true);
    let outline = |client: &mut Client| {
        client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": web } }))
    };
    let found = outline(&mut client);
    assert_eq!((&found[0]["name"], &found[0]["range"]), (&json!("Unit"), &range([1, 0, 7, 0])));
    assert_eq!(
        found[0]["children"][0],
        json!({
            "name": "Description",
            "detail": "🎲    web",
            "kind": 7,
            "range": range([2, 0, 3, 5]),
            "selectionRange": range([2, 0, 2, 11]),
        })
    );
    let (mut client, _, _) = session(&folder, json!({}));
    let found = outline(&mut client);
    assert_eq!(
        found[1],
        json!({
            "name": "Description",
            "kind": 7,
            "containerName": "Unit",
            "location": { "uri": web, "range": range([2, 0, 3, 5]) },
        })
    );
}

#[test]
fn units_by_name() {
    let folder = units();
    let (mut client, capabilities, web) = session(&folder, json!({}));
    assert_eq!(capabilities["workspaceSymbolProvider"], true);
    let found = client.request("workspace/symbol", json!({ "query": "serv" }));
    let service = |name: &str, container: &str, uri: String, range: Value| {
        json!({
            "name": name,
            "kind": 12,
            "containerName": container,
            "location": { "uri": uri, "range": range },
        })
    };
    assert_eq!(
        found,
        json!([
            service("web.service", "🎲    web", web, range([1, 0, 1, 6])),
            service("dice.service", "Würfel 🎲", uri_in(&folder, "dice.service"), range([0, 0, 0, 6])),
        ])
    );
}

#[test]
fn links_to_pages_and_files() {
    let folder = units();
    let program = folder.path().join("a program 🎲");
    std::fs::write(&program, "").expect("the file is written");
    let (mut client, capabilities, web) = session(&folder, json!({}));
    assert!(capabilities["documentLinkProvider"].is_object());
    let links = |client: &mut Client, uri: &str| {
        client.request("textDocument/documentLink", json!({ "textDocument": { "uri": uri } }))
    };
    let found = links(&mut client, &web);
    assert_eq!(
        found[0],
        json!({
            "range": range([5, 14, 5, 25]),
            "target": "https://manpages.debian.org/dice.1",
            "tooltip": "Manual page dice(1)",
        })
    );
    assert_eq!(found[1]["target"], "https://example.org");
    let other = uri_in(&folder, "other.service");
    let there = folder.path().join("dice.service").display().to_string();
    client.open(&other, &format!("[Service]\nEnvironmentFile=-{there}\nEnvironmentFile={there}.not\n"));
    let found = links(&mut client, &other);
    let [link] = found.as_array().expect("a list").as_slice() else {
        panic!("one path exists: {found:#}");
    };
    assert_eq!(link["target"], uri_in(&folder, "dice.service"));
    assert_eq!(link["range"], range([1, 17, 1, 17 + there.len() as u32]));
}
