//! Repairs as the editor is offered them.

use crate::lsp_client::{Client, workspace_folders};
use crate::{folder, uri_in};
use serde_json::{Value, json};

const DOCUMENT: &str = "file:///nowhere/a.service";

/// The actions for a range of one document.
fn actions(client: &mut Client, uri: &str, range: &Value, context: Value) -> Vec<Value> {
    let params = json!({ "textDocument": { "uri": uri }, "range": range, "context": context });
    client.request("textDocument/codeAction", params).as_array().expect("a list").clone()
}

fn titles(actions: &[Value]) -> Vec<&str> {
    actions.iter().map(|action| action["title"].as_str().expect("a title")).collect()
}

fn at(line: u32) -> Value {
    json!({ "start": { "line": line, "character": 0 }, "end": { "line": line, "character": 0 } })
}

/// A client that creates and renames files, or edits only.
fn client_with(operations: Value, folder: &tempfile::TempDir) -> Client {
    let mut client = Client::start(&[]);
    client.initialize(json!({
        "workspaceFolders": workspace_folders(&[folder.path()]),
        "capabilities": { "workspace": { "workspaceEdit": {
            "documentChanges": true, "resourceOperations": operations,
        } } },
    }));
    client
}

/// The repair of a finding, applied, takes the finding away.
#[test]
fn quick_fix() {
    let mut client = Client::in_folders(&[]);
    client.open(DOCUMENT, "[Service]\nExecStart=/bin/true\nTimeoutStopSec=1min # soon 🎲\n");
    let shown = client.findings(DOCUMENT, 1);
    let range = &shown.findings[0]["range"];
    let context = json!({ "diagnostics": shown.findings, "only": ["quickfix"] });
    let offered = actions(&mut client, DOCUMENT, range, context);
    let [action, allow] = offered.as_slice() else {
        panic!("one repair, and a comment: {offered:#?}");
    };
    assert_eq!(allow["title"], "Allow `inline-comment` here");
    assert_eq!(allow["isPreferred"], Value::Null);
    assert_eq!(action["kind"], "quickfix");
    assert_eq!(action["isPreferred"], true);
    assert_eq!(action["diagnostics"][0], shown.findings[0]);
    let edits = &action["edit"]["changes"][DOCUMENT];
    let changes: Vec<Value> = edits
        .as_array()
        .expect("edits of the document")
        .iter()
        .map(|edit| json!({ "range": edit["range"], "text": edit["newText"] }))
        .collect();
    client.change_by(DOCUMENT, 2, json!(changes));
    assert_eq!(client.findings(DOCUMENT, 2).findings, Vec::<Value>::new());
    assert!(
        client.hover(DOCUMENT, 3, 16).contains("TimeoutStopSec"),
        "the comment has moved to its own line"
    );

    let elsewhere = actions(&mut client, DOCUMENT, &at(0), json!({ "diagnostics": [] }));
    assert_eq!(elsewhere, Vec::<Value>::new());
}

/// Kinds are offered as they are asked for.
#[test]
fn fix_all() {
    let mut client = Client::in_folders(&[]);
    let text = "[Service]\nExecStart=/bin/true\nDescription=A\nTimeoutStopSec=1min # soon\nRestrat=no\n";
    client.open(DOCUMENT, text);
    let all = "Apply all safe fixes of unitls";
    let move_or_allow = "Move to [Unit], Allow `key-in-wrong-section` here";
    let mut asked = |line, context| {
        let offered = actions(&mut client, DOCUMENT, &at(line), context);
        (titles(&offered).join(", "), offered.last().cloned().unwrap_or_default())
    };
    assert_eq!(asked(2, json!({ "diagnostics": [] })).0, format!("{move_or_allow}, {all}"));
    assert_eq!(asked(2, json!({ "diagnostics": [], "triggerKind": 2 })).0, move_or_allow);
    assert_eq!(asked(2, json!({ "diagnostics": [], "only": ["refactor"] })).0, "");
    assert_eq!(asked(2, json!({ "diagnostics": [], "only": ["source.fixAllTypos"] })).0, "");
    assert_eq!(asked(2, json!({ "diagnostics": [], "only": ["quickfix.move"] })).0, "");
    for only in ["source", "source.fixAll", "source.fixAll.unitls"] {
        let (title, action) = asked(0, json!({ "diagnostics": [], "only": [only], "triggerKind": 2 }));
        assert_eq!(title, all, "{only}");
        assert_eq!(action["kind"], "source.fixAll.unitls");
        let edits = action["edit"]["changes"][DOCUMENT].as_array().expect("edits of the document");
        let texts: Vec<_> = edits.iter().map(|edit| &edit["newText"]).collect();
        assert_eq!(
            texts,
            ["[Unit]\nDescription=A\n\n", "# soon\nTimeoutStopSec=1min\n"],
            "what is not safe stays: {edits:#?}"
        );
    }
    client.open("file:///nowhere/b.service", "[Service]\nExecStart=/bin/true\nRestrat=no\n");
    let offered = actions(&mut client, "file:///nowhere/b.service", &at(1), json!({ "diagnostics": [] }));
    assert_eq!(offered, Vec::<Value>::new());
}

/// A missing unit is created by clients that can.
#[test]
fn created_units() {
    let text = "[Timer]\nOnCalendar=daily\n\n[Install]\nWantedBy=timers.target\n";
    let folder = folder(&[("dice.timer", text)]);
    let a = uri_in(&folder, "dice.timer");
    let mut client = client_with(json!(["create", "rename"]), &folder);
    client.open(&a, text);
    let offered = actions(&mut client, &a, &at(0), json!({ "diagnostics": [] }));
    let allow = "Allow `timer-unit-missing` in this file";
    assert_eq!(titles(&offered), ["Create `dice.service`", allow]);
    let changes = &offered[0]["edit"]["documentChanges"];
    let b = uri_in(&folder, "dice.service");
    assert_eq!(changes[0]["kind"], "create");
    assert_eq!(changes[0]["uri"], b);
    assert_eq!(changes[0]["options"]["overwrite"], false);
    assert_eq!(changes[1]["textDocument"]["uri"], b);
    let service = changes[1]["edits"][0]["newText"].as_str().expect("its text");
    assert!(service.contains("Type=oneshot\nExecStart="), "{service}");
    client.open(&b, service);
    assert_eq!(actions(&mut client, &a, &at(0), json!({ "diagnostics": [] })), Vec::<Value>::new());

    let mut client = client_with(json!(["rename"]), &folder);
    client.open(&a, text);
    let offered = actions(&mut client, &a, &at(0), json!({ "diagnostics": [] }));
    assert_eq!(titles(&offered), [allow]);
    // Versions of documents go with the edits.
    client.open(DOCUMENT, "[Service]\nExecStart=/bin/true\nDescription=A\n");
    let offered = actions(&mut client, DOCUMENT, &at(2), json!({ "diagnostics": [] }));
    assert_eq!(offered[0]["edit"]["documentChanges"][0]["textDocument"]["version"], 1);
}
