//! The sections of unit files.

use std::fmt;

use crate::UnitType;

/// A section that systemd reads in unit files, or in the configuration of its managers. `.target` and `.device` units
/// have none of their own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "each is named as it is written in a file")]
pub enum Section {
    Unit,
    Install,
    Service,
    Socket,
    Timer,
    Path,
    Mount,
    Automount,
    Swap,
    Slice,
    Scope,
    Manager,
}

impl Section {
    /// Every section, in the order of the declaration.
    pub const ALL: [Section; 12] = [
        Section::Unit,
        Section::Install,
        Section::Service,
        Section::Socket,
        Section::Timer,
        Section::Path,
        Section::Mount,
        Section::Automount,
        Section::Swap,
        Section::Slice,
        Section::Scope,
        Section::Manager,
    ];

    /// The name as written between the brackets.
    pub const fn name(self) -> &'static str {
        match self {
            Section::Unit => "Unit",
            Section::Install => "Install",
            Section::Service => "Service",
            Section::Socket => "Socket",
            Section::Timer => "Timer",
            Section::Path => "Path",
            Section::Mount => "Mount",
            Section::Automount => "Automount",
            Section::Swap => "Swap",
            Section::Slice => "Slice",
            Section::Scope => "Scope",
            Section::Manager => "Manager",
        }
    }

    /// The section of this name. Letter case counts, as it does for systemd.
    pub fn from_name(name: &str) -> Option<Section> {
        Section::ALL.into_iter().find(|section| section.name() == name)
    }

    /// Whether it is a section of units; the other ones are of the managers' configuration (systemd-system.conf(5)).
    pub fn is_of_units(self) -> bool {
        self != Section::Manager
    }

    /// The types of units in which it makes sense, in the order of [`UnitType::ALL`].
    pub fn unit_types(self) -> impl Iterator<Item = UnitType> {
        UnitType::ALL.into_iter().filter(move |unit_type| unit_type.sections().contains(&self))
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
