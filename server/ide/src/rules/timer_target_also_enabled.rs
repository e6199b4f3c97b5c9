//! Rule: a service on a schedule that boot starts as well.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::dependency::names;
use super::neighbours::boot_setting;
use super::unit::UnitContext;
use crate::activation::settings::restart;
use crate::activation::timer::{TimerBase, timer_settings};
use crate::activation::{Mode, Restart, ServiceType};
use crate::fix::Fix;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a service that a timer starts and whose own `[Install]` starts it at boot as well.
    ///
    /// ## Why it bites
    ///
    /// Enabled along with its timer, or by a preset, the job also runs in the middle of every boot, and the boot waits
    /// for it where it is a oneshot. Mostly it is left over from the skeleton of a service.
    ///
    /// ## Example
    ///
    /// ```ini report.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/report
    ///
    /// [Install]
    /// WantedBy=multi-user.target
    /// ```
    ///
    /// ```ini report.timer
    /// [Timer]
    /// OnCalendar=daily
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini report.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/report
    /// ```
    ///
    /// ```ini report.timer
    /// [Timer]
    /// OnCalendar=daily
    ///
    /// [Install]
    /// WantedBy=timers.target
    /// ```
    ///
    /// ## Silent when
    ///
    /// The service runs on (`Type=notify`, `dbus` or `forking`, `Restart=always`, a program known to stay), the first
    /// run is meant (`Also=` the timer, which has no `OnBootSec=`, or a timer that counts from runs alone), or the
    /// service pulls the timer in.
    ///
    /// ## Source
    ///
    /// systemd.timer(5); systemd.unit(5), "[Install] Section Options".
    TIMER_TARGET_ALSO_ENABLED {
        code: "timer-target-also-enabled",
        category: Timer,
        severity: Information,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Service || cx.unit.fragment.is_none() {
        return;
    }
    let Some(boot) = boot_setting(cx.unit) else { return };
    let timers = cx.triggers(UnitType::Timer);
    let Some(timer) = timers.first() else { return };
    if runs_on(cx) {
        return;
    }
    let at_boot = |base: TimerBase| matches!(base, TimerBase::Boot | TimerBase::Startup);
    let meant = timers.iter().any(|timer| {
        let Some(timer_name) = &timer.name else { return true };
        let pulling = ["Wants", "Requires", "BindsTo"];
        let comes_along = names(cx, cx.unit, Section::Unit, &pulling, timer_name);
        let enables = names(cx, cx.unit, Section::Install, &["Also"], timer_name);
        let settings = timer_settings(timer);
        // Where the timer counts from runs alone, this is the first one.
        let bootstraps = !settings.is_empty() && settings.iter().all(|(base, _)| base.needs_a_run());
        comes_along || bootstraps || enables && !settings.iter().any(|(base, _)| at_boot(*base))
    });
    let Some(name) = timer.name.as_ref().filter(|_| !meant) else { return };
    let message = format!(
        "`{name}` starts this service on its schedule, but once enabled the service runs at every boot as well; a \
         service that a timer starts needs no [Install]."
    );
    let rule = &TIMER_TARGET_ALSO_ENABLED;
    if let Some(finding) = cx.report_value(rule, rule.severity, boot, message) {
        if let Some((file, range)) = timer.header() {
            finding.relate(file, range, format!("`{name}` starts the service"));
        }
        let key = boot.entry.key().unwrap_or_default();
        finding.offer(Fix::risky(format!("Remove this `{key}=`")).remove(boot.file, boot.entry));
    }
}

/// Whether the service is one that stays, rather than a job.
fn runs_on(cx: &UnitContext<'_>) -> bool {
    let stays = |service_type| {
        matches!(
            service_type,
            ServiceType::Notify | ServiceType::NotifyReload | ServiceType::Dbus | ServiceType::Forking
        )
    };
    let launches = cx.launches();
    let foreground = || {
        let launch = launches.last();
        launch.is_some_and(|launch| {
            matches!(launch.mode(), Mode::Foreground(_))
                && !launch.program.is_some_and(|program| program.ends)
        })
    };
    cx.service_type().is_some_and(stays)
        || restart(cx.unit).0 == Restart::Always
        || cx.service_type() != Some(ServiceType::Oneshot) && foreground()
}
