//! `cargo xtask bench-scan`: how long unitls takes to read a large tree of units, how much memory it holds then, and how
//! long an edit in that tree waits for its findings.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use serde_json::{Value, json};

use crate::gen_units;
use crate::lsp_client::{Client, Failure, Server, built, milliseconds, percentile};

/// Edits of one unit in each tree.
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
    println!(
        "{:<40} {:>10} {:>12} {:>14} {:>12} {:>10}",
        "tree", "files", "read", "edit, median", "edit, p95", "memory"
    );
    for (name, tree) in &trees {
        let mut figures = Vec::new();
        for _ in 0..options.runs {
            let figure = Figures::take(server, tree, options.with_system, &scratch.join("stderr"));
            figures.push(figure.map_err(|failure| match failure {
                Failure::Step(reason) => format!("{name}: {reason}"),
                Failure::Gone => format!("{name}: the server is gone"),
            })?);
        }
        let all = |value: fn(&Figures) -> f64| percentile(&figures.iter().map(value).collect::<Vec<_>>(), 50);
        let edits: Vec<f64> = figures.iter().flat_map(|figures| figures.edits.iter().copied()).collect();
        println!(
            "{name:<40} {:>10} {:>9.0} ms {:>11.2} ms {:>9.2} ms {:>6.1} MiB",
            all(|figures| figures.files),
            all(|figures| figures.read),
            percentile(&edits, 50),
            percentile(&edits, 95),
            all(|figures| figures.memory),
        );
    }
    Ok(())
}

/// What one session came to: milliseconds and MiB.
struct Figures {
    files: f64,
    read: f64,
    edits: Vec<f64>,
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
        let read = milliseconds(end.received - start);

        let path = a_service(tree).ok_or_else(|| Failure::Step("there is no service to edit".to_owned()))?;
        let text = fs::read_to_string(&path).map_err(|error| Failure::Step(error.to_string()))?;
        let uri = format!("file://{}", path.display());
        let document = json!({ "uri": uri, "languageId": "systemd", "version": 0, "text": text });
        client.notify("textDocument/didOpen", &json!({ "textDocument": document }))?;
        client.diagnostics(&uri, 0)?;
        let line = text.lines().count();
        let mut edits = Vec::new();
        for version in 1..=EDITS {
            let sent = client.notify("textDocument/didChange", &edit(&uri, version, line))?;
            edits.push(milliseconds(client.diagnostics(&uri, version)?.received - sent));
        }
        let memory = client.peak_memory().unwrap_or_default() / 1024.0;
        client.say_goodbye();
        Ok(Self { files: files.unwrap_or_default(), read, edits, memory })
    }
}

/// Writes a line at the end that names another unit, and takes it away again.
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

/// The service in the middle of the first folder that has any.
fn a_service(folder: &Path) -> Option<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).ok()?.flatten().collect();
    entries.sort_by_key(|entry| entry.file_name());
    let is_file = |path: &PathBuf| path.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
    let paths = || entries.iter().map(|entry| entry.path());
    let services: Vec<_> = paths()
        .filter(|path| path.extension().is_some_and(|suffix| suffix == "service") && is_file(path))
        .collect();
    match services.len() {
        0 => paths().filter(|path| path.is_dir() && !path.is_symlink()).find_map(|path| a_service(&path)),
        count => services.into_iter().nth(count / 2),
    }
}
