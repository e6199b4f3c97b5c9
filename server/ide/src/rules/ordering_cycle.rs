//! Rule: units that wait for each other.

use std::sync::Arc;

use unit_catalog::{Section, directive};
use unit_syntax::TextRange;

use super::declare::declare_rule;
use super::dependency::named;
use super::unit::UnitContext;
use crate::diagnostic::Severity;
use crate::fix::Fix;
use crate::graph::cycles::{Cycle, Start, Wait};
use crate::graph::{Cause, Edge};
use crate::workspace::{File, UnitName};

declare_rule! {
    /// ## What it does
    ///
    /// Reports lines that make units wait for each other in a circle: by `After=` and `Before=`, by what systemd adds to
    /// units of their type or because of a path, or because targets wait for what they pull in. Also reports units that
    /// order themselves around themselves.
    ///
    /// ## Why it bites
    ///
    /// There is no order in which such units could start. Where one unit requires all of the circle, systemd refuses to
    /// start it. Everywhere else it drops the start of one that is merely wanted, and says so only in the log: at boot a
    /// service is missing, or all sockets are.
    ///
    /// ## Example
    ///
    /// ```ini dice.service
    /// [Unit]
    /// Wants=table.service
    /// After=table.service
    ///
    /// [Service]
    /// ExecStart=/usr/bin/dice
    /// ```
    ///
    /// ```ini table.service
    /// [Unit]
    /// After=dice.service
    ///
    /// [Service]
    /// ExecStart=/usr/bin/table
    /// ```
    ///
    /// A service that is to run early, but has the default dependencies of late ones:
    ///
    /// ```ini early.service
    /// [Unit]
    /// Before=sysinit.target
    ///
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/early
    ///
    /// [Install]
    /// WantedBy=sysinit.target
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
    /// ```
    ///
    /// ```ini table.service
    /// [Service]
    /// ExecStart=/usr/bin/table
    /// ```
    ///
    /// ```ini early.service
    /// [Unit]
    /// DefaultDependencies=no
    /// Before=sysinit.target
    ///
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/early
    ///
    /// [Install]
    /// WantedBy=sysinit.target
    /// ```
    ///
    /// ## Silent when
    ///
    /// Two of the units conflict with each other, so that they are never started together, or the circle is there only
    /// once some other unit is enabled. Where nothing known starts all of the units together it is information only.
    ///
    /// ## Source
    ///
    /// `transaction_verify_order()`; systemd.unit(5), "Before=, After=". Seen on 252, 257 and 262: "Found ordering cycle …
    /// deleted to break ordering cycle", and "Transaction order is cyclic" where nothing can be dropped.
    ORDERING_CYCLE {
        code: "ordering-cycle",
        category: OrderingDependency,
        severity: Warning,
        since: Always,
        fix: Sometimes,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    let Some(name) = cx.name().cloned() else {
        return;
    };
    let needs_mounts = || {
        let directives = MOUNTS_FOR.iter().filter_map(|key| directive(Section::Unit, key));
        directives.flat_map(|directive| cx.file.assignments(directive)).next().is_some()
    };
    if cx.file.mentions().is_empty() && !needs_mounts() {
        return;
    }
    around_itself(cx, &name);
    let graph = cx.workspace.graph(cx.place());
    let units = match name.is_template() {
        true => graph.instances(&name).into_iter().take(MOST_INSTANCES).collect(),
        false => vec![name],
    };
    let here = |cause: &Cause<'_>| place(cause).is_some_and(|(file, _)| file.path == cx.file.path);
    let mut told: Vec<TextRange> = Vec::new();
    for unit in units {
        for cycle in graph.cycles(&unit, here) {
            let edge = cycle.waits.first().and_then(|wait| wait.edge.as_ref());
            if let Some((file, range)) = edge.and_then(|edge| place(&edge.cause))
                && !told.contains(&range)
            {
                told.push(range);
                report(cx, &unit, (file, range), &cycle);
            }
        }
    }
}

/// What orders units after mounts without naming one; who waits for a mount for other reasons is told at that mount.
const MOUNTS_FOR: [&str; 2] = ["RequiresMountsFor", "WantsMountsFor"];

/// So many instances of a template are looked at: what holds for one holds for most.
const MOST_INSTANCES: usize = 4;

/// systemd drops these dependencies of a unit on itself, and says so (`maybe_warn_about_dependency()`).
const NOT_ON_ITSELF: [&str; 5] = ["After", "Before", "Conflicts", "OnFailure", "OnSuccess"];

fn around_itself(cx: &mut UnitContext<'_>, name: &UnitName) {
    for dependency in named(cx.unit, Section::Unit, &NOT_ON_ITSELF) {
        if dependency.unit == *name {
            let message = format!(
                "`{}={}` is about the unit itself: systemd drops it.",
                dependency.key, dependency.unit
            );
            let place = (dependency.setting.file, dependency.range);
            cx.report(&ORDERING_CYCLE, Severity::Warning, place, message);
        }
    }
}

fn report(
    cx: &mut UnitContext<'_>,
    unit: &UnitName,
    (file, range): (&Arc<File>, TextRange),
    cycle: &Cycle<'_>,
) {
    let when = match (&cycle.start, cycle.waits.iter().any(Wait::is_once_enabled)) {
        (_, true) => format!("once `{unit}` is enabled, "),
        (start, _) if start.is_at_boot() => "at boot ".to_owned(),
        (Start::Dropped { by, .. }, _) => format!("when `{by}` starts, "),
        _ => String::new(),
    };
    let (severity, outcome) = match &cycle.start {
        Start::Refused(by) => (Severity::Error, format!("{when}systemd refuses to start `{by}`")),
        Start::Dropped { any_of, .. } => {
            (Severity::Warning, format!("{when}systemd drops the start of {}", any(any_of)))
        }
        Start::Unknown => {
            (Severity::Information, "started together, one of them would be dropped by systemd".to_owned())
        }
    };
    let message = format!("No order exists: {}; {outcome}.", described(cycle));
    let by_default = waits_by_default(cycle, unit);
    let fragment = cx.unit.fragment;
    let Some(finding) = cx.report(&ORDERING_CYCLE, severity, (file, range), message) else {
        return;
    };
    for wait in &cycle.waits[1..] {
        if let Some((file, range)) = wait.edge.as_ref().and_then(|edge| place(&edge.cause)) {
            finding.relate(file, range, format!("`{}` starts after `{}`", wait.unit, wait.first));
        }
    }
    if let Some(fragment) = fragment.filter(|_| by_default) {
        let line = "DefaultDependencies=no";
        finding.offer(Fix::risky(format!("Add `{line}`")).insert(fragment, Section::Unit, line));
    }
}

/// ``one of `a.service` and `b.service` ``
fn any(units: &[UnitName]) -> String {
    match units {
        [only] => format!("`{only}`"),
        [all @ .., last] if all.len() < MOST_SHOWN => {
            let all: Vec<_> = all.iter().map(|unit| format!("`{unit}`")).collect();
            format!("one of {} and `{last}`", all.join(", "))
        }
        _ => "one of them".to_owned(),
    }
}

/// Longer chains are cut.
const MOST_SHOWN: usize = 6;

/// ``a starts after b, which starts after c (default dependencies), which starts after a``
fn described(cycle: &Cycle<'_>) -> String {
    let mut text = format!("`{}`", cycle.waits[0].unit);
    for (number, wait) in cycle.waits.iter().enumerate() {
        let left = cycle.waits.len() - number;
        if number + 1 >= MOST_SHOWN && left > 1 {
            text += &format!(", and so on over {left} more units up to `{}`", cycle.waits[0].unit);
            break;
        }
        let which = if number == 0 { "" } else { ", which" };
        text += &format!("{which} starts after `{}`", wait.first);
        match &wait.edge {
            Some(Edge { cause: Cause::Implicit(why), .. }) => text += &format!(" ({why})"),
            Some(Edge { cause: Cause::Name { .. }, .. }) => text += " (which triggers it)",
            Some(edge) if !edge.relation.orders() => text += " (a target waits for what it pulls in)",
            _ => {}
        }
    }
    text
}

/// Whether the unit is part of the circle by its default dependencies.
fn waits_by_default(cycle: &Cycle<'_>, unit: &UnitName) -> bool {
    cycle.waits.iter().any(|wait| {
        let default = |edge: &Edge<'_>| matches!(edge.cause, Cause::Implicit("default dependencies"));
        wait.unit == *unit && wait.edge.as_ref().is_some_and(default)
    })
}

fn place<'a>(cause: &Cause<'a>) -> Option<(&'a Arc<File>, TextRange)> {
    match *cause {
        Cause::Line { file, range, .. } | Cause::Install { file, range, .. } => Some((file, range)),
        Cause::Implied { file, entry } => {
            let entry = &file.unit.entries()[entry as usize];
            Some((file, entry.value_range().unwrap_or_else(|| entry.range())))
        }
        Cause::Name { .. } | Cause::Link(_) | Cause::Implicit(_) | Cause::DBus(_) => None,
    }
}
