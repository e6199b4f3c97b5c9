//! What rules report: plain data, ranges in bytes.

use std::path::Path;
use std::sync::Arc;

use unit_syntax::TextRange;

use crate::fix::Fix;
use crate::workspace::File;

/// How much a finding weighs. It means the same everywhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// systemd refuses the unit or ignores the line.
    Error,
    /// It loads, but almost surely not as meant.
    Warning,
    /// Worth knowing.
    Information,
    /// Worth knowing, quietly.
    Hint,
}

impl Severity {
    /// The word that command-line output uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Information => "information",
            Self::Hint => "hint",
        }
    }
}

/// One finding in one file.
#[derive(Clone, PartialEq, Debug)]
pub struct Diagnostic {
    /// The file it is shown in.
    pub path: Arc<Path>,
    /// Where, in bytes of that file.
    pub range: TextRange,
    /// The rule's code.
    pub code: &'static str,
    /// Its weight.
    pub severity: Severity,
    /// What was found, what systemd does with it, what would do.
    pub message: String,
    /// Lines elsewhere that belong to the finding.
    pub related: Vec<Related>,
    /// Mechanical repairs, the one to prefer first.
    pub fixes: Vec<Fix>,
}

/// A line that belongs to a finding somewhere else.
#[derive(Clone, PartialEq, Debug)]
pub struct Related {
    /// Its file.
    pub path: Arc<Path>,
    /// Its place, in bytes of that file.
    pub range: TextRange,
    /// What it has to do with the finding.
    pub message: String,
}

impl Diagnostic {
    /// Adds a line elsewhere that belongs to the finding.
    pub(crate) fn relate(&mut self, file: &File, range: TextRange, message: impl Into<String>) -> &mut Self {
        self.related.push(Related { path: file.path.clone(), range, message: message.into() });
        self
    }

    /// Adds a repair, behind those to prefer.
    pub(crate) fn offer(&mut self, fix: Fix) -> &mut Self {
        self.fixes.push(fix);
        self
    }
}
