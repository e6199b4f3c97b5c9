//! The commands that ask the installed `systemd-analyze`, and the one that explains.

use std::process::Command;
use std::time::Duration;

use crate::lsp_client::{Client, Published, workspace_folders};
use crate::{folder, uri_in, write};
use serde_json::json;

const SERVICE: &str =
    "[Unit]\nWants=web.socket\n[Service]\nExecStart=/nowhere/web\nRestart=allways\nProtectSystem=no\n";
const DROP_IN: &str = "[Service]\nColour=red\n";

impl Published {
    /// The messages of this source with their lines.
    fn of_source(&self, source: &str) -> Vec<(u64, &str)> {
        let findings = self.findings.iter().filter(|finding| finding["source"] == source);
        let parts = findings.map(|finding| {
            let line = finding["range"]["start"]["line"].as_u64().expect("ranges are numbers");
            (line, finding["message"].as_str().expect("a text"))
        });
        parts.collect()
    }
}

/// Whether there is a `systemd-analyze` that can judge files offline (250 and later); says so where not.
fn is_installed() -> bool {
    let output = Command::new("systemd-analyze").arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let version = text.split_whitespace().nth(1).and_then(|version| version.parse::<u32>().ok());
    let enough = version.is_some_and(|version| version >= 250);
    if !enough {
        eprintln!("skipped: no systemd-analyze of version 250 or later to ask");
    }
    enough
}

#[test]
fn verify_beside_our_own_findings_until_the_next_edit() {
    if !is_installed() {
        return;
    }
    let folder = folder(&[("web.service", SERVICE), ("web.service.d/colour.conf", DROP_IN)]);
    let mut client = Client::in_folders(&[folder.path()]);
    let [web, drop_in] = ["web.service", "web.service.d/colour.conf"].map(|name| uri_in(&folder, name));
    client.open(&web, SERVICE);
    client.open(&drop_in, DROP_IN);
    client.until(&web, |shown| shown.has("invalid-enum-value"));

    let answer = client.execute("unitls.verify", &json!([web])).expect("it runs");
    assert_eq!(answer["source"], "systemd-analyze verify");
    assert_eq!(answer["findings"].as_array().map(Vec::len), Some(3), "{answer:#}");
    assert!(answer["text"].as_str().is_some_and(|text| text.contains("allways")), "{answer:#}");
    let verify = "systemd-analyze verify";
    let shown = client.until(&web, |shown| !shown.of_source(verify).is_empty());
    let lines: Vec<_> = shown.of_source(verify).iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [4, 3], "the command that does not exist is found by its path: {shown:#?}");
    assert!(shown.has("invalid-enum-value"), "ours stay");
    let shown = client.until(&drop_in, |shown| !shown.of_source(verify).is_empty());
    assert_eq!(shown.of_source(verify)[0].0, 1, "{shown:#?}");

    // Asked about the drop-in it judges the unit; what it said before does not pile up.
    let again = client.execute("unitls.verify", &json!([drop_in])).expect("it runs");
    assert_eq!(again["findings"], answer["findings"]);
    assert_eq!(client.shown(&web).of_source(verify).len(), 2);

    client.change(&web, 2, [4, 0, 5, 0], "Restart=always\n");
    let shown = client.findings(&web, 2);
    assert_eq!((shown.of_source(verify), shown.has("invalid-enum-value")), (vec![], false));
    // The saved text is judged, and the user is told.
    client.execute("unitls.verify", &json!([web])).expect("it runs");
    client.until_heard(|client| {
        client.told.iter().any(|told| told.to_string().contains("systemd-analyze reads what was saved"))
    });
}

#[test]
fn verify_finds_drop_ins_in_other_folders_of_the_search_path() {
    if !is_installed() {
        return;
    }
    let (lib, etc) = ("usr/lib/systemd/system/web.service", "etc/systemd/system/web.service.d/colour.conf");
    let folder = folder(&[(lib, "[Service]\nExecStart=/bin/true\n"), (etc, DROP_IN)]);
    let mut client = Client::in_folders(&[folder.path()]);
    let [lib, etc] = [lib, etc].map(|name| uri_in(&folder, name));
    client.open(&etc, DROP_IN);
    let started = std::time::Instant::now();
    let answer = loop {
        // The fragment is read at some time.
        match client.execute("unitls.verify", &json!([etc])) {
            Ok(answer) => break answer,
            Err(error) => assert!(started.elapsed().as_secs() < 30, "{error}"),
        }
    };
    assert_eq!(answer["findings"][0]["uri"], json!(etc), "{answer:#}");
    assert_eq!(
        client.execute("unitls.verify", &json!([lib])).expect("it runs")["findings"],
        answer["findings"]
    );
}

#[test]
fn verify_on_save_where_the_editor_says_so() {
    if !is_installed() {
        return;
    }
    // A project file has no say in what is run.
    let folder = folder(&[("web.service", SERVICE), ("unitls.toml", "verifyOnSave = true\n")]);
    let web = uri_in(&folder, "web.service");
    let verify = "systemd-analyze verify";
    let mut client = Client::in_folders(&[folder.path()]);
    client.open(&web, SERVICE);
    client.until(&web, |shown| shown.has("invalid-enum-value"));
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": web } }));
    client.hear_for(Duration::from_millis(300));
    assert_eq!(client.shown(&web).of_source(verify), []);

    client.notify("workspace/didChangeConfiguration", json!({ "settings": { "verifyOnSave": true } }));
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": web } }));
    client.until(&web, |shown| shown.of_source(verify).len() == 2);
}

#[test]
fn security_on_the_service_and_on_lines() {
    if !is_installed() {
        return;
    }
    let folder = folder(&[("web.service", SERVICE), ("web.socket", "[Socket]\nListenStream=80\n")]);
    let mut client = Client::in_folders(&[folder.path()]);
    let [web, socket] = ["web.service", "web.socket"].map(|name| uri_in(&folder, name));
    client.open(&web, SERVICE);
    let answer = client.execute("unitls.security", &json!([web])).expect("it runs");
    assert!(
        answer["summary"].as_str().is_some_and(|text| text.starts_with("web.service: exposure 9.")),
        "{answer:#}"
    );
    assert!(
        answer["text"].as_str().is_some_and(|text| text.contains("\n| `PrivateNetwork=` |")),
        "{answer:#}"
    );
    let security = "systemd-analyze security";
    let shown = client.until(&web, |shown| !shown.of_source(security).is_empty());
    let lines: Vec<_> = shown.of_source(security).iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [2, 5], "the section's header, and the line that does not protect: {shown:#?}");

    client.open(&socket, "[Socket]\nListenStream=80\n");
    let error = client.execute("unitls.security", &json!([socket])).expect_err("a socket has no exposure");
    assert!(error["message"].as_str().is_some_and(|text| text.contains("services only")), "{error}");
}

#[test]
fn what_cannot_be_asked_is_said() {
    let folder = folder(&[]);
    let empty = folder.path().to_str().expect("the tests' paths are UTF-8");
    let mut client = Client::start(&[("PATH", empty)]);
    client.initialize(json!({ "workspaceFolders": workspace_folders(&[folder.path()]) }));
    let web = uri_in(&folder, "web.service");
    client.open(&web, SERVICE);
    let unsaved = client.execute("unitls.verify", &json!([web])).expect_err("there is no such file");
    assert!(
        unsaved["message"].as_str().is_some_and(|text| text.contains("no unit file on disk")),
        "{unsaved}"
    );

    write(&folder, "web.service", SERVICE);
    let missing = client.execute("unitls.verify", &json!([web])).expect_err("it is not on PATH");
    assert_eq!(missing["message"], "systemd-analyze is not installed here, or not on PATH");
    client.until_heard(|client| {
        client.told.iter().any(|told| told.to_string().contains("systemd-analyze is not installed"))
    });
    client.execute("unitls.verify", &json!(["file:///nowhere/x.service"])).expect_err("nobody knows it");
    client.execute("unitls.verify", &json!(["\u{0}"])).expect_err("no URI");
    client.execute("unitls.no-such-command", &json!([web])).expect_err("no command");
}

#[test]
fn explain_answers_with_the_page() {
    let mut client = Client::in_folders(&[]);
    let page = client.execute("unitls.explain", &json!(["socket-accept-mismatch"])).expect("a rule");
    assert!(page["text"].as_str().is_some_and(|text| text.contains("## Example")), "{page}");
    let page = client.execute("unitls.explain", &json!(["Timer.Unit"])).expect("a directive");
    assert!(page["text"].as_str().is_some_and(|text| text.contains("`Unit=`")), "{page}");
    client.execute("unitls.explain", &json!(["no-such-thing"])).expect_err("neither");
}
