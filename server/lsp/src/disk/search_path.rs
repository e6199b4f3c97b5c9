//! The machine's own units: the folders in which its managers look for them, or those of an image in their place.

use std::collections::HashSet;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use unit_ide::workspace::{Family, FileKind, Places, Scope, SearchFolder};

use super::{Found, Reader, siblings};

/// Whose units belong to the world beside those of the workspace; nobody's where it is empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct SystemUnits(Vec<Source>);

#[derive(Clone, PartialEq, Eq, Debug)]
enum Source {
    /// The machine that this runs on.
    Machine,
    /// The root of an image, one folder of its search path, or any folder of units.
    Folder(PathBuf),
}

impl SystemUnits {
    /// Those of the machine that this runs on.
    pub(crate) fn of_this_machine() -> Self {
        Self(vec![Source::Machine])
    }

    /// None at all.
    pub(crate) fn none() -> Self {
        Self(Vec::new())
    }

    /// Reads `auto`, `none` or folders, which start from `base`; `auto` may stand among folders.
    ///
    /// # Errors
    /// Names a word that is neither, nor a folder.
    pub(crate) fn of_words<'a>(
        words: impl IntoIterator<Item = &'a str>,
        base: &Path,
    ) -> Result<Self, String> {
        let mut sources = Vec::new();
        for word in words {
            let folder = std::path::absolute(base.join(word)).ok().filter(|folder| folder.is_dir());
            match (word, folder) {
                ("auto", _) => sources.push(Source::Machine),
                ("none", _) => {}
                (_, Some(folder)) => sources.push(Source::Folder(folder)),
                (_, None) => return Err(format!("`{word}` is no folder; say `auto`, `none`, or folders")),
            }
        }
        Ok(Self(sources))
    }

    /// The folders to look in, in the order in which they count.
    pub(crate) fn search_path(&self) -> Vec<SearchFolder> {
        let mut folders = Vec::new();
        for source in &self.0 {
            match source {
                Source::Machine => folders.extend(of_this_machine(&|name| env::var_os(name))),
                Source::Folder(folder) => folders.extend(stand_in(folder)),
            }
        }
        folders
    }
}

/// Reads the files in the folders of the machine's search path, each folder once. Those of other families than the
/// folder's lie there for somebody else.
pub(crate) fn machine(reader: Reader<'_>) -> Found {
    let mut found = Found::default();
    let mut seen = HashSet::new();
    for folder in &reader.places.machine {
        // /lib is often a link to /usr/lib; both managers have their configuration in one folder.
        let Ok(real) = fs::canonicalize(&folder.path) else {
            continue;
        };
        if seen.insert((real, folder.family)) {
            let mut here = siblings(&folder.path, reader);
            here.files.retain(|file| FileKind::of_path(&file.path).family() == Some(folder.family));
            found.append(&mut here);
        }
    }
    found
}

/// The folders in which the managers of this machine look, with what its environment says (`lookup_paths_init()`).
///
/// `SYSTEMD_UNIT_PATH` takes the place of the system manager's path, or comes before it where it ends with a colon.
fn of_this_machine(variable: &dyn Fn(&str) -> Option<OsString>) -> Vec<SearchFolder> {
    let surroundings = Surroundings::of(variable);
    let fixed = |family: Family, scope| family.search_path(Path::new("/"), scope);
    let unit_path = variable("SYSTEMD_UNIT_PATH").unwrap_or_default();
    let own = absolute_paths(&unit_path).map(|folder| SearchFolder {
        path: folder.into(),
        family: Family::Units,
        scope: Scope::System,
    });
    let goes_on = unit_path.is_empty() || unit_path.as_encoded_bytes().ends_with(b":");
    let system_units = fixed(Family::Units, Scope::System).filter(|_| goes_on);
    let of_user = |family, paths: Vec<PathBuf>| {
        paths.into_iter().map(move |path| SearchFolder { path: path.into(), family, scope: Scope::User })
    };
    own.chain(system_units)
        .chain(of_user(Family::Units, surroundings.user_units()))
        .chain(fixed(Family::Bus, Scope::System))
        .chain(of_user(Family::Bus, surroundings.session_services()))
        .chain(fixed(Family::Presets, Scope::System))
        .chain(fixed(Family::Presets, Scope::User))
        .chain(fixed(Family::Managers, Scope::System))
        .chain(of_user(Family::Managers, surroundings.config.iter().map(|it| it.join("systemd")).collect()))
        .chain(fixed(Family::Managers, Scope::User))
        .collect()
}

/// The folders of the user and of the session (XDG Base Directory Specification).
struct Surroundings {
    runtime: Option<PathBuf>,
    config: Option<PathBuf>,
    data: Option<PathBuf>,
    config_dirs: Vec<PathBuf>,
    data_dirs: Vec<PathBuf>,
}

impl Surroundings {
    fn of(variable: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let in_home = |name: &str, below: &str| folder(name).or_else(|| Some(folder("HOME")?.join(below)));
        let list = |name: &str, default: &str| {
            let set = variable(name).filter(|value| !value.is_empty());
            absolute_paths(&set.unwrap_or_else(|| default.into())).collect()
        };
        Self {
            runtime: folder("XDG_RUNTIME_DIR"),
            config: in_home("XDG_CONFIG_HOME", ".config"),
            data: in_home("XDG_DATA_HOME", ".local/share"),
            config_dirs: list("XDG_CONFIG_DIRS", "/etc/xdg"),
            data_dirs: list("XDG_DATA_DIRS", "/usr/local/share:/usr/share"),
        }
    }

    /// Where the user manager looks for units.
    fn user_units(&self) -> Vec<PathBuf> {
        let (config, runtime, data) = (self.config.as_slice(), self.runtime.as_slice(), self.data.as_slice());
        let root = [PathBuf::from("/")];
        let folders: [(&[PathBuf], &str); 19] = [
            (config, "systemd/user.control"),
            (runtime, "systemd/user.control"),
            (runtime, "systemd/transient"),
            (runtime, "systemd/generator.early"),
            (config, "systemd/user"),
            (config, "systemd/user.attached"),
            (&self.config_dirs, "systemd/user"),
            (&root, "etc/systemd/user"),
            (runtime, "systemd/user"),
            (runtime, "systemd/user.attached"),
            (&root, "run/systemd/user"),
            (runtime, "systemd/generator"),
            (data, "systemd/user"),
            (&self.data_dirs, "systemd/user"),
            (&root, "usr/local/lib/systemd/user"),
            (&root, "usr/local/share/systemd/user"),
            (&root, "usr/lib/systemd/user"),
            (&root, "usr/share/systemd/user"),
            (runtime, "systemd/generator.late"),
        ];
        let mut paths = Vec::new();
        for path in folders.iter().flat_map(|(bases, below)| bases.iter().map(move |base| base.join(below))) {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        paths
    }

    /// Where the session's bus looks for services.
    fn session_services(&self) -> Vec<PathBuf> {
        let bases = self.runtime.iter().chain(&self.data).chain(&self.data_dirs);
        bases.map(|base| base.join("dbus-1/services")).collect()
    }
}

/// The folders to look in when `folder` stands in for the machine: its own search path where it is the root of an
/// image, else only `folder`, which may be a folder of such a path.
fn stand_in(folder: &Path) -> Vec<SearchFolder> {
    let families = [Family::Units, Family::Bus, Family::Presets, Family::Managers];
    let scopes = [Scope::System, Scope::User];
    let path = families.iter().flat_map(|family| scopes.iter().map(move |scope| (*family, *scope)));
    let path: Vec<_> = path.flat_map(|(family, scope)| family.search_path(folder, scope)).collect();
    if path.iter().any(|inside| inside.path.is_dir()) {
        return path;
    }
    let scope = Places::default().of_folder(folder).scope;
    vec![SearchFolder { path: folder.into(), family: Family::Units, scope }]
}

fn absolute_paths(list: &OsStr) -> impl Iterator<Item = PathBuf> {
    env::split_paths(list).filter(|path| path.is_absolute())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `systemd-analyze unit-paths` says with these variables and nothing else.
    fn asked(scope: &str, variables: &[(&str, &str)]) -> Option<Vec<PathBuf>> {
        let mut command = std::process::Command::new("systemd-analyze");
        let command = command.args([scope, "unit-paths"]).env_clear().envs(variables.iter().copied());
        let output = command.output().ok().filter(|output| output.status.success())?;
        Some(String::from_utf8(output.stdout).ok()?.lines().map(PathBuf::from).collect())
    }

    fn ours(scope: Scope, variables: &[(&str, &str)]) -> Vec<PathBuf> {
        let variable = |name: &str| {
            let set = variables.iter().find(|(known, _)| *known == name);
            set.map(|(_, value)| OsString::from(value))
        };
        let folders = of_this_machine(&variable).into_iter();
        let units = folders.filter(|folder| folder.family == Family::Units && folder.scope == scope);
        units.map(|folder| folder.path.to_path_buf()).collect()
    }

    /// Every folder that the installed systemd looks in is ours too, and in the same order. Releases differ in some that
    /// hardly anybody has: these may be more in our list.
    #[test]
    fn the_search_path_is_that_of_the_installed_systemd() {
        let home = ("HOME", "/home/me");
        for variables in [
            &[home][..],
            &[home, ("XDG_RUNTIME_DIR", "/run/user/7"), ("XDG_CONFIG_HOME", "/home/me/etc")],
            &[home, ("XDG_CONFIG_DIRS", "/etc/a:/etc/b"), ("XDG_DATA_DIRS", "/x:/y")],
            &[("SYSTEMD_UNIT_PATH", "/srv/units:"), home],
            &[("SYSTEMD_UNIT_PATH", "/srv/units:/srv/more"), home],
        ] {
            for (option, scope) in [("--system", Scope::System), ("--user", Scope::User)] {
                let of_system_only = variables[0].0 == "SYSTEMD_UNIT_PATH" && scope == Scope::User;
                let Some(theirs) = asked(option, variables).filter(|_| !of_system_only) else {
                    continue;
                };
                let ours = ours(scope, variables);
                // Debian's 252 looks in /lib before /usr/lib, which is the same folder.
                let same = |path: &&PathBuf| !path.starts_with("/lib") && theirs.contains(*path);
                let shared: Vec<_> = ours.iter().filter(same).collect();
                let theirs: Vec<_> = theirs.iter().filter(|path| !path.starts_with("/lib")).collect();
                assert_eq!(shared, theirs, "{option} {variables:?}: ours are {ours:?}");
            }
        }
    }

    #[test]
    fn an_image_stands_in_for_the_machine() {
        let image = tempfile::tempdir().expect("a temporary folder");
        let folder = |below: &str| {
            let folder = image.path().join(below);
            fs::create_dir_all(&folder).expect("folders are made");
            folder
        };
        let units = folder("srv/usr/lib/systemd/user");
        let whole = stand_in(&image.path().join("srv"));
        assert!(whole.iter().any(|inside| *inside.path == *units && inside.scope == Scope::User));
        assert!(whole.iter().all(|inside| inside.path.starts_with(image.path())));
        for (folder, scope) in [(units, Scope::User), (folder("loose"), Scope::System)] {
            let only = SearchFolder { path: folder.clone().into(), family: Family::Units, scope };
            assert_eq!(stand_in(&folder), [only]);
        }
    }

    #[test]
    fn words() {
        let here = Path::new("");
        assert_eq!(SystemUnits::of_words(["auto"], here), Ok(SystemUnits::of_this_machine()));
        assert_eq!(SystemUnits::of_words(["none"], here), Ok(SystemUnits::none()));
        let both = SystemUnits::of_words(["/", "auto"], here).expect("/ is a folder");
        assert_eq!(both, SystemUnits(vec![Source::Folder("/".into()), Source::Machine]));
        assert!(
            SystemUnits::of_words(["/no/such/folder"], here)
                .is_err_and(|error| error.contains("/no/such/folder"))
        );
    }
}
