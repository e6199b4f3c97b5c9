//! What the editor asks for: completion, hover, repairs.

use std::time::{Duration, Instant};

use crate::lsp_client::Client;
use crate::{SOCKET, folder, uri_in};
use serde_json::{Value, json};

#[test]
fn completion() {
    let folder = folder(&[("dice.socket", SOCKET), ("roll.target", "[Unit]\n")]);
    let mut client = Client::in_folders(&[folder.path()]);
    let a = uri_in(&folder, "dice.service");
    client.open(&a, "[Unit]\nAfter=\n[Service]\n\nRestart=\n");
    let complete = |client: &mut Client, line, column| -> Vec<Value> {
        let list = client.at("textDocument/completion", &a, line, column);
        list["items"].as_array().expect("a list").clone()
    };
    let find = |items: &[Value], label: &str| -> Value {
        let found = items.iter().find(|item| item["label"] == label);
        found.unwrap_or_else(|| panic!("{label} is offered: {items:#?}")).clone()
    };

    let keys = complete(&mut client, 3, 0);
    assert!(keys.len() > 200, "{}", keys.len());
    assert!(json!(keys).to_string().len() <= 40_000, "{} bytes", json!(keys).to_string().len());
    assert!(keys.iter().all(|item| item.get("documentation").is_none()));
    assert!(!keys.iter().any(|item| item["label"] == "ListenStream" || item["label"] == "WantedBy"));
    let resolved = client.request("completionItem/resolve", find(&keys, "ExecReload"));
    assert!(resolved["documentation"]["value"].as_str().is_some_and(|text| text.len() > 40), "{resolved}");

    let words = complete(&mut client, 4, 8);
    find(&words, "on-failure");
    assert!(!words.iter().any(|item| item["label"] == "ExecReload"));
    let resolved = client.request("completionItem/resolve", find(&words, "on-failure"));
    assert!(resolved["documentation"]["value"].as_str().is_some_and(|text| text.len() > 20), "{resolved}");

    let started = Instant::now();
    while !complete(&mut client, 1, 6).iter().any(|item| item["label"] == "dice.socket") {
        assert!(started.elapsed() < Duration::from_secs(30), "the folder is read at some time");
    }
    let units = complete(&mut client, 1, 6);
    for name in ["dice.socket", "roll.target", "network-online.target"] {
        find(&units, name);
    }
    let resolved = client.request("completionItem/resolve", find(&units, "dice.socket"));
    let text = resolved["documentation"]["value"].as_str().expect("a card");
    assert!(text.contains("port 5000") && text.contains("dice.service"), "{text}");
    // A broken item is answered as well.
    assert_eq!(client.request("completionItem/resolve", json!({ "label": "x", "data": 5 }))["label"], "x");

    let empty = uri_in(&folder, "new.timer");
    client.open(&empty, "");
    let sections = client.at("textDocument/completion", &empty, 0, 0);
    let labels: Vec<_> =
        sections["items"].as_array().expect("a list").iter().map(|item| &item["label"]).collect();
    assert_eq!(labels, ["[Unit]", "[Timer]", "[Install]"]);

    let unnamed = "untitled:Untitled-1";
    client.open(unnamed, "# unitls: allow()\n[Socket]\n\n");
    let keys = client.at("textDocument/completion", unnamed, 2, 0);
    find(keys["items"].as_array().expect("a list"), "ListenStream");
    let codes = client.at("textDocument/completion", unnamed, 0, 16);
    let code = find(codes["items"].as_array().expect("a list"), "unknown-key");
    let resolved = client.request("completionItem/resolve", code);
    assert!(resolved["documentation"]["value"].as_str().is_some_and(|text| text.len() > 100), "{resolved}");
}

#[test]
fn hover() {
    let mut client = Client::in_folders(&[]);
    let a = "file:///nowhere/a.service";
    client.open(
        a,
        "[Service]\nExecStart=/bin/true\nRestart=on-failure\nRestartSec=2min 30s\nNoSuchKey=1\n# Restart=\n",
    );
    assert!(client.hover(a, 0, 3).contains("[Service]"));
    assert!(client.hover(a, 2, 3).contains("`Restart=`"));
    assert!(client.hover(a, 2, 12).contains("on-failure"));
    assert!(client.hover(a, 3, 14).contains("150 s"));
    for line in [4, 5, 6] {
        assert_eq!(client.hover(a, line, 3), "");
    }
}
