//! What clients get wrong: it is answered, or passed over, and the session goes on.

use crate::lsp_client::{Client, framed, place};
use crate::{BAD, CANCELLED, CLEAN, INVALID_REQUEST, METHOD_NOT_FOUND, NOT_INITIALIZED, is_well};
use serde_json::{Value, json};

#[test]
fn unknown_methods() {
    let mut client = Client::in_folders(&[]);
    let id = client.ask("textDocument/frobnicate", json!({}));
    assert_eq!(client.answer(id).expect_err("there is no such method")["code"], METHOD_NOT_FOUND);
    client.notify("textDocument/didFrobnicate", json!({}));
    client.notify("$/frobnicate", json!({}));
    client.notify("$/setTrace", json!({ "value": "off" }));
    is_well(&mut client);
}

#[test]
fn wrong_parameters() {
    let mut client = Client::in_folders(&[]);
    for params in [
        json!({}),
        json!(null),
        json!([]),
        json!({ "textDocument": {}, "position": { "line": -1, "character": 0 } }),
    ] {
        let id = client.ask("textDocument/hover", params.clone());
        assert!(client.answer(id).is_err(), "{params}");
    }
    client.notify("textDocument/didOpen", json!({ "textDocument": { "uri": 5 } }));
    client.notify("textDocument/didChange", json!(null));
    client.notify("workspace/didChangeConfiguration", json!({}));
    client.notify(
        "workspace/didChangeWatchedFiles",
        json!({ "changes": [{ "uri": "file:///x.service", "type": 9 }] }),
    );
    is_well(&mut client);
}

#[test]
fn broken_frames_are_answered_and_the_session_goes_on() {
    let message = r#"{"jsonrpc":"2.0","id":77,"method":"textDocument/hover","params":"#;
    let mut client = Client::in_folders(&[]);
    let raw = |text: &str| text.as_bytes().to_vec();
    let body = |text: &str| framed(text.as_bytes());
    let deep = format!("{message}{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for (what, bytes) in [
        ("no JSON", body("{\"jsonrpc\": ")),
        ("nothing at all", body("")),
        ("a list", body("[]")),
        ("a list of messages", body(r#"[{"jsonrpc":"2.0","id":77,"method":"shutdown"}]"#)),
        ("a number", body("5")),
        ("no version of the protocol", body(r#"{"id":77,"method":"shutdown"}"#)),
        ("another version of the protocol", body(r#"{"jsonrpc":"1.0","id":77,"method":"shutdown"}"#)),
        ("neither method nor id", body(r#"{"jsonrpc":"2.0"}"#)),
        ("a method that is no text", body(r#"{"jsonrpc":"2.0","id":77,"method":5}"#)),
        ("an id that is an object", body(r#"{"jsonrpc":"2.0","id":{},"method":"shutdown"}"#)),
        ("an id that is a fraction", body(r#"{"jsonrpc":"2.0","id":7.7,"method":"shutdown"}"#)),
        ("an id too large", body(r#"{"jsonrpc":"2.0","id":99999999999999999999,"method":"shutdown"}"#)),
        ("a number too large", body(&format!("{message}1e999}}"))),
        ("half an object", body(&format!("{message}{{"))),
        ("objects in objects without end", body(&deep)),
        ("a header without a number", raw("Content-Length: many\r\n\r\n")),
        ("a negative length", raw("Content-Length: -5\r\n\r\n")),
        ("a length past all memory", raw("Content-Length: 99999999999999999999\r\n\r\n")),
        ("no length", raw("Content-Type: application/json\r\nX-Y: z\r\n\r\n")),
        ("no header", raw("hello\r\n\r\n")),
    ] {
        client.send_bytes(&bytes);
        client.answer_with(&Value::Null).expect_err(what);
        is_well(&mut client);
    }
    assert_eq!(client.quit().0, 0);
}

/// A wrong length costs the messages that it cuts, not the session.
#[test]
fn wrong_lengths() {
    let notification = r#"{"jsonrpc":"2.0","method":"$/hello"}"#;
    for length in
        [notification.len() - 1, notification.len() - 20, 1, notification.len() + 1, notification.len() + 30]
    {
        let mut client = Client::in_folders(&[]);
        client.send_bytes(format!("Content-Length: {length}\r\n\r\n{notification}").as_bytes());
        // What is missing is taken from the next message, which is lost with it.
        client.notify("$/lost", json!({}));
        client.notify("$/perhaps-lost", json!({}));
        client.answer_with(&Value::Null).expect_err("a cut message");
        is_well(&mut client);
        assert_eq!(client.quit().0, 0, "length {length} for {}", notification.len());
    }
}

/// Header names in other cases, with a content type: all of it is allowed.
#[test]
fn unusual_headers() {
    let mut client = Client::in_folders(&[]);
    let hover = |id: u32| {
        format!(
            r#"{{"jsonrpc":"2.0","id":{id},"method":"textDocument/hover","params":{}}}"#,
            place("file:///nowhere/a.service", 1, 1)
        )
    };
    client.open("file:///nowhere/a.service", CLEAN);
    for (id, header) in [
        (1001, "content-length: LENGTH\r\n\r\n"),
        (1002, "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: LENGTH\r\n\r\n"),
        (1003, "Content-Length: LENGTH\r\nContent-Type: application/vscode-jsonrpc; charset=utf8\r\n\r\n"),
        (1004, "Content-Length:LENGTH\n\n"),
    ] {
        let body = hover(id);
        client.send_bytes((header.replace("LENGTH", &body.len().to_string()) + &body).as_bytes());
        assert!(client.answer_with(&json!(id)).is_ok(), "{header}");
    }
}

#[test]
fn before_initialize_and_twice() {
    let mut client = Client::start(&[]);
    let hover = client.ask("textDocument/hover", place("file:///nowhere/a.service", 1, 1));
    assert_eq!(client.answer(hover).expect_err("not yet")["code"], NOT_INITIALIZED);
    client.open("file:///nowhere/early.service", BAD);
    client.send_body(b"nonsense");
    client.answer_with(&Value::Null).expect_err("no message");
    client.initialize(json!({}));
    let again = client.ask("initialize", json!({ "capabilities": {} }));
    assert_eq!(client.answer(again).expect_err("once is enough")["code"], INVALID_REQUEST);
    is_well(&mut client);
    assert!(!client.knows("file:///nowhere/early.service"));
}

#[test]
fn after_shutdown_requests_are_refused() {
    let mut client = Client::in_folders(&[]);
    client.request("shutdown", Value::Null);
    for method in ["textDocument/hover", "textDocument/completion", "shutdown"] {
        let id = client.ask(method, place("file:///nowhere/a.service", 1, 1));
        assert_eq!(client.answer(id).expect_err("too late")["code"], INVALID_REQUEST, "{method}");
    }
    client.open("file:///nowhere/late.service", BAD);
    client.send_body(b"nonsense");
    client.answer_with(&Value::Null).expect_err("no message");
    client.notify("exit", Value::Null);
    assert_eq!(client.ended().0, 0);
}

#[test]
fn documents_that_are_not_open() {
    let mut client = Client::in_folders(&[]);
    let missing = "file:///nowhere/missing.service";
    client.change(missing, 2, [0, 0, 0, 0], BAD);
    client.replace(missing, 3, BAD);
    client.close(missing);
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": missing } }));
    assert_eq!(client.hover(missing, 0, 0), "");
    assert!(client.at("textDocument/completion", missing, 0, 0).is_null());
    is_well(&mut client);
    assert!(!client.knows(missing));
    // Opened twice: the second text counts.
    let twice = "file:///nowhere/twice.service";
    client.open(twice, CLEAN);
    client.open(twice, BAD);
    client.until(twice, |shown| shown.has("inline-comment"));
}

/// An editor on JavaScript may cut a character in two; JSON then carries half of it.
#[test]
fn half_a_character_costs_no_edit() {
    let mut client = Client::in_folders(&[]);
    let a = "file:///nowhere/a.service";
    client.open(a, CLEAN);
    let params = place(a, 2, 0);
    let head = format!(
        r#"{{"jsonrpc":"2.0","method":"textDocument/didChange","params":{{"textDocument":{{"uri":"{a}","version":2}},"#
    );
    let range = json!({ "start": params["position"], "end": params["position"] });
    let change = format!(
        r#"{head}"contentChanges":[{{"range":{range},"text":"Description=\ud83c\\ud83c\udfb2\n"}}]}}}}"#
    );
    client.send_body(change.as_bytes());
    client.change(a, 3, [3, 0, 3, 0], "TimeoutStopSec=1min # soon\n");
    assert_eq!(client.findings(a, 3).place("inline-comment"), [3, 20, 3, 26]);
    // Each half is one UTF-16 unit, so columns behind it hold: `Description=`, a half, `\ud83c` in letters, a half.
    client.change(a, 4, [2, 0, 2, 20], "TimeoutStartSec=1min # x");
    let shown = client.findings(a, 4);
    assert_eq!(shown.findings[0]["range"]["end"], json!({ "line": 2, "character": 24 }), "{shown:#?}");
    // Bytes that are no UTF-8, as an editor sends them that keeps a file's odd bytes.
    let change = format!(r#"{head}"contentChanges":[{{"range":{range},"text":"CAF\n"}}]}}}}"#);
    let change: Vec<u8> =
        change.bytes().flat_map(|byte| if byte == b'F' { vec![b'F', 0xe9] } else { vec![byte] }).collect();
    client.send_body(&change);
    client.change(a, 5, [3, 0, 3, 0], "\n");
    let shown = client.findings(a, 5);
    let lines = shown.findings.iter().filter(|finding| finding["code"] == "inline-comment");
    let lines: Vec<_> = lines.map(|finding| &finding["range"]["start"]["line"]).collect();
    assert_eq!(lines, [4, 5], "{shown:#?}");
}

#[test]
fn cancelled_requests_are_answered_once() {
    let mut client = Client::in_folders(&[]);
    let a = "file:///nowhere/a.service";
    client.open(a, &BAD.repeat(5_000));
    let asked: Vec<i64> = (0..50)
        .map(|_| {
            let id = client.ask("textDocument/codeAction", json!({
            "textDocument": { "uri": a },
            "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 9_999, "character": 0 } },
            "context": { "diagnostics": [] },
        }));
            client.notify("$/cancelRequest", json!({ "id": id }));
            id
        })
        .collect();
    client.notify("$/cancelRequest", json!({ "id": 123_456 }));
    let mut cancelled = 0;
    for id in asked {
        match client.answer(id) {
            Ok(_) => {}
            Err(error) => {
                assert_eq!(error["code"], CANCELLED, "{error}");
                cancelled += 1;
            }
        }
    }
    println!("{cancelled} of 50 requests were cancelled in time");
    is_well(&mut client);
}

/// A client that never answers the server's own requests is served all the same.
#[test]
fn a_client_that_does_not_answer() {
    let mut client = Client::start(&[]);
    client.obliging = false;
    client.initialize(json!({}));
    client.open("file:///nowhere/a.service", BAD);
    assert!(client.findings("file:///nowhere/a.service", 1).has("inline-comment"));
    is_well(&mut client);
    assert_eq!(client.quit().0, 0);
}
