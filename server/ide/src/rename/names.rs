//! New names of units: which are taken, and what they ask for.

use unit_catalog::UnitType;

use crate::value::nearest;
use crate::workspace::UnitName;

/// A new name that was read.
pub(super) struct New {
    /// The unit that is renamed.
    pub(super) from: UnitName,
    /// Its new name.
    pub(super) to: UnitName,
    /// What becomes of the units of the same stem.
    pub(super) siblings: Siblings,
}

/// What becomes of the units of the same stem.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Siblings {
    /// They keep their names: the new name has a suffix.
    Kept,
    /// They are renamed as well: the new name is a stem.
    Renamed,
}

/// Reads what was typed as the new name of `asked`, which is `own` or an instance of that template.
pub(super) fn read(asked: &UnitName, own: &UnitName, typed: &str) -> Result<New, String> {
    let typed = typed.trim();
    let suffix = own.unit_type().suffix();
    let (to, siblings) = match typed.rsplit_once('.').map(|(_, suffix)| suffix) {
        Some(other) if UnitType::from_suffix(other).is_some_and(|other| other != own.unit_type()) => {
            return Err(format!("A `.{suffix}` cannot become a `.{other}`."));
        }
        Some(own) if own == suffix => (UnitName::parse(typed), Siblings::Kept),
        Some(other) if nearest(other, UnitType::ALL.map(UnitType::suffix)).is_some() => {
            return Err(format!("`.{other}` is no type of unit: did you mean `.{suffix}`?"));
        }
        _ => {
            let at = if own.instance().is_some() && !typed.contains('@') { "@" } else { "" };
            let instance = own.instance().filter(|_| !at.is_empty()).unwrap_or_default();
            (UnitName::parse(&format!("{typed}{at}{instance}.{suffix}")), Siblings::Renamed)
        }
    };
    let Some(to) = to else {
        return Err(format!(
            "`{typed}` is no name of a unit: letters, digits and `:-_.\\@`, 255 bytes at most with the suffix."
        ));
    };
    // The template is renamed through its instance when that stays as it is.
    let to = match (asked.instance(), to.instance()) {
        (Some(asked), Some(new)) if own.is_template() && asked == new => to.template().unwrap_or(to),
        _ => to,
    };
    if !fit(own, &to) {
        return Err(match own.instance() {
            None => format!("`{own}` is no template, so its name has no `@`."),
            Some("") if asked == own => format!("`{own}` is a template: its new name is `…@.{suffix}`."),
            Some("") => format!(
                "`{asked}` is an instance of `{own}`: rename the template, or name another instance where this one is named."
            ),
            Some(_) => format!("`{own}` is an instance: its new name is `…@….{suffix}`."),
        });
    }
    Ok(New { from: own.clone(), to, siblings })
}

/// Whether a unit of the first name may have the second: both plain, both templates or both instances, of one type.
pub(super) fn fit(from: &UnitName, to: &UnitName) -> bool {
    let shape = |name: &UnitName| (name.unit_type(), name.instance().map(str::is_empty));
    shape(from) == shape(to)
}
