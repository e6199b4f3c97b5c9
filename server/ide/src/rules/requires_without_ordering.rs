//! Rule: a hard dependency that orders nothing.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::dependency::{Named, are_ordered, named, names};
use super::neighbours::INSTALLED_BY;
use super::unit::UnitContext;
use crate::diagnostic::Severity;
use crate::fix::Fix;
use crate::workspace::UnitName;

declare_rule! {
    /// ## What it does
    ///
    /// Reports `Requires=`, `Requisite=` and `BindsTo=` of a unit that is ordered neither before nor after this one.
    ///
    /// ## Why it bites
    ///
    /// Requirement and order are two things. Without an order both units start at the same moment: this one does
    /// not wait until the other is ready, and it keeps running when the other then fails to start. What `Requisite=`
    /// finds is a matter of chance.
    ///
    /// ## Example
    ///
    /// ```ini dice.service
    /// [Unit]
    /// Requires=table.service
    ///
    /// [Service]
    /// ExecStart=/usr/bin/dice
    /// ```
    ///
    /// ```ini table.service
    /// [Service]
    /// ExecStart=/usr/bin/table
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini dice.service
    /// [Unit]
    /// Requires=table.service
    /// After=table.service
    ///
    /// [Service]
    /// ExecStart=/usr/bin/dice
    /// ```
    ///
    /// ```ini table.service
    /// [Service]
    /// ExecStart=/usr/bin/table
    /// ```
    ///
    /// ## Silent when
    ///
    /// Either unit orders itself around the other, directly or around a unit between them; one triggers the other;
    /// the other is reached before services start anyway (sockets, mounts and what stands before `sysinit.target` or
    /// `basic.target`); it is a slice, the message bus or a device; one of the two is a timer, which runs nothing as it
    /// starts; or `PartOf=` ties the two into one group. For a target it is a hint. For `BindsTo=foo.service` it is
    /// information where nothing enables the unit, and `foo.service` is out of sight or the unit is called
    /// `foo-bar.service`: it is started while the other runs.
    ///
    /// ## Source
    ///
    /// systemd.unit(5), `Requires=`. Seen on 252, 257 and 262: the dependent stays `active` beside the failed unit, and
    /// `Requisite=` without `After=` accepts or refuses by chance.
    REQUIRES_WITHOUT_ORDERING {
        code: "requires-without-ordering",
        category: OrderingDependency,
        severity: Warning,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    // What starts together with a target has its order from there.
    let Some(name) = cx.name().filter(|name| name.unit_type() != UnitType::Target) else {
        return;
    };
    let mut told: Vec<UnitName> = Vec::new();
    for required in named(cx.unit, Section::Unit, &["Requires", "Requisite", "BindsTo", "BindTo"]) {
        let other = &required.unit;
        if told.contains(other)
            || is_exempt(other)
            || cx.are_same(other, name)
            || are_ordered(cx, cx.unit, other)
            || is_group(cx, name, other)
            || required.key != "Requisite"
                && [name, other].iter().any(|unit| unit.unit_type() == UnitType::Timer)
        {
            continue;
        }
        told.push(other.clone());
        report(cx, &required);
    }
}

fn report(cx: &mut UnitContext<'_>, required: &Named<'_>) {
    let Named { setting, range, key, unit } = required;
    let message = match *key {
        "Requisite" => format!(
            "`Requisite={unit}` without `After={unit}`: whether the other unit counts as active when this one starts is a matter of chance."
        ),
        "BindsTo" | "BindTo" => format!(
            "`BindsTo=` does not order: this unit and `{unit}` start at the same moment, and this one may run before the other is up."
        ),
        _ => format!(
            "`{key}=` does not order: this unit and `{unit}` start at the same moment, and this one keeps running when the other then fails to start."
        ),
    };
    // What is enabled by nobody is started by the unit that it belongs to: by its name, or by lines out of sight.
    let belongs = INSTALLED_BY.iter().all(|key| cx.unit.list(Section::Install, key).is_empty())
        && (cx.workspace.effective(unit, cx.place()).is_none()
            || cx.name().is_some_and(|name| {
                name.prefix().strip_prefix(unit.prefix()).is_some_and(|rest| rest.starts_with('-'))
            }));
    let severity = match unit.unit_type() {
        UnitType::Target => Severity::Hint,
        _ if belongs && *key == "BindsTo" => Severity::Information,
        _ => REQUIRES_WITHOUT_ORDERING.severity,
    };
    let written = setting.file.unit.text();
    let written = written.get(std::ops::Range::from(*range)).unwrap_or(unit.as_str()).to_owned();
    if let Some(finding) = cx.report(&REQUIRES_WITHOUT_ORDERING, severity, (setting.file, *range), message) {
        let after = format!("After={written}");
        finding.offer(Fix::risky(format!("Add `{after}`")).insert(setting.file, Section::Unit, &after));
    }
}

/// Units whose order needs no line.
fn is_exempt(other: &UnitName) -> bool {
    matches!(other.unit_type(), UnitType::Slice | UnitType::Device | UnitType::Scope)
        || ["dbus.service", "dbus.socket", "dbus-broker.service"].contains(&other.as_str())
}

/// Whether the two stop and restart as one.
fn is_group(cx: &UnitContext<'_>, name: &UnitName, other: &UnitName) -> bool {
    names(cx, cx.unit, Section::Unit, &["PartOf"], other)
        || cx
            .workspace
            .effective(other, cx.place())
            .is_some_and(|other| names(cx, &other, Section::Unit, &["PartOf"], name))
}
