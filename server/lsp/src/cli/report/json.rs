//! Findings for scripts: one JSON object a line.

use std::io::{self, Write};

use serde::Serialize;

use super::{Lines, Report};

/// A finding as scripts read it: lines and columns count from 1, columns in characters.
#[derive(Serialize)]
struct FindingObject<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    severity: &'a str,
    code: &'a str,
    message: &'a str,
    related: Vec<RelatedObject<'a>>,
    fix: Option<&'a str>,
}

/// A line elsewhere that belongs to a finding.
#[derive(Serialize)]
struct RelatedObject<'a> {
    path: String,
    line: usize,
    message: &'a str,
}

/// One object a line, its members in one order.
pub(super) fn write(out: &mut impl Write, report: &Report<'_>) -> io::Result<()> {
    for judged in report.judged.iter().filter(|judged| !judged.findings.is_empty()) {
        let lines = Lines::of_file(judged.file);
        for finding in &judged.findings {
            let (line, column) = lines.place(finding.range.start);
            let (end_line, end_column) = lines.place(finding.range.end);
            let related = finding.related.iter().map(|related| {
                let file = report.workspace.file(&related.path);
                let line = file.map_or(1, |file| Lines::of_file(file).place(related.range.start).0);
                let path = (report.names)(&related.path).to_string_lossy().into_owned();
                RelatedObject { path, line, message: &related.message }
            });
            let object = FindingObject {
                path: &judged.shown.to_string_lossy(),
                line,
                column,
                end_line,
                end_column,
                severity: finding.severity.as_str(),
                code: finding.code,
                message: &finding.message,
                related: related.collect(),
                fix: finding.fixes.first().map(|fix| fix.title.as_str()),
            };
            let object = serde_json::to_string(&object)?;
            writeln!(out, "{object}")?;
        }
    }
    out.flush()
}
