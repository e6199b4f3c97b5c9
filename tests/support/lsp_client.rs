//! A small language client: it starts the built server, speaks the protocol over its pipes, and remembers what an
//! editor would show. Every wait has a limit, and anything on the server's standard output that is no frame fails
//! the test.

use std::collections::{HashMap, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::command;

/// How long any single answer may take; far more than one needs on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// A server under test with the client's side of the session.
pub(crate) struct Client {
    child: Child,
    stdin: Option<ChildStdin>,
    incoming: Receiver<Result<Value, String>>,
    stderr: Option<JoinHandle<Vec<u8>>>,
    /// Answers that nobody has asked for yet.
    answers: VecDeque<Value>,
    /// What was last published, by document.
    published: HashMap<String, Published>,
    /// The server's own requests so far.
    pub(crate) asked: Vec<Value>,
    /// Its notifications so far, but for findings.
    pub(crate) told: Vec<Value>,
    /// Whether the server's requests are answered.
    pub(crate) obliging: bool,
    /// What it answers when it is asked for settings.
    pub(crate) settings: Value,
    last_id: i64,
}

/// The findings that an editor shows for a document.
#[derive(Clone, Default, Debug)]
pub(crate) struct Published {
    /// The document's version that they are of.
    pub(crate) version: Option<i64>,
    pub(crate) findings: Vec<Value>,
}

impl Published {
    /// Whether a finding has this code.
    pub(crate) fn has(&self, code: &str) -> bool {
        self.findings.iter().any(|finding| finding["code"] == code)
    }

    /// The range of the only finding with this code: first line and column, last line and column.
    pub(crate) fn place(&self, code: &str) -> [u64; 4] {
        let mut found = self.findings.iter().filter(|finding| finding["code"] == code);
        let (Some(finding), None) = (found.next(), found.next()) else {
            panic!("one {code}: {self:#?}");
        };
        let number =
            |end: &str, part: &str| finding["range"][end][part].as_u64().expect("ranges are numbers");
        [
            number("start", "line"),
            number("start", "character"),
            number("end", "line"),
            number("end", "character"),
        ]
    }
}

impl Client {
    /// Starts a server without saying anything to it; `environment` is added to its own.
    pub(crate) fn start(environment: &[(&str, &str)]) -> Self {
        Self::start_as(&[], environment)
    }

    /// Starts a server with these arguments.
    pub(crate) fn start_as(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut client = Self::spawn(arguments, environment);
        client.stderr = client.child.stderr.take().map(command::collect);
        client
    }

    /// Starts a server whose standard error is closed.
    pub(crate) fn start_deaf(environment: &[(&str, &str)]) -> Self {
        let mut client = Self::spawn(&[], environment);
        client.child.stderr = None;
        client
    }

    fn spawn(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = command::command();
        let mut child = command
            .args(arguments)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .spawn()
            .expect("the binary under test starts");
        let stdout = child.stdout.take().expect("stdout is piped");
        let (sender, incoming) = channel();
        thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            while let Some(message) = read_frame(&mut stdout).transpose() {
                let garbage = message.is_err();
                if sender.send(message).is_err() || garbage {
                    break;
                }
            }
        });
        Self {
            stdin: child.stdin.take(),
            child,
            incoming,
            stderr: None,
            answers: VecDeque::new(),
            published: HashMap::new(),
            asked: Vec::new(),
            told: Vec::new(),
            obliging: true,
            settings: Value::Null,
            last_id: 0,
        }
    }

    /// A session with these workspace folders, for systemd 257 and without the machine's units.
    pub(crate) fn in_folders(folders: &[&Path]) -> Self {
        let mut client = Self::start(&[]);
        client.initialize(json!({ "workspaceFolders": workspace_folders(folders) }));
        client
    }

    /// Says `initialize` and `initialized`; `params` are laid over the usual ones. Whatever its other capabilities, the
    /// client takes answers in the usual [`forms`]. Gives the server's answer.
    pub(crate) fn initialize(&mut self, params: Value) -> Value {
        let mut all = json!({
            "processId": null,
            "rootUri": null,
            "capabilities": { "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } },
            "initializationOptions": { "systemdVersion": 257, "systemUnits": "none" },
        });
        for (member, value) in params.as_object().expect("an object") {
            all[member] = value.clone();
        }
        for (member, form) in forms().as_object().expect("an object") {
            let document = &mut all["capabilities"]["textDocument"];
            if document[member].is_null() {
                document[member] = form.clone();
            }
        }
        let answer = self.request("initialize", all);
        self.notify("initialized", json!({}));
        answer
    }

    // Saying things.

    /// Writes bytes as they are.
    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("the session is open");
        stdin.write_all(bytes).and_then(|()| stdin.flush()).expect("the server reads");
    }

    /// Writes a body with its header.
    pub(crate) fn send_body(&mut self, body: &[u8]) {
        self.send_bytes(&framed(body));
    }

    /// Sends a notification.
    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        self.send_body(message.to_string().as_bytes());
    }

    /// Sends a request, whose answer is to be fetched with [`Self::answer`].
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.last_id += 1;
        let message = json!({ "jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params });
        self.send_body(message.to_string().as_bytes());
        self.last_id
    }

    /// Sends a request and gives its result; an error fails the test.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        self.answer(id).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Executes a command of the server's.
    pub(crate) fn execute(&mut self, command: &str, arguments: &Value) -> Result<Value, Value> {
        let id = self.ask("workspace/executeCommand", json!({ "command": command, "arguments": arguments }));
        self.answer(id)
    }

    /// Opens a document at version 1.
    pub(crate) fn open(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "systemd", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Replaces `range` (first line and column, last line and column) of a document.
    pub(crate) fn change(&mut self, uri: &str, version: i64, range: [u32; 4], text: &str) {
        let [line, column, end_line, end_column] = range;
        let range = json!({
            "start": { "line": line, "character": column },
            "end": { "line": end_line, "character": end_column },
        });
        self.change_by(uri, version, json!([{ "range": range, "text": text }]));
    }

    /// Replaces the whole text of a document.
    pub(crate) fn replace(&mut self, uri: &str, version: i64, text: &str) {
        self.change_by(uri, version, json!([{ "text": text }]));
    }

    /// Sends `didChange` with these changes.
    pub(crate) fn change_by(&mut self, uri: &str, version: i64, changes: Value) {
        let document = json!({ "uri": uri, "version": version });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// Closes a document.
    pub(crate) fn close(&mut self, uri: &str) {
        self.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    }

    /// Asks about a place in a document: hover, completion and the like.
    pub(crate) fn at(&mut self, method: &str, uri: &str, line: u32, column: u32) -> Value {
        self.request(method, place(uri, line, column))
    }

    /// The hover's Markdown at a place; empty where there is none.
    pub(crate) fn hover(&mut self, uri: &str, line: u32, column: u32) -> String {
        let hover = self.at("textDocument/hover", uri, line, column);
        hover["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }

    // Hearing things.

    /// The answer to a request: its result or its error.
    pub(crate) fn answer(&mut self, id: i64) -> Result<Value, Value> {
        self.answer_with(&json!(id))
    }

    /// The answer that carries this id, which for a message that could not be read is null.
    pub(crate) fn answer_with(&mut self, id: &Value) -> Result<Value, Value> {
        let deadline = Instant::now() + LIMIT;
        loop {
            if let Some(at) = self.answers.iter().position(|answer| answer["id"] == *id) {
                let mut answer = self.answers.remove(at).expect("found a moment ago");
                return match answer.get_mut("error") {
                    Some(error) => Err(error.take()),
                    None => Ok(answer["result"].take()),
                };
            }
            assert!(self.hear(deadline), "no answer to request {id}");
        }
    }

    /// Waits until what is shown for a document satisfies `wanted`.
    pub(crate) fn until(&mut self, uri: &str, wanted: impl Fn(&Published) -> bool) -> Published {
        let deadline = Instant::now() + LIMIT;
        loop {
            let shown = self.shown(uri);
            if wanted(&shown) {
                return shown;
            }
            assert!(self.hear(deadline), "never shown for {uri}; last: {shown:#?}");
        }
    }

    /// Waits for the findings of this version of a document.
    pub(crate) fn findings(&mut self, uri: &str, version: i64) -> Published {
        self.until(uri, |shown| shown.version == Some(version))
    }

    /// Waits until the server has asked or told what is `wanted`.
    pub(crate) fn until_heard(&mut self, wanted: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + LIMIT;
        while !wanted(self) {
            assert!(self.hear(deadline), "asked: {:#?}, told: {:#?}", self.asked, self.told);
        }
    }

    /// The server's requests of this method so far.
    pub(crate) fn asked_for(&self, method: &str) -> Vec<&Value> {
        self.asked
            .iter()
            .filter(|request| request["method"] == method)
            .map(|request| &request["params"])
            .collect()
    }

    /// What is shown for a document now.
    pub(crate) fn shown(&self, uri: &str) -> Published {
        self.published.get(uri).cloned().unwrap_or_default()
    }

    /// Whether anything was ever published for a document.
    pub(crate) fn knows(&self, uri: &str) -> bool {
        self.published.contains_key(uri)
    }

    /// Takes in what arrives within `time`.
    pub(crate) fn hear_for(&mut self, time: Duration) {
        let deadline = Instant::now() + time;
        while self.hear(deadline) {}
    }

    /// Takes the next message in; `false` when none came in time.
    fn hear(&mut self, deadline: Instant) -> bool {
        let message = match self.incoming.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(Ok(message)) => message,
            Ok(Err(garbage)) => panic!("no frame on standard output: {garbage}"),
            Err(RecvTimeoutError::Timeout) => return false,
            Err(RecvTimeoutError::Disconnected) => panic!("the server has closed its output"),
        };
        assert_eq!(message["jsonrpc"], "2.0", "{message}");
        match (message.get("method").and_then(Value::as_str), message.get("id")) {
            (None, _) => self.answers.push_back(message),
            (Some("textDocument/publishDiagnostics"), None) => {
                let params = &message["params"];
                let uri = params["uri"].as_str().expect("diagnostics name their document").to_owned();
                let findings = params["diagnostics"].as_array().expect("diagnostics are a list").clone();
                self.published.insert(uri, Published { version: params["version"].as_i64(), findings });
            }
            (Some(_), None) => self.told.push(message),
            (Some(_), Some(id)) => {
                if self.obliging {
                    let settings = message["method"] == "workspace/configuration";
                    let result = if settings { json!([self.settings]) } else { Value::Null };
                    let answer = json!({ "jsonrpc": "2.0", "id": id, "result": result });
                    self.send_body(answer.to_string().as_bytes());
                }
                self.asked.push(message);
            }
        }
        true
    }

    // The end.

    /// Says `shutdown` and `exit`, as an editor does. Gives the exit status and what went to standard error.
    pub(crate) fn quit(mut self) -> (i32, String) {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.ended()
    }

    /// Closes the server's input.
    pub(crate) fn hang_up(&mut self) {
        self.stdin = None;
    }

    /// Waits for the server's end, its input left as it is. Gives the exit status and what went to standard error.
    pub(crate) fn ended(mut self) -> (i32, String) {
        let status = command::wait(&mut self.child, LIMIT);
        let stderr = self.stderr.take().map(|stderr| stderr.join().expect("reading a pipe does not panic"));
        (status, String::from_utf8_lossy(&stderr.unwrap_or_default()).into_owned())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The forms of answers that most clients take.
fn forms() -> Value {
    json!({
        "hover": { "contentFormat": ["markdown", "plaintext"] },
        "codeAction": { "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["quickfix", "source"] } } },
        "publishDiagnostics": { "relatedInformation": true },
        "completion": {
            "completionItem": {
                "documentationFormat": ["markdown", "plaintext"],
                "labelDetailsSupport": true,
                "tagSupport": { "valueSet": [1] },
            },
            "completionItemKind": { "valueSet": (1..=25).collect::<Vec<_>>() },
        },
    })
}

/// A body with its header.
pub(crate) fn framed(body: &[u8]) -> Vec<u8> {
    let mut frame = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    frame.extend_from_slice(body);
    frame
}

/// The parameters of a request about a place.
pub(crate) fn place(uri: &str, line: u32, column: u32) -> Value {
    json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": column } })
}

/// The `file:` URI of a path.
pub(crate) fn uri(path: &Path) -> String {
    let mut uri = "file://".to_owned();
    for byte in path.to_str().expect("the tests' paths are UTF-8").bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'~' => uri.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => uri.push(byte.into()),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// Workspace folders as the protocol names them.
pub(crate) fn workspace_folders(folders: &[&Path]) -> Value {
    folders.iter().map(|folder| json!({ "uri": uri(folder), "name": "units" })).collect()
}

/// The next frame; `None` at the end of output, an error for anything that is no frame of the usual form.
fn read_frame(input: &mut impl BufRead) -> Result<Option<Value>, String> {
    let mut header = Vec::new();
    input.read_until(b'\n', &mut header).map_err(|error| error.to_string())?;
    if header.is_empty() {
        return Ok(None);
    }
    let odd = || format!("{:?}", String::from_utf8_lossy(&header));
    let text = std::str::from_utf8(&header).map_err(|_| odd())?;
    let length =
        text.strip_prefix("Content-Length: ").and_then(|text| text.strip_suffix("\r\n")).ok_or_else(odd)?;
    let length: usize = length.parse().map_err(|_| odd())?;
    let mut body = vec![0; length + 2];
    input.read_exact(&mut body).map_err(|error| error.to_string())?;
    let body = body.strip_prefix(b"\r\n").ok_or("a header line too many")?;
    serde_json::from_slice(body)
        .map(Some)
        .map_err(|error| format!("{error}: {}", String::from_utf8_lossy(body)))
}
