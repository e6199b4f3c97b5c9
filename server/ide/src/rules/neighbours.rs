//! What rules about neighbours share: the units that a unit's lines name, and the lines of others that name it.

use unit_catalog::{Directive, Section};

use super::dependency::{Named, names};
use super::unit::UnitContext;
use crate::fix::Fix;
use crate::workspace::{Effective, Mention, Scope, Setting, UnitName, template_of};

/// Targets that boot or a login reaches by itself.
pub(super) const BOOT: [&str; 7] = [
    "multi-user.target",
    "graphical.target",
    "default.target",
    "basic.target",
    "sysinit.target",
    "network-online.target",
    "graphical-session.target",
];

/// Those of them that no manager of a user has.
const OF_SYSTEM: [&str; 4] =
    ["multi-user.target", "graphical.target", "sysinit.target", "network-online.target"];

/// Keys of `[Install]` that name the units which then start this one.
pub(super) const INSTALLED_BY: [&str; 3] = ["WantedBy", "RequiredBy", "UpheldBy"];

/// Keys of `[Unit]` that start the units they name.
pub(super) const PULLING: [&str; 4] = ["Wants", "Requires", "BindsTo", "Upholds"];

/// A line of another unit that names the unit.
pub(super) struct Use<'a> {
    /// The other unit, under the name of its file or drop-in folder.
    pub(super) by: UnitName,
    /// The line.
    pub(super) setting: Setting<'a>,
    /// Its key.
    pub(super) directive: &'static Directive,
}

/// The lines of other units that name the unit by one of its names.
pub(super) fn uses<'a>(cx: &UnitContext<'a>) -> Vec<Use<'a>> {
    let (Some(name), Some(fragment)) = (cx.name(), cx.unit.fragment) else { return Vec::new() };
    let mut found = Vec::new();
    for aka in cx.workspace.names_of(name, fragment) {
        let template = aka.contains("@.").then_some(&*aka);
        let instances = template.into_iter().flat_map(|aka| cx.workspace.files_mentioning_instances(aka));
        for file in cx.workspace.files_mentioning(&aka).chain(instances) {
            let Some(by) = file.owner().and_then(UnitName::parse).filter(|by| by != name) else { continue };
            let seen = cx.workspace.sees(cx.place(), &file.place) && !file.masked;
            let hidden = || {
                let unit = cx.workspace.effective(&by, cx.place());
                unit.is_some_and(|unit| !unit.parts.iter().any(|part| part.path == file.path))
            };
            if !seen || hidden() {
                continue;
            }
            let about = |mention: &&Mention| {
                *mention.name == *aka
                    || template.is_some() && template_of(&mention.name).as_deref() == template
            };
            found.extend(file.mentions().iter().filter(about).map(|mention| Use {
                by: by.clone(),
                setting: Setting { file, entry: &file.unit.entries()[mention.entry as usize] },
                directive: mention.directive,
            }));
        }
    }
    found
}

/// The `[Install]` line that starts the unit at boot, once it is enabled.
pub(super) fn boot_setting<'a>(unit: &Effective<'a>) -> Option<Setting<'a>> {
    let of_user = unit.fragment.is_some_and(|file| file.place.scope == Scope::User);
    let is_boot = |word: &str| BOOT.contains(&word) && !(of_user && OF_SYSTEM.contains(&word));
    INSTALLED_BY.iter().find_map(|key| {
        let mut settings = unit.list(Section::Install, key).into_iter();
        settings.find(|setting| setting.value().split_ascii_whitespace().any(is_boot))
    })
}

/// Whether a link in a folder such as `multi-user.target.wants/` starts the unit at boot.
pub(super) fn is_linked_into_boot(cx: &UnitContext<'_>) -> bool {
    let mut links =
        cx.name().into_iter().flat_map(|name| cx.workspace.links_called(name.as_str(), cx.place()));
    links.any(|link| link.folder().is_some_and(|(owner, _)| BOOT.contains(&owner)))
}

/// Whether a unit's socket, timer or path comes along with it: either names the other so that both start.
pub(super) fn is_tied(cx: &UnitContext<'_>, trigger: &Effective<'_>) -> bool {
    let (Some(service), Some(trigger_name)) = (cx.name(), &trigger.name) else { return false };
    names(cx, cx.unit, Section::Unit, &["Requires", "Wants", "BindsTo", "Requisite", "Upholds"], trigger_name)
        || names(cx, cx.unit, Section::Service, &["Sockets"], trigger_name)
        || names(cx, trigger, Section::Install, &INSTALLED_BY, service)
}

/// Takes a name out of its list; a list of one goes with its line.
pub(super) fn without(named: &Named<'_>) -> Fix {
    let (setting, range) = (named.setting, named.range);
    let start = setting.entry.start;
    let text = setting.entry.item.text();
    let written = text.get((range.start - start) as usize..(range.end - start) as usize).unwrap_or_default();
    let left: Vec<&str> = setting.value().split_ascii_whitespace().filter(|word| *word != written).collect();
    let fix = Fix::risky(format!("Remove `{written}`"));
    match left.is_empty() {
        true => fix.remove(setting.file, setting.entry),
        false => fix.set(setting, left.join(" ")),
    }
}
