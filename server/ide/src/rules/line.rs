//! What a rule for single lines sees, and how it reports.

use std::sync::Arc;

use unit_syntax::{Entry, TextRange};

use super::Rule;
use crate::diagnostic::{Diagnostic, Fix, Safety, Severity, TextEdit};
use crate::workspace::{File, Line};

/// A finding in one entry. Ranges count from the entry's start, so that it survives edits before it.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct LineFinding {
    pub(crate) entry: u32,
    range: TextRange,
    code: &'static str,
    severity: Severity,
    message: String,
    fix: Option<LineFix>,
}

#[derive(Clone, PartialEq, Debug)]
struct LineFix {
    title: String,
    safety: Safety,
    range: TextRange,
    text: String,
}

impl LineFinding {
    /// The finding at its present place in the file.
    pub(super) fn place(&self, file: &File) -> Diagnostic {
        let start = file.unit.entries()[self.entry as usize].start;
        Diagnostic {
            path: file.path.clone(),
            range: self.range.shift(start),
            code: self.code,
            severity: self.severity,
            message: self.message.clone(),
            related: Vec::new(),
            fix: self.fix.as_ref().map(|fix| Fix {
                title: fix.title.clone(),
                safety: fix.safety,
                edits: vec![TextEdit {
                    path: Arc::clone(&file.path),
                    range: fix.range.shift(start),
                    text: fix.text.clone(),
                }],
            }),
        }
    }
}

/// One entry of a unit file, with what its section makes of it.
pub(crate) struct LineContext<'a, 'f> {
    /// The file; rules may look at its kind, not at other lines.
    pub(crate) file: &'a File,
    /// The entry.
    pub(crate) entry: &'a Entry,
    /// Its section and directive.
    pub(crate) line: Line,
    number: u32,
    findings: &'f mut Vec<LineFinding>,
}

impl<'a, 'f> LineContext<'a, 'f> {
    pub(super) fn new(file: &'a File, entry: usize, findings: &'f mut Vec<LineFinding>) -> Self {
        Self {
            file,
            entry: &file.unit.entries()[entry],
            line: file.lines()[entry],
            number: entry as u32,
            findings,
        }
    }

    /// The systemd aimed at.
    pub(crate) fn version(&self) -> unit_catalog::Version {
        self.file.version
    }

    /// The line without the blanks around it, from the entry's start.
    pub(crate) fn content(&self) -> TextRange {
        let text = self.entry.item.text();
        let start = text.len() - text.trim_start().len();
        TextRange::new(start as u32, text.trim_end().len().max(start) as u32)
    }

    /// Whether another finding already speaks of this entry.
    pub(crate) fn has_finding(&self) -> bool {
        self.findings.iter().rev().any(|finding| finding.entry == self.number)
    }

    /// Reports a finding; `range` counts from the entry's start.
    pub(crate) fn report(&mut self, rule: &Rule, range: TextRange, message: String) -> Report<'_> {
        self.report_as(rule, rule.severity, range, message)
    }

    /// Reports a finding of another weight than the rule's own.
    pub(crate) fn report_as(
        &mut self,
        rule: &Rule,
        severity: Severity,
        range: TextRange,
        message: String,
    ) -> Report<'_> {
        self.findings.push(LineFinding {
            entry: self.number,
            range,
            code: rule.code,
            severity,
            message,
            fix: None,
        });
        Report(self.findings.last_mut().expect("a finding was just pushed"))
    }
}

/// A reported finding, to add a repair to.
pub(crate) struct Report<'f>(&'f mut LineFinding);

impl Report<'_> {
    /// Adds a replacement within the entry as the repair.
    pub(crate) fn fix(self, title: String, safety: Safety, range: TextRange, text: String) {
        self.0.fix = Some(LineFix { title, safety, range, text });
    }
}
