//! Where a unit file lies: below which root, at which rank of systemd's search path, in whose scope.

use std::path::Path;
use std::sync::Arc;

/// Whose manager reads the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// `systemd --system`.
    System,
    /// `systemd --user`.
    User,
}

/// The folder's part in the unit search path (systemd.unit(5), "Unit File Load Path").
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The folder that stands for `/`: units see each other within one root.
    pub root: Arc<Path>,
    /// Precedence within the root; a smaller rank hides the same name at a larger one.
    pub rank: u8,
    /// Whose manager reads it.
    pub scope: Scope,
    /// Whether the folder is one of systemd's own search path, seen from its root.
    pub searched: bool,
}

/// Search-path folders in systemd's order (`lookup_paths_init()`), without their leading slash.
const SYSTEM: [&str; 13] = [
    "etc/systemd/system.control",
    "run/systemd/system.control",
    "run/systemd/transient",
    "run/systemd/generator.early",
    "etc/systemd/system",
    "etc/systemd/system.attached",
    "run/systemd/system",
    "run/systemd/system.attached",
    "run/systemd/generator",
    "usr/local/lib/systemd/system",
    "usr/lib/systemd/system",
    "lib/systemd/system",
    "run/systemd/generator.late",
];

const USER: [&str; 7] = [
    ".config/systemd/user",
    "etc/systemd/user",
    "run/systemd/user",
    ".local/share/systemd/user",
    "usr/local/lib/systemd/user",
    "usr/lib/systemd/user",
    "lib/systemd/user",
];

/// The rank of a folder outside every search path.
const LOOSE: u8 = 100;

impl Place {
    /// The place of a file in `folder` (for a drop-in: the folder that holds the `.d` folder).
    ///
    /// Outside a search path all folders of one workspace folder are one directory.
    pub fn of_folder(folder: &Path, workspace_folders: &[Arc<Path>]) -> Self {
        for (list, scope) in [(&SYSTEM[..], Scope::System), (&USER[..], Scope::User)] {
            for (rank, suffix) in list.iter().enumerate() {
                if folder.ends_with(suffix) {
                    let root = folder.ancestors().nth(Path::new(suffix).components().count());
                    let root = root.unwrap_or(Path::new(""));
                    return Self {
                        root: usr_merged(root, suffix).into(),
                        rank: rank as u8,
                        scope,
                        searched: true,
                    };
                }
            }
        }
        let root = workspace_folders
            .iter()
            .filter(|root| folder.starts_with(root))
            .min_by_key(|root| root.components().count());
        // What lies above the workspace says nothing: `/home/user/project`.
        let below = root.and_then(|root| folder.strip_prefix(root).ok());
        let below = below.unwrap_or_else(|| Path::new(folder.file_name().unwrap_or_default()));
        let scope = match below.components().any(|part| part.as_os_str() == "user") {
            true => Scope::User,
            false => Scope::System,
        };
        Self { root: root.cloned().unwrap_or_else(|| folder.into()), rank: LOOSE, scope, searched: false }
    }

    /// Sorts what units at `asker` see: their own root first, then by the search path.
    pub(super) fn precedence(&self, asker: &Place) -> (bool, u8) {
        (self.root != asker.root, self.rank)
    }

    /// Whether the bus that has its files at this place starts units that units at `asker` see.
    pub(super) fn serves(&self, asker: &Place) -> bool {
        self.scope == asker.scope && (self.root == asker.root || self.is_machine())
    }

    /// Whether this is the running machine's own search path.
    pub fn is_machine(&self) -> bool {
        self.searched && self.root.as_os_str() == "/"
    }
}

/// `/usr` of a root is never a root of its own: `X/usr/lib` and `X/lib` both belong to `X`.
fn usr_merged<'a>(root: &'a Path, suffix: &str) -> &'a Path {
    match suffix.starts_with("lib/") && root.file_name().is_some_and(|name| name == "usr") {
        true => root.parent().unwrap_or(root),
        false => root,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_and_ranks() {
        let place =
            |folder: &str| Place::of_folder(Path::new(folder), &[Path::new("/home/me/project").into()]);
        let etc = place("/srv/image/etc/systemd/system");
        let usr = place("/srv/image/usr/lib/systemd/system");
        let lib = place("/srv/image/lib/systemd/system");
        assert_eq!((etc.root.to_str(), etc.searched), (Some("/srv/image"), true));
        assert!(etc.root == usr.root && usr.root == lib.root && etc.rank < usr.rank);
        assert!(place("/usr/lib/systemd/system").is_machine());
        assert_eq!(place("/home/me/.config/systemd/user").scope, Scope::User);
        let loose = place("/home/me/project/debian/units");
        assert_eq!((loose.root.to_str(), loose.searched), (Some("/home/me/project"), false));
        assert_eq!(place("/tmp/x").root.to_str(), Some("/tmp/x"));
    }

    #[test]
    fn scopes_of_loose_folders() {
        let scope = |folder: &str| {
            Place::of_folder(Path::new(folder), &[Path::new("/home/user/project").into()]).scope
        };
        assert_eq!(scope("/home/user/project/units/user"), Scope::User);
        assert_eq!(scope("/home/user/project/user/units"), Scope::User);
        assert_eq!(scope("/home/user/project/units"), Scope::System);
        assert_eq!(scope("/home/user/elsewhere"), Scope::System);
        assert_eq!(scope("/tmp/user"), Scope::User);
    }
}
