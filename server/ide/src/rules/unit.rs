//! What a rule for whole units sees, and how it reports.

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use unit_catalog::{UnitType, Version};
use unit_syntax::TextRange;

use super::Rule;
use crate::activation::{Launch, ServiceType};
use crate::diagnostic::{Diagnostic, Severity};
use crate::workspace::{Effective, File, Place, Scope, Setting, UnitName, Workspace};

/// An effective unit among its neighbours, judged on behalf of one of its files.
pub(crate) struct UnitContext<'a> {
    /// The universe.
    pub(crate) workspace: &'a Workspace,
    /// The file whose findings are asked for.
    pub(crate) file: &'a Arc<File>,
    /// The unit that the file belongs to.
    pub(crate) unit: &'a Effective<'a>,
    findings: Vec<Diagnostic>,
    service_type: OnceCell<Option<ServiceType>>,
    launches: OnceCell<Rc<[Launch<'a>]>>,
    /// Sockets, timers and paths that start the unit.
    triggers: [OnceCell<Rc<[Effective<'a>]>>; 3],
}

impl<'a> UnitContext<'a> {
    pub(super) fn new(workspace: &'a Workspace, file: &'a Arc<File>, unit: &'a Effective<'a>) -> Self {
        Self {
            workspace,
            file,
            unit,
            findings: Vec::new(),
            service_type: OnceCell::new(),
            launches: OnceCell::new(),
            triggers: Default::default(),
        }
    }

    pub(super) fn into_findings(self) -> Vec<Diagnostic> {
        self.findings
    }

    /// The systemd aimed at.
    pub(crate) fn version(&self) -> Version {
        self.file.version
    }

    /// Where the unit lies.
    pub(crate) fn place(&self) -> &'a Place {
        &self.file.place
    }

    /// The unit's name, where there is one.
    pub(crate) fn name(&self) -> Option<&'a UnitName> {
        self.unit.name.as_ref()
    }

    /// Whether two names mean one unit: the same, or one an alias of the other.
    pub(crate) fn are_same(&self, one: &UnitName, other: &UnitName) -> bool {
        let id = |name| self.workspace.unit_id(name, self.place());
        one == other || id(one).is_some_and(|one| Some(one) == id(other))
    }

    /// The type that counts for a service: set, or implied by its other settings.
    pub(crate) fn service_type(&self) -> Option<ServiceType> {
        *self.service_type.get_or_init(|| ServiceType::of(self.unit, self.version()))
    }

    /// The `ExecStart=` commands with what they really run.
    pub(crate) fn launches(&self) -> Rc<[Launch<'a>]> {
        self.launches.get_or_init(|| Launch::all(self.unit, "ExecStart").into()).clone()
    }

    /// The sockets, timers or paths that start the unit.
    pub(crate) fn triggers(&self, unit_type: UnitType) -> Rc<[Effective<'a>]> {
        let at = match unit_type {
            UnitType::Socket => 0,
            UnitType::Timer => 1,
            UnitType::Path => 2,
            _ => return Rc::new([]),
        };
        self.triggers[at].get_or_init(|| self.workspace.triggers_of(self.unit, unit_type).into()).clone()
    }

    /// Whether the manager that loads the unit is a user's.
    pub(crate) fn is_user_unit(&self) -> bool {
        self.place().scope == Scope::User
    }

    /// Where to show a finding on `main` that `others` bring about as well: at the line that is read last, as that one
    /// changed what was well before.
    pub(crate) fn blame(
        &self,
        main: (&'a Arc<File>, TextRange),
        others: &[Option<Setting<'a>>],
    ) -> (&'a Arc<File>, TextRange) {
        let part = |file: &Arc<File>| self.unit.parts.iter().position(|part| part.path == file.path);
        let later = others.iter().flatten().filter(|other| part(other.file) > part(main.0));
        let last = later.max_by_key(|other| part(other.file));
        last.map_or(main, |other| (other.file, other.line_range()))
    }

    /// The header of the unit's own section in its fragment, else the fragment's start.
    pub(crate) fn header(&self) -> Option<(&'a Arc<File>, TextRange)> {
        self.unit.header()
    }

    /// Reports a finding at `range` of `file`; `None` when it is not the file asked about.
    ///
    /// What a drop-in for many units (`service.d`, `foo-.service.d`) does to this one is said of this one: at the header
    /// of its fragment, unless it is a hint only.
    pub(crate) fn report(
        &mut self,
        rule: &Rule,
        severity: Severity,
        (file, cause): (&Arc<File>, TextRange),
        message: String,
    ) -> Option<&mut Diagnostic> {
        let elsewhere = file.path != self.file.path;
        let (place, range) = match elsewhere {
            false => (file, cause),
            true if severity < Severity::Hint && file.unit_name().is_none() => {
                self.header().filter(|(fragment, _)| fragment.path == self.file.path)?
            }
            true => return None,
        };
        self.findings.push(Diagnostic {
            path: place.path.clone(),
            range,
            code: rule.code,
            severity,
            message,
            related: Vec::new(),
            fixes: Vec::new(),
        });
        let finding = self.findings.last_mut()?;
        if elsewhere {
            let owner = file.owner().unwrap_or_default();
            finding.relate(file, cause, format!("this drop-in in `{owner}.d` brings it about"));
        }
        Some(finding)
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

impl Diagnostic {
    /// Adds a setting that belongs to the finding, unless the finding itself stands there.
    pub(crate) fn relate_line(&mut self, setting: Setting<'_>, message: impl Into<String>) -> &mut Self {
        self.relate_elsewhere(setting.file, setting.line_range(), message)
    }

    /// Adds a place that belongs to the finding, unless the finding itself stands there.
    pub(crate) fn relate_elsewhere(
        &mut self,
        file: &File,
        range: TextRange,
        message: impl Into<String>,
    ) -> &mut Self {
        let here = self.path == file.path && self.range.start < range.end && range.start < self.range.end;
        if here { self } else { self.relate(file, range, message) }
    }
}
