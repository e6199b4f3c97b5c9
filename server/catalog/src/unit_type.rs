//! The types of units, which their file names end in.

use std::fmt;

use crate::Section;

/// The type of a unit, written as the suffix of its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "each is named as its suffix")]
pub enum UnitType {
    Service,
    Socket,
    Timer,
    Path,
    Mount,
    Automount,
    Swap,
    Slice,
    Scope,
    Target,
    Device,
}

impl UnitType {
    /// Every type, in the order of the declaration.
    pub const ALL: [UnitType; 11] = [
        UnitType::Service,
        UnitType::Socket,
        UnitType::Timer,
        UnitType::Path,
        UnitType::Mount,
        UnitType::Automount,
        UnitType::Swap,
        UnitType::Slice,
        UnitType::Scope,
        UnitType::Target,
        UnitType::Device,
    ];

    /// The suffix of unit names, without the dot.
    pub const fn suffix(self) -> &'static str {
        match self {
            UnitType::Service => "service",
            UnitType::Socket => "socket",
            UnitType::Timer => "timer",
            UnitType::Path => "path",
            UnitType::Mount => "mount",
            UnitType::Automount => "automount",
            UnitType::Swap => "swap",
            UnitType::Slice => "slice",
            UnitType::Scope => "scope",
            UnitType::Target => "target",
            UnitType::Device => "device",
        }
    }

    /// The type with this suffix (without the dot). Letter case counts.
    pub fn from_suffix(suffix: &str) -> Option<UnitType> {
        UnitType::ALL.into_iter().find(|unit_type| unit_type.suffix() == suffix)
    }

    /// The section that only this type has.
    pub const fn own_section(self) -> Option<Section> {
        match self {
            UnitType::Service => Some(Section::Service),
            UnitType::Socket => Some(Section::Socket),
            UnitType::Timer => Some(Section::Timer),
            UnitType::Path => Some(Section::Path),
            UnitType::Mount => Some(Section::Mount),
            UnitType::Automount => Some(Section::Automount),
            UnitType::Swap => Some(Section::Swap),
            UnitType::Slice => Some(Section::Slice),
            UnitType::Scope => Some(Section::Scope),
            UnitType::Target | UnitType::Device => None,
        }
    }

    /// The sections that make sense in such a unit, in the usual order: `[Unit]`, its own, `[Install]`.
    /// Scopes and devices cannot be enabled, so `[Install]` is not among theirs; see [`UnitType::reads_section`].
    pub const fn sections(self) -> &'static [Section] {
        use Section::{Install, Unit};
        match self {
            UnitType::Service => &[Unit, Section::Service, Install],
            UnitType::Socket => &[Unit, Section::Socket, Install],
            UnitType::Timer => &[Unit, Section::Timer, Install],
            UnitType::Path => &[Unit, Section::Path, Install],
            UnitType::Mount => &[Unit, Section::Mount, Install],
            UnitType::Automount => &[Unit, Section::Automount, Install],
            UnitType::Swap => &[Unit, Section::Swap, Install],
            UnitType::Slice => &[Unit, Section::Slice, Install],
            UnitType::Scope => &[Unit, Section::Scope],
            UnitType::Target => &[Unit, Install],
            UnitType::Device => &[Unit],
        }
    }

    /// Whether systemd reads a section of this name without calling it unknown (`sections` of its `UnitVTable`).
    /// Beside [`UnitType::sections`] that is `[Install]` everywhere, and `[Target]` and `[Device]`, which have no keys.
    pub fn reads_section(self, name: &str) -> bool {
        match (self, name) {
            (_, "Unit" | "Install") | (UnitType::Target, "Target") | (UnitType::Device, "Device") => true,
            _ => self.own_section().is_some_and(|section| section.name() == name),
        }
    }
}

impl fmt::Display for UnitType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.suffix())
    }
}
