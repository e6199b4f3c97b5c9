//! `cargo xtask bench-scan`: how long unitls takes to read a large tree of units and to derive its graph, how long an edit
//! in that tree waits for its findings, and how much memory all of it takes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use serde_json::{Value, json};

use crate::gen_units;
use crate::lsp_client::{Client, Failure, Server, built, milliseconds, percentile};

/// Edits of each unit.
const EDITS: u64 = 40;
/// How long a tree may take to be read.
const PATIENCE: Duration = Duration::from_secs(120);

/// Measures the reading of a generated tree, and of others.
#[derive(Parser, Debug)]
#[command(name = "cargo xtask bench-scan")]
pub(crate) struct Options {
    /// Units of the generated tree; 0 for none
    #[arg(long, default_value_t = 10_000)]
    units: usize,
    /// Let the machine's own units belong to every tree
    #[arg(long)]
    with_system: bool,
    /// Rounds
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Other trees to read, each as a workspace of its own
    trees: Vec<PathBuf>,
}

/// Builds unitls, reads every tree some times and prints the figures.
///
/// # Errors
///
/// When something does not build, cannot be written, or the server does not follow.
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    let server = built("unitls", &["--bin", "unitls"])?;
    let scratch = std::env::temp_dir().join(format!("bench-scan-{}", std::process::id()));
    let outcome = measure(&server, options, &scratch);
    let _ = fs::remove_dir_all(&scratch);
    outcome.map(|()| ExitCode::SUCCESS)
}

fn measure(server: &Server, options: &Options, scratch: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", scratch.display());
    fs::create_dir_all(scratch).map_err(failed)?;
    let mut trees = Vec::new();
    if options.units > 0 {
        let tree = scratch.join("generated");
        gen_units::write(options.units, &tree).map_err(failed)?;
        trees.push((format!("{} generated units", options.units), tree));
    }
    for tree in &options.trees {
        let tree = fs::canonicalize(tree).map_err(|error| format!("{}: {error}", tree.display()))?;
        trees.push((tree.display().to_string(), tree));
    }
    for (name, tree) in &trees {
        let mut figures = Vec::new();
        for _ in 0..options.runs {
            let figure = Figures::take(server, tree, options.with_system, &scratch.join("stderr"));
            figures.push(figure.map_err(|failure| match failure {
                Failure::Step(reason) => format!("{name}: {reason}"),
                Failure::Gone => format!("{name}: the server is gone"),
            })?);
        }
        print(name, &figures);
    }
    Ok(())
}

/// Prints what the sessions with one tree came to, medians.
fn print(name: &str, figures: &[Figures]) {
    let median = |value: fn(&Figures) -> f64| percentile(&figures.iter().map(value).collect::<Vec<_>>(), 50);
    println!("{name}: {} files", median(|figures| figures.files));
    let line = |what: &str, figure: String| println!("  {what:<44} {figure}");
    let scan = (median(|figures| figures.read), median(|figures| figures.read_cpu));
    line("scan, and its processor time", format!("{:.0} ms, {:.0} ms", scan.0, scan.1));
    let graph = (median(|figures| figures.graph), median(|figures| figures.graph_cpu));
    line("first findings (graph from scratch)", format!("{:.0} ms, {:.0} ms", graph.0, graph.1));
    for (nth, (kind, _)) in EDITED.into_iter().enumerate() {
        let edits: Vec<f64> = figures.iter().flat_map(|figures| figures.edits[nth].iter().copied()).collect();
        if !edits.is_empty() {
            let (median, most) = (percentile(&edits, 50), percentile(&edits, 95));
            line(&format!("edit of a {kind} to its findings, p95"), format!("{median:.2} ms, {most:.2} ms"));
        }
    }
    let asked: Vec<f64> = figures.iter().flat_map(|figures| figures.starters.iter().copied()).collect();
    let (median_of_asked, most) = (percentile(&asked, 50), percentile(&asked, 95));
    line("what starts a unit (its lenses), p95", format!("{median_of_asked:.2} ms, {most:.2} ms"));
    line("peak memory", format!("{:.1} MiB", median(|figures| figures.memory)));
}

/// The units that are edited: what they are called, and how the names of their files end.
const EDITED: [(&str, &str); 3] = [("service", ".service"), ("socket", ".socket"), ("template", "@.service")];

/// What one session came to: milliseconds and MiB.
struct Figures {
    files: f64,
    read: f64,
    read_cpu: f64,
    graph: f64,
    graph_cpu: f64,
    /// Of each of [`EDITED`].
    edits: [Vec<f64>; EDITED.len()],
    starters: Vec<f64>,
    memory: f64,
}

impl Figures {
    fn take(server: &Server, tree: &Path, with_system: bool, errors: &Path) -> Result<Self, Failure> {
        let mut client = Client::spawn(server, errors).map_err(Failure::Step)?;
        let root = format!("file://{}", tree.display());
        let params = json!({
            "processId": std::process::id(),
            "rootUri": root,
            "workspaceFolders": [{ "uri": root, "name": "bench" }],
            "capabilities": { "window": { "workDoneProgress": true } },
            "initializationOptions": { "systemUnits": if with_system { "auto" } else { "none" } },
        });
        client.request("initialize", &params)?;
        let start = client.notify("initialized", &json!({}))?;
        let end =
            client.wait(PATIENCE, "end of the reading", |body| body["params"]["value"]["kind"] == "end")?;
        let files = end.body["params"]["value"]["message"]
            .as_str()
            .and_then(|text| text.split(' ').next()?.parse().ok());
        let cpu = |client: &Client| client.processor_time().unwrap_or_default();
        let mut figures = Self {
            files: files.unwrap_or_default(),
            read: milliseconds(end.received - start),
            read_cpu: cpu(&client),
            graph: 0.0,
            graph_cpu: 0.0,
            edits: Default::default(),
            starters: Vec::new(),
            memory: 0.0,
        };
        for (nth, (kind, suffix)) in EDITED.into_iter().enumerate() {
            let Some(path) = a_unit(tree, suffix) else {
                continue;
            };
            let text = fs::read_to_string(&path).map_err(|error| Failure::Step(error.to_string()))?;
            let uri = format!("file://{}", path.display());
            let document = json!({ "uri": uri, "languageId": "systemd", "version": 0, "text": text });
            let before = cpu(&client);
            let opened = client.notify("textDocument/didOpen", &json!({ "textDocument": document }))?;
            let told = client.diagnostics(&uri, 0)?.received;
            if nth == 0 {
                figures.graph = milliseconds(told - opened);
                figures.graph_cpu = cpu(&client) - before;
            }
            let line = text.lines().position(|line| line == "[Unit]");
            let line = line.ok_or_else(|| Failure::Step(format!("the {kind} has no section to edit")))? + 1;
            for version in 1..=EDITS {
                let sent = client.notify("textDocument/didChange", &edit(&uri, version, line))?;
                let told = client.diagnostics(&uri, version)?.received;
                figures.edits[nth].push(milliseconds(told - sent));
                if kind == "service" {
                    let document = json!({ "textDocument": { "uri": uri } });
                    let (answer, asked) = client.request("textDocument/codeLens", &document)?;
                    figures.starters.push(milliseconds(answer.received - asked));
                }
            }
        }
        if figures.edits[0].is_empty() {
            return Err(Failure::Step("there is no service to edit".to_owned()));
        }
        figures.memory = client.peak_memory().unwrap_or_default() / 1024.0;
        client.say_goodbye();
        Ok(figures)
    }
}

/// Writes a line that orders the unit after another one, and takes it away again.
fn edit(uri: &str, version: u64, line: usize) -> Value {
    let typing = version % 2 == 1;
    let end = if typing { line } else { line + 1 };
    let text = if typing { "After=network.target\n" } else { "" };
    json!({
        "textDocument": { "uri": uri, "version": version },
        "contentChanges": [{
            "range": { "start": { "line": line, "character": 0 }, "end": { "line": end, "character": 0 } },
            "text": text,
        }],
    })
}

/// The unit in the middle of those in the first folder whose files' names end like this; no template where that is not
/// what it says.
fn a_unit(folder: &Path, suffix: &str) -> Option<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).ok()?.flatten().collect();
    entries.sort_by_key(|entry| entry.file_name());
    let is_file = |path: &PathBuf| path.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
    let paths = || entries.iter().map(|entry| entry.path());
    let is_wanted = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.ends_with(suffix) && (suffix.starts_with('@') || !name.contains('@'))
    };
    let units: Vec<_> = paths().filter(|path| is_wanted(path) && is_file(path)).collect();
    match units.len() {
        0 => {
            paths().filter(|path| path.is_dir() && !path.is_symlink()).find_map(|path| a_unit(&path, suffix))
        }
        count => units.into_iter().nth(count / 2),
    }
}
