//! Folding, selections, semantic tokens and inlay hints through the protocol.

use crate::lsp_client::Client;
use serde_json::{Value, json};

const A: &str = "file:///nowhere/a.service";

fn ask(client: &mut Client, method: &str, more: Value) -> Value {
    let mut params = json!({ "textDocument": { "uri": A } });
    for (member, value) in more.as_object().expect("an object") {
        params[member] = value.clone();
    }
    client.request(method, params)
}

fn numbers(tokens: &Value) -> Vec<u64> {
    tokens.as_array().expect("a list").iter().map(|number| number.as_u64().expect("numbers")).collect()
}

#[test]
fn folds_and_selections() {
    let mut client = Client::start(&[]);
    let limited = json!({ "textDocument": { "foldingRange": { "rangeLimit": 2 } } });
    let answer = client.initialize(json!({ "capabilities": limited }));
    assert_eq!(answer["capabilities"]["foldingRangeProvider"], true);
    assert_eq!(answer["capabilities"]["selectionRangeProvider"], true);
    client.open(A, "# A.\n# B.\n[Unit]\nDescription=🎲 x\n\n[Service]\nExecStart=a \\\n  b\n");
    let folds = ask(&mut client, "textDocument/foldingRange", json!({}));
    let expected = json!([
        { "startLine": 2, "endLine": 3, "kind": "region" },
        { "startLine": 5, "endLine": 7, "kind": "region" },
    ]);
    assert_eq!(folds, expected);
    let positions = json!([{ "line": 3, "character": 15 }, { "line": 0, "character": 0 }]);
    let selections = ask(&mut client, "textDocument/selectionRange", json!({ "positions": positions }));
    let mut widths = Vec::new();
    let mut selection = &selections[0];
    while selection.is_object() {
        widths.push((&selection["range"]["start"]["character"], &selection["range"]["end"]["character"]));
        selection = &selection["parent"];
    }
    let expected: Vec<_> =
        [(15, 16), (12, 16), (0, 16), (0, 0), (0, 0)].map(|(a, b)| (json!(a), json!(b))).into();
    assert_eq!(widths, expected.iter().map(|(a, b)| (a, b)).collect::<Vec<_>>());
    assert!(selections[1]["range"].is_object());
}

#[test]
fn tokens_and_what_changes_in_them() {
    let mut client = Client::start(&[]);
    let answer = client.initialize(json!({}));
    let provider = &answer["capabilities"]["semanticTokensProvider"];
    assert_eq!((&provider["full"]["delta"], &provider["range"]), (&json!(true), &json!(true)));
    let legend = provider["legend"]["tokenTypes"].as_array().expect("a list").clone();
    let named =
        |name: &str| legend.iter().position(|known| known == name).expect("it is in the legend") as u64;
    client.open(A, "# 🎲\n[Service]\nType=simple\nNice=5\nNoKey=1\n");
    let full = ask(&mut client, "textDocument/semanticTokens/full", json!({}));
    let (key, word, number) = (named("property"), named("enumMember"), named("number"));
    let comment = named("comment");
    #[rustfmt::skip]
    let expected = [
        0, 0, 4, comment, 0,
        1, 0, 9, named("namespace"), 0,
        1, 0, 4, key, 0,
        0, 5, 6, word, 0,
        1, 0, 4, key, 0,
        0, 5, 1, number, 0,
        1, 0, 5, comment, 1,
        0, 6, 1, comment, 0,
    ];
    assert_eq!(numbers(&full["data"]), expected);

    // Two tokens more in the middle: the rest is as before.
    client.change(A, 2, [3, 0, 3, 0], "UMask=0\n");
    let previous = json!({ "previousResultId": full["resultId"] });
    let delta = ask(&mut client, "textDocument/semanticTokens/full/delta", previous.clone());
    let edits = delta["edits"].as_array().expect("edits");
    let edit = &edits[0];
    assert_eq!(edits.len(), 1);
    let mut now = expected.to_vec();
    let start = edit["start"].as_u64().expect("a number") as usize;
    let deleted = edit["deleteCount"].as_u64().expect("a number") as usize;
    let inserted = numbers(&edit["data"]);
    assert!(inserted.len() <= 15, "{edit}");
    now.splice(start..start + deleted, inserted);
    let full = ask(&mut client, "textDocument/semanticTokens/full", json!({}));
    assert_eq!(numbers(&full["data"]), now);

    // Nothing has changed; an answer that is not known any more.
    let last = json!({ "previousResultId": full["resultId"] });
    let delta = ask(&mut client, "textDocument/semanticTokens/full/delta", last);
    assert_eq!(delta["edits"], json!([]));
    let delta = ask(&mut client, "textDocument/semanticTokens/full/delta", previous);
    assert_eq!(numbers(&delta["data"]), now);

    let range = json!({ "start": { "line": 2, "character": 2 }, "end": { "line": 2, "character": 3 } });
    let part = ask(&mut client, "textDocument/semanticTokens/range", json!({ "range": range }));
    assert_eq!(numbers(&part["data"]), [2, 0, 4, key, 0, 0, 5, 6, word, 0]);
}

#[test]
fn hints_and_their_switches() {
    let mut client = Client::start(&[]);
    let refresh = json!({ "refreshSupport": true });
    let answer = client.initialize(json!({
        "capabilities": { "workspace": { "inlayHint": refresh, "semanticTokens": refresh } },
        "initializationOptions": { "systemUnits": "none", "inlayHints": { "sizes": false, "calendar": true } },
    }));
    assert_eq!(answer["capabilities"]["inlayHintProvider"], true);
    client.open(A, "[Service]\nExecStart=/bin/🎲 %t/%n\nRestartSec=90\nMemoryMax=1.5G\nKillMode=\n");
    let hints = |client: &mut Client| {
        let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } });
        let hints = ask(client, "textDocument/inlayHint", json!({ "range": range }));
        let place = |hint: &Value| (hint["position"]["line"].clone(), hint["position"]["character"].clone());
        let hints = hints.as_array().expect("a list").iter();
        hints.map(|hint| format!("{:?} {}", place(hint), hint["label"])).collect::<Vec<_>>()
    };
    let specifier = "(Number(1), Number(23)) \"= /run/a.service\"";
    let (span, default) =
        ("(Number(2), Number(13)) \"= 1min 30s\"", "(Number(4), Number(9)) \"= control-group\"");
    assert_eq!(hints(&mut client), [specifier, span, default]);
    let settings = json!({ "inlayHints": { "timeSpans": false, "sizes": false, "defaults": false } });
    client.notify("workspace/didChangeConfiguration", json!({ "settings": settings }));
    assert_eq!(hints(&mut client), [specifier]);
    for method in ["workspace/inlayHint/refresh", "workspace/semanticTokens/refresh"] {
        client.until_heard(|client| client.asked_for(method).len() == 1);
    }
}
