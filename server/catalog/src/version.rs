//! systemd's release numbers.

use std::fmt;

/// A systemd release by its number, such as 257.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Version(pub u16);

impl Version {
    /// The oldest release whose facts were checked against the real thing.
    pub const OLDEST: Version = Version(252);
    /// The newest release whose facts were checked against the real thing.
    pub const NEWEST: Version = Version(262);
    /// Older than every release: what is "since" this was always there.
    pub const ALWAYS: Version = Version(0);
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
