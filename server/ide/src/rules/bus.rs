//! What a rule for D-Bus activation files sees, and how it reports.

use std::sync::Arc;

use unit_syntax::TextRange;

use super::Rule;
use crate::diagnostic::{Diagnostic, Severity};
use crate::workspace::{File, Setting, Workspace};

/// A D-Bus activation file among the units of its bus's manager.
pub(crate) struct BusContext<'a> {
    /// The universe.
    pub(crate) workspace: &'a Workspace,
    /// The file.
    pub(crate) file: &'a Arc<File>,
    findings: Vec<Diagnostic>,
}

impl<'a> BusContext<'a> {
    pub(super) fn new(workspace: &'a Workspace, file: &'a Arc<File>) -> Self {
        Self { workspace, file, findings: Vec::new() }
    }

    pub(super) fn into_findings(self) -> Vec<Diagnostic> {
        self.findings
    }

    /// The last line that sets `key`.
    pub(crate) fn setting(&self, key: &str) -> Option<Setting<'a>> {
        let mut entries = self.file.unit.entries().iter().rev();
        let entry = entries.find(|entry| entry.item.key() == Some(key))?;
        Some(Setting { file: self.file, entry })
    }

    /// Reports a finding in the file.
    pub(crate) fn report(
        &mut self,
        rule: &Rule,
        severity: Severity,
        range: TextRange,
        message: String,
    ) -> &mut Diagnostic {
        self.findings.push(Diagnostic {
            path: self.file.path.clone(),
            range,
            code: rule.code,
            severity,
            message,
            related: Vec::new(),
            fixes: Vec::new(),
        });
        self.findings.last_mut().expect("a finding was just pushed")
    }
}
