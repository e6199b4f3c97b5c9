//! The settings, as clients send them.

use serde_json::Value;
use unit_catalog::Version;

use crate::disk::SystemUnits;

/// Settings, from `initializationOptions` or `workspace/didChangeConfiguration`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Options {
    /// The systemd to judge for.
    pub(super) version: Version,
    /// Whose units belong to the world beside those of the workspace.
    pub(super) system_units: SystemUnits,
}

impl Options {
    /// What holds when nothing is said: the installed systemd, else the newest known, and the machine's units.
    pub(super) fn of_this_machine() -> Self {
        Self {
            version: crate::systemd::installed_version().unwrap_or(Version::NEWEST),
            system_units: SystemUnits::of_this_machine(),
        }
    }

    /// What holds before anything can be said: nothing is read.
    pub(super) fn unsettled() -> Self {
        Self { version: Version::NEWEST, system_units: SystemUnits::none() }
    }

    /// Reads `systemdVersion` (`"auto"` or a number) and `systemUnits` (`"auto"`, `"none"`, or a list of folders, which
    /// may hold `"auto"`), at the top or below `unitls`. What is missing or of another kind is as in `otherwise`.
    pub(super) fn from_json(settings: &Value, otherwise: Self) -> Self {
        let settings = settings.get("unitls").unwrap_or(settings);
        Self {
            version: settings.get("systemdVersion").and_then(version).unwrap_or(otherwise.version),
            system_units: settings
                .get("systemUnits")
                .and_then(system_units)
                .unwrap_or(otherwise.system_units),
        }
    }
}

fn version(setting: &Value) -> Option<Version> {
    match (setting.as_str(), setting.as_u64()) {
        (Some("auto"), _) => Some(Options::of_this_machine().version),
        (Some(word), _) => word.parse().ok().map(Version),
        (None, number) => number.and_then(|number| u16::try_from(number).ok()).map(Version),
    }
}

fn system_units(setting: &Value) -> Option<SystemUnits> {
    let words: Vec<&str> = match setting {
        Value::String(word) => vec![word],
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let units = SystemUnits::of_words(words);
    units.inspect_err(|error| tracing::warn!("systemUnits: {error}")).ok()
}
