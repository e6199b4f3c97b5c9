//! Edges that lines of `[Unit]` and `[Install]` declare.

use unit_catalog::{Directive, Section};

use super::edge::{Cause, Condition, Statement};
use super::{Relation, Stating};
use crate::value::{Extract, words};
use crate::workspace::{Setting, UnitName};

/// Adds what the unit's own lines say, each naming other units.
pub(super) fn declared<'a>(stating: &mut Stating<'a, '_>) {
    for file in stating.unit.parts.clone() {
        let mut last = None;
        for mention in file.mentions() {
            // One mention for each word; the line is read whole.
            if last.replace(mention.entry) == Some(mention.entry) {
                continue;
            }
            // Dependency lists have no reset: what a fragment says a drop-in cannot take back.
            if let Some(relation) = relation_of(mention.directive) {
                let entry = &file.unit.entries()[mention.entry as usize];
                each_name(stating, Setting { file, entry }, mention.entry, |stating, other, cause| {
                    stating.state(relation, other, cause);
                });
            }
        }
    }
}

/// Adds what would hold once the unit is enabled.
pub(super) fn installed(stating: &mut Stating<'_, '_>) {
    const KEYS: [(&str, Relation); 3] = [
        ("WantedBy", Relation::WantedBy),
        ("RequiredBy", Relation::RequiredBy),
        ("UpheldBy", Relation::UpheldBy),
    ];
    for (key, relation) in KEYS {
        for setting in stating.list(Section::Install, key) {
            let entry = setting.index();
            each_word(stating, setting, entry, Extract::UNQUOTE, |stating, other, cause| {
                let Cause::Line { file, entry, range } = cause else { return };
                let cause = Cause::Install { file, entry, range };
                stating.add(Statement { relation, other, cause, condition: Condition::Enabled });
            });
        }
    }
}

/// Calls `add` for each word of a dependency list that is a unit's name once its specifiers are replaced.
pub(super) fn each_name<'a, 'b>(
    stating: &mut Stating<'a, 'b>,
    setting: Setting<'a>,
    entry: u32,
    add: impl FnMut(&mut Stating<'a, 'b>, UnitName, Cause<'a>),
) {
    each_word(stating, setting, entry, Extract::RETAIN_ESCAPE, add);
}

fn each_word<'a, 'b>(
    stating: &mut Stating<'a, 'b>,
    setting: Setting<'a>,
    entry: u32,
    flags: Extract,
    mut add: impl FnMut(&mut Stating<'a, 'b>, UnitName, Cause<'a>),
) {
    for word in words(setting.value(), flags) {
        let Ok(word) = word else { return };
        if let Some(other) = stating.name.other(&word.text) {
            let range = setting.source_range(word.range);
            add(stating, other, Cause::Line { file: setting.file, entry, range });
        }
    }
}

/// The dependency that a key of `[Unit]` declares.
fn relation_of(directive: &Directive) -> Option<Relation> {
    if directive.section != Section::Unit {
        return None;
    }
    match directive.name {
        // Names of old.
        "BindTo" => Some(Relation::BindsTo),
        "PropagateReloadTo" => Some(Relation::PropagatesReloadTo),
        "PropagateReloadFrom" => Some(Relation::ReloadPropagatedFrom),
        "RequiresOverridable" => Some(Relation::Requires),
        "RequisiteOverridable" => Some(Relation::Requisite),
        name => Relation::of_name(name),
    }
}
