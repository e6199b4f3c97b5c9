//! Edges between units, and what makes them.

use std::sync::Arc;

use unit_syntax::TextRange;

use super::Relation;
use crate::workspace::{File, UnitLink, UnitName};

/// One unit's bearing on another.
#[derive(Clone, Debug)]
pub struct Edge<'a> {
    /// The unit that acts, under its own name.
    pub from: UnitName,
    /// What it does; a forward relation, see [`Relation::is_forward`].
    pub relation: Relation,
    /// The unit acted on, under its own name where a file describes it.
    pub to: UnitName,
    /// What makes the edge.
    pub cause: Cause<'a>,
    /// When it holds.
    pub holds: Holds,
}

/// When an edge holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holds {
    /// Once both units are loaded.
    Always,
    /// Once somebody enables a unit: an `[Install]` line says it, or one unit goes by a name that only an `Alias=`
    /// line gives it.
    OnceEnabled,
}

/// What makes an edge.
#[derive(Clone, Copy, Debug)]
pub enum Cause<'a> {
    /// A line of a unit file.
    Line {
        /// The file.
        file: &'a Arc<File>,
        /// The entry in that file.
        entry: u32,
        /// The word that names the other unit, in bytes of the file.
        range: TextRange,
    },
    /// A symlink in `X.wants/`, `X.requires/` or `X.upholds/`.
    Link(&'a UnitLink),
    /// An `[Install]` line.
    Install {
        /// The file.
        file: &'a Arc<File>,
        /// The entry in that file.
        entry: u32,
        /// The word that names the other unit, in bytes of the file.
        range: TextRange,
    },
    /// The name alone: `foo.socket` starts `foo.service`.
    Name {
        /// The file that has the name.
        file: &'a Arc<File>,
    },
    /// systemd adds it because of a line that does not name the other unit: `WorkingDirectory=` means the mounts below
    /// it, `LogNamespace=` the sockets of that journal.
    Implied {
        /// The file.
        file: &'a Arc<File>,
        /// The entry in that file.
        entry: u32,
    },
    /// systemd adds it; the reason, for people: "every service has it by default".
    Implicit(&'static str),
    /// A D-Bus activation file with `SystemdService=`.
    DBus(&'a Arc<File>),
}

impl<'a> Cause<'a> {
    /// The file that says so, with the place in it where that is one.
    pub fn place(&self) -> Option<(&'a Arc<File>, Option<TextRange>)> {
        match *self {
            Self::Line { file, range, .. } | Self::Install { file, range, .. } => Some((file, Some(range))),
            Self::Implied { file, entry } => Some((file, Some(file.unit.entries()[entry as usize].range()))),
            Self::Name { file } | Self::DBus(file) => Some((file, None)),
            Self::Link(_) | Self::Implicit(_) => None,
        }
    }
}

/// What a unit says about itself and another: the raw material of edges.
///
/// It depends on the unit's own files and links only, not on which other units there are.
#[derive(Clone, Debug)]
pub(super) struct Statement<'a> {
    /// From the stating unit's point of view; may be an inverse relation (`WantedBy`).
    pub(super) relation: Relation,
    /// The other unit, as written.
    pub(super) other: UnitName,
    pub(super) cause: Cause<'a>,
    pub(super) condition: Condition,
}

/// What must be so for a statement to become an edge.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Condition {
    /// Nothing.
    None,
    /// Somebody enables the unit.
    Enabled,
    /// Nothing, but it is the bus that does it: no dependency as systemd has them.
    ByBus,
    /// Nothing, but the stating unit is masked: systemd lists it, and it comes to nothing.
    Masked,
    /// A file describes the other unit and does not mask it.
    Described,
    /// A target waits for what it pulls in, unless one of the two goes without default dependencies or the target is
    /// to come first (`unit_add_default_target_dependency()`).
    TargetOrder,
}
