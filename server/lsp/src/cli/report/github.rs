//! Findings as workflow commands, which GitHub shows beside the lines of a change.

use std::io::{self, Write};

use unit_ide::diagnostic::Severity;

use super::{Lines, Report};

/// One command a finding: `::error file=…,line=…,col=…,endLine=…,endColumn=…,title=…::message`.
pub(super) fn write(out: &mut impl Write, report: &Report<'_>) -> io::Result<()> {
    for judged in report.judged.iter().filter(|judged| !judged.findings.is_empty()) {
        let lines = Lines::of_file(judged.file);
        // GitHub finds no file by a path that begins with a dot.
        let shown = judged.shown.strip_prefix(".").unwrap_or(judged.shown);
        let file = property(&shown.to_string_lossy());
        for finding in &judged.findings {
            let command = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Information | Severity::Hint => "notice",
            };
            let (line, column) = lines.place(finding.range.start);
            let (end_line, end_column) = lines.place(finding.range.end);
            // The runner takes columns within one line only.
            let place = match line == end_line {
                true => format!("line={line},col={column},endLine={line},endColumn={end_column}"),
                false => format!("line={line},endLine={end_line}"),
            };
            let related = finding.related.iter();
            let related: String =
                related.map(|other| format!("\n{}: {}", report.place_of(other), other.message)).collect();
            let message = data(&format!("{}{related}", finding.message));
            writeln!(out, "::{command} file={file},{place},title={}::{message}", property(finding.code))?;
        }
    }
    out.flush()
}

/// A command's message as the runner reads it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A command's property as the runner reads it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
