//! Findings as a SARIF 2.1.0 log, which code scanning services take.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::{Component, Path};

use serde_json::{Value, json};
use unit_ide::diagnostic::{Diagnostic, Severity};
use unit_ide::fix::Fix;
use unit_ide::rules::{RULES, Rule};
use unit_syntax::TextRange;

use super::{Judged, Lines, Report};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// One log with one run; only the rules that found something are described.
pub(super) fn write(out: &mut impl Write, report: &Report<'_>) -> io::Result<()> {
    let found: BTreeSet<&str> =
        report.judged.iter().flat_map(|judged| &judged.findings).map(|finding| finding.code).collect();
    let rules: Vec<&Rule> = RULES.iter().copied().filter(|rule| found.contains(rule.code)).collect();
    let results = report.judged.iter().filter(|judged| !judged.findings.is_empty()).flat_map(|judged| {
        let lines = Lines::of_file(judged.file);
        judged
            .findings
            .iter()
            .map(|finding| result(report, judged, &lines, finding, &rules))
            .collect::<Vec<_>>()
    });
    let unreadable = report.errors.iter().map(|(path, error)| {
        json!({
            "level": "error",
            "message": { "text": error },
            "locations": [{ "physicalLocation": { "artifactLocation": { "uri": uri(path) } } }],
        })
    });
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "unitls",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.iter().map(|rule| description(rule)).collect::<Vec<_>>(),
            } },
            "invocations": [{
                "executionSuccessful": report.errors.is_empty(),
                "toolExecutionNotifications": unreadable.collect::<Vec<_>>(),
            }],
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    });
    serde_json::to_writer(&mut *out, &log)?;
    writeln!(out)?;
    out.flush()
}

fn description(rule: &Rule) -> Value {
    json!({
        "id": rule.code,
        "shortDescription": { "text": rule.summary() },
        "help": { "text": rule.page_text(), "markdown": rule.page_text() },
        "helpUri": rule.url(),
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": { "tags": [rule.category.as_str()] },
    })
}

fn result(
    report: &Report<'_>,
    judged: &Judged<'_>,
    lines: &Lines,
    finding: &Diagnostic,
    rules: &[&Rule],
) -> Value {
    let mut result = json!({
        "ruleId": finding.code,
        "ruleIndex": rules.iter().position(|rule| rule.code == finding.code),
        "level": level(finding.severity),
        "message": { "text": finding.message },
        "locations": [{ "physicalLocation": location(judged.shown, lines, finding.range) }],
    });
    let related = finding.related.iter().enumerate().map(|(id, related)| {
        let shown = (report.names)(&related.path);
        let place = match report.workspace.file(&related.path) {
            Some(file) => location(&shown, &Lines::of_file(file), related.range),
            None => json!({ "artifactLocation": { "uri": uri(&shown) } }),
        };
        json!({ "id": id, "physicalLocation": place, "message": { "text": related.message } })
    });
    let fixes = finding.fixes.iter().filter_map(|fix| repair(report, fix));
    for (member, list) in
        [("relatedLocations", related.collect::<Vec<_>>()), ("fixes", fixes.collect::<Vec<_>>())]
    {
        if !list.is_empty() {
            result[member] = Value::Array(list);
        }
    }
    result
}

/// A repair of texts; SARIF cannot say that a file is made.
fn repair(report: &Report<'_>, fix: &Fix) -> Option<Value> {
    if !fix.operations.is_empty() {
        return None;
    }
    let changes = fix.edits.chunk_by(|a, b| a.path == b.path).map(|edits| {
        let path = &edits[0].path;
        let lines = Lines::of_file(report.workspace.file(path)?);
        let replacement = |range, text: &String| {
            json!({ "deletedRegion": region(&lines, range), "insertedContent": { "text": text } })
        };
        let replacements: Vec<_> = edits.iter().map(|edit| replacement(edit.range, &edit.text)).collect();
        let location = json!({ "uri": uri(&(report.names)(path)) });
        Some(json!({ "artifactLocation": location, "replacements": replacements }))
    });
    let changes: Option<Vec<Value>> = changes.collect();
    Some(json!({ "description": { "text": fix.title }, "artifactChanges": changes? }))
}

fn location(shown: &Path, lines: &Lines, range: TextRange) -> Value {
    json!({ "artifactLocation": { "uri": uri(shown) }, "region": region(lines, range) })
}

fn region(lines: &Lines, range: TextRange) -> Value {
    let ((line, column), (end_line, end_column)) = (lines.place(range.start), lines.place(range.end));
    json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Information | Severity::Hint => "note",
    }
}

/// A path as a URI: absolute ones with their scheme, others relative to where the run was started.
fn uri(path: &Path) -> String {
    let mut uri = if path.is_absolute() { "file://".to_owned() } else { String::new() };
    let mut parts = path.components().filter(|part| *part != Component::CurDir).peekable();
    while let Some(part) = parts.next() {
        let name = part.as_os_str().as_encoded_bytes();
        for &byte in name.iter().filter(|_| part != Component::RootDir) {
            match byte {
                b'-' | b'.' | b'_' | b'~' | b'@' => uri.push(char::from(byte)),
                _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
                _ => write!(uri, "%{byte:02X}").expect("a text takes what is written"),
            }
        }
        if parts.peek().is_some() {
            uri.push('/');
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_as_uris() {
        let uri = |path: &str| uri(Path::new(path));
        assert_eq!(uri("/etc/systemd/system/a@.service"), "file:///etc/systemd/system/a@.service");
        assert_eq!(uri("./units/größe 1:2.service"), "units/gr%C3%B6%C3%9Fe%201%3A2.service");
        assert_eq!(uri("../100%/a\\x2d.service"), "../100%25/a%5Cx2d.service");
    }
}
