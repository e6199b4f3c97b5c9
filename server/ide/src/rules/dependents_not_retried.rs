//! Rule: a start that fails with its dependency and is not tried again.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::dependency::{Named, named, names};
use super::unit::UnitContext;
use crate::activation::Restart;
use crate::activation::settings::restart;
use crate::fix::Fix;
use crate::graph::starters::{StarterKind, direct_starters};
use crate::workspace::{Effective, UnitName};

declare_rule! {
    /// ## What it does
    ///
    /// Reports `Requires=` together with `After=` of a service that is restarted when it fails, in a unit that only boot
    /// starts.
    ///
    /// ## Why it bites
    ///
    /// If the other service fails its first start, this unit's start fails with it. The other comes back by its
    /// `Restart=`; this unit's start is not tried again.
    ///
    /// ## Example
    ///
    /// ```ini dice.service
    /// [Unit]
    /// Requires=table.service
    /// After=table.service
    ///
    /// [Service]
    /// ExecStart=/usr/bin/dice
    ///
    /// [Install]
    /// WantedBy=multi-user.target
    /// ```
    ///
    /// ```ini table.service
    /// [Service]
    /// ExecStart=/usr/bin/table
    /// Restart=on-failure
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini dice.service
    /// [Unit]
    /// Wants=table.service
    /// After=table.service
    ///
    /// [Service]
    /// ExecStart=/usr/bin/dice
    ///
    /// [Install]
    /// WantedBy=multi-user.target
    /// ```
    ///
    /// ```ini table.service
    /// [Service]
    /// ExecStart=/usr/bin/table
    /// Restart=on-failure
    /// ```
    ///
    /// ## Silent when
    ///
    /// The other service has `RestartMode=direct` or upholds this unit, is not restarted after failures, or something
    /// besides boot starts this unit: a socket, a timer, a path, another unit.
    ///
    /// ## Source
    ///
    /// systemd.unit(5), `Requires=`. Seen on 252, 257 and 262: the dependent never started although the other came up.
    DEPENDENTS_NOT_RETRIED {
        code: "dependents-not-retried",
        category: RestartPolicy,
        severity: Information,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    let Some(name) = cx.name().filter(|_| cx.unit.fragment.is_some()) else {
        return;
    };
    // A trigger or a target that is not reached is another story.
    if cx.unit.unit_type != UnitType::Service {
        return;
    }
    let installed =
        ["WantedBy", "RequiredBy"].iter().any(|key| !cx.unit.list(Section::Install, key).is_empty());
    if !installed {
        return;
    }
    let required: Vec<Named<'_>> = named(cx.unit, Section::Unit, &["Requires", "BindsTo"])
        .into_iter()
        .filter(|required| is_retried_itself(cx, name, required))
        .collect();
    if required.is_empty() || !boot_alone_starts(cx, name) {
        return;
    }
    for required in required {
        report(cx, &required);
    }
}

/// Whether the unit waits for a service that its own policy brings back, while nothing brings the unit back.
fn is_retried_itself(cx: &UnitContext<'_>, name: &UnitName, required: &Named<'_>) -> bool {
    let Some(other) = cx.workspace.effective(&required.unit, cx.place()) else {
        return false;
    };
    let direct =
        other.scalar(Section::Service, "RestartMode", |value| ["normal", "direct", "debug"].contains(&value));
    other.unit_type == UnitType::Service
        && matches!(restart(&other).0, Restart::Always | Restart::OnFailure | Restart::OnAbnormal)
        && !direct.is_some_and(|mode| mode.value() == "direct" && cx.version() >= unit_catalog::Version(254))
        && is_after(cx, name, &other, &required.unit)
        && !names(cx, &other, Section::Unit, &["Upholds", "Wants", "OnSuccess"], name)
}

fn is_after(cx: &UnitContext<'_>, name: &UnitName, other: &Effective<'_>, other_name: &UnitName) -> bool {
    names(cx, cx.unit, Section::Unit, &["After"], other_name)
        || names(cx, other, Section::Unit, &["Before"], name)
}

fn boot_alone_starts(cx: &UnitContext<'_>, name: &UnitName) -> bool {
    direct_starters(cx.workspace, name, cx.place()).iter().all(|starter| {
        let target = starter.unit.as_ref().is_some_and(|unit| unit.unit_type() == UnitType::Target);
        matches!(starter.kind, StarterKind::Restart | StarterKind::Boot) || target
    })
}

fn report(cx: &mut UnitContext<'_>, required: &Named<'_>) {
    let Named { setting, range, key, unit } = required;
    let message = format!(
        "If `{unit}` fails its first start, this unit's start fails with it, and is not tried again when `{unit}` comes back by its `Restart=`."
    );
    let other = cx.workspace.effective(unit, cx.place());
    let policy = other.as_ref().and_then(|other| restart(other).1);
    let alone = setting.value().trim() == unit.as_str();
    let severity = DEPENDENTS_NOT_RETRIED.severity;
    let Some(finding) = cx.report(&DEPENDENTS_NOT_RETRIED, severity, (setting.file, *range), message) else {
        return;
    };
    if alone && *key == "Requires" {
        finding.offer(Fix::risky("Use `Wants=`").replace(setting.file, setting.key_range(), "Wants"));
    }
    if let Some(policy) = policy {
        finding.relate_line(policy, format!("`{unit}` is restarted"));
        let direct = "RestartMode=direct";
        let title = format!("Set `{direct}` in `{unit}` (from systemd 254)");
        finding.offer(Fix::risky(title).insert(policy.file, Section::Service, direct));
    }
}
