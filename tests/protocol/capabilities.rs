//! Real clients by what they say of themselves, recorded from them, and two that say little: each gets every announced
//! feature in a form that it takes.

use crate::lsp_client::{Client, Published, place, workspace_folders};
use crate::navigation::read;
use crate::{folder, uri_in};
use expect_test::expect;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A repair, a finding with a place in the socket, and a name with characters of two UTF-16 units before it.
const WEB: &str = "[Unit]\nDescription=🎲 web\nWants=db.service\nPropagateReloadTo=db.service\n[Service]\nExecStart=/bin/web\nTimeoutStopSec=1min # soon\nRestart=\n\n[Install]\nWantedBy=multi-user.target\n";
const FILES: [(&str, &str); 5] = [
    ("web.service", WEB),
    ("web.socket", "[Socket]\nListenStream=5000\n"),
    ("db.service", "[Unit]\nDescription=The data\n[Service]\nExecStart=/bin/db\n"),
    ("db.service.d/10.conf", "[Service]\nNice=1\n"),
    ("web.timer", "[Timer]\nOnCalendar=daily\n"),
];

fn recorded(text: &str) -> Value {
    serde_json::from_str(text).expect("recordings are JSON")
}

/// A client with its capabilities, and what the server offers to it.
struct Session {
    client: Client,
    folder: TempDir,
    /// The client's.
    can: Value,
    /// The server's.
    offers: Value,
    web: String,
}

impl Session {
    fn new(introduction: &Value) -> Self {
        let folder = folder(&FILES);
        let mut client = Client::start(&[]);
        let answer = client.request(
            "initialize",
            json!({
                "processId": null,
                "clientInfo": introduction["clientInfo"],
                "capabilities": introduction["capabilities"],
                "workspaceFolders": workspace_folders(&[folder.path()]),
                "initializationOptions": { "systemdVersion": 252, "systemUnits": "none" },
            }),
        );
        client.notify("initialized", json!({}));
        let web = uri_in(&folder, "web.service");
        client.open(&web, WEB);
        read(&mut client, "web.timer");
        let offers = answer["capabilities"].clone();
        Self { client, folder, can: introduction["capabilities"].clone(), offers, web }
    }

    /// Whether the client says yes to this, or anything where it is no yes or no.
    fn says(&self, pointer: &str) -> bool {
        match self.can.pointer(pointer) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(said)) => *said,
            Some(_) => true,
        }
    }

    /// Whether a list that the client gives holds the value.
    fn lists(&self, pointer: &str, value: &Value) -> bool {
        self.can.pointer(pointer).and_then(Value::as_array).is_some_and(|list| list.contains(value))
    }

    /// Whether a kind is known to it: of those that it lists, or of the first eighteen.
    fn knows_kind(&self, pointer: &str, kind: &Value) -> bool {
        match self.can.pointer(pointer) {
            Some(Value::Array(known)) => known.contains(kind),
            _ => kind.as_u64().is_some_and(|kind| kind <= 18),
        }
    }

    fn document(&self) -> Value {
        json!({ "textDocument": { "uri": self.web } })
    }

    fn ask(&mut self, method: &str) -> Value {
        let document = self.document();
        self.client.request(method, document)
    }

    /// Column and line of `text`, in the settled unit of columns.
    fn place_of(&self, text: &str) -> (u32, u32) {
        let at = WEB.find(text).expect("the unit holds it");
        let line = WEB[..at].matches('\n').count() as u32;
        let before = WEB[..at].rsplit('\n').next().unwrap_or_default();
        let column = match self.offers["positionEncoding"].as_str() {
            Some("utf-8") => before.len(),
            _ => before.encode_utf16().count(),
        };
        (line, column as u32)
    }

    fn check_encoding(&mut self) {
        let encoding = self.offers["positionEncoding"].clone();
        assert!(encoding == "utf-16" || self.lists("/general/positionEncodings", &encoding), "{encoding}");
        let (line, column) = self.place_of("web\nWants");
        let hover = self.client.at("textDocument/hover", &self.web, line, column);
        assert_eq!(hover["range"]["start"]["line"], line);
        let end = hover["range"]["end"]["character"].as_u64();
        assert_eq!(end, Some(u64::from(column) + 3), "in {encoding}");
    }

    fn check_texts(&mut self) {
        let is_plain = |text: &Value| {
            let text = text["value"].as_str().expect("a text");
            assert!(!text.contains("**") && !text.contains("\n- `") && !text.contains("]("), "{text}");
        };
        let (line, column) = self.place_of("db.service");
        let hover = self.client.at("textDocument/hover", &self.web, line, column)["contents"].clone();
        assert!(hover["value"].as_str().is_some_and(|text| text.contains("The data")), "{hover}");
        let formats = "/textDocument/hover/contentFormat";
        match self.can.pointer(formats) {
            Some(formats) => assert_eq!(hover["kind"], formats[0]),
            None => assert_eq!(hover["kind"], "plaintext"),
        }
        if hover["kind"] == "plaintext" {
            is_plain(&hover);
        }

        let (line, column) = self.place_of("\n\n[Install]");
        let found = self.client.at("textDocument/completion", &self.web, line, column);
        let words = found["items"].as_array().expect("a list").clone();
        let found = self.client.at("textDocument/completion", &self.web, line + 1, 0);
        let keys = found["items"].as_array().expect("a list").clone();
        assert!(words.iter().any(|item| item["label"] == "on-failure"), "{words:#?}");
        let item = "/textDocument/completion/completionItem";
        let can = |what: &str| self.says(&format!("{item}/{what}"));
        for item in words.iter().chain(&keys) {
            let kinds = "/textDocument/completion/completionItemKind/valueSet";
            assert!(self.knows_kind(kinds, &item["kind"]), "{item}");
            assert!(can("labelDetailsSupport") || item.get("labelDetails").is_none(), "{item}");
            assert!(can("tagSupport") || item.get("tags").is_none(), "{item}");
            assert!(can("deprecatedSupport") || item.get("deprecated").is_none(), "{item}");
            assert!(
                can("snippetSupport") || item.get("insertTextFormat").is_none_or(|form| *form == 1),
                "{item}"
            );
            let edit = &item["textEdit"];
            assert!(edit.is_null() || edit.get("range").is_some(), "{item}");
        }
        let newer = keys.iter().find(|item| item.to_string().contains("systemd 25")).expect("some are newer");
        assert_eq!(newer["labelDetails"].is_null(), !can("labelDetailsSupport"), "{newer}");
        let resolved =
            self.client.request("completionItem/resolve", keys[0].clone())["documentation"].clone();
        let said = self.can.pointer(&format!("{item}/documentationFormat")).or(self.can.pointer(formats));
        assert_eq!(resolved["kind"], said.map_or(json!("plaintext"), |formats| formats[0].clone()));
        if resolved["kind"] == "plaintext" {
            is_plain(&resolved);
        }
    }

    fn check_places(&mut self) {
        let (line, column) = self.place_of("db.service");
        for (what, is_offered) in
            [("definition", "definitionProvider"), ("implementation", "implementationProvider")]
        {
            assert_eq!(self.offers[is_offered], true);
            let found = self.client.at(&format!("textDocument/{what}"), &self.web, line, column);
            let links = self.says(&format!("/textDocument/{what}/linkSupport"));
            assert_eq!(found[0].get("targetUri").is_some(), links, "{found}");
            assert_eq!(found[0].get("uri").is_some(), !links, "{found}");
        }
        let outline = self.ask("textDocument/documentSymbol");
        let nested = self.says("/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport");
        assert_eq!(
            (outline[0].get("children").is_some(), outline[0].get("location").is_some()),
            (nested, !nested)
        );
        let units = self.client.request("workspace/symbol", json!({ "query": "" }));
        let units = units.as_array().expect("a list");
        assert!(units.iter().any(|unit| unit["name"] == "web.timer"), "{units:#?}");
        for unit in units {
            assert!(self.knows_kind("/workspace/symbol/symbolKind/valueSet", &unit["kind"]), "{unit}");
        }
        let folds = self.ask("textDocument/foldingRange");
        let lines_only = self.says("/textDocument/foldingRange/lineFoldingOnly");
        for fold in folds.as_array().expect("a list") {
            assert!(!lines_only || fold.get("startCharacter").is_none(), "{fold}");
        }
    }

    /// The findings in the unit, sent or asked for.
    fn findings(&mut self) -> Vec<Value> {
        if self.offers["diagnosticProvider"].is_null() {
            let enough = |shown: &Published| shown.has("inline-comment") && shown.findings.len() > 1;
            return self.client.until(&self.web, enough).findings;
        }
        assert!(self.says("/textDocument/diagnostic") && self.says("/workspace/diagnostics/refreshSupport"));
        let report = self.ask("textDocument/diagnostic");
        let related = self.says("/textDocument/diagnostic/relatedDocumentSupport");
        assert!(related || report.get("relatedDocuments").is_none(), "{report}");
        assert!(!self.client.knows(&self.web), "who asks is sent none");
        report["items"].as_array().expect("a list").clone()
    }

    fn check_findings_and_repairs(&mut self) {
        let findings = self.findings();
        let published = "/textDocument/publishDiagnostics";
        let (related, described) = (
            self.says(&format!("{published}/relatedInformation")),
            self.says(&format!("{published}/codeDescriptionSupport")),
        );
        for finding in &findings {
            assert!(related || finding.get("relatedInformation").is_none(), "{finding}");
            assert_eq!(finding.get("codeDescription").is_some(), described, "{finding}");
        }
        let with_places = findings.iter().any(|finding| finding.get("relatedInformation").is_some());
        assert_eq!(with_places, related, "{findings:#?}");

        let literals = self.says("/textDocument/codeAction/codeActionLiteralSupport");
        let applies = self.says("/workspace/applyEdit");
        let provider = &self.offers["codeActionProvider"];
        assert_eq!(provider.is_object(), literals, "kinds are for clients that know actions: {provider}");
        assert!(literals || *provider == json!(applies), "{provider}");
        let comment =
            findings.iter().find(|finding| finding["code"] == "inline-comment").expect("it is there");
        let mut params = self.document();
        params["range"] = comment["range"].clone();
        params["context"] = json!({ "diagnostics": [comment] });
        let actions = self.client.request("textDocument/codeAction", params);
        let actions = actions.as_array().expect("a list");
        assert_eq!(actions.is_empty(), !literals && !applies);
        for action in actions {
            assert_eq!(action.get("edit").is_some(), literals, "{action}");
            assert_eq!(action["command"].is_string(), !literals, "{action}");
            let edit = if literals { &action["edit"] } else { &action["arguments"][0] };
            self.is_edit(edit);
        }
        if !literals && applies {
            let command = json!({ "command": actions[0]["command"], "arguments": actions[0]["arguments"] });
            let commands = &self.offers["executeCommandProvider"]["commands"];
            assert!(commands.as_array().is_some_and(|commands| commands.contains(&command["command"])));
            self.client.request("workspace/executeCommand", command);
            self.client.until_heard(|client| !client.asked_for("workspace/applyEdit").is_empty());
            let asked = self.client.asked_for("workspace/applyEdit")[0].clone();
            assert_eq!(asked["edit"], actions[0]["arguments"][0]);
        }
    }

    /// An edit that the client can do.
    fn is_edit(&self, edit: &Value) {
        let operations = "/workspace/workspaceEdit/resourceOperations";
        let documents = self.says("/workspace/workspaceEdit/documentChanges") || self.says(operations);
        assert!(documents || edit.get("documentChanges").is_none(), "{edit}");
        for change in edit["documentChanges"].as_array().into_iter().flatten() {
            let operation = change.get("kind");
            assert!(operation.is_none_or(|operation| self.lists(operations, operation)), "{change}");
        }
    }

    fn check_rename(&mut self) {
        let prepares = self.says("/textDocument/rename/prepareSupport");
        assert_eq!(self.offers["renameProvider"].is_object(), prepares, "{}", self.offers["renameProvider"]);
        let (line, column) = self.place_of("db.service");
        let mut params = place(&self.web, line, column);
        params["newName"] = json!("data.service");
        let id = self.client.ask("textDocument/rename", params);
        match (
            self.client.answer(id),
            self.lists("/workspace/workspaceEdit/resourceOperations", &json!("rename")),
        ) {
            (Ok(edit), true) => self.is_edit(&edit),
            (Err(error), false) => {
                assert!(error["message"].as_str().is_some_and(|text| text.contains("rename")))
            }
            (answer, _) => panic!("{answer:?}"),
        }
    }

    fn check_starters(&mut self) {
        let commands = self.offers["executeCommandProvider"]["commands"].clone();
        let commands = commands.as_array().expect("a list");
        let lenses = self.ask("textDocument/codeLens");
        for lens in lenses.as_array().expect("a list") {
            assert!(
                commands.contains(&lens["command"]["command"]),
                "whoever has no other takes the server's: {lens}"
            );
            let params =
                json!({ "command": lens["command"]["command"], "arguments": lens["command"]["arguments"] });
            assert!(self.client.request("workspace/executeCommand", params).is_array());
        }
        let (line, column) = self.place_of("[Service]");
        let items = self.client.at("textDocument/prepareCallHierarchy", &self.web, line, column);
        let calls = self.client.request("callHierarchy/incomingCalls", json!({ "item": items[0] }));
        let calls = calls.as_array().expect("a list");
        assert!(calls.len() > 2, "{calls:#?}");
        for call in calls {
            assert!(call["fromRanges"].as_array().is_some_and(|ranges| !ranges.is_empty()), "{call}");
            assert!(
                self.knows_kind("/workspace/symbol/symbolKind/valueSet", &call["from"]["kind"]),
                "{call}"
            );
        }
    }

    /// Whatever else is announced is answered.
    fn check_the_rest(&mut self) {
        let (line, column) = self.place_of("db.service");
        let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } });
        let at = json!({ "line": line, "character": column });
        let options = json!({ "tabSize": 4, "insertSpaces": true });
        let asked = [
            (
                "referencesProvider",
                "references",
                json!({ "position": at, "context": { "includeDeclaration": true } }),
            ),
            ("documentHighlightProvider", "documentHighlight", json!({ "position": at })),
            ("documentLinkProvider", "documentLink", json!({})),
            ("selectionRangeProvider", "selectionRange", json!({ "positions": [at] })),
            ("semanticTokensProvider", "semanticTokens/full", json!({})),
            ("inlayHintProvider", "inlayHint", json!({ "range": whole })),
            ("semanticTokensProvider", "semanticTokens/range", json!({ "range": whole })),
            ("documentFormattingProvider", "formatting", json!({ "options": options })),
            (
                "documentRangeFormattingProvider",
                "rangeFormatting",
                json!({ "options": options, "range": whole }),
            ),
            (
                "documentOnTypeFormattingProvider",
                "onTypeFormatting",
                json!({ "options": options, "position": at, "ch": "\n" }),
            ),
        ];
        let mut answered: Vec<&str> = asked.iter().map(|(provider, ..)| *provider).collect();
        for (provider, method, more) in &asked {
            assert!(!self.offers[provider].is_null(), "{provider}");
            let mut params = self.document();
            for (member, value) in more.as_object().expect("an object") {
                params[member] = value.clone();
            }
            self.client.request(&format!("textDocument/{method}"), params);
        }
        // The other checks see to these.
        answered.extend([
            "callHierarchyProvider",
            "codeActionProvider",
            "codeLensProvider",
            "completionProvider",
            "definitionProvider",
            "diagnosticProvider",
            "documentSymbolProvider",
            "executeCommandProvider",
            "foldingRangeProvider",
            "hoverProvider",
            "implementationProvider",
            "renameProvider",
            "workspaceSymbolProvider",
        ]);
        let offered = self.offers.as_object().expect("an object").keys();
        let unasked: Vec<_> =
            offered.filter(|name| name.ends_with("Provider") && !answered.contains(&name.as_str())).collect();
        assert!(unasked.is_empty(), "announced and not tried: {unasked:?}");
    }

    /// The server asks its client for nothing that it did not say it does.
    fn check_requests(&mut self) {
        // A change elsewhere, for clients that want to hear of lenses.
        self.client.open(&uri_in(&self.folder, "late.service"), "[Unit]\nWants=web.service\n");
        if self.says("/workspace/codeLens/refreshSupport") {
            self.client.until_heard(|client| !client.asked_for("workspace/codeLens/refresh").is_empty());
        }
        for request in &self.client.asked {
            let dynamic = |registration: &Value| {
                let method = registration["method"].as_str().expect("a method");
                self.says(&format!("/{}/dynamicRegistration", method))
            };
            let may = match request["method"].as_str().expect("a method") {
                "client/registerCapability" => {
                    request["params"]["registrations"].as_array().is_some_and(|all| all.iter().all(dynamic))
                }
                "window/workDoneProgress/create" => self.says("/window/workDoneProgress"),
                "workspace/configuration" => self.says("/workspace/configuration"),
                "workspace/codeLens/refresh" => self.says("/workspace/codeLens/refreshSupport"),
                "workspace/diagnostic/refresh" => self.says("/workspace/diagnostics/refreshSupport"),
                "workspace/applyEdit" => self.says("/workspace/applyEdit"),
                _ => false,
            };
            assert!(may, "the client does not do this: {request}");
        }
    }
}

fn check(introduction: &Value) {
    let mut session = Session::new(introduction);
    session.check_encoding();
    session.check_texts();
    session.check_places();
    session.check_findings_and_repairs();
    session.check_rename();
    session.check_starters();
    session.check_the_rest();
    session.check_requests();
}

#[test]
fn vscode() {
    check(&recorded(include_str!("capabilities/vscode.json")));
}

#[test]
fn neovim() {
    check(&recorded(include_str!("capabilities/neovim.json")));
}

#[test]
fn helix() {
    check(&recorded(include_str!("capabilities/helix.json")));
}

#[test]
fn one_that_says_nothing() {
    check(&json!({ "capabilities": {} }));
}

/// As plug-ins for terminals without colours are.
#[test]
fn one_that_shows_plain_text_and_knows_commands_only() {
    let introduction = json!({ "capabilities": {
        "general": { "positionEncodings": ["utf-8"] },
        "workspace": { "applyEdit": true, "workspaceEdit": { "documentChanges": false } },
        "textDocument": {
            "hover": { "contentFormat": ["plaintext", "markdown"] },
            "completion": { "completionItem": { "documentationFormat": ["plaintext"], "deprecatedSupport": true } },
            "codeAction": {},
            "foldingRange": { "lineFoldingOnly": true },
        },
    } });
    check(&introduction);
    let mut session = Session::new(&introduction);
    let (line, column) = session.place_of("db.service");
    let web = session.web.clone();
    expect![[r#"
        db.service

        The data

        db.service

        Drop-ins, in reading order:

        - db.service.d/10.conf

        Type=simple

        Started by:

        - web.service (Wants=, via web.socket, port 5000; via web.timer, daily at 00:00)

        Stopping it does not keep it down: web.socket and web.timer start it again. systemctl stop web.socket web.timer db.service stops all of them."#]].assert_eq(&session.client.hover(&web, line, column));
}
