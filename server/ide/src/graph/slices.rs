//! Edges to the slice that a unit lies in (`unit_set_default_slice()`, `unit_add_slice_dependencies()`).

use unit_catalog::UnitType;

use super::Relation;
use super::edge::Cause;
use super::mounts::is_extrinsic;
use super::stating::Stating;
use crate::workspace::{UnitName, escape};

/// Adds the unit's slice: its parent by name for a slice, else that of `Slice=`, else the one for units of its kind.
pub(super) fn lies_in(stating: &mut Stating<'_, '_>) {
    let Some((slice, cause)) = slice_of(stating) else {
        return;
    };
    for relation in [Relation::Slice, Relation::Requires, Relation::After] {
        stating.state(relation, slice.clone(), cause);
    }
}

fn slice_of<'a>(stating: &Stating<'a, '_>) -> Option<(UnitName, Cause<'a>)> {
    let why = Cause::Implicit("its slice");
    let text = match stating.unit.unit_type {
        UnitType::Slice => match stating.name.stem() {
            "-" => return None,
            stem => format!("{}.slice", stem.rsplit_once('-').map_or("-", |(parent, _)| parent)),
        },
        UnitType::Service | UnitType::Socket | UnitType::Mount | UnitType::Swap | UnitType::Scope => {
            let section = stating.own_section()?;
            let named = stating.list(section, "Slice").into_iter().rev().find_map(|setting| {
                let slice = UnitName::parse(&stating.name.expand(setting.value())?)?;
                let usable = slice.unit_type() == UnitType::Slice && !slice.is_template();
                let cause =
                    Cause::Line { file: setting.file, entry: setting.index(), range: setting.value_range() };
                usable.then_some((slice, cause))
            });
            if named.is_some() {
                return named;
            }
            let users = stating.is_users();
            match stating.name.instance() {
                Some(_) => {
                    let of = if users { "app" } else { "system" };
                    format!("{of}-{}.slice", escape(stating.name.prefix()))
                }
                None if is_extrinsic(stating) || stating.name.as_str() == "init.scope" => {
                    "-.slice".to_owned()
                }
                None if users => "app.slice".to_owned(),
                None => "system.slice".to_owned(),
            }
        }
        _ => return None,
    };
    Some((UnitName::parse(&text)?, why))
}

/// Whether a name says which slices it lies in (`slice_name_is_valid()`).
pub(super) fn is_slice(name: &UnitName) -> bool {
    let stem = name.stem();
    name.unit_type() == UnitType::Slice
        && name.instance().is_none()
        && (stem == "-" || stem.split('-').all(|part| !part.is_empty()))
}
