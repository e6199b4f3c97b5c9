//! Rule: a timer, path or socket that starts its unit along with itself.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::dependency::named;
use super::neighbours::{INSTALLED_BY, PULLING, without};
use super::unit::UnitContext;
use crate::activation::timer::timer_settings;
use crate::diagnostic::Severity;
use crate::workspace::{Effective, UnitName, accepts};

declare_rule! {
    /// ## What it does
    ///
    /// Reports a timer, path or socket unit that names what it triggers in `Wants=`, `Requires=`, `BindsTo=` or
    /// `Upholds=`, and a service whose `[Install]` puts it into its own timer, path or socket.
    ///
    /// ## Why it bites
    ///
    /// These keys start the unit when the trigger itself is started: at every boot, at every `systemctl start` of the
    /// timer, not only when it elapses. A backup that should run at night runs in the middle of the boot.
    ///
    /// ## Example
    ///
    /// ```ini backup.timer
    /// [Unit]
    /// Requires=backup.service
    ///
    /// [Timer]
    /// OnCalendar=daily
    /// ```
    ///
    /// ```ini backup.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/backup
    /// ```
    ///
    /// ## Use instead
    ///
    /// Nothing: the trigger finds its unit by name, or by `Unit=`.
    ///
    /// ```ini backup.timer
    /// [Timer]
    /// OnCalendar=daily
    /// ```
    ///
    /// ```ini backup.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/backup
    /// ```
    ///
    /// ## Silent when
    ///
    /// Another unit is named, the unit triggered is a target, or `Accept=yes`. Where the timer counts from the unit's
    /// own runs alone (`OnUnitActiveSec=`), the first run must come from somewhere, and `BindsTo=` may be
    /// meant to end a socket with its service: then it is information.
    ///
    /// ## Source
    ///
    /// systemd.timer(5), systemd.unit(5). Seen on 252, 257 and 262: pulled in when the timer unit starts; a tick does not
    /// pull it in again.
    TRIGGER_PULLS_IN_TARGET {
        code: "trigger-pulls-in-target",
        category: OrderingDependency,
        severity: Warning,
        since: Always,
        fix: Sometimes,
        check: Unit(check),
    }
}

const TRIGGERS: [UnitType; 3] = [UnitType::Timer, UnitType::Path, UnitType::Socket];

fn check(cx: &mut UnitContext<'_>) {
    match cx.unit.unit_type {
        UnitType::Service => check_install(cx),
        unit_type if TRIGGERS.contains(&unit_type) => check_trigger(cx),
        _ => {}
    }
}

fn check_trigger(cx: &mut UnitContext<'_>) {
    let pulled = named(cx.unit, Section::Unit, &PULLING);
    let accepting = cx.unit.unit_type == UnitType::Socket && accepts(cx.unit);
    let links = cx.name().into_iter().flat_map(|own| cx.workspace.links_in(own.as_str(), cx.place()));
    let linked: Vec<UnitName> = links.filter_map(|link| UnitName::parse(link.name())).collect();
    if pulled.is_empty() && linked.is_empty() || cx.unit.fragment.is_none() || accepting {
        return;
    }
    let target = cx.workspace.trigger_target(&cx.unit.as_instance()).map(|(target, _)| target);
    let Some((target, own)) = target.zip(cx.name().cloned()) else { return };
    // What an instance of a template triggers, the template stands for.
    let target = target.template().filter(|_| own.is_template()).unwrap_or(target);
    if target.unit_type() == UnitType::Target {
        return;
    }
    let linked = linked.iter().find(|linked| cx.are_same(linked, &target));
    if let (Some(linked), Some(header)) = (linked, cx.header()) {
        let message = format!(
            "A link in a folder of `{own}` makes it start `{linked}` along with itself, not only when it triggers."
        );
        cx.report(&TRIGGER_PULLS_IN_TARGET, Severity::Warning, header, message);
    }
    for named in pulled {
        if !cx.are_same(&named.unit, &target) {
            continue;
        }
        let key = named.key;
        let (severity, event) = match cx.unit.unit_type {
            UnitType::Timer if counts_from_runs(cx) => (Severity::Information, "when it elapses"),
            UnitType::Timer => (Severity::Warning, "when it elapses"),
            UnitType::Path => (Severity::Warning, "when the path changes"),
            // It may be meant to end the socket with its service.
            _ if key == "BindsTo" => (Severity::Information, "when somebody connects"),
            _ => (Severity::Warning, "when somebody connects"),
        };
        let message = format!(
            "`{key}=` makes `{own}` start `{}` along with itself, at every boot where it is enabled, not only {event}.",
            named.unit
        );
        let place = (named.setting.file, named.range);
        let there = cx.workspace.effective(&named.unit, cx.place()).and_then(|unit| unit.header());
        if let Some(finding) = cx.report(&TRIGGER_PULLS_IN_TARGET, severity, place, message) {
            if let Some((file, range)) = there {
                finding.relate(file, range, format!("`{}`", named.unit));
            }
            // Where the first run comes from here, another must be found first.
            if severity == Severity::Warning {
                finding.offer(without(&named));
            }
        }
    }
}

/// Whether a timer needs an earlier run, so that somebody must start its unit first.
fn counts_from_runs(cx: &UnitContext<'_>) -> bool {
    let settings = timer_settings(cx.unit);
    !settings.is_empty() && settings.iter().all(|(base, _)| base.needs_a_run())
}

fn check_install(cx: &mut UnitContext<'_>) {
    for named in named(cx.unit, Section::Install, &INSTALLED_BY) {
        let key = named.key;
        let triggers = cx.triggers(named.unit.unit_type());
        let same = |trigger: &&Effective<'_>| {
            trigger.name.as_ref().is_some_and(|name| cx.are_same(name, &named.unit))
        };
        let Some(trigger) = triggers.iter().find(same) else { continue };
        if trigger.unit_type == UnitType::Socket && accepts(trigger) {
            continue;
        }
        let settings = timer_settings(trigger);
        let bootstraps = !settings.is_empty() && settings.iter().all(|(base, _)| base.needs_a_run());
        let severity = if bootstraps { Severity::Information } else { Severity::Warning };
        let message = format!(
            "Once this service is enabled, `{key}=` makes `{0}` start it along with itself, not only when `{0}` triggers.",
            named.unit
        );
        let place = (named.setting.file, named.range);
        if let Some(finding) = cx.report(&TRIGGER_PULLS_IN_TARGET, severity, place, message) {
            if let Some((file, range)) = trigger.header() {
                finding.relate(file, range, format!("`{}` triggers this service anyway", named.unit));
            }
            if severity == Severity::Warning {
                finding.offer(without(&named));
            }
        }
    }
}
