//! `cargo xtask bench-lsp`: how long unitls keeps a typist waiting, and how much memory it takes, beside the null
//! server (`tests/bench/null_server.rs`) and beside any other server. All of them follow the same script over
//! stdio, one at a time, in rounds whose order rotates, so that a busy machine disturbs all of them alike.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};
use serde_json::{Value, json};

use crate::lsp_client::{Client, Failure, Server, built, milliseconds, percentile};

/// Edits in one session; with five rounds, 200 in all.
const EDITS: usize = 40;
/// Completions, and hovers, in one session.
const REQUESTS: usize = 20;

/// Measures unitls, the null server and other language servers by the same script.
#[derive(Parser, Debug)]
#[command(name = "cargo xtask bench-lsp")]
pub(crate) struct Options {
    /// Another server to measure; the words of COMMAND are separated by blanks, no shell reads them
    #[arg(long = "peer", value_name = "NAME=COMMAND", value_parser = parse_peer)]
    peers: Vec<Server>,
    /// Rounds; each server has one session for each size in every round
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Measure only files of SIZE lines (at least 60; may be repeated)
    #[arg(long, value_name = "SIZE", value_parser = clap::value_parser!(u32).range(60..))]
    only: Vec<u32>,
    /// How to print the figures
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum Format {
    Text,
    Json,
}

fn parse_peer(argument: &str) -> Result<Server, String> {
    let (name, command) =
        argument.split_once('=').ok_or("expected NAME=COMMAND, such as other=/usr/bin/other-lsp")?;
    let command: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
    if name.is_empty() || command.is_empty() {
        return Err("neither the name nor the command may be empty".into());
    }
    Ok(Server { name: name.to_owned(), command })
}

/// Builds the two servers of this repository, runs all sessions and prints the figures.
///
/// # Errors
///
/// Says what failed when something does not build or the null server does not work. Any other server that fails is
/// named on stderr and left out, and the exit code is 1.
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    let mut servers =
        vec![built("null-server", &["--example", "null-server"])?, built("unitls", &["--bin", "unitls"])?];
    servers.extend(options.peers.iter().cloned());
    let sizes = match options.only.as_slice() {
        [] => vec![60, 500, 10_000],
        only => only.to_vec(),
    };

    let folder = std::env::temp_dir().join(format!("bench-lsp-{}", std::process::id()));
    let outcome = measure(&servers, &sizes, options.runs, &folder);
    let _ = fs::remove_dir_all(&folder);
    let (samples, failed) = outcome?;

    let figures = figures(&servers, &sizes, &samples);
    match options.format {
        Format::Text => print!("{}", table(&servers, &sizes, &figures)),
        Format::Json => println!("{:#}", report(options.runs, &figures)),
    }
    Ok(ExitCode::from(u8::from(!failed.is_empty())))
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Measure {
    Start,
    Open,
    Edit,
    Completion,
    CompletionBytes,
    Hover,
    HoverBytes,
    Memory,
}

/// Every sample, by size and server (indices) and measure: milliseconds, bytes or KiB.
type Samples = BTreeMap<(usize, usize, Measure), Vec<f64>>;

/// Runs every session. Gives the samples and the servers that failed.
fn measure(
    servers: &[Server],
    sizes: &[u32],
    runs: u32,
    folder: &Path,
) -> Result<(Samples, BTreeSet<usize>), String> {
    let scripts = sizes
        .iter()
        .map(|&lines| Script::new(lines, &folder.join(format!("{lines}-lines"))))
        .collect::<io::Result<Vec<_>>>()
        .map_err(|error| format!("cannot write below {}: {error}", folder.display()))?;
    let mut samples = Samples::new();
    let mut failed = BTreeSet::new();
    let mut given_up = BTreeSet::new();
    for run in 0..runs as usize {
        eprintln!("round {} of {runs}", run + 1);
        for (size, script) in scripts.iter().enumerate() {
            for turn in 0..servers.len() {
                let index = (turn + run) % servers.len();
                if failed.contains(&index) {
                    continue;
                }
                let server = &servers[index];
                let errors = folder.join(format!("{index}.stderr"));
                let skip = |measure| given_up.contains(&(size, index, measure));
                let session = match Session::run(server, script, &errors, skip) {
                    Ok(session) => session,
                    Err(message) if index == 0 => {
                        return Err(format!("{}: {message}", server.name));
                    }
                    Err(message) => {
                        eprintln!("{}: {message}; left out", server.name);
                        failed.insert(index);
                        continue;
                    }
                };
                for (measure, value) in session.samples {
                    samples.entry((size, index, measure)).or_default().push(value);
                }
                for (measure, reason) in session.given_up {
                    eprintln!(
                        "{}, {} lines: {measure:?}: {reason}; not tried again",
                        server.name, script.lines
                    );
                    given_up.insert((size, index, measure));
                }
            }
        }
    }
    Ok((samples, failed))
}

/// What is done to one file: its text and the places of the script's steps (zero-based lines).
struct Script {
    lines: u32,
    root_uri: String,
    uri: String,
    text: String,
    /// The line of a value in the middle of the file, and the column after its last character.
    edit: (u32, u32),
    /// An empty line in `[Service]`.
    empty_line: u32,
    /// The line of `Type=`.
    type_line: u32,
}

impl Script {
    /// Writes a unit of `lines` lines into the empty workspace `folder`.
    fn new(lines: u32, folder: &Path) -> io::Result<Script> {
        let text = unit_text(lines);
        let path = folder.join("bench.service");
        fs::create_dir_all(folder)?;
        fs::write(&path, &text)?;
        let line_of = |start: &str| {
            let found = text.lines().zip(0..).find(|(line, _)| line.starts_with(start));
            found.expect("unit_text writes every line that the script uses")
        };
        let (edited, edit_line) = line_of("Environment=BENCH_MODE=");
        let (_, type_line) = line_of("Type=");
        Ok(Script {
            lines,
            root_uri: format!("file://{}", folder.display()),
            uri: format!("file://{}", path.display()),
            edit: (edit_line, edited.len() as u32),
            empty_line: edit_line + 1,
            type_line,
            text,
        })
    }

    /// The text with the typed character.
    fn edited_text(&self) -> String {
        let edited = "Environment=BENCH_MODE=fast";
        self.text.replacen(edited, &format!("{edited}t"), 1)
    }

    fn at(&self, line: u32, character: u32) -> Value {
        json!({"textDocument": {"uri": self.uri}, "position": {"line": line, "character": character}})
    }
}

const HEAD: &str = "\
[Unit]
Description=Bench queue: takes jobs and hands them to its workers
Documentation=https://bench.example/manual man:bench(8)
Wants=network-online.target
After=network-online.target postgresql.service

[Service]
Type=notify
User=bench
Group=bench
WorkingDirectory=/var/lib/bench
ExecStart=/usr/bin/bench --config /etc/bench/bench.toml --log journal
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=5s
TimeoutStopSec=1min 30s
StateDirectory=bench
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
NoNewPrivileges=yes
SystemCallFilter=@system-service

";
const MIDDLE: &str = "Environment=BENCH_MODE=fast\n\n";
const TAIL: &str = "\n[Install]\nWantedBy=multi-user.target\n";

/// The settings of one worker; `@` stands for its number.
const WORKER: &str = "\
# Worker @: its own state, key and limits.
Environment=WORKER_@_QUEUE=jobs-@ \"WORKER_@_TITLE=Queue number @\"
EnvironmentFile=-/etc/bench/worker-@.env
ExecStartPre=/usr/bin/install -d -m 0750 \\
    -o bench -g bench \\
    /var/lib/bench/worker-@
ReadWritePaths=/var/lib/bench/worker-@ -/var/cache/bench/worker-@
LoadCredential=worker-@.key:/etc/bench/keys/worker-@.key
ExecStopPost=-/usr/bin/rm -f /run/bench/worker-@.sock

";

/// A valid service of exactly `lines` lines, as a generator of units would write it. ASCII only, so that columns are
/// the same in every encoding.
fn unit_text(lines: u32) -> String {
    let count = |text: &str| text.lines().count() as u32;
    let mut text = HEAD.to_owned();
    let mut written = count(HEAD);
    let mut worker = 0;
    for (goal, next) in [(lines / 2, MIDDLE), (lines - count(TAIL), TAIL)] {
        while written + count(WORKER) <= goal {
            worker += 1;
            text += &WORKER.replace('@', &worker.to_string());
            written += count(WORKER);
        }
        while written < goal {
            let _ = writeln!(text, "Environment=BENCH_SPARE_{written}=0");
            written += 1;
        }
        text += next;
        written += count(next);
    }
    text
}

/// One run of one server through one script.
struct Session {
    samples: Vec<(Measure, f64)>,
    given_up: Vec<(Measure, String)>,
}

impl Session {
    /// `errors` is the file that takes the server's stderr; steps that `skip` names are left out.
    fn run(
        server: &Server,
        script: &Script,
        errors: &Path,
        skip: impl Fn(Measure) -> bool,
    ) -> Result<Session, String> {
        let mut session = Session { samples: Vec::new(), given_up: Vec::new() };
        let started = Instant::now();
        let mut client = Client::spawn(server, errors)?;
        match session.follow(script, started, &mut client, skip) {
            Ok(()) => {
                client.say_goodbye();
                Ok(session)
            }
            Err(Failure::Step(reason)) => Err(reason),
            Err(Failure::Gone) => Err(client.last_words(errors)),
        }
    }

    fn follow(
        &mut self,
        script: &Script,
        started: Instant,
        client: &mut Client,
        skip: impl Fn(Measure) -> bool,
    ) -> Result<(), Failure> {
        let (answer, _) = client.request("initialize", &initialize_params(script))?;
        self.samples.push((Measure::Start, milliseconds(answer.received - started)));
        let sync = &answer.body["result"]["capabilities"]["textDocumentSync"];
        let incremental = sync.as_u64().or(sync["change"].as_u64()) == Some(2);
        client.notify("initialized", &json!({}))?;

        let document = json!({
            "uri": script.uri, "languageId": "systemd", "version": 0, "text": script.text
        });
        let sent = client.notify("textDocument/didOpen", &json!({"textDocument": document}))?;
        if !skip(Measure::Open) {
            let step = client.diagnostics(&script.uri, 0);
            self.record(Measure::Open, step.map(|answer| answer.received - sent))?;
        }

        // Each edit types a character or takes it away again.
        let edited = script.edited_text();
        let (line, column) = script.edit;
        for version in (1..=EDITS).take_while(|_| !skip(Measure::Edit)) {
            let typing = version % 2 == 1;
            let change = match (incremental, typing) {
                (true, true) => {
                    json!({"range": range(line, column, column), "text": "t"})
                }
                (true, false) => json!({"range": range(line, column, column + 1), "text": ""}),
                (false, true) => json!({"text": edited}),
                (false, false) => json!({"text": script.text}),
            };
            let sent = client.notify(
                "textDocument/didChange",
                &json!({
                    "textDocument": {"uri": script.uri, "version": version},
                    "contentChanges": [change]
                }),
            )?;
            let step = client.diagnostics(&script.uri, version as u64);
            if !self.record(Measure::Edit, step.map(|answer| answer.received - sent))? {
                break;
            }
        }

        let requests = [
            (
                Measure::Completion,
                Measure::CompletionBytes,
                "textDocument/completion",
                script.at(script.empty_line, 0),
            ),
            (Measure::Hover, Measure::HoverBytes, "textDocument/hover", script.at(script.type_line, 1)),
        ];
        for (measure, size, method, params) in requests {
            for _ in (0..REQUESTS).take_while(|_| !skip(measure)) {
                let step = client.request(method, &params);
                if let Ok((answer, _)) = &step {
                    self.samples.push((size, answer.bytes as f64));
                }
                if !self.record(measure, step.map(|(answer, sent)| answer.received - sent))? {
                    break;
                }
            }
        }
        if let Some(peak) = client.peak_memory() {
            self.samples.push((Measure::Memory, peak));
        }
        Ok(())
    }

    /// Keeps the time of a step that was done; gives false for one that was not.
    fn record(&mut self, measure: Measure, step: Result<Duration, Failure>) -> Result<bool, Failure> {
        match step {
            Ok(duration) => self.samples.push((measure, milliseconds(duration))),
            Err(Failure::Step(reason)) => {
                self.given_up.push((measure, reason));
                return Ok(false);
            }
            Err(Failure::Gone) => return Err(Failure::Gone),
        }
        Ok(true)
    }
}

fn initialize_params(script: &Script) -> Value {
    json!({
        "processId": std::process::id(),
        "clientInfo": {"name": "bench-lsp"},
        "rootUri": script.root_uri,
        "workspaceFolders": [{"uri": script.root_uri, "name": "bench"}],
        "capabilities": {
            "general": {"positionEncodings": ["utf-16"]},
            "textDocument": {
                "synchronization": {"didSave": true},
                "publishDiagnostics": {"versionSupport": true, "relatedInformation": true},
                "completion": {"completionItem": {
                    "snippetSupport": true,
                    "documentationFormat": ["markdown", "plaintext"],
                    "resolveSupport": {"properties": ["documentation", "detail"]}
                }},
                "hover": {"contentFormat": ["markdown", "plaintext"]}
            },
            "workspace": {"workspaceFolders": true, "configuration": true}
        }
    })
}

fn range(line: u32, start: u32, end: u32) -> Value {
    json!({"start": {"line": line, "character": start}, "end": {"line": line, "character": end}})
}

/// A line of the table.
struct Row {
    label: &'static str,
    measure: Measure,
    percentile: usize,
    unit: &'static str,
}

const fn row(label: &'static str, measure: Measure, percentile: usize, unit: &'static str) -> Row {
    Row { label, measure, percentile, unit }
}

const ROWS: [Row; 9] = [
    row("start to initialize answered", Measure::Start, 50, "ms"),
    row("open to diagnostics", Measure::Open, 50, "ms"),
    row("edit to diagnostics, median", Measure::Edit, 50, "ms"),
    row("edit to diagnostics, p95", Measure::Edit, 95, "ms"),
    row("completion", Measure::Completion, 50, "ms"),
    row("completion, size of answer", Measure::CompletionBytes, 50, "B"),
    row("hover", Measure::Hover, 50, "ms"),
    row("hover, size of answer", Measure::HoverBytes, 50, "B"),
    row("peak memory", Measure::Memory, 50, "KiB"),
];

/// One figure of one server, ready to print.
struct Figure<'a> {
    lines: u32,
    server: &'a str,
    row: &'static Row,
    /// The value and how many samples it stands for; none when the server did not do the step.
    value: Option<(f64, usize)>,
    /// The value in units of the null server's.
    factor: Option<f64>,
}

/// All figures: by size, then by row, then by server.
fn figures<'a>(servers: &'a [Server], sizes: &[u32], samples: &Samples) -> Vec<Figure<'a>> {
    let value = |size, server, row: &Row| {
        let taken = samples.get(&(size, server, row.measure))?;
        Some((percentile(taken, row.percentile), taken.len()))
    };
    let mut figures = Vec::new();
    for (size, &lines) in sizes.iter().enumerate() {
        for row in &ROWS {
            let null = value(size, 0, row);
            for (index, server) in servers.iter().enumerate() {
                let value = value(size, index, row);
                figures.push(Figure {
                    lines,
                    server: &server.name,
                    row,
                    value,
                    factor: value.zip(null).map(|((value, _), (null, _))| value / null),
                });
            }
        }
    }
    figures
}

fn table(servers: &[Server], sizes: &[u32], figures: &[Figure]) -> String {
    let mut out = String::new();
    for &size in sizes {
        let _ = write!(out, "\n{:<30}", format!("{size} lines"));
        for server in servers {
            let _ = write!(out, "{:>24}", server.name);
        }
        let of_size = figures.iter().filter(|figure| figure.lines == size);
        for (index, figure) in of_size.enumerate() {
            if index % servers.len() == 0 {
                let _ = write!(out, "\n{:<30}", figure.row.label);
            }
            let _ = write!(out, "{:>24}", cell(figure));
        }
        out.push('\n');
    }
    out
}

fn cell(figure: &Figure) -> String {
    let Some((value, _)) = figure.value else {
        return "–".to_owned();
    };
    let value = match figure.row.unit {
        "ms" if value < 1.0 => format!("{:.0} µs", value * 1e3),
        "ms" => format!("{value:.2} ms"),
        "KiB" => format!("{:.1} MiB", value / 1024.0),
        unit => format!("{value} {unit}"),
    };
    match figure.factor {
        Some(factor) => format!("{value} {:>8}", format!("×{factor:.1}")),
        None => value,
    }
}

fn report(runs: u32, figures: &[Figure]) -> Value {
    let figures: Vec<Value> = figures
        .iter()
        .map(|figure| {
            json!({
                "lines": figure.lines,
                "server": figure.server,
                "figure": figure.row.label,
                "unit": figure.row.unit,
                "value": figure.value.map(|(value, _)| value),
                "samples": figure.value.map_or(0, |(_, samples)| samples),
                "times_null_server": figure.factor,
            })
        })
        .collect();
    json!({"rounds": runs, "figures": figures})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_units_have_the_length_asked_for() {
        for lines in [60, 61, 500, 10_000] {
            let text = unit_text(lines);
            assert_eq!(text.lines().count(), lines as usize);
            let middle = text.lines().nth(lines as usize / 2);
            assert_eq!(middle, Some("Environment=BENCH_MODE=fast"));
            assert_eq!(text.lines().nth(lines as usize / 2 + 1), Some(""));
            assert_eq!(text.matches("BENCH_MODE").count(), 1);
        }
    }

    #[test]
    fn a_peer_is_a_name_and_words() {
        let peer = parse_peer("other=/bin/other --stdio a=b").expect("a peer");
        assert_eq!(peer.name, "other");
        assert_eq!(peer.command, ["/bin/other", "--stdio", "a=b"]);
        for bad in ["other", "=x", "other=", "other= "] {
            assert!(parse_peer(bad).is_err(), "{bad}");
        }
    }
}
