//! The effective unit over the protocol: the command, the request, and documents of its own scheme.

use crate::lsp_client::{Client, uri, workspace_folders};
use crate::{folder, uri_in};
use expect_test::expect;
use serde_json::{Value, json};
use tempfile::TempDir;

const WEB: &str = "[Service]\nExecStart=/bin/web %i\nRestart=no\n";

fn units() -> TempDir {
    folder(&[("web@.service", WEB), ("web@a.service.d/10.conf", "[Service]\nRestart=always\n")])
}

/// A session in `folder` whose client has these capabilities, with the template open; gives its URI and the server's
/// capabilities, too.
fn session(folder: &TempDir, capabilities: Value) -> (Client, String, Value) {
    let mut client = Client::start(&[]);
    let answer = client.initialize(json!({
        "workspaceFolders": workspace_folders(&[folder.path()]),
        "capabilities": capabilities,
    }));
    let web = uri_in(folder, "web@.service");
    client.open(&web, WEB);
    // The folder is read at some time.
    client.until_effective("web@a", |text| text.contains("web@a.service.d/10.conf"));
    (client, web, answer["capabilities"].clone())
}

impl Client {
    fn effective(&mut self, params: Value) -> Result<Value, Value> {
        let id = self.ask("unitls/effectiveUnit", params);
        self.answer(id)
    }

    fn until_effective(&mut self, unit: &str, wanted: impl Fn(&str) -> bool) {
        let started = std::time::Instant::now();
        loop {
            let answer = self.effective(json!({ "unit": unit }));
            if answer.is_ok_and(|document| document["text"].as_str().is_some_and(&wanted)) {
                return;
            }
            assert!(started.elapsed().as_secs() < 30, "the folder is read at some time");
        }
    }

    fn command(&mut self, arguments: Value) -> Result<Value, Value> {
        self.execute("unitls.showEffectiveUnit", &arguments)
    }
}

#[test]
fn by_name_by_uri_and_by_its_own_uri() {
    let folder = units();
    let (mut client, web, capabilities) = session(&folder, json!({}));
    let commands = capabilities["executeCommandProvider"]["commands"].as_array().expect("a list");
    assert!(commands.contains(&json!("unitls.showEffectiveUnit")));
    assert_eq!(capabilities["experimental"]["effectiveUnit"]["scheme"], "unitls-effective");

    let instance = client.command(json!(["web@a"])).expect("the unit is known");
    expect![[r#"
        # web@a.service
        #   web@.service
        #   web@a.service.d/10.conf

        [Service]
        # web@.service:2
        ExecStart=/bin/web %i
        #Restart=no  # overridden by web@a.service.d/10.conf:2
        # web@a.service.d/10.conf:2
        Restart=always
    "#]]
    .assert_eq(instance["text"].as_str().expect("a text"));
    let own = uri(&folder.path().join("web@a.service")).replace("file:", "unitls-effective:");
    assert_eq!(instance["uri"].as_str(), Some(own.as_str()));
    for params in [
        json!({ "uri": own }),
        json!({ "unit": "web@a.service" }),
        json!({ "uri": "unitls-effective:///web%40a.service" }),
        json!({ "uri": uri_in(&folder, "web@a.service.d/10.conf") }),
    ] {
        assert_eq!(client.effective(params.clone()), Ok(instance.clone()), "{params}");
        assert_eq!(client.command(json!([params])), Ok(instance.clone()), "{params}");
    }
    // As protocol 3.18 asks.
    let content = client.request("workspace/textDocumentContent", json!({ "uri": own }));
    assert_eq!(content["text"], instance["text"]);
    let expanded = client.effective(json!({ "unit": "web@a", "expand": true })).expect("the unit is known");
    assert!(expanded["text"].as_str().is_some_and(|text| text.contains("ExecStart=/bin/web a\n")));

    // What the editor holds counts.
    client.change(&web, 2, [1, 10, 1, 18], "/bin/tail");
    let template = client.command(json!([web])).expect("the unit is known");
    assert!(
        template["text"].as_str().is_some_and(|text| text.contains("ExecStart=/bin/tail %i")),
        "{template}"
    );
    assert!(client.asked_for("window/showDocument").is_empty(), "the client did not say that it can");
}

#[test]
fn what_there_is_no_unit_for() {
    let folder = units();
    let (mut client, _, _) = session(&folder, json!({}));
    for (params, part) in [
        (json!({ "unit": "wbe@a" }), "near it: web@.service"),
        (json!({ "unit": "../../etc" }), "no unit"),
        (json!({ "uri": uri_in(&folder, "notes.txt") }), "no unit file"),
        (json!({ "uri": "unitls-effective:///" }), "no unit"),
        (json!({}), "which unit"),
    ] {
        let error = client.effective(params.clone()).expect_err("there is none");
        assert!(error["message"].as_str().is_some_and(|message| message.contains(part)), "{params}: {error}");
    }
    for arguments in [json!([]), json!([7]), json!(["gone.service"])] {
        assert!(client.command(arguments.clone()).is_err(), "{arguments}");
    }
    assert!(client.execute("rm", &json!(["-rf"])).is_err());
}

#[test]
fn a_client_that_knows_the_scheme_is_shown_the_document() {
    let folder = units();
    let capabilities = json!({
        "window": { "showDocument": { "support": true } },
        "experimental": { "effectiveUnitDocuments": true },
    });
    let (mut client, _, _) = session(&folder, capabilities);
    let document = client.command(json!(["web@a"])).expect("the unit is known");
    client.until_heard(|client| !client.asked_for("window/showDocument").is_empty());
    assert_eq!(client.asked_for("window/showDocument")[0]["uri"], document["uri"]);
    // It then opens the document, which is no unit file: the template's text is its own.
    let uri = document["uri"].as_str().expect("a URI");
    client.open(uri, document["text"].as_str().expect("a text"));
    assert_eq!(client.at("textDocument/hover", uri, 5, 2), Value::Null);
    assert_eq!(client.effective(json!({ "uri": uri })), Ok(document.clone()));
    client.close(uri);
}

/// Editors open old texts of a file beside it to compare them.
#[test]
fn a_document_of_another_scheme_is_not_the_file() {
    let folder = units();
    let (mut client, web, _) = session(&folder, json!({}));
    let old = web.replace("file:", "git:") + "?ref=HEAD";
    client.open(&old, "[Service]\nExecStart=/bin/old\n");
    client.findings(&old, 1);
    let template = client.command(json!([web])).expect("the unit is known");
    assert!(template["text"].as_str().is_some_and(|text| text.contains("/bin/web %i")), "{template}");
    client.close(&old);
    let template = client.command(json!([web])).expect("the unit is known");
    assert!(template["text"].as_str().is_some_and(|text| text.contains("/bin/web %i")), "{template}");
}
