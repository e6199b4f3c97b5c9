//! Paths, commands and what stands for files.

mod exec_command;

use unit_catalog::ValueKind;

use super::Checker;

pub use exec_command::{ExecCommand, ExecWord, exec_commands};

/// Judges a value of one of this family's kinds; false for all others.
pub(super) fn check(checker: &mut Checker<'_>, kind: ValueKind) -> bool {
    let _ = (checker, kind);
    false
}
