//! Who starts a unit, as editors show it: code lenses with their commands, and the call hierarchy.

use std::os::unix::fs::symlink;
use std::time::Duration;

use crate::lsp_client::{Client, place, workspace_folders};
use crate::navigation::{range, read};
use crate::{SERVICE, folder, is_well, uri_in};
use expect_test::expect;
use serde_json::{Value, json};
use tempfile::TempDir;

const STORY: [&str; 4] =
    ["widget-daemon.service", "widget-daemon.socket", "reconcile.service", "reconcile.timer"];
const REFRESH: &str = "workspace/codeLens/refresh";

/// The units that come back, with a character of two UTF-16 units before the name of one.
fn undead() -> TempDir {
    let story = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/units/undead");
    let text = |name: &str| std::fs::read_to_string(story.join(name)).expect("the story is there");
    let files = STORY.map(|name| (name, text(name)));
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    folder(&files)
}

/// A session in `folder` whose client has these capabilities, with its first unit open; gives its URI and what the server
/// can, too.
fn session(folder: &TempDir, capabilities: Value) -> (Client, String, Value) {
    let mut client = Client::start(&[]);
    let answer = client.initialize(json!({
        "workspaceFolders": workspace_folders(&[folder.path()]),
        "capabilities": capabilities,
    }));
    let unit = uri_in(folder, STORY[0]);
    read(&mut client, STORY[0]);
    let text = std::fs::read_to_string(folder.path().join(STORY[0])).expect("the unit is there");
    client.open(&unit, &text);
    (client, unit, answer["capabilities"].clone())
}

fn lenses(client: &mut Client, uri: &str) -> Vec<Value> {
    let found = client.request("textDocument/codeLens", json!({ "textDocument": { "uri": uri } }));
    found.as_array().expect("a list").clone()
}

fn titles(client: &mut Client, uri: &str) -> Vec<String> {
    let title = |lens: &Value| lens["command"]["title"].as_str().expect("a title").to_owned();
    lenses(client, uri).iter().map(title).collect()
}

/// Nobody has to wait before asking: what is asked at once is answered when the neighbours are known.
#[test]
fn asked_at_once() {
    let texts: Vec<_> = (0..300).map(|number| (format!("n{number}.service"), SERVICE)).collect();
    let mut units: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    units.push(("dice.service", SERVICE));
    units.push(("zz.service", "[Unit]\nWants=dice.service\n[Service]\nExecStart=/bin/z\n"));
    let folder = folder(&units);
    let dice = uri_in(&folder, "dice.service");
    for _ in 0..5 {
        let mut client = Client::in_folders(&[folder.path()]);
        client.open(&dice, SERVICE);
        let lens = client.ask("textDocument/codeLens", json!({ "textDocument": { "uri": dice } }));
        let mut asked = place(&dice, 0, 1);
        asked["context"] = json!({ "includeDeclaration": false });
        let references = client.ask("textDocument/references", asked);
        let lens = client.answer(lens).expect("lenses");
        assert_eq!(
            lens[0]["command"]["title"],
            "Started by: zz.service (Wants=) · multi-user.target (if enabled)"
        );
        let references = client.answer(references).expect("references");
        assert_eq!(references[0]["uri"], uri_in(&folder, "zz.service"), "{references}");
    }
}

#[test]
fn lenses_and_what_their_commands_answer() {
    let folder = undead();
    let (mut client, unit, capabilities) = session(&folder, json!({}));
    assert_eq!(capabilities["codeLensProvider"], json!({ "resolveProvider": false }));
    let [starters, order] = lenses(&mut client, &unit).try_into().expect("two lenses");
    assert_eq!(starters["range"], range([0, 0, 0, 6]));
    expect![
        "Started by: widget-daemon.socket (/run/widget.sock) · reconcile.service (Wants=, via reconcile.timer, every 2 min) · reconcile.timer (Wants=) · restart on failure"
    ]
    .assert_eq(starters["command"]["title"].as_str().expect("a title"));
    assert_eq!(starters["command"]["command"], "unitls.showStarters");
    let at = |name: &str, part: [u32; 4]| json!({ "uri": uri_in(&folder, name), "range": range(part) });
    assert_eq!(
        starters["command"]["arguments"],
        json!([
            unit,
            { "line": 0, "character": 0 },
            [
                at("widget-daemon.socket", [3, 0, 3, 8]),
                at("reconcile.service", [2, 6, 2, 27]),
                at("reconcile.timer", [4, 0, 4, 7]),
                at("reconcile.timer", [2, 6, 2, 27]),
                at("widget-daemon.service", [6, 0, 6, 18]),
            ],
        ])
    );
    let title = "1 unit orders after this: reconcile.service";
    assert_eq!(
        (&order["command"]["title"], &order["command"]["command"]),
        (&json!(title), &json!("unitls.showOrder"))
    );
    assert_eq!(order["command"]["arguments"][2], json!([at("reconcile.service", [3, 6, 3, 27])]));

    // A client that shows nothing by itself sends the command here.
    let answer = client.execute("unitls.showOrder", &order["command"]["arguments"]);
    assert_eq!(answer, Ok(order["command"]["arguments"][2].clone()));
    let list = client.execute("unitls.showStarters", &starters["command"]["arguments"]).expect("a list");
    assert_eq!(list.as_array().map(Vec::len), Some(5));
    assert_eq!(
        list[1],
        json!({
            "unit": "widget-daemon.service",
            "source": "reconcile.service",
            "kind": "wants",
            "note": "Wants=, via reconcile.timer, every 2 min",
            "path": folder.path().join("reconcile.service"),
            "uri": uri_in(&folder, "reconcile.service"),
            "line": 3,
            "range": range([2, 6, 2, 27]),
            "text": "Wants=widget-daemon.service",
            "through": null,
        })
    );
    assert_eq!(
        (&list[2]["source"], &list[2]["through"]),
        (&json!("reconcile.timer"), &json!("reconcile.service"))
    );
    for arguments in
        [json!(["widget-daemon"]), json!([{ "unit": "widget-daemon.service" }]), json!([{ "uri": unit }])]
    {
        assert_eq!(client.execute("unitls.showStarters", &arguments), Ok(list.clone()), "{arguments}");
    }
    for (arguments, part) in [
        (json!(["wigdet-daemon"]), "near it: widget-daemon"),
        (json!([uri_in(&folder, "notes.txt")]), "no unit file"),
        (json!([]), "URI or a unit's name"),
    ] {
        let error = client.execute("unitls.showStarters", &arguments).expect_err("there is none");
        assert!(
            error["message"].as_str().is_some_and(|message| message.contains(part)),
            "{arguments}: {error}"
        );
    }
    assert!(client.asked_for(REFRESH).is_empty(), "the client did not say that it can");
}

#[test]
fn lenses_change_with_other_units() {
    let folder = undead();
    let can = json!({ "workspace": { "codeLens": { "refreshSupport": true } } });
    let (mut client, unit, _) = session(&folder, can);
    // What was not asked for is not told of.
    client.hear_for(Duration::from_millis(600));
    assert!(client.asked_for(REFRESH).is_empty());
    assert_eq!(titles(&mut client, &unit).len(), 2);

    let other = uri_in(&folder, "late.service");
    client.open(&other, "[Unit]\nAfter=widget-daemon.service\n");
    client.until_heard(|client| client.asked_for(REFRESH).len() == 1);
    assert_eq!(titles(&mut client, &unit)[1], "2 units order after this: late.service · reconcile.service");
    // One that changes nothing over the first unit, and one in that itself which was asked about since.
    client.change(&other, 2, [0, 0, 0, 0], "# Later.\n");
    client.until_heard(|client| client.asked_for(REFRESH).len() == 2);
    client.change(&other, 3, [2, 5, 2, 5], " other.service");
    client.change(&unit, 2, [2, 0, 2, 0], "PartOf=x.target\n");
    client.until_heard(|client| client.asked_for(REFRESH).len() == 3);
    client.change(&other, 4, [2, 5, 2, 19], "");
    client.until_heard(|client| client.asked_for(REFRESH).len() == 4);
    client.close(&unit);
    client.close(&other);
    client.hear_for(Duration::from_millis(600));
    assert_eq!(client.asked_for(REFRESH).len(), 4, "nothing is shown any more");
}

#[test]
fn a_client_that_never_answers_keeps_nobody_waiting() {
    let folder = undead();
    let can = json!({ "workspace": { "codeLens": { "refreshSupport": true } } });
    let (mut client, unit, _) = session(&folder, can);
    client.obliging = false;
    titles(&mut client, &unit);
    client.open(&uri_in(&folder, "late.service"), "[Unit]\nAfter=widget-daemon.service\n");
    client.until_heard(|client| !client.asked_for(REFRESH).is_empty());
    is_well(&mut client);
    assert_eq!(titles(&mut client, &unit)[1], "2 units order after this: late.service · reconcile.service");
}

#[test]
fn the_call_hierarchy() {
    let folder = undead();
    let wants = folder.path().join("multi-user.target.wants");
    std::fs::create_dir(&wants).expect("a folder is made");
    symlink("../widget-daemon.service", wants.join("widget-daemon.service")).expect("a link is made");
    let (mut client, unit, capabilities) = session(&folder, json!({}));
    assert_eq!(capabilities["callHierarchyProvider"], true);
    let found = client.at("textDocument/prepareCallHierarchy", &unit, 5, 4);
    let [item] = found.as_array().expect("a list").as_slice() else { panic!("one item: {found:#}") };
    assert_eq!(
        (&item["name"], &item["kind"], &item["detail"], &item["uri"], &item["selectionRange"]),
        (
            &json!("widget-daemon.service"),
            &json!(12),
            &json!("Widget daemon"),
            &json!(unit),
            &range([0, 0, 0, 6])
        )
    );
    let ask = |client: &mut Client, method: &str, item: &Value| {
        let found = client.request(method, json!({ "item": item }));
        found.as_array().expect("a list").clone()
    };
    let show = |calls: &[Value], end: &str| -> String {
        let line = |call: &Value| {
            let item = &call[end];
            let file = item["uri"].as_str().and_then(|uri| uri.rsplit_once('/')).expect("a file").1;
            let starts = call["fromRanges"].as_array().expect("ranges").iter();
            let lines: Vec<_> = starts.map(|range| range["start"]["line"].to_string()).collect();
            format!("{} {} {file}:{}\n", item["name"], item["detail"], lines.join(","))
        };
        calls.iter().map(line).collect()
    };
    let callers = ask(&mut client, "callHierarchy/incomingCalls", item);
    expect![[r#"
        "multi-user.target" "enabled" widget-daemon.service:0
        "widget-daemon.socket" "/run/widget.sock" widget-daemon.socket:3
        "reconcile.service" "Wants=, via reconcile.timer, every 2 min" reconcile.service:2
        "reconcile.timer" "Wants=" reconcile.timer:2
        "widget-daemon.service" "restart on failure" widget-daemon.service:6
    "#]]
    .assert_eq(&show(&callers, "from"));
    let job = callers.iter().find(|call| call["from"]["name"] == "reconcile.service").expect("it starts it");
    let next = ask(&mut client, "callHierarchy/incomingCalls", &job["from"]);
    expect![[r#"
        "reconcile.timer" "every 2 min" reconcile.timer:4
    "#]]
    .assert_eq(&show(&next, "from"));
    let started = ask(&mut client, "callHierarchy/outgoingCalls", &next[0]["from"]);
    expect![[r#"
        "widget-daemon.service" "Wants=" widget-daemon.service:2
        "reconcile.service" "every 2 min" reconcile.service:4
    "#]]
    .assert_eq(&show(&started, "to"));
    // What is not ours, or not a unit.
    for data in [Value::Null, json!({}), json!({ "unit": "no unit", "seenFrom": "/" }), json!(7)] {
        let mut item = item.clone();
        item["data"] = data;
        for method in ["callHierarchy/incomingCalls", "callHierarchy/outgoingCalls"] {
            assert_eq!(client.request(method, json!({ "item": item })), Value::Null, "{item}");
        }
    }
    let nowhere =
        client.request("textDocument/prepareCallHierarchy", place("file:///nowhere/x.service", 0, 0));
    assert_eq!(nowhere, Value::Null);
}

#[test]
fn a_unit_card_on_a_name() {
    let folder = undead();
    let (mut client, _, _) = session(&folder, json!({}));
    let job = uri_in(&folder, "reconcile.service");
    client.open(&job, "[Unit]\nAfter=widget-daemon.service\n");
    let card = client.hover(&job, 1, 8);
    assert!(card.starts_with("**`widget-daemon.service`**\n\nWidget daemon\n"), "{card}");
    assert!(card.contains("- restart on failure"), "{card}");
}
