//! Units that systemd gives a meaning of their own (systemd.special(7)).

use crate::{UnitType, Version, generated::special_units::SPECIAL_UNITS};

/// A unit with a fixed meaning, such as `multi-user.target`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SpecialUnit {
    /// The full name; a template's has nothing between `@` and the suffix.
    pub name: &'static str,
    /// The type its suffix names.
    pub unit_type: UnitType,
    /// The system's service manager has it.
    pub system: bool,
    /// The service managers of users have it.
    pub user: bool,
    /// Pulled in by the unit that provides what it stands for, not by those who need it: they only order themselves
    /// after (or before) it. `network.target` is one.
    pub passive: bool,
    /// Started when a device of its kind appears.
    pub for_devices: bool,
    /// The first release with it; `None` when older than any record.
    pub since: Option<Version>,
}

impl SpecialUnit {
    /// Whether it is a template, such as `blockdev@.target`.
    pub fn is_template(&self) -> bool {
        self.name.contains("@.")
    }
}

/// Every special unit, sorted by name.
pub fn special_units() -> &'static [SpecialUnit] {
    SPECIAL_UNITS
}

/// The special unit of this full name.
pub fn special_unit(name: &str) -> Option<&'static SpecialUnit> {
    let at = SPECIAL_UNITS.binary_search_by(|unit| unit.name.cmp(name)).ok()?;
    Some(&SPECIAL_UNITS[at])
}
