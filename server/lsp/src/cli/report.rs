//! How findings are written: for people with source excerpts, or one JSON object a line.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;
use unit_ide::diagnostic::{Diagnostic, Severity};
use unit_ide::workspace::{File, Workspace};
use unit_syntax::TextRange;

/// A file with its findings.
pub(crate) struct Judged<'a> {
    /// The name to show it under.
    pub(crate) shown: &'a Path,
    pub(crate) file: &'a Arc<File>,
    pub(crate) findings: Vec<Diagnostic>,
}

/// The name to show a file under.
type Names<'a> = &'a dyn Fn(&Path) -> PathBuf;

/// Columns that messages keep within.
const TERMINAL_WIDTH: usize = 100;

/// Findings with their lines, and a summary on standard error.
pub(crate) fn text(
    out: &mut impl Write,
    workspace: &Workspace,
    judged: &[Judged<'_>],
    names: Names<'_>,
) -> io::Result<()> {
    let renderer = Renderer::styled();
    let mut counts = [0_usize; 4];
    for judged in judged.iter().filter(|judged| !judged.findings.is_empty()) {
        let lines = Lines::of(judged.file);
        for finding in &judged.findings {
            counts[finding.severity as usize] += 1;
            let level = match finding.severity {
                Severity::Error => Level::ERROR,
                Severity::Warning => Level::WARNING,
                Severity::Information => Level::INFO.with_name("information"),
                Severity::Hint => Level::HELP.with_name("hint"),
            };
            let shown = judged.shown.display().to_string();
            let (source, first, span) = lines.excerpt(finding.range);
            let snippet = Snippet::source(source)
                .line_start(first)
                .path(shown)
                .annotation(AnnotationKind::Primary.span(span));
            let mut group = level.primary_title(wrapped(finding)).id(finding.code).element(snippet);
            for related in &finding.related {
                let place = match workspace.file(&related.path) {
                    Some(file) => format!(":{}", Lines::of(file).place(related.range.start).0),
                    None => String::new(),
                };
                let shown = names(&related.path);
                group = group.element(Level::NOTE.message(format!(
                    "{}{place}: {}",
                    shown.display(),
                    related.message
                )));
            }
            for fix in &finding.fixes {
                group = group.element(Level::HELP.message(fix.title.clone()));
            }
            writeln!(out, "{}\n", renderer.render(&[group]))?;
        }
    }
    out.flush()?;
    let [errors, warnings, information, hints] = counts;
    super::say(format_args!(
        "{}, {}, {information} information, {} in {}",
        several(errors, "error"),
        several(warnings, "warning"),
        several(hints, "hint"),
        several(judged.len(), "file")
    ));
    Ok(())
}

/// A number of things.
pub(super) fn several(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// The message on lines that a terminal shows without breaking them itself; they stand behind level and code.
fn wrapped(finding: &Diagnostic) -> String {
    let before = finding.severity.as_str().len() + finding.code.len() + "[]: ".len();
    let width = TERMINAL_WIDTH.saturating_sub(before).max(50);
    textwrap::fill(&finding.message, textwrap::Options::new(width).break_words(false))
}

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
pub(crate) fn json(
    out: &mut impl Write,
    workspace: &Workspace,
    judged: &[Judged<'_>],
    names: Names<'_>,
) -> io::Result<()> {
    for judged in judged.iter().filter(|judged| !judged.findings.is_empty()) {
        let lines = Lines::of(judged.file);
        for finding in &judged.findings {
            let (line, column) = lines.place(finding.range.start);
            let (end_line, end_column) = lines.place(finding.range.end);
            let related = finding.related.iter().map(|related| {
                let file = workspace.file(&related.path);
                let line = file.map_or(1, |file| Lines::of(file).place(related.range.start).0);
                let path = names(&related.path).to_string_lossy().into_owned();
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

/// A file's text with the starts of its lines.
struct Lines {
    text: String,
    starts: Vec<usize>,
}

impl Lines {
    fn of(file: &File) -> Self {
        let text = file.unit.text();
        // Lines end as systemd and editors end them: a carriage return alone is enough.
        let ends = text.match_indices(['\n', '\r']).map(|(at, _)| at + 1);
        let ends = ends.filter(|end| !(text[..*end].ends_with('\r') && text[*end..].starts_with('\n')));
        let starts = std::iter::once(0).chain(ends).collect();
        Self { text, starts }
    }

    /// The byte as an index between characters.
    fn boundary(&self, offset: u32) -> usize {
        let mut offset = self.text.len().min(offset as usize);
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    /// The number of the line that holds `offset`, from 0.
    fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset) - 1
    }

    /// Line and column of a byte, both from 1, columns in characters.
    fn place(&self, offset: u32) -> (usize, usize) {
        let offset = self.boundary(offset);
        let line = self.line(offset);
        (line + 1, self.text[self.starts[line]..offset].chars().count() + 1)
    }

    /// The lines that hold `range`, the number of the first from 1, and the range within them.
    fn excerpt(&self, range: TextRange) -> (&str, usize, std::ops::Range<usize>) {
        let start = self.boundary(range.start);
        let end = self.boundary(range.end).max(start);
        let (first, last) = (self.line(start), self.line(end));
        let from = self.starts[first];
        let to = self.starts.get(last + 1).copied().unwrap_or(self.text.len());
        (&self.text[from..to], first + 1, start - from..end - from)
    }
}
