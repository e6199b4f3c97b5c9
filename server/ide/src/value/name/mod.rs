//! Names: units, users, interfaces, addresses.

mod bus_name;

use unit_catalog::ValueKind;

use super::Checker;

pub use bus_name::bus_name;

/// Judges a value of one of this family's kinds; false for all others.
pub(super) fn check(checker: &mut Checker<'_>, kind: ValueKind) -> bool {
    let _ = (checker, kind);
    false
}
