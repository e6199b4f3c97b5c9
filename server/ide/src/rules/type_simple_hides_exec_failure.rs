//! Rule: a missing binary that shows only after those who need the service have started.

use unit_catalog::{Section, UnitType, Version};

use super::declare::declare_rule;
use super::neighbours::{Use, uses};
use super::unit::UnitContext;
use crate::activation::ServiceType;
use crate::activation::settings::type_setting;
use crate::fix::Fix;
use crate::workspace::Setting;

declare_rule! {
    /// ## What it does
    ///
    /// Reports `Type=simple`, set or implied, on a service that others require or whose failure starts another unit.
    ///
    /// ## Why it bites
    ///
    /// A simple service counts as started at the fork, before its program is executed. A missing binary or user (203,
    /// 217) is noticed afterwards: `systemctl start` reports success, and the units that require the service start
    /// without it. With `Type=exec` the start fails in time.
    ///
    /// ## Example
    ///
    /// ```ini store.service
    /// [Service]
    /// Type=simple
    /// ExecStart=/usr/bin/store
    /// ```
    ///
    /// ```ini front.service
    /// [Unit]
    /// Requires=store.service
    /// After=store.service
    ///
    /// [Service]
    /// ExecStart=/usr/bin/front
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini store.service
    /// [Service]
    /// Type=exec
    /// ExecStart=/usr/bin/store
    /// ```
    ///
    /// ```ini front.service
    /// [Unit]
    /// Requires=store.service
    /// After=store.service
    ///
    /// [Service]
    /// ExecStart=/usr/bin/front
    /// ```
    ///
    /// ## Silent when
    ///
    /// Nothing requires the service, it has no `OnFailure=`, credentials imply `Type=exec` (from 257), or the systemd
    /// aimed at is older than 240.
    ///
    /// ## Source
    ///
    /// systemd.service(5), `Type=`; `service_add_extras()`. Seen on 252, 257 and 262.
    TYPE_SIMPLE_HIDES_EXEC_FAILURE {
        code: "type-simple-hides-exec-failure",
        category: TypeReadiness,
        severity: Hint,
        since: Version(240),
        fix: Always,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    if cx.service_type() != Some(ServiceType::Simple)
        || cx.version() < Version(240)
        || cx.unit.fragment.is_none()
    {
        return;
    }
    let Some(command) = cx.unit.list(Section::Service, "ExecStart").pop() else { return };
    let Some((setting, consequence)) = dependant(cx) else { return };
    let kind = type_setting(cx.unit);
    let message = format!(
        "With Type=simple the start succeeds before the program runs: if its binary or user is missing, {consequence}. \
         `Type=exec` reports it in time."
    );
    let place = match kind {
        Some(kind) => (kind.file, kind.value_range()),
        None => (command.file, command.key_range()),
    };
    let rule = &TYPE_SIMPLE_HIDES_EXEC_FAILURE;
    if let Some(finding) = cx.report(rule, rule.severity, place, message) {
        finding.relate_line(setting, "this relies on its start");
        let fix = Fix::risky("Use `Type=exec`");
        finding.offer(match kind {
            Some(kind) => fix.set(kind, "exec"),
            None => fix.insert(command.file, Section::Service, "Type=exec"),
        });
    }
}

/// The line that relies on a failed start being noticed, and what happens instead.
fn dependant<'a>(cx: &UnitContext<'a>) -> Option<(Setting<'a>, String)> {
    // What triggers the service is up before it anyway.
    let triggers = [UnitType::Socket, UnitType::Timer, UnitType::Path];
    let requires = |used: &Use<'_>| {
        matches!(used.directive.name, "Requires" | "BindsTo") && !triggers.contains(&used.by.unit_type())
    };
    if let Some(used) = uses(cx).into_iter().find(requires) {
        let fate = if used.directive.name == "BindsTo" {
            "starts and is stopped again"
        } else {
            "starts all the same"
        };
        let key = used.directive.name;
        return Some((used.setting, format!("`{}`, which has it in `{key}=`, {fate}", used.by)));
    }
    if let Some(setting) = cx.unit.list(Section::Install, "RequiredBy").pop() {
        return Some((setting, "what requires it starts all the same".to_owned()));
    }
    let setting = cx.unit.list(Section::Unit, "OnFailure").pop()?;
    Some((setting, "`OnFailure=` runs only after the start was reported as a success".to_owned()))
}
