//! Trees that nobody would make on purpose, and units that wait for each other, as editors meet them.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use serde_json::{Value, json};

use crate::lsp_client::{Client, workspace_folders};
use crate::{BAD, folder, is_well, uri_in, write};

const CLAIM: &str = "[Service]\nExecStart=/bin/true\n[Install]\nAlias=shared.service\n";
const MAKER: &str = "[Unit]\nWants=maker@%i-1.service maker@%i-2.service maker@0.service\n[Service]\n\
                     ExecStart=/bin/true\n[Install]\nDefaultInstance=0\n";

fn session(folder: &tempfile::TempDir) -> Client {
    let mut client = Client::start(&[]);
    client.initialize(json!({
        "workspaceFolders": workspace_folders(&[folder.path()]),
        "capabilities": { "textDocument": { "publishDiagnostics": { "relatedInformation": true } } },
        "initializationOptions": { "systemdVersion": 257, "systemUnits": "none" },
    }));
    client
}

#[test]
fn nothing_hangs_and_the_rest_is_judged() {
    let folder = folder(&[
        ("a.service", BAD),
        ("first.service", CLAIM),
        ("second.service", CLAIM),
        ("shared.timer", "[Timer]\nOnCalendar=daily\n"),
        ("maker@.service", MAKER),
        ("b.service/inside.service", BAD),
        ("c.service.d", "no folder\n"),
        ("closed/d.service", BAD),
    ]);
    for number in 0..1_000 {
        write(&folder, &format!("a.service.d/{number:04}.conf"), "[Unit]\nWants=shared.service\n");
    }
    for (target, name) in [
        ("loop-2.service", "loop-1.service"),
        ("loop-1.service", "loop-2.service"),
        ("self.service", "self.service"),
        ("/nowhere/gone.service", "gone.service"),
        (".", "up"),
        ("../loop-1.service", "a.service.d/loop.conf"),
        ("/etc", "first.service.d"),
    ] {
        symlink(target, folder.path().join(name)).expect("a link is made");
    }
    let closed = folder.path().join("closed");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("it is ours");
    let mut client = session(&folder);
    for (name, text) in
        [("a.service", BAD), ("shared.timer", "[Timer]\nOnCalendar=daily\n"), ("maker@.service", MAKER)]
    {
        let uri = uri_in(&folder, name);
        client.open(&uri, text);
        client.findings(&uri, 1);
        for method in ["textDocument/codeLens", "textDocument/documentSymbol"] {
            client.request(method, json!({ "textDocument": { "uri": uri } }));
        }
        client.at("textDocument/definition", &uri, 1, 2);
    }
    // One of the two answers to the name.
    assert!(!client.shown(&uri_in(&folder, "shared.timer")).has("timer-unit-missing"));
    is_well(&mut client);
    let (status, log) = client.quit();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).expect("it is ours");
    assert!(status == 0 && !log.contains("panicked"), "{status} {log}");
}

/// The finding stands on the line that closes the circle, the others of the chain beside it.
#[test]
fn a_circle_is_told_with_its_chain() {
    let unit = |order: &str| format!("[Unit]\n{order}\n[Service]\nType=notify\nExecStart=/bin/true\n");
    let folder = folder(&[
        ("a.service", &unit("Requires=b.service c.service\nAfter=b.service")),
        ("b.service", &unit("After=c.service")),
        ("c.service", &unit("After=a.service")),
    ]);
    let uri = uri_in(&folder, "a.service");
    let mut client = session(&folder);
    client.open(&uri, &unit("Requires=b.service c.service\nAfter=b.service"));
    let found = client.until(&uri, |published| published.has("ordering-cycle"));
    assert_eq!(found.place("ordering-cycle"), [2, 6, 2, 15]);
    let circle =
        found.findings.iter().find(|finding| finding["code"] == "ordering-cycle").expect("it is there");
    assert_eq!(circle["severity"], 1);
    let related: Vec<&Value> = circle["relatedInformation"].as_array().expect("a list").iter().collect();
    let told = |related: &&Value| (related["location"]["uri"].clone(), related["message"].clone());
    assert_eq!(
        related.iter().map(told).collect::<Vec<_>>(),
        [
            (json!(uri_in(&folder, "b.service")), json!("`b.service` starts after `c.service`")),
            (json!(uri_in(&folder, "c.service")), json!("`c.service` starts after `a.service`")),
        ]
    );
    // Mended in the buffer, it is gone.
    client.change(&uri, 2, [2, 0, 3, 0], "");
    assert!(!client.findings(&uri, 2).has("ordering-cycle"));
    assert_eq!(client.quit().0, 0);
}
