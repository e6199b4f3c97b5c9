//! Rule: `Type=dbus` without `BusName=`.

use unit_catalog::Section;

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::ServiceType;
use crate::value::bus_name;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a service of `Type=dbus` that says no `BusName=`.
    ///
    /// ## Why it bites
    ///
    /// Such a service counts as started when it takes its bus name. Without a name to wait for systemd
    /// refuses to load the unit.
    ///
    /// ## Example
    ///
    /// ```ini lamp.service
    /// [Service]
    /// Type=dbus
    /// ExecStart=/usr/bin/lampd
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini lamp.service
    /// [Service]
    /// Type=dbus
    /// BusName=org.example.Lamp
    /// ExecStart=/usr/bin/lampd
    /// ```
    ///
    /// ## Silent when
    ///
    /// `BusName=` stands in the fragment or in any of its drop-ins, or `Type=` is not set: a bad name alone is
    /// ignored and implies no type.
    ///
    /// ## Source
    ///
    /// systemd.service(5), `BusName=`; `service_verify()`. Seen on 252, 257 and 262.
    DBUS_TYPE_WITHOUT_NAME {
        code: "dbus-type-without-name",
        category: TypeReadiness,
        severity: Error,
        since: Always,
        fix: None,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.fragment.is_none() || cx.service_type() != Some(ServiceType::Dbus) {
        return;
    }
    let named = cx.unit.list(Section::Service, "BusName");
    if named.iter().any(|setting| bus_name(setting.value())) {
        return;
    }
    let typed = cx.unit.scalar(Section::Service, "Type", |value| ServiceType::from_word(value).is_some());
    if let Some(typed) = typed {
        let message = match named.last() {
            Some(bad) => {
                format!(
                    "Type=dbus needs a `BusName=`, and `{}` is none: systemd refuses the unit.",
                    bad.value()
                )
            }
            None => "Type=dbus needs a `BusName=`: systemd refuses the unit.".to_owned(),
        };
        cx.report_value(&DBUS_TYPE_WITHOUT_NAME, DBUS_TYPE_WITHOUT_NAME.severity, typed, message);
    }
}
