//! Findings for people: with the lines in question, and a summary on standard error.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use unit_ide::diagnostic::{Diagnostic, Severity};

use super::{Lines, Report, several};

/// Columns that messages keep within.
const TERMINAL_WIDTH: usize = 100;

/// Findings with their lines, and a summary on standard error.
pub(super) fn write(out: &mut impl Write, report: &Report<'_>) -> io::Result<()> {
    let renderer = Renderer::styled();
    let mut counts = [0_usize; 4];
    for judged in report.judged.iter().filter(|judged| !judged.findings.is_empty()) {
        let lines = Lines::of_file(judged.file);
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
                let place = report.place_of(related);
                group = group.element(Level::NOTE.message(format!("{place}: {}", related.message)));
            }
            for fix in &finding.fixes {
                group = group.element(Level::HELP.message(fix.title.clone()));
            }
            writeln!(out, "{}\n", renderer.render(&[group]))?;
        }
    }
    out.flush()?;
    let [errors, warnings, information, hints] = counts;
    crate::cli::say(format_args!(
        "{}, {}, {information} information, {} in {}",
        several(errors, "error"),
        several(warnings, "warning"),
        several(hints, "hint"),
        several(report.judged.len(), "file")
    ));
    Ok(())
}

/// The message on lines that a terminal shows without breaking them itself; they stand behind level and code.
fn wrapped(finding: &Diagnostic) -> String {
    let before = finding.severity.as_str().len() + finding.code.len() + "[]: ".len();
    let width = TERMINAL_WIDTH.saturating_sub(before).max(50);
    textwrap::fill(&finding.message, textwrap::Options::new(width).break_words(false))
}
