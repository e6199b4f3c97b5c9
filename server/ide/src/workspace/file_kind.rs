//! What a file is, told from its name and place: fragment, drop-in, template of another language, a file that systemd
//! reads beside its units, or none of ours.

use std::path::{Path, PathBuf};

use unit_catalog::{Section, UnitType};
use unit_syntax::{Entry, ItemKind};

use super::{Family, Scope, UnitName};

/// The part that a file plays among units.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FileKind {
    /// A unit's own file. The name is missing where systemd would not accept it as a unit's name.
    Fragment {
        /// The unit's name.
        name: Option<UnitName>,
        /// The type that its suffix says.
        unit_type: UnitType,
    },
    /// A file below `foo.service.d/`, `foo-.service.d/` or `service.d/`.
    DropIn {
        /// The folder's name without its `.d`: a unit's name, a dash prefix with suffix, or a bare type.
        owner: Box<str>,
        /// The unit that it speaks for, where that is one: no dash prefix and no bare type.
        name: Option<UnitName>,
        /// The type of the units it speaks for.
        unit_type: UnitType,
    },
    /// A D-Bus activation file (`[D-BUS Service]`), which shares the suffix `.service`.
    DBusService,
    /// A preset file (systemd.preset(5)).
    Preset,
    /// Rules of udev (udev(7)), which may have units started.
    UdevRules,
    /// A manager's own configuration (systemd-system.conf(5)): `systemd/system.conf`, `systemd/user.conf`, or a drop-in
    /// of theirs.
    ManagerConf {
        /// The manager that reads it.
        scope: Scope,
    },
    /// Not a unit file by its name.
    Other,
}

impl FileKind {
    /// Tells the kind from the path alone; nothing is read.
    ///
    /// Knows the temporary names that `systemctl edit` hands to editors (`.#override.conf7f3a…`,
    /// `.#foo.service7f3a…`) and suffixes of template languages (`foo.service.in`, `.j2`, `.tmpl`).
    pub fn of_path(path: &Path) -> Self {
        let Some(file_name) = path.file_name().and_then(|name| name.to_str()) else {
            return Self::Other;
        };
        let file_name = real_name(file_name);
        if file_name.ends_with(".service") && path.components().any(|part| part.as_os_str() == "dbus-1") {
            return Self::DBusService;
        }
        let mut folders =
            path.ancestors().skip(1).map(|folder| folder.file_name().and_then(|name| name.to_str()));
        let folder = folders.next().flatten();
        if file_name.ends_with(".conf") {
            let owner = folder.and_then(|folder| folder.strip_suffix(".d"));
            if let Some(owner) = owner
                && let Some(unit_type) = type_of_owner(owner)
            {
                let name = UnitName::parse(owner).filter(|name| !name.is_dash_prefix());
                return Self::DropIn { owner: owner.into(), name, unit_type };
            }
            let (conf, beside) = match owner {
                Some(owner) => (owner, folders.next().flatten()),
                None => (file_name, folder),
            };
            return match (conf, beside) {
                ("system.conf", Some("systemd")) => Self::ManagerConf { scope: Scope::System },
                ("user.conf", Some("systemd")) => Self::ManagerConf { scope: Scope::User },
                _ => Self::Other,
            };
        }
        if file_name.ends_with(".preset") {
            return Self::Preset;
        }
        // polkit has files of this suffix as well.
        if file_name.ends_with(".rules") && path.components().all(|part| part.as_os_str() != "polkit-1") {
            return Self::UdevRules;
        }
        match file_name.rsplit_once('.').and_then(|(_, suffix)| UnitType::from_suffix(suffix)) {
            Some(unit_type) => Self::Fragment { name: UnitName::parse(file_name), unit_type },
            None => Self::Other,
        }
    }

    /// The files among which it is looked for; `None` where systemd reads no such file.
    pub fn family(&self) -> Option<Family> {
        match self {
            Self::Fragment { .. } | Self::DropIn { .. } => Some(Family::Units),
            Self::DBusService => Some(Family::Bus),
            Self::Preset => Some(Family::Presets),
            Self::UdevRules => Some(Family::Devices),
            Self::ManagerConf { .. } => Some(Family::Managers),
            Self::Other => None,
        }
    }

    /// The type of unit that the file speaks of, where it is a unit file.
    pub fn unit_type(&self) -> Option<UnitType> {
        match self {
            Self::Fragment { unit_type, .. } | Self::DropIn { unit_type, .. } => Some(*unit_type),
            Self::DBusService | Self::Preset | Self::UdevRules | Self::ManagerConf { .. } | Self::Other => {
                None
            }
        }
    }

    /// The fragment's unit name.
    pub fn unit_name(&self) -> Option<&UnitName> {
        match self {
            Self::Fragment { name, .. } => name.as_ref(),
            _ => None,
        }
    }

    /// The one unit, or template, whose settings the file holds: the fragment's own, or the one that a drop-in's folder
    /// names.
    pub fn subject(&self) -> Option<&UnitName> {
        match self {
            Self::Fragment { name, .. } | Self::DropIn { name, .. } => name.as_ref(),
            Self::DBusService | Self::Preset | Self::UdevRules | Self::ManagerConf { .. } | Self::Other => {
                None
            }
        }
    }

    /// Whether the file is a fragment or a drop-in.
    pub fn is_unit_file(&self) -> bool {
        self.unit_type().is_some()
    }

    /// Whether rules have a word on it: unit files, the managers' configuration, and D-Bus activation files.
    pub fn is_judged(&self) -> bool {
        self.has_settings() || *self == Self::DBusService
    }

    /// Whether its lines are settings of systemd's: those of unit files and of the managers' configuration are.
    pub fn has_settings(&self) -> bool {
        self.is_unit_file() || matches!(self, Self::ManagerConf { .. })
    }

    /// Whether systemd reads a section of this name in such a file.
    pub fn reads_section(&self, name: &str) -> bool {
        match self {
            Self::ManagerConf { .. } => name == Section::Manager.name(),
            _ => self.unit_type().is_none_or(|unit_type| unit_type.reads_section(name)),
        }
    }

    /// The sections that make sense in such a file, in the usual order.
    pub fn sections(&self) -> &'static [Section] {
        match self {
            Self::ManagerConf { .. } => &[Section::Manager],
            _ => self.unit_type().map_or(&[], UnitType::sections),
        }
    }
}

/// Suffixes that say "this becomes a unit once a generator has filled it in".
const TEMPLATE_SUFFIXES: [&str; 6] = [".in", ".j2", ".tmpl", ".tpl", ".erb", ".mustache"];

/// Whether the file's name says that a generator of another language fills it in.
pub(super) fn is_foreign_template(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| TEMPLATE_SUFFIXES.iter().any(|suffix| name.ends_with(suffix)))
}

/// Whether a line's section or key, or a whole line that is neither, is markup of another language.
///
/// Values do not tell: `docker ps --format '{{.Names}}'` is a command like any other.
pub(super) fn is_template_line(entry: &Entry) -> bool {
    let text = entry.item.text();
    match entry.item.kind() {
        ItemKind::Assignment { eq } => holds_markup(&text[..eq as usize]),
        ItemKind::Header | ItemKind::Junk(_) => holds_markup(text),
        ItemKind::Blank | ItemKind::Comment => false,
    }
}

/// Whether a text holds what generators replace: `{{ x }}`, `{% x %}`, `<% x %>`, `${x}` or `@X@`.
pub(crate) fn holds_markup(text: &str) -> bool {
    let name = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let mut behind_at = text.match_indices('@').map(|(at, _)| &text[at + 1..]);
    ["{{", "{%", "<%", "${"].iter().any(|mark| text.contains(mark))
        || behind_at.any(|behind| behind.split_once('@').is_some_and(|(inner, _)| name(inner)))
}

/// The name that the file stands for: without `systemctl edit`'s decoration and template suffixes.
pub(super) fn real_name(name: &str) -> &str {
    let name = TEMPLATE_SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(name);
    let Some(edited) = name.strip_prefix(".#") else {
        return name;
    };
    // tempfn_random() appends 16 hexadecimal digits, mkostemp() six letters: cut where the suffix ends.
    let known = UnitType::ALL.iter().map(|unit_type| unit_type.suffix()).chain(["conf"]);
    known
        .filter_map(|suffix| {
            let dotted = format!(".{suffix}");
            let at = edited.rfind(&dotted)? + dotted.len();
            edited[at..].bytes().all(|byte| byte.is_ascii_alphanumeric()).then_some(&edited[..at])
        })
        .max_by_key(|name| name.len())
        .unwrap_or(edited)
}

/// The file that an editor's buffer stands for where `systemctl edit` gave it another name.
pub(super) fn edited_path(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?.strip_prefix(".#")?;
    let kind = FileKind::of_path(path);
    kind.is_unit_file().then(|| path.with_file_name(real_name(&format!(".#{name}"))))
}

/// The same file by way of `/usr/lib`, where `/lib` is a link to that, as on most machines.
pub(super) fn merged_path(path: &Path) -> Option<PathBuf> {
    let parts: Vec<_> = path.iter().collect();
    let at = parts.windows(2).rposition(|pair| pair[0] == "lib" && pair[1] == "systemd")?;
    let below = at.checked_sub(1).map(|before| parts[before]);
    if below.is_some_and(|below| below == "usr" || below == "local") {
        return None;
    }
    Some(parts[..at].iter().copied().chain(["usr".as_ref()]).chain(parts[at..].iter().copied()).collect())
}

/// The type in a drop-in folder's name: `foo.service`, `foo-.service`, `foo@.service` or bare `service`.
fn type_of_owner(owner: &str) -> Option<UnitType> {
    match owner.rsplit_once('.') {
        Some((stem, suffix)) if !stem.is_empty() => UnitType::from_suffix(suffix),
        Some(_) => None,
        None => UnitType::from_suffix(owner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(path: &str) -> FileKind {
        FileKind::of_path(Path::new(path))
    }

    #[test]
    fn fragments() {
        for (path, name) in [
            ("/etc/systemd/system/foo@.service", "foo@.service"),
            ("debian/foo.socket.in", "foo.socket"),
            ("/etc/systemd/system/.#foo.service5b2f00c1d2e3a4b5", "foo.service"),
        ] {
            assert_eq!(kind(path).unit_name().map(UnitName::as_str), Some(name), "{path}");
        }
        let odd = kind("/x/my app 🎲.service");
        assert_eq!((odd.unit_name(), odd.unit_type()), (None, Some(UnitType::Service)));
    }

    #[test]
    fn drop_ins() {
        for (path, owner) in [
            ("/etc/systemd/system/foo.service.d/10-x.conf", "foo.service"),
            ("foo-.socket.d/x.conf", "foo-.socket"),
            ("service.d/x.conf", "service"),
            ("/etc/systemd/system/foo.timer.d/.#override.conf0123456789abcdef", "foo.timer"),
        ] {
            assert!(
                matches!(kind(path), FileKind::DropIn { owner: found, .. } if &*found == owner),
                "{path}"
            );
        }
    }

    #[test]
    fn subjects() {
        for (path, subject) in [
            ("foo@.service", Some("foo@.service")),
            ("foo@a.service.d/x.conf", Some("foo@a.service")),
            ("foo-.socket.d/x.conf", None),
            ("-.mount.d/x.conf", Some("-.mount")),
            ("service.d/x.conf", None),
            ("x.conf", None),
        ] {
            assert_eq!(kind(path).subject().map(UnitName::as_str), subject, "{path}");
        }
    }

    #[test]
    fn markup() {
        for text in ["@bindir@/x", "a @B_1@ c", "{{ x }}", "{% if x %}", "<%= x %>", "${X}", "a@b@c@d"] {
            assert!(holds_markup(text), "{text}");
        }
        for text in ["foo@.service", "@", "a@@b", "me@here.org and you@there", "{ }", "$X", "100%"] {
            assert!(!holds_markup(text), "{text}");
        }
    }

    #[test]
    fn other_files() {
        assert_eq!(kind("/usr/share/dbus-1/system-services/org.x.service"), FileKind::DBusService);
        for (path, scope) in [
            ("/etc/systemd/system.conf", Scope::System),
            ("image/usr/lib/systemd/user.conf.d/x.conf.in", Scope::User),
        ] {
            assert_eq!(kind(path), FileKind::ManagerConf { scope }, "{path}");
        }
        assert_eq!(kind("/etc/systemd/system-preset/00-x.preset"), FileKind::Preset);
        for path in [
            "x.conf",
            "foo.service.d/readme.txt",
            "foo.d/x.conf",
            "x.network",
            "service",
            "/",
            "system.conf",
            "/etc/dbus-1/system.conf",
            "/usr/share/dbus-1/system.d/org.x.conf",
            "/etc/systemd/system.conf.d",
        ] {
            assert_eq!(kind(path), FileKind::Other, "{path}");
        }
    }
}
