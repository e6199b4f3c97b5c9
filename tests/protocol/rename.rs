//! Renaming units on a real disk: the edit is applied as an editor applies it, and taken back.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::lsp_client::{Client, place, workspace_folders};
use crate::navigation::{range, read};
use crate::{folder, uri_in};
use serde_json::{Value, json};
use tempfile::TempDir;

const DICE: &str = "# 🎲\n[Service]\nExecStart=/bin/dice\n[Install]\nWantedBy=multi-user.target\n";

fn units() -> TempDir {
    let folder = folder(&[
        ("dice.service", DICE),
        ("dice.service.d/a.conf", "[Unit]\nDescription=🎲\n"),
        ("dice.service.d/readme.txt", "goes along"),
        ("dice.socket", "[Socket]\nListenStream=5000\n"),
        (
            "web.service",
            "[Unit]\nDescription=🎲 \\\n  web\nAfter=a.service dice.service\n[Service]\nExecStart=/bin/sh -c 'echo 🎲; systemctl start dice'\n",
        ),
        ("zwölf.preset", "enable dice.service\n"),
    ]);
    fs::create_dir(folder.path().join("multi-user.target.wants")).expect("a folder is made");
    symlink("../dice.service", folder.path().join("multi-user.target.wants/dice.service"))
        .expect("a link is made");
    folder
}

/// What an editor can do.
fn able() -> Value {
    json!({
        "workspace": { "workspaceEdit": { "documentChanges": true, "resourceOperations": ["create", "rename"] } },
        "textDocument": { "rename": { "prepareSupport": true } },
    })
}

fn session(folder: &TempDir, capabilities: Value) -> (Client, Value) {
    let mut client = Client::start(&[]);
    let answer = client.initialize(json!({
        "workspaceFolders": workspace_folders(&[folder.path()]),
        "capabilities": capabilities,
    }));
    read(&mut client, "socket");
    (client, answer["capabilities"].clone())
}

/// Asks for a new name; the answer is the edit or the error's message.
fn rename(client: &mut Client, uri: &str, line: u32, column: u32, name: &str) -> Result<Value, String> {
    let mut params = place(uri, line, column);
    params["newName"] = json!(name);
    let id = client.ask("textDocument/rename", params);
    client.answer(id).map_err(|error| {
        assert_eq!(error["code"], -32803);
        error["message"].as_str().expect("errors say why").to_owned()
    })
}

/// Applies an edit to the disk, change by change.
fn apply(edit: &Value) {
    for change in edit["documentChanges"].as_array().expect("changes in order") {
        if change["kind"] == "rename" {
            let (from, to) = (path(&change["oldUri"]), path(&change["newUri"]));
            assert!(fs::symlink_metadata(&to).is_err(), "{} is overwritten", to.display());
            fs::rename(from, to).expect("what is renamed is there");
            continue;
        }
        let path = path(&change["textDocument"]["uri"]);
        let mut text = fs::read_to_string(&path).expect("what is edited is there");
        let edits = change["edits"].as_array().expect("a list");
        for edit in edits.iter().rev() {
            let at = |end: &str| offset(&text, &edit["range"][end]);
            let part = at("start")..at("end");
            text.replace_range(part, edit["newText"].as_str().expect("a text"));
        }
        fs::write(&path, text).expect("it can be written");
    }
}

fn path(uri: &Value) -> PathBuf {
    let mut bytes = Vec::new();
    let mut rest = uri.as_str().and_then(|uri| uri.strip_prefix("file://")).expect("a file").bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                u8::from_str_radix(&digits, 16).expect("two digits")
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).expect("paths are UTF-8").into()
}

fn offset(text: &str, position: &Value) -> usize {
    let number = |part: &str| position[part].as_u64().expect("a number") as usize;
    let line = text.split_inclusive('\n').take(number("line")).map(str::len).sum::<usize>();
    let mut left = number("character");
    let column = text[line..].chars().take_while(|char| {
        let fits = left >= char.len_utf16();
        left = left.saturating_sub(char.len_utf16());
        fits
    });
    line + column.map(char::len_utf8).sum::<usize>()
}

/// Every file with its text, every link with its target.
fn all(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("it can be read") {
            let path = entry.expect("it can be read").path();
            let name = path.strip_prefix(folder).expect("below it").to_owned();
            if let Ok(target) = fs::read_link(&path) {
                found.insert(name, format!("-> {}", target.display()));
            } else if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(name, fs::read_to_string(&path).expect("text"));
            }
        }
    }
    found
}

#[test]
fn there_and_back() {
    let folder = units();
    let before = all(folder.path());
    let (mut client, capabilities) = session(&folder, able());
    assert_eq!(capabilities["renameProvider"], json!({ "prepareProvider": true }));
    let web = uri_in(&folder, "web.service");
    client.open(&web, &before[Path::new("web.service")]);
    let prepared = client.at("textDocument/prepareRename", &web, 5, 48);
    assert_eq!(prepared, json!({ "range": range([5, 47, 5, 51]), "placeholder": "dice.service" }));
    let edit = rename(&mut client, &web, 5, 48, "würfel").expect_err("no name of a unit");
    assert!(edit.contains("letters, digits"), "{edit}");
    let edit = rename(&mut client, &web, 5, 48, "roll").expect("it can be renamed");
    let changes = edit["documentChanges"].as_array().expect("changes in order");
    let open =
        changes.iter().find(|change| change["textDocument"]["uri"] == web.as_str()).expect("it is edited");
    assert_eq!(open["textDocument"]["version"], 1);
    assert_eq!(open["edits"][1], json!({ "range": range([5, 47, 5, 51]), "newText": "roll" }));
    let told = |client: &Client| client.told.iter().any(|told| told.to_string().contains("ln -sfn"));
    client.hear_for(Duration::from_millis(200));
    assert!(told(&client), "the editor is told of the link");
    apply(&edit);
    let after = all(folder.path());
    let names: Vec<_> = after.keys().map(|path| path.display().to_string()).collect();
    assert_eq!(
        names,
        [
            "multi-user.target.wants/roll.service",
            "roll.service",
            "roll.service.d/a.conf",
            "roll.service.d/readme.txt",
            "roll.socket",
            "web.service",
            "zwölf.preset",
        ]
    );
    assert_eq!(after[Path::new("zwölf.preset")], "enable roll.service\n");
    assert!(after[Path::new("web.service")].contains("After=a.service roll.service\n"));
    assert!(after[Path::new("web.service")].contains("systemctl start roll'"));

    let (mut client, _) = session(&folder, able());
    let roll = uri_in(&folder, "roll.service");
    client.open(&roll, DICE);
    let edit = rename(&mut client, &roll, 1, 3, "dice").expect("it can be renamed");
    apply(&edit);
    assert_eq!(all(folder.path()), before);
}

#[test]
fn refusals() {
    let folder = units();
    let web = uri_in(&folder, "web.service");
    let text = "[Unit]\nAfter=dice.service network.target\nDescription=x\n";
    let (mut client, _) = session(&folder, able());
    client.open(&web, text);
    let mut prepare = |line, column| {
        let id = client.ask("textDocument/prepareRename", place(&web, line, column));
        client.answer(id).expect_err("it is refused")["message"].as_str().expect("why").to_owned()
    };
    assert!(prepare(1, 22).contains("systemd's own"), "special units");
    assert!(prepare(2, 13).contains("Only units"), "values that name none");

    // An editor that cannot rename files, and one that does not ask first.
    let (mut client, capabilities) =
        session(&folder, json!({ "workspace": { "workspaceEdit": { "documentChanges": true } } }));
    assert_eq!(capabilities["renameProvider"], true);
    client.open(&web, text);
    let reason = rename(&mut client, &web, 1, 8, "roll").expect_err("it is refused");
    assert!(reason.contains("does not rename files"), "{reason}");

    // One that says no more than that it does operations.
    let (mut client, _) =
        session(&folder, json!({ "workspace": { "workspaceEdit": { "resourceOperations": ["rename"] } } }));
    client.open(&web, text);
    let edit = rename(&mut client, &web, 1, 8, "roll").expect("it can be renamed");
    assert!(edit["documentChanges"].is_array(), "{edit}");
}

#[test]
fn in_the_tree() {
    let folder = units();
    let (mut client, capabilities) = session(&folder, able());
    let filter = &capabilities["workspace"]["fileOperations"]["willRename"]["filters"][0];
    assert!(filter["pattern"]["glob"].as_str().is_some_and(|glob| glob.contains("service")), "{filter}");
    let mut will = |old: &str, new: &str| {
        let files = json!([{ "oldUri": uri_in(&folder, old), "newUri": uri_in(&folder, new) }]);
        client.request("workspace/willRenameFiles", json!({ "files": files }))
    };
    assert_eq!(will("web.service", "sub/web.service"), Value::Null);
    let edit = will("dice.service", "roll.service");
    fs::rename(folder.path().join("dice.service"), folder.path().join("roll.service")).expect("it is there");
    apply(&edit);
    let after = all(folder.path());
    assert!(after.contains_key(Path::new("roll.service.d/a.conf")));
    assert_eq!(after[Path::new("dice.socket")], "[Socket]\nListenStream=5000\nService=roll.service\n");
    assert!(after[Path::new("web.service")].contains("start roll"));
}
