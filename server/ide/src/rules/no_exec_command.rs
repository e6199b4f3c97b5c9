//! Rule: a service without anything to run.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::ServiceType;
use crate::value::boolean;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a service that has no `ExecStart=` where it needs one.
    ///
    /// ## Why it bites
    ///
    /// systemd refuses the unit: a service needs `ExecStart=`, `ExecStop=` or `SuccessAction=`; only a
    /// oneshot may go without `ExecStart=`, and then it needs `RemainAfterExit=yes`.
    ///
    /// ## Example
    ///
    /// ```ini web.service
    /// [Service]
    /// Type=notify
    /// User=www-data
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini web.service
    /// [Service]
    /// Type=notify
    /// User=www-data
    /// ExecStart=/usr/bin/web
    /// ```
    ///
    /// ## Silent when
    ///
    /// The file is a drop-in, a D-Bus activation file, empty (which masks the unit), or one of its
    /// drop-ins brings the command.
    ///
    /// ## Source
    ///
    /// `service_verify()`. Seen on 252, 257 and 262.
    NO_EXEC_COMMAND {
        code: "no-exec-command",
        category: ExecCommand,
        severity: Error,
        since: Always,
        fix: None,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Service || cx.unit.fragment.is_none() {
        return;
    }
    let has = |section, key| !cx.unit.list(section, key).is_empty();
    if has(Section::Service, "ExecStart") {
        return;
    }
    let stops = has(Section::Service, "ExecStop");
    let acts = cx
        .unit
        .scalar(Section::Unit, "SuccessAction", |_| true)
        .is_some_and(|setting| setting.value() != "none");
    let remains = cx.unit.scalar(Section::Service, "RemainAfterExit", |value| boolean(value).is_some());
    let remains = remains.is_some_and(|setting| boolean(setting.value()) == Some(true));
    let message = if !stops && !acts {
        "This service has no `ExecStart=`, `ExecStop=` or `SuccessAction=`: there is nothing to run, and systemd refuses the unit."
            .to_owned()
    } else if cx.service_type() != Some(ServiceType::Oneshot) {
        "Only a Type=oneshot service may go without `ExecStart=`: systemd refuses the unit.".to_owned()
    } else if !acts && !remains {
        "A service with `ExecStop=` but no `ExecStart=` needs `RemainAfterExit=yes`: systemd refuses the unit.".to_owned()
    } else {
        return;
    };
    if let Some(header) = cx.header() {
        cx.report(&NO_EXEC_COMMAND, NO_EXEC_COMMAND.severity, header, message);
    }
}
