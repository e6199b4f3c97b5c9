//! What rules report: plain data, ranges in bytes.

use std::path::Path;
use std::sync::Arc;

use unit_syntax::TextRange;

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
    /// A mechanical repair.
    pub fix: Option<Fix>,
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

/// A repair that an editor or `--fix` can apply.
#[derive(Clone, PartialEq, Debug)]
pub struct Fix {
    /// What it does, as a menu entry.
    pub title: String,
    /// Whether it keeps the unit's meaning or is surely meant.
    pub safety: Safety,
    /// The edits, none overlapping another.
    pub edits: Vec<TextEdit>,
}

/// Whether a fix may be applied without a look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Safety {
    /// May be applied with all others of its kind.
    Safe,
    /// Somebody should look at it.
    Unsafe,
}

/// A replacement in one file.
#[derive(Clone, PartialEq, Debug)]
pub struct TextEdit {
    /// The file.
    pub path: Arc<Path>,
    /// What is replaced, in bytes of that file.
    pub range: TextRange,
    /// What stands there afterwards.
    pub text: String,
}
