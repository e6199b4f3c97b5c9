//! The settings: one table of their names, values and meanings, for editors, project files and the command line.
//!
//! What the command line says counts before what a project file says, that before what the editor says, and that before
//! the defaults; setting by setting.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use serde_json::{Value, json};
use unit_catalog::Version;
use unit_ide::diagnostic::Severity;
use unit_ide::inlay_hint::HintKind;
use unit_ide::rules::{RULES, Rule, rule};
use unit_ide::workspace::{Scope, Weights};

use crate::disk::SystemUnits;

/// What somebody has said; `None` where nothing was.
#[derive(Clone, Default, PartialEq, Debug)]
pub(crate) struct Settings {
    pub(crate) systemd_version: Option<TargetVersion>,
    pub(crate) system_units: Option<SystemUnits>,
    pub(crate) scope: Option<TargetScope>,
    pub(crate) select: Option<Vec<&'static str>>,
    pub(crate) ignore: Option<Vec<&'static str>>,
    /// `None` for a rule that is off.
    pub(crate) severity: Option<BTreeMap<&'static str, Option<Severity>>>,
    /// Globs as ignore files have them.
    pub(crate) exclude: Option<Vec<String>>,
    /// The inlay hints that are switched off.
    pub(crate) unwanted_hints: Option<Vec<HintKind>>,
    pub(crate) verify_on_save: Option<bool>,
}

/// The systemd to judge for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TargetVersion {
    /// The installed one, else the newest known.
    Auto,
    Release(u16),
}

/// Whose manager reads units that lie in no folder of a search path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TargetScope {
    /// A folder called `user` on their path tells.
    Auto,
    Manager(Scope),
}

/// What is wrong with a setting.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Fault {
    /// The names and indexes that lead to the value.
    pub(crate) place: Vec<String>,
    pub(crate) message: String,
}

/// One setting.
#[cfg_attr(not(test), expect(dead_code, reason = "a test holds the README against what is for it"))]
pub(crate) struct Setting {
    /// Its name, in editors and project files alike.
    pub(crate) name: &'static str,
    /// What it takes, for the README.
    values: &'static str,
    /// The option of the command line, for the README.
    option: &'static str,
    /// What it is for, for README and schema.
    means: &'static str,
    schema: fn() -> Value,
    read: fn(&Value, &mut Reading<'_>) -> Result<(), String>,
}

/// Settings that are being read.
struct Reading<'a> {
    settings: Settings,
    /// The folder that relative paths start from.
    base: &'a Path,
    /// Faults within a value that is of use all the same.
    faults: Vec<Fault>,
}

/// All settings.
pub(crate) const SETTINGS: &[Setting] = &[
    Setting {
        name: "systemdVersion",
        values: "`\"auto\"` or a number",
        option: "`--systemd-version auto\\|N`",
        means: "the systemd to judge for; `auto` is the installed one, else the newest known",
        schema: || json!({ "anyOf": [{ "const": "auto" }, { "type": "integer", "minimum": 200, "maximum": 999 }] }),
        read: |value, reading| {
            let written = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            reading.settings.systemd_version = Some(written.parse()?);
            Ok(())
        },
    },
    Setting {
        name: "systemUnits",
        values: "`\"auto\"`, `\"none\"` or a list of folders",
        option: "`--system-units auto\\|none\\|DIR[,DIR]`",
        means: "whose units belong to the world as well: the machine's own, nobody's, or those of an image (its root, or a \
                folder such as `/srv/image/usr/lib/systemd/system`) in their place; `auto` may stand in the list. Of project \
                files, that of the (first) workspace folder counts",
        schema: || {
            let words = json!({ "enum": ["auto", "none"] });
            json!({ "anyOf": [words, { "type": "array", "items": { "type": "string" } }] })
        },
        read: |value, reading| {
            let words = match value.as_str() {
                Some(word) => vec![word],
                None => texts(value).ok_or("say `auto`, `none`, or a list of folders")?,
            };
            reading.settings.system_units = Some(SystemUnits::of_words(words, reading.base)?);
            Ok(())
        },
    },
    Setting {
        name: "scope",
        values: "`\"auto\"`, `\"system\"` or `\"user\"`",
        option: "`--scope auto\\|system\\|user`",
        means: "whose manager reads units that lie in no folder of systemd's search path; `auto`: a folder called `user` \
                above them tells",
        schema: || json!({ "enum": ["auto", "system", "user"] }),
        read: |value, reading| {
            reading.settings.scope = Some(value.as_str().unwrap_or_default().parse()?);
            Ok(())
        },
    },
    Setting {
        name: "select",
        values: "list of codes",
        option: "`--select CODE,…`",
        means: "report these rules only",
        schema: codes_schema,
        read: |value, reading| {
            reading.settings.select = Some(codes(value, "select", &mut reading.faults)?);
            Ok(())
        },
    },
    Setting {
        name: "ignore",
        values: "list of codes",
        option: "`--ignore CODE,…`",
        means: "do not report these rules",
        schema: codes_schema,
        read: |value, reading| {
            reading.settings.ignore = Some(codes(value, "ignore", &mut reading.faults)?);
            Ok(())
        },
    },
    Setting {
        name: "severity",
        values: "table of codes, each `\"error\"`, `\"warning\"`, `\"information\"`, `\"hint\"` or `\"off\"`",
        option: "",
        means: "what the findings of a rule weigh; those that weigh less by themselves stay light",
        schema: || {
            let words = json!({ "enum": ["error", "warning", "information", "hint", "off"] });
            let codes = RULES.iter().map(|rule| (rule.code.to_owned(), words.clone()));
            let codes: serde_json::Map<_, _> = codes.collect();
            json!({ "type": "object", "properties": codes, "additionalProperties": false })
        },
        read: |value, reading| {
            let table = value.as_object().ok_or("say a table of codes and severities")?;
            let mut severities = BTreeMap::new();
            for (code, word) in table {
                match (known_code(code), severity(word)) {
                    (Ok(code), Ok(severity)) => {
                        severities.insert(code, severity);
                    }
                    (Err(message), _) | (_, Err(message)) => {
                        reading
                            .faults
                            .push(Fault { place: vec!["severity".to_owned(), code.clone()], message });
                    }
                }
            }
            reading.settings.severity = Some(severities);
            Ok(())
        },
    },
    Setting {
        name: "exclude",
        values: "list of globs as in `.gitignore`",
        option: "",
        means: "files that are neither judged nor part of the world, counted from the folder of the project file, or from \
                the workspace folder; one that is named on the command line is judged all the same",
        schema: || json!({ "type": "array", "items": { "type": "string" } }),
        read: |value, reading| {
            let globs = texts(value).ok_or("say a list of globs")?;
            for (index, glob) in globs.iter().enumerate() {
                if let Err(error) = super::project::glob(Path::new("/"), glob) {
                    let place = vec!["exclude".to_owned(), index.to_string()];
                    reading.faults.push(Fault { place, message: format!("`{glob}` is no glob: {error}") });
                }
            }
            reading.settings.exclude = Some(globs.into_iter().map(str::to_owned).collect());
            Ok(())
        },
    },
    Setting {
        name: INLAY_HINTS,
        values: "table of `timeSpans`, `sizes`, `calendar`, `defaults`, `specifiers`, each `true` or `false`",
        option: "",
        means: "which hints an editor shows behind values, all unless they are switched off; not in project files",
        schema: || {
            let kinds = HINTS.map(|(name, _)| (name.to_owned(), json!({ "type": "boolean" })));
            let kinds: serde_json::Map<_, _> = kinds.into_iter().collect();
            json!({ "type": "object", "properties": kinds, "additionalProperties": false })
        },
        read: |value, reading| {
            let table = value.as_object().ok_or("say a table of hints, each `true` or `false`")?;
            let mut unwanted = Vec::new();
            for (name, wanted) in table {
                match (HINTS.iter().find(|(known, _)| known == name), wanted.as_bool()) {
                    (Some((_, kind)), Some(false)) => unwanted.push(*kind),
                    (Some(_), Some(true)) => {}
                    (known, _) => {
                        let message = match known {
                            Some(_) => "say `true` or `false`".to_owned(),
                            None => format!("there is no hint `{name}`"),
                        };
                        reading
                            .faults
                            .push(Fault { place: vec![INLAY_HINTS.to_owned(), name.clone()], message });
                    }
                }
            }
            reading.settings.unwanted_hints = Some(unwanted);
            Ok(())
        },
    },
    Setting {
        name: VERIFY_ON_SAVE,
        values: "`true` or `false`",
        option: "",
        means: "whether the installed `systemd-analyze verify` is asked about each unit that is saved, as the command \
                `unitls.verify` does; not in project files",
        schema: || json!({ "type": "boolean" }),
        read: |value, reading| {
            reading.settings.verify_on_save = Some(value.as_bool().ok_or("say `true` or `false`")?);
            Ok(())
        },
    },
];

/// The settings that are the editor's alone: what it shows, and what it runs.
pub(crate) const EDITORS_ALONE: [&str; 2] = [INLAY_HINTS, VERIFY_ON_SAVE];
const INLAY_HINTS: &str = "inlayHints";
const VERIFY_ON_SAVE: &str = "verifyOnSave";

/// The hints by their names.
const HINTS: [(&str, HintKind); 5] = [
    ("timeSpans", HintKind::TimeSpan),
    ("sizes", HintKind::Size),
    ("calendar", HintKind::Calendar),
    ("defaults", HintKind::Default),
    ("specifiers", HintKind::Specifier),
];

impl Settings {
    /// Reads an object of settings; relative paths start from `base`. What is wrong counts as not said.
    pub(crate) fn of_json(object: &Value, base: &Path) -> (Self, Vec<Fault>) {
        let mut reading = Reading { settings: Self::default(), base, faults: Vec::new() };
        for setting in SETTINGS {
            if let Some(value) = object.get(setting.name)
                && let Err(message) = (setting.read)(value, &mut reading)
            {
                reading.faults.push(Fault { place: vec![setting.name.to_owned()], message });
            }
        }
        (reading.settings, reading.faults)
    }

    /// Reads what an editor sends: settings at the top or below `unitls`. What is wrong is logged.
    pub(crate) fn of_editor(sent: &Value) -> Self {
        let (settings, faults) = Self::of_json(sent.get("unitls").unwrap_or(sent), Path::new(""));
        for fault in faults {
            tracing::warn!("{}: {}", fault.place.join("."), fault.message);
        }
        settings
    }

    /// These settings, and what `others` say where these say nothing.
    ///
    /// Who selects rules has chosen: that others leave some out does not count then.
    pub(crate) fn over(&self, others: &Self) -> Self {
        let choosing = self.select.is_some();
        let lists = |own: &Option<Vec<_>>, other: &Option<Vec<_>>| own.clone().or_else(|| other.clone());
        let mut severity = other_or(&self.severity, &others.severity);
        if let (true, None, Some(severity)) = (choosing, &self.severity, &mut severity) {
            severity.retain(|_, severity| severity.is_some());
        }
        Self {
            systemd_version: self.systemd_version.or(others.systemd_version),
            system_units: other_or(&self.system_units, &others.system_units),
            scope: self.scope.or(others.scope),
            select: lists(&self.select, &others.select),
            ignore: if choosing { self.ignore.clone() } else { lists(&self.ignore, &others.ignore) },
            severity,
            exclude: other_or(&self.exclude, &others.exclude),
            unwanted_hints: other_or(&self.unwanted_hints, &others.unwanted_hints),
            verify_on_save: self.verify_on_save.or(others.verify_on_save),
        }
    }

    /// The systemd to judge for.
    pub(crate) fn version(&self) -> Version {
        match self.systemd_version {
            Some(TargetVersion::Release(release)) => Version(release),
            _ => crate::systemd::installed_version().unwrap_or(Version::NEWEST),
        }
    }

    /// Whose manager reads units of no search path, if that was said.
    pub(crate) fn manager(&self) -> Option<Scope> {
        match self.scope {
            Some(TargetScope::Manager(scope)) => Some(scope),
            _ => None,
        }
    }

    /// Whose units belong to the world beside those of the workspace.
    pub(crate) fn world(&self) -> SystemUnits {
        self.system_units.clone().unwrap_or_else(SystemUnits::of_this_machine)
    }

    /// What rules weigh.
    pub(crate) fn weights(&self) -> Weights {
        let mut weights = Weights::default();
        for &rule in RULES {
            let listed = |codes: &Vec<&str>| codes.contains(&rule.code);
            let off = self.select.as_ref().is_some_and(|select| !listed(select))
                || self.ignore.as_ref().is_some_and(listed);
            let severity = self.severity.as_ref().and_then(|severity| severity.get(rule.code));
            match (off, severity) {
                (true, _) => weights.set(rule, None),
                (false, Some(severity)) => weights.set(rule, *severity),
                (false, None) => {}
            }
        }
        weights
    }
}

/// The JSON schema of project files, its keys sorted: the same text however serde_json is built.
pub(crate) fn schema() -> Value {
    let properties = SETTINGS.iter().map(|setting| {
        let mut schema = (setting.schema)();
        schema["description"] = setting.means.into();
        (setting.name.to_owned(), schema)
    });
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "unitls.toml",
        "description": "Settings of unitls for the unit files below a folder",
        "type": "object",
        "properties": properties.collect::<serde_json::Map<_, _>>(),
        "additionalProperties": false,
    });
    schema.sort_all_objects();
    schema
}

impl FromStr for TargetVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.parse()) {
            ("auto", _) => Ok(Self::Auto),
            (_, Ok(release @ 200..=999)) => Ok(Self::Release(release)),
            _ => Err("say `auto` or a systemd release such as 257".to_owned()),
        }
    }
}

impl FromStr for TargetScope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "system" => Ok(Self::Manager(Scope::System)),
            "user" => Ok(Self::Manager(Scope::User)),
            _ => Err("say `auto`, `system` or `user`".to_owned()),
        }
    }
}

/// The code of a rule.
///
/// # Errors
/// When there is no such rule.
pub(crate) fn known_code(code: &str) -> Result<&'static str, String> {
    rule(code).map(|rule: &Rule| rule.code).ok_or_else(|| format!("there is no rule `{code}`"))
}

fn severity(word: &Value) -> Result<Option<Severity>, String> {
    const ALL: [Severity; 4] = [Severity::Error, Severity::Warning, Severity::Information, Severity::Hint];
    match word.as_str() {
        Some("off") => Ok(None),
        word => {
            let known = ALL.into_iter().find(|severity| word == Some(severity.as_str()));
            known.map(Some).ok_or("say `error`, `warning`, `information`, `hint` or `off`".to_owned())
        }
    }
}

/// Codes of rules; those that no rule has are faults.
fn codes(value: &Value, name: &str, faults: &mut Vec<Fault>) -> Result<Vec<&'static str>, String> {
    let mut codes = Vec::new();
    for (index, code) in texts(value).ok_or("say a list of codes")?.into_iter().enumerate() {
        match known_code(code) {
            Ok(code) => codes.push(code),
            Err(message) => faults.push(Fault { place: vec![name.to_owned(), index.to_string()], message }),
        }
    }
    Ok(codes)
}

fn codes_schema() -> Value {
    let codes: Vec<_> = RULES.iter().map(|rule| rule.code).collect();
    json!({ "type": "array", "items": { "enum": codes } })
}

fn texts(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

fn other_or<T: Clone>(own: &Option<T>, other: &Option<T>) -> Option<T> {
    own.clone().or_else(|| other.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(object: Value) -> Settings {
        let (settings, faults) = Settings::of_json(&object, Path::new("/"));
        assert_eq!(faults, [], "{object}");
        settings
    }

    /// The README's table is this one.
    #[test]
    fn the_readme_lists_the_settings() {
        let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
        let readme = std::fs::read_to_string(readme).expect("there is a README");
        let start = readme.find("| setting |").expect("it has a table of settings");
        let rows = readme[start..].lines().skip(2).take_while(|line| line.starts_with('|'));
        let expected = SETTINGS.iter().map(|setting| {
            format!("| `{}`: {} | {} | {} |", setting.name, setting.values, setting.option, setting.means)
        });
        let expected: Vec<String> = expected.map(|row| row.replace("|  |", "| |")).collect();
        assert_eq!(rows.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn wrong_values_count_as_not_said() {
        for (object, place) in [
            (json!({ "systemdVersion": 7 }), "systemdVersion"),
            (json!({ "systemdVersion": "new" }), "systemdVersion"),
            (json!({ "systemUnits": 5 }), "systemUnits"),
            (json!({ "systemUnits": ["/no/such/folder"] }), "systemUnits"),
            (json!({ "scope": "global" }), "scope"),
            (json!({ "scope": 1 }), "scope"),
            (json!({ "select": "unknown-key" }), "select"),
            (json!({ "severity": ["unknown-key"] }), "severity"),
            (json!({ "exclude": "a" }), "exclude"),
            (json!({ "inlayHints": false }), "inlayHints"),
            (json!({ "verifyOnSave": "yes" }), "verifyOnSave"),
        ] {
            let (settings, faults) = Settings::of_json(&object, Path::new("/"));
            assert_eq!(settings, Settings::default(), "{object}");
            let places: Vec<_> = faults.iter().map(|fault| fault.place.join(".")).collect();
            assert_eq!(places, [place]);
        }
    }

    #[test]
    fn the_rest_of_a_list_counts() {
        let object = json!({
            "select": ["unknown-key", "no-such-rule"],
            "severity": { "unknown-key": "hint", "no-such-rule": "off", "inline-comment": "loud" },
            "exclude": ["{a", "a"],
        });
        let (settings, faults) = Settings::of_json(&object, Path::new("/"));
        assert_eq!(settings.select, Some(vec!["unknown-key"]));
        assert_eq!(settings.severity, Some([("unknown-key", Some(Severity::Hint))].into()));
        let mut places: Vec<_> = faults.iter().map(|fault| fault.place.join(".")).collect();
        places.sort();
        assert_eq!(places, ["exclude.0", "select.1", "severity.inline-comment", "severity.no-such-rule"]);
    }

    #[test]
    fn who_selects_has_chosen() {
        let below = settings(json!({
            "select": ["unknown-key"],
            "ignore": ["inline-comment"],
            "severity": { "unknown-key": "hint", "not-text": "off" },
            "scope": "user",
        }));
        let above = settings(json!({ "select": ["inline-comment", "not-text"] }));
        let both = above.over(&below);
        assert_eq!(both.select, above.select);
        assert_eq!((both.ignore, both.scope), (None, Some(TargetScope::Manager(Scope::User))));
        assert_eq!(both.severity, Some([("unknown-key", Some(Severity::Hint))].into()));
        let above = settings(json!({ "ignore": ["not-text"] }));
        let both = above.over(&below);
        assert_eq!((both.select, both.ignore), (below.select, above.ignore));
    }
}
