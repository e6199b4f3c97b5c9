//! Rule: a timer that waits for a run that nobody starts.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::dependency::named;
use super::neighbours::{INSTALLED_BY, PULLING};
use super::unit::UnitContext;
use crate::activation::timer::{elapses_on_clock, timer_settings};
use crate::fix::Fix;
use crate::graph::starters::{Starter, StarterKind, direct_starters};
use crate::workspace::{Effective, Mention, UnitName, template_of};

declare_rule! {
    /// ## What it does
    ///
    /// Reports a timer that has only `OnUnitActiveSec=` and `OnUnitInactiveSec=`, while nothing else starts what it
    /// triggers.
    ///
    /// ## Why it bites
    ///
    /// Both count from the last run of the unit. If it has never run, there is nothing to count from: the timer
    /// is `elapsed` from the start and never fires, until somebody starts the unit by hand.
    ///
    /// ## Example
    ///
    /// ```ini sync.timer
    /// [Timer]
    /// OnUnitActiveSec=1h
    ///
    /// [Install]
    /// WantedBy=timers.target
    /// ```
    ///
    /// ```ini sync.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/sync-once
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini sync.timer
    /// [Timer]
    /// OnBootSec=1min
    /// OnUnitActiveSec=1h
    ///
    /// [Install]
    /// WantedBy=timers.target
    /// ```
    ///
    /// ```ini sync.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/sync-once
    /// ```
    ///
    /// ## Silent when
    ///
    /// There is another setting to begin with, the service is enabled or named in its own `[Install]`, another
    /// unit pulls it in or triggers it, or the timer does so itself.
    ///
    /// ## Source
    ///
    /// systemd.timer(5); `timer_enter_waiting()`. Seen on 252, 257 and 262: `elapsed`; it ticks after one start by hand.
    TIMER_NEVER_FIRST_FIRES {
        code: "timer-never-first-fires",
        category: Timer,
        severity: Warning,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Timer || cx.unit.fragment.is_none() {
        return;
    }
    let settings = timer_settings(cx.unit);
    let Some((_, last)) = settings.last().copied() else { return };
    if settings.iter().any(|(base, _)| !base.needs_a_run()) || elapses_on_clock(cx.unit) {
        return;
    }
    let Some((target, _)) = cx.workspace.trigger_target(&cx.unit.as_instance()) else { return };
    let target = target.template().filter(|_| cx.name().is_some_and(UnitName::is_template)).unwrap_or(target);
    let effective = cx.workspace.effective(&target, cx.place());
    if is_started_otherwise(cx, &target, effective.as_ref()) {
        return;
    }
    let key = last.entry.key().unwrap_or_default();
    let message = format!(
        "This timer counts from a run of `{target}`, which nothing else starts: it never fires. Add a first trigger, \
         such as `OnBootSec=`."
    );
    let place = (last.file, last.line_range());
    if let Some(finding) =
        cx.report(&TIMER_NEVER_FIRST_FIRES, TIMER_NEVER_FIRST_FIRES.severity, place, message)
    {
        if let Some((file, range)) = effective.as_ref().and_then(Effective::header) {
            finding.relate(file, range, format!("`{target}`, which `{key}=` counts from"));
        }
        let first = |line: &str| Fix::risky(format!("Add `{line}`")).insert(last.file, Section::Timer, line);
        finding.offer(first("OnBootSec=1min"));
        finding.offer(first("OnActiveSec=0"));
    }
}

/// Whether something besides this timer starts the unit.
fn is_started_otherwise(cx: &UnitContext<'_>, target: &UnitName, unit: Option<&Effective<'_>>) -> bool {
    let Some(own) = cx.name() else { return true };
    if cx.workspace.is_enabled(target, cx.place()) {
        return true;
    }
    let calls = |starter: &Starter| starter.kind == StarterKind::Command;
    if direct_starters(cx.workspace, target, cx.place()).iter().any(calls) {
        return true;
    }
    let mut names = vec![target.as_str().to_owned()];
    if let Some((unit, fragment)) = unit.and_then(|unit| Some((unit, unit.fragment?))) {
        if INSTALLED_BY.iter().any(|key| !unit.list(Section::Install, key).is_empty()) {
            return true;
        }
        let triggers = [UnitType::Socket, UnitType::Path, UnitType::Timer];
        let mut triggers = triggers.iter().flat_map(|unit_type| cx.workspace.triggers_of(unit, *unit_type));
        if triggers.any(|trigger| trigger.name.as_ref() != Some(own)) {
            return true;
        }
        names = cx.workspace.names_of(target, fragment);
    }
    let starts = |mention: &Mention| {
        let key = mention.directive.name;
        PULLING.contains(&key) || matches!(key, "OnFailure" | "OnSuccess")
    };
    let pulled = |name: &String| {
        let template = name.contains("@.").then_some(&**name);
        let instances = template.into_iter().flat_map(|name| cx.workspace.files_mentioning_instances(name));
        cx.workspace.files_mentioning(name).chain(instances).any(|file| {
            let about = |mention: &&Mention| {
                *mention.name == **name
                    || template.is_some() && template_of(&mention.name).as_deref() == template
            };
            cx.workspace.sees(cx.place(), &file.place) && file.mentions().iter().filter(about).any(starts)
        })
    };
    // The timer itself may pull its unit in under a name with specifiers.
    names.iter().any(pulled)
        || named(cx.unit, Section::Unit, &PULLING).iter().any(|named| named.unit == *target)
}
