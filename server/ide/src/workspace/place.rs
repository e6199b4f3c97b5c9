//! Where a file lies: below which root, at which rank of systemd's search path, in whose scope.

use std::path::Path;
use std::sync::Arc;

use super::{FileKind, Project};

/// Whose manager reads the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// `systemd --system`.
    System,
    /// `systemd --user`.
    User,
}

/// The folder's part in the search path for its kind of file (systemd.unit(5), "Unit File Load Path").
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

/// Files that are looked for in the same folders.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Family {
    /// Fragments and drop-ins.
    Units,
    /// D-Bus activation files.
    Bus,
    /// Preset files.
    Presets,
    /// Rules of udev.
    Devices,
    /// The managers' own configuration.
    Managers,
}

/// A folder of the machine's search path, or of the path of an image that stands in for the machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SearchFolder {
    /// The folder.
    pub path: Arc<Path>,
    /// What is looked for in it.
    pub family: Family,
    /// Whose manager looks there.
    pub scope: Scope,
}

/// What turns paths into places: the folders that the editor has open, and the search path of the machine.
#[derive(Clone, Default, Debug)]
pub struct Places {
    /// Loose files see each other within each of these.
    pub folders: Vec<Arc<Path>>,
    /// In systemd's order. All of them together are one root, which every unit sees: `/`.
    pub machine: Vec<SearchFolder>,
    /// What people have settled for the files below some folders.
    pub projects: Vec<Project>,
}

/// The folders in which units of the system manager are looked for, in systemd's order (`lookup_paths_init()`), without
/// their leading slash.
const SYSTEM_UNITS: [&str; 13] = [
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

/// The same of user managers, as far as it is the same for all users and in all homes.
const USER_UNITS: [&str; 11] = [
    ".config/systemd/user.control",
    ".config/systemd/user",
    "etc/xdg/systemd/user",
    "etc/systemd/user",
    "run/systemd/user",
    ".local/share/systemd/user",
    "usr/local/share/systemd/user",
    "usr/share/systemd/user",
    "usr/local/lib/systemd/user",
    "usr/lib/systemd/user",
    "lib/systemd/user",
];

/// Where dbus-daemon(1) looks for services of the system bus (`<standard_system_servicedirs/>`).
const SYSTEM_BUS: [&str; 5] = [
    "etc/dbus-1/system-services",
    "run/dbus-1/system-services",
    "usr/local/share/dbus-1/system-services",
    "usr/share/dbus-1/system-services",
    "lib/dbus-1/system-services",
];

/// Where it looks for services of session buses (`<standard_session_servicedirs/>`).
const SESSION_BUS: [&str; 4] = [
    ".local/share/dbus-1/services",
    "etc/dbus-1/services",
    "usr/local/share/dbus-1/services",
    "usr/share/dbus-1/services",
];

/// Where presets are looked for (systemd.preset(5)).
const SYSTEM_PRESETS: [&str; 5] = [
    "etc/systemd/system-preset",
    "run/systemd/system-preset",
    "usr/local/lib/systemd/system-preset",
    "usr/lib/systemd/system-preset",
    "lib/systemd/system-preset",
];

/// The same for user units.
const USER_PRESETS: [&str; 5] = [
    "etc/systemd/user-preset",
    "run/systemd/user-preset",
    "usr/local/lib/systemd/user-preset",
    "usr/lib/systemd/user-preset",
    "lib/systemd/user-preset",
];

/// Where rules of udev are looked for (udev(7)).
const DEVICE_RULES: [&str; 5] = [
    "etc/udev/rules.d",
    "run/udev/rules.d",
    "usr/local/lib/udev/rules.d",
    "usr/lib/udev/rules.d",
    "lib/udev/rules.d",
];

/// Where the system manager's configuration is looked for (systemd-system.conf(5)).
const SYSTEM_MANAGER: [&str; 5] =
    ["etc/systemd", "run/systemd", "usr/local/lib/systemd", "usr/lib/systemd", "lib/systemd"];

/// The same for user managers.
const USER_MANAGERS: [&str; 6] = [
    ".config/systemd",
    "etc/systemd",
    "run/systemd",
    "usr/local/lib/systemd",
    "usr/lib/systemd",
    "lib/systemd",
];

/// The rank of a folder outside every search path.
const LOOSE: u8 = u8::MAX;

impl Family {
    /// Every family with its folders, by scope.
    const FOLDERS: [(Family, Scope, &[&str]); 9] = [
        (Family::Units, Scope::System, &SYSTEM_UNITS),
        (Family::Units, Scope::User, &USER_UNITS),
        (Family::Bus, Scope::System, &SYSTEM_BUS),
        (Family::Bus, Scope::User, &SESSION_BUS),
        (Family::Presets, Scope::System, &SYSTEM_PRESETS),
        (Family::Presets, Scope::User, &USER_PRESETS),
        (Family::Devices, Scope::System, &DEVICE_RULES),
        (Family::Managers, Scope::System, &SYSTEM_MANAGER),
        (Family::Managers, Scope::User, &USER_MANAGERS),
    ];

    /// The folders below a root that systemd looks for such files in, in its order; those in homes are not among them.
    pub fn search_path(self, root: &Path, scope: Scope) -> impl Iterator<Item = SearchFolder> {
        let lists = Self::FOLDERS.iter().filter(move |(family, of, _)| *family == self && *of == scope);
        let folders = lists.flat_map(|(_, _, folders)| *folders).filter(|folder| !folder.starts_with('.'));
        folders.map(move |folder| SearchFolder { path: root.join(folder).into(), family: self, scope })
    }
}

impl Places {
    /// The place of a file of this kind; the path is enough, nothing is read.
    pub fn of(&self, path: &Path, kind: &FileKind) -> Place {
        let parent = path.parent().unwrap_or(Path::new(""));
        let above = parent.parent().unwrap_or(Path::new(""));
        match kind {
            FileKind::DropIn { .. } => self.of_folder(above),
            FileKind::DBusService => {
                let scope = match parent.ends_with("services") {
                    true => Scope::User,
                    false => Scope::System,
                };
                self.find(parent, Family::Bus, scope)
            }
            FileKind::Preset => {
                let scope = match parent.ends_with("user-preset") {
                    true => Scope::User,
                    false => Scope::System,
                };
                self.find(parent, Family::Presets, scope)
            }
            FileKind::UdevRules => self.find(parent, Family::Devices, Scope::System),
            FileKind::ManagerConf { scope } => {
                let drop_in = parent.extension().is_some_and(|suffix| suffix == "d");
                self.find(if drop_in { above } else { parent }, Family::Managers, *scope)
            }
            FileKind::Fragment { .. } | FileKind::Other => self.of_folder(parent),
        }
    }

    /// The place of units in `folder` (for a drop-in: the folder that holds the `.d` folder).
    ///
    /// Outside a search path all folders of one workspace folder are one directory.
    pub fn of_folder(&self, folder: &Path) -> Place {
        for scope in [Scope::System, Scope::User] {
            let place = self.find(folder, Family::Units, scope);
            if place.searched {
                return place;
            }
        }
        if let Some(scope) = self.project_of(folder).and_then(|project| project.scope) {
            return self.loose(folder, scope);
        }
        // What lies above the workspace says nothing: `/home/user/project`.
        let below = self.root(folder).and_then(|root| folder.strip_prefix(root).ok());
        let below = below.unwrap_or_else(|| Path::new(folder.file_name().unwrap_or_default()));
        match below.components().any(|part| part.as_os_str() == "user") {
            true => self.loose(folder, Scope::User),
            false => self.loose(folder, Scope::System),
        }
    }

    /// The place of files in `folder`, as one of the machine's folders, as one that ends like these, or as a loose one.
    fn find(&self, folder: &Path, family: Family, scope: Scope) -> Place {
        let mut machine = self.machine.iter().filter(|known| known.family == family && known.scope == scope);
        let rank = |rank: usize| u8::try_from(rank).unwrap_or(LOOSE).min(LOOSE - 1);
        if let Some(known) = machine.position(|known| &*known.path == folder) {
            return Place { root: Path::new("/").into(), rank: rank(known), scope, searched: true };
        }
        let lists = Family::FOLDERS.iter().filter(|(of, whose, _)| *of == family && *whose == scope);
        let suffixes = lists.flat_map(|(_, _, folders)| folders.iter().enumerate());
        for (known, suffix) in suffixes {
            if folder.ends_with(suffix) {
                let root = folder.ancestors().nth(Path::new(suffix).components().count());
                let root = usr_merged(root.unwrap_or(Path::new("")), suffix);
                return Place { root: root.into(), rank: rank(known), scope, searched: true };
            }
        }
        self.loose(folder, scope)
    }

    fn loose(&self, folder: &Path, scope: Scope) -> Place {
        let root = self.root(folder).cloned().unwrap_or_else(|| folder.into());
        Place { root, rank: LOOSE, scope, searched: false }
    }

    /// The open folder that holds `folder`; the outermost, where they lie in each other.
    fn root(&self, folder: &Path) -> Option<&Arc<Path>> {
        let holding = self.folders.iter().filter(|root| folder.starts_with(root));
        holding.min_by_key(|root| root.components().count())
    }
}

impl Place {
    /// Sorts what units at `asker` see: their own root first, then by the search path.
    pub(crate) fn precedence(&self, asker: &Place) -> (bool, u8) {
        (!self.shares_root(asker), self.rank)
    }

    /// Whether both lie below one root.
    pub(super) fn shares_root(&self, other: &Place) -> bool {
        // Roots are made by one piece of code, so they need not be compared part by part.
        Arc::ptr_eq(&self.root, &other.root) || self.root.as_os_str() == other.root.as_os_str()
    }

    /// Whether the bus that has its files at this place starts units that units at `asker` see.
    pub(crate) fn serves(&self, asker: &Place) -> bool {
        self.scope == asker.scope && (self.shares_root(asker) || self.is_machine())
    }

    /// Whether this is the search path of the running machine, or of what stands in for it.
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

    fn places() -> Places {
        Places { folders: vec![Path::new("/home/user/project").into()], ..Places::default() }
    }

    fn of_path(places: &Places, path: &str) -> Place {
        let path = Path::new(path);
        places.of(path, &FileKind::of_path(path))
    }

    #[test]
    fn roots_and_ranks() {
        let place = |folder: &str| places().of_folder(Path::new(folder));
        let etc = place("/srv/image/etc/systemd/system");
        let usr = place("/srv/image/usr/lib/systemd/system");
        let lib = place("/srv/image/lib/systemd/system");
        assert_eq!((etc.root.to_str(), etc.searched), (Some("/srv/image"), true));
        assert!(etc.root == usr.root && usr.root == lib.root && etc.rank < usr.rank);
        assert!(place("/usr/lib/systemd/system").is_machine());
        assert_eq!(place("/home/me/.config/systemd/user").scope, Scope::User);
        let loose = place("/home/user/project/debian/units");
        assert_eq!((loose.root.to_str(), loose.searched), (Some("/home/user/project"), false));
        assert_eq!(place("/tmp/x").root.to_str(), Some("/tmp/x"));
    }

    #[test]
    fn scopes_of_loose_folders() {
        let scope = |folder: &str| places().of_folder(Path::new(folder)).scope;
        assert_eq!(scope("/home/user/project/units/user"), Scope::User);
        assert_eq!(scope("/home/user/project/user/units"), Scope::User);
        assert_eq!(scope("/home/user/project/units"), Scope::System);
        assert_eq!(scope("/home/user/elsewhere"), Scope::System);
        assert_eq!(scope("/tmp/user"), Scope::User);
    }

    #[test]
    fn files_of_other_kinds() {
        for (path, root, scope) in [
            ("/srv/image/usr/share/dbus-1/system-services/org.x.service", "/srv/image", Scope::System),
            ("/home/user/project/dbus-1/services/org.x.service", "/home/user/project", Scope::User),
            ("/usr/lib/systemd/user-preset/90-x.preset", "/", Scope::User),
            ("/srv/image/etc/systemd/system-preset/00-x.preset", "/srv/image", Scope::System),
            ("/etc/systemd/system.conf", "/", Scope::System),
            ("/srv/image/usr/lib/systemd/user.conf.d/x.conf", "/srv/image", Scope::User),
            ("/home/user/.config/systemd/user.conf", "/home/user", Scope::User),
        ] {
            let place = of_path(&places(), path);
            assert_eq!((place.root.to_str(), place.scope), (Some(root), scope), "{path}");
        }
    }

    #[test]
    fn a_home_and_an_image_belong_to_the_machine() {
        let folder = |path: &str| SearchFolder {
            path: Path::new(path).into(),
            family: Family::Units,
            scope: Scope::User,
        };
        let mut places = places();
        places.machine = vec![folder("/home/user/.config/systemd/user"), folder("/srv/image/units")];
        let home = of_path(&places, "/home/user/.config/systemd/user/a.service");
        let image = of_path(&places, "/srv/image/units/a.service.d/x.conf");
        assert!(home.is_machine() && image.is_machine() && home.rank < image.rank);
        assert!(!of_path(&places, "/home/you/.config/systemd/user/a.service").is_machine());
    }
}
