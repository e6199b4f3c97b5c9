//! What people have settled for a part of the workspace: which systemd, whose manager, and what rules weigh there.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use unit_catalog::Version;

use super::{Places, Scope};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::{Rule, rule};

/// What holds for the files below a folder.
#[derive(Clone, PartialEq, Debug)]
pub struct Project {
    /// The folder; the empty path holds all files.
    pub folder: Arc<Path>,
    /// The systemd that they are judged for; `None` for the workspace's.
    pub version: Option<Version>,
    /// Whose manager reads those that lie in no folder of systemd's search path; `None`: their path tells.
    pub scope: Option<Scope>,
    /// What rules weigh.
    pub weights: Weights,
}

/// Weights of rules other than their own.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Weights(BTreeMap<&'static str, Option<Severity>>);

impl Weights {
    /// Gives a rule's findings this weight; `None` silences them. Those that weigh less by themselves stay light.
    pub fn set(&mut self, rule: &'static Rule, weight: Option<Severity>) {
        self.0.insert(rule.code, weight);
    }

    /// Weighs findings anew.
    pub(crate) fn apply(&self, findings: &mut Vec<Diagnostic>) {
        if self.0.is_empty() {
            return;
        }
        findings.retain_mut(|finding| match self.0.get(finding.code) {
            None => true,
            Some(None) => false,
            Some(Some(weight)) => {
                let usual = rule(finding.code).is_some_and(|rule| rule.severity == finding.severity);
                finding.severity = if usual { *weight } else { finding.severity.max(*weight) };
                true
            }
        });
    }
}

impl Places {
    /// What holds for the file at `path`: the innermost project that holds it.
    pub fn project_of(&self, path: &Path) -> Option<&Project> {
        let holding = self.projects.iter().filter(|project| path.starts_with(&project.folder));
        holding.max_by_key(|project| project.folder.components().count())
    }
}
