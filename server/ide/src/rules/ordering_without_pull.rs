//! Rule: an order after a target that nothing here starts.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::dependency::{named, names};
use super::neighbours::{PULLING, uses};
use super::unit::UnitContext;
use crate::fix::Fix;
use crate::workspace::{Effective, UnitName};

declare_rule! {
    /// ## What it does
    ///
    /// Reports `After=network-online.target` of a unit that neither wants nor requires that target.
    ///
    /// ## Why it bites
    ///
    /// `After=` orders two units that both start; it starts nothing. `network-online.target` is reached only when
    /// somebody asks for it, so on a machine where no other unit does, this one starts without waiting for a network.
    ///
    /// ## Example
    ///
    /// ```ini dice.service
    /// [Unit]
    /// After=network-online.target
    ///
    /// [Service]
    /// ExecStart=/usr/bin/dice
    ///
    /// [Install]
    /// WantedBy=multi-user.target
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini dice.service
    /// [Unit]
    /// After=network-online.target
    /// Wants=network-online.target
    ///
    /// [Service]
    /// ExecStart=/usr/bin/dice
    ///
    /// [Install]
    /// WantedBy=multi-user.target
    /// ```
    ///
    /// ## Silent when
    ///
    /// The unit, what triggers it or pulls it in, or a unit that it pulls in asks for the target, by a line or a link; other units and targets, which are
    /// often ordered after without being needed.
    ///
    /// ## Source
    ///
    /// systemd.special(7), `network-online.target`. Seen on 252, 257 and 262: `After=` alone leaves the other unit
    /// inactive.
    ORDERING_WITHOUT_PULL {
        code: "ordering-without-pull",
        category: OrderingDependency,
        severity: Information,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

const TARGET: &str = "network-online.target";

/// Keys that start what they name.
const PULLS: [&str; 5] = ["Wants", "Requires", "BindsTo", "Requisite", "Upholds"];

fn check(cx: &mut UnitContext<'_>) {
    let target = UnitName::parse(TARGET).expect("a valid name");
    let mut after = named(cx.unit, Section::Unit, &["After"]).into_iter();
    let Some(after) = after.find(|after| after.unit == target) else {
        return;
    };
    if cx.unit.fragment.is_none() || asks_for(cx, cx.unit, &target) {
        return;
    }
    let triggers = [UnitType::Socket, UnitType::Timer, UnitType::Path];
    let mut triggers = triggers.iter().flat_map(|&unit_type| cx.workspace.triggers_of(cx.unit, unit_type));
    if triggers.any(|trigger| asks_for(cx, &trigger, &target)) {
        return;
    }
    let helpers = named(cx.unit, Section::Unit, &["Requires", "Wants", "BindsTo"]);
    let mut helpers = helpers.iter().filter_map(|helper| cx.workspace.effective(&helper.unit, cx.place()));
    if helpers.any(|helper| asks_for(cx, &helper, &target)) {
        return;
    }
    let pulling = uses(cx).into_iter().filter(|used| PULLING.contains(&used.directive.name));
    let mut pulling = pulling.filter_map(|used| cx.workspace.effective(&used.by, cx.place()));
    if pulling.any(|puller| asks_for(cx, &puller, &target)) {
        return;
    }
    let message = format!(
        "`After=` starts nothing: without `Wants={TARGET}` this unit waits for the network only where another unit asks for it."
    );
    let place = (after.setting.file, after.range);
    if let Some(finding) = cx.report(&ORDERING_WITHOUT_PULL, ORDERING_WITHOUT_PULL.severity, place, message) {
        let wants = format!("Wants={TARGET}");
        finding.offer(Fix::risky(format!("Add `{wants}`")).insert(after.setting.file, Section::Unit, &wants));
    }
}

/// Whether a line of the unit, or a link in a folder of it, starts the target.
fn asks_for(cx: &UnitContext<'_>, unit: &Effective<'_>, target: &UnitName) -> bool {
    let mut links = unit.name.iter().flat_map(|name| cx.workspace.links_in(name.as_str(), cx.place()));
    names(cx, unit, Section::Unit, &PULLS, target) || links.any(|link| link.name() == target.as_str())
}
