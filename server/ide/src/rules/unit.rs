//! What a rule for whole units sees, and how it reports.

use std::sync::Arc;

use unit_catalog::{Section, Version};
use unit_syntax::TextRange;

use super::Rule;
use crate::activation::ServiceType;
use crate::diagnostic::{Diagnostic, Severity};
use crate::workspace::{Effective, File, Place, Setting, UnitName, Workspace};

/// An effective unit among its neighbours, judged on behalf of one of its files.
pub(crate) struct UnitContext<'a> {
    /// The universe.
    pub(crate) workspace: &'a Workspace,
    /// The file whose findings are asked for.
    pub(crate) file: &'a Arc<File>,
    /// The unit that the file belongs to.
    pub(crate) unit: &'a Effective<'a>,
    findings: Vec<Diagnostic>,
}

impl<'a> UnitContext<'a> {
    pub(super) fn new(workspace: &'a Workspace, file: &'a Arc<File>, unit: &'a Effective<'a>) -> Self {
        Self { workspace, file, unit, findings: Vec::new() }
    }

    pub(super) fn into_findings(self) -> Vec<Diagnostic> {
        self.findings
    }

    /// The systemd aimed at.
    pub(crate) fn version(&self) -> Version {
        self.workspace.version()
    }

    /// Where the unit lies.
    pub(crate) fn place(&self) -> &'a Place {
        &self.file.place
    }

    /// The unit's name, where there is one.
    pub(crate) fn name(&self) -> Option<&'a UnitName> {
        self.unit.name.as_ref()
    }

    /// The type that counts for a service: set, or implied by its other settings.
    pub(crate) fn service_type(&self) -> Option<ServiceType> {
        ServiceType::of(self.unit, self.version())
    }

    /// The header of the unit's own section in its fragment, else the fragment's start.
    pub(crate) fn header(&self) -> Option<(&'a Arc<File>, TextRange)> {
        let fragment = self.unit.fragment?;
        let own = self.unit.unit_type.own_section().map(Section::name);
        let sections = || fragment.unit.sections();
        let header = sections().find(|section| Some(section.name()) == own).or_else(|| sections().next());
        let range = header.map_or(TextRange::new(0, 0), |section| {
            let header = section.header;
            header.name_range().map_or(header.range(), |name| TextRange::new(name.start - 1, name.end + 1))
        });
        Some((fragment, range))
    }

    /// Reports a finding at `range` of `file`; `None` when it is not the file asked about.
    pub(crate) fn report(
        &mut self,
        rule: &Rule,
        severity: Severity,
        (file, range): (&Arc<File>, TextRange),
        message: String,
    ) -> Option<&mut Diagnostic> {
        if file.path != self.file.path {
            return None;
        }
        self.findings.push(Diagnostic {
            path: file.path.clone(),
            range,
            code: rule.code,
            severity,
            message,
            related: Vec::new(),
            fixes: Vec::new(),
        });
        self.findings.last_mut()
    }

    /// Reports a finding on the value of a setting.
    pub(crate) fn report_value(
        &mut self,
        rule: &Rule,
        severity: Severity,
        setting: Setting<'_>,
        message: String,
    ) -> Option<&mut Diagnostic> {
        self.report(rule, severity, (setting.file, setting.value_range()), message)
    }
}
