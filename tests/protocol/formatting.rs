//! Formatting through the protocol: edits of single lines, in the client's columns.

use crate::lsp_client::Client;
use serde_json::{Value, json};

fn edits(client: &mut Client, method: &str, uri: &str, more: Value) -> Value {
    let options = json!({ "tabSize": 2, "insertSpaces": true });
    let mut params = json!({ "textDocument": { "uri": uri }, "options": options });
    for (member, value) in more.as_object().expect("an object") {
        params[member] = value.clone();
    }
    client.request(method, params)
}

/// Edits as `line:column-line:column text`.
fn shown(edits: &Value) -> Vec<String> {
    let edits = edits.as_array().expect("a list of edits");
    let place = |edit: &Value, end: &str| {
        let place = &edit["range"][end];
        format!("{}:{}", place["line"], place["character"])
    };
    edits
        .iter()
        .map(|edit| format!("{}-{} {}", place(edit, "start"), place(edit, "end"), edit["newText"]))
        .collect()
}

#[test]
fn a_document_a_range_and_while_typing() {
    let mut client = Client::start(&[]);
    let answer = client.initialize(json!({}));
    let capabilities = &answer["capabilities"];
    assert_eq!(capabilities["documentFormattingProvider"], true);
    assert_eq!(capabilities["documentRangeFormattingProvider"], true);
    assert_eq!(capabilities["documentOnTypeFormattingProvider"]["firstTriggerCharacter"], "\n");
    let a = "file:///nowhere/a.service";
    client.open(a, "[Unit]\nDescription = 🎲 \n\n\n\n[Service]\nType=simple\n");
    let found = edits(&mut client, "textDocument/formatting", a, json!({}));
    assert_eq!(shown(&found), ["1:11-1:12 \"\"", "1:13-1:14 \"\"", "1:16-1:17 \"\"", "3:0-5:0 \"\""]);
    let range = json!({ "start": { "line": 3, "character": 0 }, "end": { "line": 6, "character": 0 } });
    let found = edits(&mut client, "textDocument/rangeFormatting", a, json!({ "range": range }));
    assert_eq!(shown(&found), ["3:0-5:0 \"\""]);

    client.replace(a, 2, "[Service]\nExecStart=/bin/a \\\n\n");
    let typed = json!({ "position": { "line": 2, "character": 0 }, "ch": "\n" });
    let found = edits(&mut client, "textDocument/onTypeFormatting", a, typed.clone());
    assert_eq!(shown(&found), ["2:0-2:0 \"  \""]);
    client.replace(a, 3, "[Service]\nExecStart=/bin/a\n\n");
    assert_eq!(edits(&mut client, "textDocument/onTypeFormatting", a, typed), Value::Null);
    assert_eq!(shown(&edits(&mut client, "textDocument/formatting", a, json!({}))), ["2:0-3:0 \"\""]);
}

#[test]
fn what_is_not_formatted() {
    let mut client = Client::in_folders(&[]);
    for (uri, text) in [
        ("file:///nowhere/unitls.toml", "scope = 'auto'\n"),
        ("file:///nowhere/00-x.preset", "enable  a\n"),
        ("file:///nowhere/a.service.in", "A = @B@\n"),
        ("file:///nowhere/a.service", "A = \u{0}\n"),
    ] {
        client.open(uri, text);
        assert_eq!(edits(&mut client, "textDocument/formatting", uri, json!({})), Value::Null, "{uri}");
    }
}
