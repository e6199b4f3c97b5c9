//! Sets and conditions: capabilities, system calls, filters, specifiers.

use unit_catalog::ValueKind;

use super::Checker;

/// Judges a value of one of this family's kinds; false for all others.
pub(super) fn check(checker: &mut Checker<'_>, kind: ValueKind) -> bool {
    let _ = (checker, kind);
    false
}
