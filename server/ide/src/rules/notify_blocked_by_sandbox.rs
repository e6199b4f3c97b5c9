//! Rule: a filter of address families that keeps the service from speaking to systemd.

use unit_catalog::Section;

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::ServiceType;
use crate::activation::settings::{start_timeout, type_setting, watchdog};
use crate::fix::Fix;
use crate::value::{TimeSpan, words_of};
use crate::workspace::{Effective, Setting};

declare_rule! {
    /// ## What it does
    ///
    /// Reports a service that must send `READY=1` or watchdog pings and whose `RestrictAddressFamilies=` leaves out
    /// AF_UNIX.
    ///
    /// ## Why it bites
    ///
    /// Notifications go through a socket of the family AF_UNIX. With the family forbidden the program cannot send them:
    /// the start times out, or the watchdog kills a healthy service.
    ///
    /// ## Example
    ///
    /// ```ini api.service
    /// [Service]
    /// Type=notify
    /// ExecStart=/usr/bin/api
    /// RestrictAddressFamilies=AF_INET AF_INET6
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini api.service
    /// [Service]
    /// Type=notify
    /// ExecStart=/usr/bin/api
    /// RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
    /// ```
    ///
    /// ## Silent when
    ///
    /// A later line or drop-in adds AF_UNIX or empties the list, or the command has the prefix `+`, which takes it out of
    /// the sandbox.
    ///
    /// ## Source
    ///
    /// systemd.exec(5), `RestrictAddressFamilies=`; `config_parse_address_families()`. Seen on 252, 257 and 262.
    NOTIFY_BLOCKED_BY_SANDBOX {
        code: "notify-blocked-by-sandbox",
        category: Security,
        severity: Warning,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    let Some(service_type) = cx.service_type() else { return };
    let watchdog = watchdog(cx.unit).filter(|_| service_type != ServiceType::Oneshot);
    if cx.unit.fragment.is_none() || !service_type.notifies() && watchdog.is_none() {
        return;
    }
    let Some(setting) = blocks_unix(cx.unit) else { return };
    if cx.launches().last().is_none_or(|launch| launch.command.prefixes.contains('+')) {
        return;
    }
    let end = match (service_type.notifies(), watchdog, start_timeout(cx.unit, service_type)) {
        (true, _, TimeSpan::Infinity) => "READY=1 never arrives and the unit stays `activating`".to_owned(),
        (true, _, timeout) => format!("READY=1 never arrives and the start fails after {timeout}"),
        (false, Some((span, _)), _) => {
            format!("its pings never arrive and the watchdog kills it after {span}")
        }
        (false, None, _) => return,
    };
    let cause =
        type_setting(cx.unit).filter(|_| service_type.notifies()).or(watchdog.map(|(_, setting)| setting));
    let message = format!("Notifications need AF_UNIX, which this filter forbids: {end}.");
    let place = cx.blame((setting.file, setting.value_range()), &[cause]);
    if let Some(finding) =
        cx.report(&NOTIFY_BLOCKED_BY_SANDBOX, NOTIFY_BLOCKED_BY_SANDBOX.severity, place, message)
    {
        finding.relate_elsewhere(setting.file, setting.line_range(), "the filter");
        if let Some(cause) = cause {
            finding.relate_line(cause, "this asks for notifications");
        }
        let value = setting.value();
        let fix = Fix::risky("Allow AF_UNIX");
        finding.offer(match value.strip_prefix('~') {
            _ if value == "none" => fix.set(setting, "AF_UNIX"),
            None => fix.set(setting, format!("{value} AF_UNIX")),
            Some(_) => fix.insert(setting.file, Section::Service, "RestrictAddressFamilies=AF_UNIX"),
        });
    }
}

/// The line that leaves AF_UNIX forbidden in the end, as `config_parse_address_families()` reads them.
fn blocks_unix<'a>(unit: &Effective<'a>) -> Option<Setting<'a>> {
    let mut filter: Option<Filter<'a>> = None;
    for setting in unit.assignments(Section::Service, "RestrictAddressFamilies") {
        let value = setting.value();
        if value.is_empty() {
            filter = None;
            continue;
        }
        if value == "none" {
            filter = Some(Filter { allows: true, has_unix: false, last: setting });
            continue;
        }
        let (invert, families) = match value.strip_prefix('~') {
            Some(families) => (true, families),
            None => (false, value),
        };
        let unix = words_of(families).iter().any(|word| matches!(word.as_str(), "AF_UNIX" | "AF_LOCAL"));
        let known = filter.get_or_insert(Filter { allows: !invert, has_unix: false, last: setting });
        // A word of the list's own kind goes in, one of the other kind comes out.
        if unix {
            known.has_unix = invert != known.allows;
            known.last = setting;
        } else if known.allows {
            known.last = setting;
        }
    }
    filter.filter(|filter| filter.allows != filter.has_unix).map(|filter| filter.last)
}

struct Filter<'a> {
    /// Whether the families in the list are allowed, rather than forbidden.
    allows: bool,
    /// Whether AF_UNIX is in the list.
    has_unix: bool,
    last: Setting<'a>,
}
