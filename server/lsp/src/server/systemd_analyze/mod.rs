//! What the installed `systemd-analyze` says of a unit, shown beside our own findings: because the user asks for it, never
//! because of what a file says.

mod report;

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use serde::Serialize;
use tower_lsp::Client;
use tower_lsp::ls_types as lsp;
use unit_catalog::UnitType;
use unit_ide::effective_unit::EffectiveUnit;
use unit_ide::workspace::{File, UnitName};
use unit_syntax::{Position, TextRange};

use super::convert;
use super::session::{Shared, Snapshot};
use report::{Exposure, Message, Row, Subject, Whom};

/// `workspace/executeCommand` with the URI of a unit file: `systemd-analyze verify`.
pub(super) const VERIFY: &str = "unitls.verify";
/// The same with `systemd-analyze security`.
pub(super) const SECURITY: &str = "unitls.security";

/// Rows that are named where there is room for a line.
const MOST_NAMED: usize = 3;

/// What the command answers with.
#[derive(Serialize)]
pub(super) struct Answer {
    /// What was run.
    source: &'static str,
    /// It in a sentence.
    summary: String,
    /// Its findings, each with its file.
    findings: Vec<Finding>,
    /// Everything that it said, for people to read.
    text: String,
}

/// One finding in one file.
#[derive(Serialize)]
struct Finding {
    uri: lsp::Uri,
    #[serde(flatten)]
    diagnostic: lsp::Diagnostic,
}

/// Answers either command, and lets the findings appear in open documents until these are edited.
///
/// # Errors
/// A sentence for the user.
pub(super) async fn run(
    shared: &Arc<Shared>,
    client: &Client,
    command: &str,
    uri: &str,
) -> Result<Answer, String> {
    let uri = lsp::Uri::from_str(uri).map_err(|_| format!("`{uri}` is no URI"))?;
    let snapshot = shared.snapshot();
    let (job, asked) = (snapshot.clone(), uri.clone());
    // The disk may be slow, or gone.
    let read = move || subject(&job, &asked).map(|subject| (subject, is_unsaved(&job, &asked)));
    let read = tokio::task::spawn_blocking(read).await;
    let (subject, unsaved) = read.map_err(|_| "the unit cannot be looked up".to_owned())??;
    if unsaved {
        let name = uri.path().as_str().rsplit('/').next().unwrap_or_default();
        let text = format!("{name} has unsaved changes; systemd-analyze reads what was saved");
        client.show_message(lsp::MessageType::INFO, text).await;
    }
    let answer = match command {
        SECURITY => {
            if subject.unit_type != Some(UnitType::Service) {
                return Err("systemd-analyze security judges services only".to_owned());
            }
            let exposure = report::security(&subject).await?;
            let name = subject.fragment.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let summary = summary(&name, &exposure);
            Answer {
                source: "systemd-analyze security",
                findings: exposures(&snapshot, &subject, &exposure, &summary),
                text: table(&exposure),
                summary,
            }
        }
        _ => {
            let messages = report::verify(&subject).await?;
            let findings = messages.iter().filter_map(|message| finding(&snapshot, &subject, message));
            let findings: Vec<_> = findings.collect();
            Answer {
                source: "systemd-analyze verify",
                summary: match findings.len() {
                    0 => "systemd-analyze verify has nothing to say".to_owned(),
                    1 => "systemd-analyze verify has one finding".to_owned(),
                    many => format!("systemd-analyze verify has {many} findings"),
                },
                text: findings.iter().map(|finding| format!("{}\n", finding.diagnostic.message)).collect(),
                findings,
            }
        }
    };
    publish(shared, &snapshot, &answer);
    Ok(answer)
}

/// Verifies a document that was saved, where the user wants that. Not awaited, and nobody is told of what cannot be done:
/// many documents are no units, and many machines have no systemd.
pub(super) fn saved(shared: &Arc<Shared>, client: &Client, uri: &lsp::Uri) {
    if !shared.verifies_on_save() {
        return;
    }
    let (shared, client, uri) = (shared.clone(), client.clone(), uri.clone());
    tokio::spawn(async move {
        if let Err(message) = run(&shared, &client, VERIFY, uri.as_str()).await {
            tracing::info!("not verified: {message}");
        }
    });
}

/// Keeps the findings with the documents that they are in; those of an earlier run go.
fn publish(shared: &Shared, read: &Snapshot, answer: &Answer) {
    shared.change(|session| {
        for (path, open) in &read.documents {
            let findings = answer.findings.iter().filter(|finding| convert::path(&finding.uri) == *path);
            let findings = findings.map(|finding| finding.diagnostic.clone()).collect();
            session.set_analyzed(path, open.version, answer.source, findings);
        }
    });
}

/// What to run it on: the fragment of the unit that the file belongs to.
fn subject(snapshot: &Snapshot, uri: &lsp::Uri) -> Result<Subject, String> {
    let none = || format!("{} is no unit file on disk", uri.as_str());
    let file = snapshot.workspace.file(&convert::path(uri)).ok_or_else(none)?;
    let unit = EffectiveUnit::of_file(&snapshot.workspace, file).ok_or_else(none)?;
    let name = unit.name.as_ref().map_or("", UnitName::as_str);
    let fragment =
        unit.fragment().ok_or_else(|| format!("no file of {name} itself is known, only drop-ins"))?;
    if !fragment.path.is_file() {
        return Err(none());
    }
    let mut folders: Vec<PathBuf> = Vec::new();
    for part in &unit.files {
        let folder = part.file.path.parent();
        let folder = if part.file.is_drop_in() { folder.and_then(Path::parent) } else { folder };
        if let Some(folder) = folder.filter(|folder| !folders.iter().any(|known| known == folder)) {
            folders.push(folder.to_path_buf());
        }
    }
    Ok(Subject {
        fragment: fragment.path.to_path_buf(),
        unit_type: fragment.kind.unit_type(),
        scope: fragment.place.scope,
        folders,
    })
}

fn is_unsaved(snapshot: &Snapshot, uri: &lsp::Uri) -> bool {
    let path = convert::path(uri);
    let open = snapshot.documents.get(&path).map(|open| open.document.text());
    open.is_some_and(|text| std::fs::read(&path).is_ok_and(|saved| saved != text.as_bytes()))
}

/// A message at its place; messages about units that nobody has a file of are left to the text.
fn finding(snapshot: &Snapshot, subject: &Subject, message: &Message) -> Option<Finding> {
    let file = match &message.whom {
        Whom::Line(path, line) => {
            return at_line(snapshot, path, line.saturating_sub(1), message);
        }
        Whom::Unit(name) => unit_file(snapshot, subject, name),
        Whom::All => None,
    };
    let file = file.or_else(|| snapshot.workspace.file(&subject.fragment))?;
    let range = named_path(file, &message.text).unwrap_or_else(|| first_line(file));
    Some(of_message(
        convert::uri(snapshot, &file.path)?,
        convert::range(snapshot, &file.path, range),
        message,
    ))
}

fn at_line(snapshot: &Snapshot, path: &Path, line: u32, message: &Message) -> Option<Finding> {
    let start = Position { line, column: 0 };
    let range = match snapshot.workspace.file(path) {
        Some(file) => {
            // Columns behind the line's end stand for its end.
            let end = Position { line, column: u32::MAX };
            let [start, end] = [start, end].map(|place| file.unit.offset(place, snapshot.encoding));
            convert::range(snapshot, path, TextRange::new(start, end))
        }
        None => lsp::Range::new(convert::from_position(start), convert::from_position(start)),
    };
    Some(of_message(convert::uri(snapshot, path)?, range, message))
}

fn of_message(uri: lsp::Uri, range: lsp::Range, message: &Message) -> Finding {
    let words = ["ignoring", "efus", "bad unit file", "fatal error"];
    let severity = match words.iter().any(|word| message.text.contains(word)) {
        true => lsp::DiagnosticSeverity::ERROR,
        false => lsp::DiagnosticSeverity::WARNING,
    };
    let text = message.text.clone();
    Finding { uri, diagnostic: diagnostic("systemd-analyze verify", range, severity, text) }
}

fn diagnostic(
    source: &str,
    range: lsp::Range,
    severity: lsp::DiagnosticSeverity,
    message: String,
) -> lsp::Diagnostic {
    let source = Some(source.to_owned());
    lsp::Diagnostic { range, severity: Some(severity), source, message, ..lsp::Diagnostic::default() }
}

/// The file of a unit as the subject sees it.
fn unit_file<'a>(snapshot: &'a Snapshot, subject: &Subject, name: &str) -> Option<&'a Arc<File>> {
    let asker = snapshot.workspace.file(&subject.fragment)?;
    let unit = EffectiveUnit::of_name(&snapshot.workspace, &UnitName::parse(name)?, &asker.place)?;
    unit.fragment()
}

/// Where the file names the path that the message is about.
fn named_path(file: &File, message: &str) -> Option<TextRange> {
    let path =
        message.split_whitespace().find(|word| word.starts_with('/'))?.trim_end_matches([':', ',', '.']);
    let start = file.unit.text().find(path)?;
    let start = u32::try_from(start).ok()?;
    Some(TextRange::new(start, start + u32::try_from(path.len()).ok()?))
}

/// The first header, or the file's start.
fn first_line(file: &File) -> TextRange {
    file.unit.sections().next().map_or(TextRange::new(0, 0), |section| section.header.range())
}

/// What is exposed: on the lines that set it, and the whole on the header of `[Service]`.
fn exposures(snapshot: &Snapshot, subject: &Subject, exposure: &Exposure, summary: &str) -> Vec<Finding> {
    let source = "systemd-analyze security";
    let Some(file) = snapshot.workspace.file(&subject.fragment) else { return Vec::new() };
    let Some(uri) = convert::uri(snapshot, &file.path) else { return Vec::new() };
    let finding = |range, severity, text| Finding {
        uri: uri.clone(),
        diagnostic: diagnostic(source, convert::range(snapshot, &file.path, range), severity, text),
    };
    let service = file.unit.sections().find(|section| section.name() == "Service");
    let header = service.as_ref().map_or_else(|| first_line(file), |section| section.header.range());
    let mut findings = vec![finding(header, lsp::DiagnosticSeverity::INFORMATION, summary.to_owned())];
    let entries = service.iter().flat_map(|section| section.entries);
    for entry in entries {
        let (Some(key), Some(range)) = (entry.key(), entry.key_range()) else { continue };
        let rows = exposure.rows.iter().filter(|row| row.is_about(key));
        let rows: Vec<_> = rows.map(|row| format!("{} ({:.1})", row.description, row.exposure())).collect();
        if !rows.is_empty() {
            let text = format!("exposed all the same: {}", rows.join("; "));
            findings.push(finding(range, lsp::DiagnosticSeverity::HINT, text));
        }
    }
    findings
}

impl Row {
    fn is_about(&self, key: &str) -> bool {
        self.name.split('/').any(|name| name.split('=').next() == Some(key))
    }
}

fn summary(name: &str, exposure: &Exposure) -> String {
    let rows = &exposure.rows;
    let named = rows.iter().take(MOST_NAMED).map(|row| format!("`{}` ({:.1})", row.name, row.exposure()));
    let named = named.collect::<Vec<_>>().join(", ");
    let rest = rows.len().saturating_sub(MOST_NAMED);
    let named = match (rows.len(), rest) {
        (0, _) => String::new(),
        (_, 0) => format!("; most comes from {named}"),
        _ => format!("; most comes from {named} and {rest} more"),
    };
    format!("{name}: exposure {}{named}", exposure.overall)
}

/// The rows as a Markdown table.
fn table(exposure: &Exposure) -> String {
    let rows = exposure
        .rows
        .iter()
        .map(|row| format!("| `{}` | {} | {:.1} |\n", row.name, row.description, row.exposure()));
    format!("| setting | why | exposure |\n| --- | --- | --- |\n{}", rows.collect::<String>())
}
