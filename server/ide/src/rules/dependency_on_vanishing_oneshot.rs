//! Rule: a tie to a unit that is inactive as soon as its work is done.

use unit_catalog::{Section, UnitType, Version};

use super::declare::declare_rule;
use super::dependency::{Named, are_ordered, named};
use super::unit::UnitContext;
use crate::activation::ServiceType;
use crate::fix::Fix;
use crate::value::boolean;
use crate::workspace::Effective;

declare_rule! {
    /// ## What it does
    ///
    /// Reports `BindsTo=` and `Upholds=` of a `Type=oneshot` service without `RemainAfterExit=yes`.
    ///
    /// ## Why it bites
    ///
    /// A oneshot that has done its work is inactive. `BindsTo=` takes that for an end and stops this unit at once, or
    /// fails its start; `Upholds=` runs the oneshot again and again until its start limit, in every window anew.
    ///
    /// ## Example
    ///
    /// ```ini dice.service
    /// [Unit]
    /// BindsTo=shuffle.service
    /// After=shuffle.service
    ///
    /// [Service]
    /// ExecStart=/usr/bin/dice
    /// ```
    ///
    /// ```ini shuffle.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/shuffle
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini dice.service
    /// [Unit]
    /// Requires=shuffle.service
    /// After=shuffle.service
    ///
    /// [Service]
    /// ExecStart=/usr/bin/dice
    /// ```
    ///
    /// ```ini shuffle.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/shuffle
    /// ```
    ///
    /// ## Silent when
    ///
    /// The oneshot has `RemainAfterExit=yes`, or the dependency is `Requires=` or `Wants=`.
    ///
    /// ## Source
    ///
    /// systemd.unit(5), `BindsTo=`, `Upholds=`; `unit_notify()`. Seen on 252, 257 and 262.
    DEPENDENCY_ON_VANISHING_ONESHOT {
        code: "dependency-on-vanishing-oneshot",
        category: OrderingDependency,
        severity: Warning,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    for tie in named(cx.unit, Section::Unit, &["BindsTo", "BindTo", "Upholds"]) {
        if let Some(other) = cx.workspace.effective(&tie.unit, cx.place())
            && vanishes(&other, cx.version())
        {
            report(cx, &tie, &other);
        }
    }
}

fn report(cx: &mut UnitContext<'_>, tie: &Named<'_>, other: &Effective<'_>) {
    let Named { setting, range, key, unit } = tie;
    let fate = match *key {
        "Upholds" => "systemd runs it again and again, until its start limit and in every window anew",
        _ if are_ordered(cx, cx.unit, unit) => "this unit's start fails",
        _ => "this unit is stopped at once",
    };
    let message = format!(
        "`{unit}` is a oneshot without `RemainAfterExit=yes`: when it is done it is inactive, and {fate}."
    );
    let severity = DEPENDENCY_ON_VANISHING_ONESHOT.severity;
    let Some(finding) =
        cx.report(&DEPENDENCY_ON_VANISHING_ONESHOT, severity, (setting.file, *range), message)
    else {
        return;
    };
    if let Some(fragment) = other.fragment {
        let typed = other.scalar(Section::Service, "Type", |value| value == "oneshot");
        let place = typed
            .map_or((fragment, unit_syntax::TextRange::new(0, 0)), |typed| (typed.file, typed.line_range()));
        finding.relate(place.0, place.1, format!("`{unit}` is inactive once its commands have ended"));
    }
    let instead = if *key == "Upholds" { "Wants" } else { "Requires" };
    finding.offer(Fix::risky(format!("Say `{instead}=`")).replace(
        setting.file,
        setting.key_range(),
        instead,
    ));
    if let Some(fragment) = other.fragment {
        let stays = "RemainAfterExit=yes";
        finding.offer(Fix::risky(format!("Add `{stays}` to `{unit}`")).insert(
            fragment,
            Section::Service,
            stays,
        ));
    }
}

/// Whether a service is inactive once its commands have ended.
fn vanishes(unit: &Effective<'_>, version: Version) -> bool {
    let remains = unit.scalar(Section::Service, "RemainAfterExit", |value| boolean(value).is_some());
    unit.unit_type == UnitType::Service
        && ServiceType::of(unit, version) == Some(ServiceType::Oneshot)
        && remains.is_none_or(|setting| boolean(setting.value()) == Some(false))
}
