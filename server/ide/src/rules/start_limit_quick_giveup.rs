//! Rule: default limits that a short outage at boot outlives.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::dependency::named;
use super::neighbours::{boot_setting, is_linked_into_boot};
use super::unit::UnitContext;
use crate::activation::settings::{restart, span};
use crate::activation::{Restart, ServiceType, StartLimit, Verdict};
use crate::fix::Fix;
use crate::workspace::{Setting, UnitName};

declare_rule! {
    /// ## What it does
    ///
    /// Reports a service that boot starts, or that waits for the network or a database, and that restarts with the
    /// default pause of 100ms under the default limit: it says after how many runs and seconds it is given up.
    ///
    /// ## Why it bites
    ///
    /// Five starts with hardly a pause are over in about a second. A name server that answers late, a database that is
    /// still replaying its log, a network that comes up slowly take longer; the unit is `failed` by then and
    /// nobody starts it again.
    ///
    /// ## Example
    ///
    /// ```ini worker.service
    /// [Unit]
    /// After=network-online.target
    ///
    /// [Service]
    /// ExecStart=/usr/bin/worker
    /// Restart=on-failure
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini worker.service
    /// [Unit]
    /// After=network-online.target
    /// StartLimitIntervalSec=2min
    /// StartLimitBurst=20
    ///
    /// [Service]
    /// ExecStart=/usr/bin/worker
    /// Restart=on-failure
    /// RestartSec=2s
    /// ```
    ///
    /// ## Silent when
    ///
    /// `RestartSec=` is 1s or more or an explicit 0, a start limit is set in any spelling, the pause grows
    /// (`RestartSteps=`), or the unit is one of systemd's own.
    ///
    /// ## Source
    ///
    /// systemd.unit(5), `StartLimitIntervalSec=`; systemd.service(5), `RestartSec=`; `unit_test_start_limit()`. Seen on
    /// 252, 257 and 262: failed 0.8s to 1.4s after the first start.
    START_LIMIT_QUICK_GIVEUP {
        code: "start-limit-quick-giveup",
        category: StartLimit,
        severity: Information,
        since: Always,
        fix: Sometimes,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Service || cx.unit.fragment.is_none() {
        return;
    }
    let (policy, Some(set)) = restart(cx.unit) else { return };
    if !matches!(policy, Restart::Always | Restart::OnFailure | Restart::OnAbnormal)
        || policy == Restart::Always && cx.service_type() == Some(ServiceType::Oneshot)
        || cx.name().is_some_and(|name| name.as_str().starts_with("systemd-"))
    {
        return;
    }
    let limit = StartLimit::of(cx.unit, cx.version());
    let delay = span(cx.unit, "RestartSec");
    if delay.is_some_and(|(delay, _)| delay.seconds() == 0.0)
        || limit.delay >= 1.0
        || limit.pause(u64::MAX) > limit.delay
        || limits(cx).next().is_some()
    {
        return;
    }
    let Some((reason, exposed)) = exposure(cx) else { return };
    let Verdict::GivesUp { .. } = limit.verdict(0.0) else { return };
    let message = format!(
        "A crash at start gives {}; {exposed}. A longer `RestartSec=` within a wider `StartLimitIntervalSec=` outlives a \
         short outage.",
        limit.verdict(0.0).sentence()
    );
    let place = cx.blame((set.file, set.value_range()), &[delay.map(|(_, setting)| setting)]);
    if let Some(finding) =
        cx.report(&START_LIMIT_QUICK_GIVEUP, START_LIMIT_QUICK_GIVEUP.severity, place, message)
    {
        if let Some(reason) = reason {
            finding.relate_line(reason, "this exposes it to outages");
        }
        if delay.is_none() {
            let fix = Fix::risky("Pause 2s and allow 20 starts in 2min");
            let fix = fix.insert(set.file, Section::Service, "RestartSec=2s");
            finding.offer(fix.insert(
                set.file,
                Section::Unit,
                "StartLimitIntervalSec=2min\nStartLimitBurst=20",
            ));
        }
    }
}

/// The lines that set a start limit, in any spelling.
fn limits<'a>(cx: &UnitContext<'a>) -> impl Iterator<Item = Setting<'a>> {
    let spellings = [
        (Section::Unit, "StartLimitIntervalSec"),
        (Section::Unit, "StartLimitInterval"),
        (Section::Unit, "StartLimitBurst"),
        (Section::Service, "StartLimitInterval"),
        (Section::Service, "StartLimitBurst"),
    ];
    let unit = cx.unit;
    spellings.into_iter().flat_map(move |(section, key)| unit.list(section, key))
}

/// The line that exposes the service to what comes late, where it is no link, and what that means.
fn exposure<'a>(cx: &UnitContext<'a>) -> Option<(Option<Setting<'a>>, String)> {
    let is_network = |unit: &UnitName| {
        let name = unit.as_str();
        // What comes after that one makes the network.
        name.starts_with("network") && name != "network-pre.target"
            || matches!(name, "nss-lookup.target" | "remote-fs.target" | "NetworkManager-wait-online.service")
    };
    let late = named(cx.unit, Section::Unit, &["After"]).into_iter().find(|named| {
        let stem = named.unit.prefix().to_ascii_lowercase();
        is_network(&named.unit) || DATABASES.iter().any(|database| stem.starts_with(database))
    });
    if let Some(late) = late {
        let exposed = match is_network(&late.unit) && late.unit.unit_type() == UnitType::Target {
            true => format!("an outage of the network (`{}`) may last longer", late.unit),
            false => format!("`{}`, which it waits for, may take longer to come up", late.unit),
        };
        return Some((Some(late.setting), exposed));
    }
    let boot = boot_setting(cx.unit);
    (boot.is_some() || is_linked_into_boot(cx))
        .then(|| (boot, "what it needs at boot may take longer to come up".to_owned()))
}

const DATABASES: [&str; 12] = [
    "postgresql",
    "mysql",
    "mariadb",
    "mongod",
    "redis",
    "valkey",
    "rabbitmq",
    "cassandra",
    "elasticsearch",
    "influxdb",
    "memcached",
    "etcd",
];
