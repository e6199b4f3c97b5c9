//! The managers' own configuration (systemd-system.conf(5)): the defaults that units fall back to.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::sync::Arc;

use unit_catalog::{Directive, Empty, Section, UnitType, directive};

use super::{Family, File, Place, Setting, Workspace};
use crate::value::{Effect, ValueContext, check};

/// What the manager of some units sets for them: the files of its configuration, in reading order.
#[derive(Clone, Default, Debug)]
pub struct ManagerDefaults<'a> {
    files: Vec<&'a Arc<File>>,
}

impl Workspace {
    /// The configuration of the manager that reads units at `asker`: the main file that counts, then the drop-ins by
    /// name, of each name the one that counts (`config_parse_standard_file_with_dropins()`).
    pub fn manager_defaults(&self, asker: &Place) -> ManagerDefaults<'_> {
        let mut main: Option<&Arc<File>> = None;
        let mut drop_ins: BTreeMap<&OsStr, &Arc<File>> = BTreeMap::new();
        for file in self.files_in(Family::Managers) {
            let (Some(name), Some(folder)) = (file.path.file_name(), file.path.parent()) else {
                continue;
            };
            if file.place.scope != asker.scope || !self.sees(asker, &file.place) {
                continue;
            }
            let known = match folder.extension() {
                Some(_) => drop_ins.entry(name).or_insert(file),
                None => main.get_or_insert(file),
            };
            let precedence = |file: &File| (file.place.precedence(asker), file.path.clone());
            if precedence(file) < precedence(known) {
                *known = file;
            }
        }
        ManagerDefaults { files: main.into_iter().chain(drop_ins.into_values()).collect() }
    }
}

impl<'a> ManagerDefaults<'a> {
    /// The line that sets what units get that leave `unset` out; `None` when systemd's own default holds.
    pub fn of(&self, unset: &Directive) -> Option<Setting<'a>> {
        let key = match (unset.section, unset.name) {
            (Section::Timer, "AccuracySec") => "DefaultTimerAccuracySec".to_owned(),
            (_, name) => format!("Default{name}"),
        };
        self.setting(&key)
    }

    /// The assignment of a key of `[Manager]` that counts: the last one that systemd can use.
    pub fn setting(&self, key: &str) -> Option<Setting<'a>> {
        let directive = directive(Section::Manager, key)?;
        let mut found = None;
        for file in &self.files {
            for entry in file.assignments(directive) {
                let setting = Setting { file, entry };
                match setting.value().is_empty() {
                    true if directive.empty == Empty::Reset => found = None,
                    true => {}
                    false if is_usable(directive, setting) => found = Some(setting),
                    false => {}
                }
            }
        }
        found
    }
}

/// Whether systemd takes the value.
fn is_usable(directive: &'static Directive, setting: Setting<'_>) -> bool {
    let context =
        ValueContext { directive, version: setting.file.version, unit_type: UnitType::Service, unit: None };
    let drops = |effect| matches!(effect, Effect::RefusesUnit | Effect::IgnoresLine);
    !check(context, setting.value()).iter().any(|error| drops(error.effect))
}
