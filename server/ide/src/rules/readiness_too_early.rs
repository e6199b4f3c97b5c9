//! Rule: a unit ordered after a service that counts as started before it is ready.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::dependency::{Named, named};
use super::unit::UnitContext;
use crate::activation::settings::type_setting;
use crate::activation::{Launch, ServiceType};
use crate::workspace::{Effective, Setting};

declare_rule! {
    /// ## What it does
    ///
    /// Reports a service that is ordered after another one and needs it, where that other is of `Type=simple`, `exec` or
    /// `idle` and no socket stands in for it; and `ExecStartPost=` commands that speak to such a service itself.
    ///
    /// ## Why it bites
    ///
    /// `After=` waits until the other unit counts as started. For these types that is the moment of the fork or the
    /// execve, long before the program listens: the second service may run before the first can answer.
    ///
    /// ## Example
    ///
    /// ```ini store.service
    /// [Service]
    /// Type=exec
    /// ExecStart=/usr/bin/store
    /// ```
    ///
    /// ```ini front.service
    /// [Unit]
    /// Wants=store.service
    /// After=store.service
    ///
    /// [Service]
    /// Type=exec
    /// ExecStart=/usr/bin/front
    /// ```
    ///
    /// ## Use instead
    ///
    /// A type with a readiness of its own, or a socket unit that holds the connections until the service is up.
    ///
    /// ```ini store.service
    /// [Service]
    /// Type=notify
    /// ExecStart=/usr/bin/store
    /// ```
    ///
    /// ```ini front.service
    /// [Unit]
    /// Wants=store.service
    /// After=store.service
    ///
    /// [Service]
    /// Type=exec
    /// ExecStart=/usr/bin/front
    /// ```
    ///
    /// ## Silent when
    ///
    /// The other unit is no service, has a socket unit, or is of another type; the unit's own commands wait or retry by
    /// themselves (`until`, `wait-for-it`, `--retry`) or do nothing (`true`); the order comes without a requirement.
    ///
    /// ## Source
    ///
    /// systemd.service(5), `Type=`. Seen on 252, 257 and 262: the second service ran a second before the first was up.
    READINESS_TOO_EARLY {
        code: "readiness-too-early",
        category: TypeReadiness,
        severity: Hint,
        since: Always,
        fix: None,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Service || cx.unit.fragment.is_none() {
        return;
    }
    // A unit that runs nothing of its own only gathers others.
    let launches = cx.launches();
    if launches.iter().any(|launch| !matches!(launch.name(), "true" | "echo" | ":")) {
        check_order(cx);
        check_own_commands(cx);
    }
}

fn check_order(cx: &mut UnitContext<'_>) {
    let after: Vec<Named<'_>> = named(cx.unit, Section::Unit, &["After"])
        .into_iter()
        .filter(|named| named.unit.unit_type() == UnitType::Service)
        .collect();
    if after.is_empty() {
        return;
    }
    let needed = named(cx.unit, Section::Unit, &["Requires", "Wants", "BindsTo"]);
    let mut retries = None;
    for order in after {
        let Named { setting, unit: name, range, .. } = &order;
        if !needed.iter().any(|needed| needed.unit == *name) {
            continue;
        }
        let Some(other) = cx.workspace.effective(name, cx.place()) else { continue };
        let Some(service_type) = ready_at_once(cx, &other) else { continue };
        if *retries
            .get_or_insert_with(|| own_commands(cx.unit).any(|command| retries_by_itself(command.value())))
        {
            return;
        }
        let moment =
            if service_type == ServiceType::Exec { "its program is executed" } else { "it is forked" };
        let message = format!(
            "`{name}` is Type={} and counts as started the moment {moment}: this unit may run before it is ready.",
            service_type.as_str()
        );
        let kind = type_setting(&other).map(|kind| (kind.file, kind.line_range()));
        let there = kind.or_else(|| other.header());
        if let Some(finding) =
            cx.report(&READINESS_TOO_EARLY, READINESS_TOO_EARLY.severity, (setting.file, *range), message)
            && let Some((file, range)) = there
        {
            let name = other.name.as_ref().unwrap_or(name);
            finding.relate(file, range, format!("the type of `{name}`"));
        }
    }
}

/// The type of a service that is started before it is ready and has no socket that would hold its clients.
fn ready_at_once(cx: &UnitContext<'_>, other: &Effective<'_>) -> Option<ServiceType> {
    let service_type =
        ServiceType::of(other, cx.version()).filter(|service_type| service_type.is_ready_at_once())?;
    if other.fragment?.masked || !cx.workspace.triggers_of(other, UnitType::Socket).is_empty() {
        return None;
    }
    Some(service_type)
}

fn own_commands<'a>(unit: &Effective<'a>) -> impl Iterator<Item = Setting<'a>> {
    let keys = ["ExecCondition", "ExecStartPre", "ExecStart"];
    keys.into_iter().flat_map(|key| unit.list(Section::Service, key))
}

/// Whether a command reads as if it waited for its partner.
fn retries_by_itself(command: &str) -> bool {
    let signs = ["until ", "while ", "wait", "retry", "retries", "pg_isready", "nc -z", "sleep ", "for i in"];
    signs.iter().any(|sign| command.contains(sign))
}

/// Programs that speak to a server.
const CLIENTS: [&str; 12] = [
    "curl",
    "wget",
    "psql",
    "mysql",
    "mariadb",
    "mysqladmin",
    "redis-cli",
    "nc",
    "ncat",
    "rabbitmqctl",
    "mongosh",
    "etcdctl",
];

fn check_own_commands(cx: &mut UnitContext<'_>) {
    let Some(service_type) = cx.service_type().filter(|service_type| service_type.is_ready_at_once()) else {
        return;
    };
    if cx.unit.list(Section::Service, "ExecStartPost").is_empty() || !cx.triggers(UnitType::Socket).is_empty()
    {
        return;
    }
    for launch in Launch::all(cx.unit, "ExecStartPost") {
        let calls = |name: &str| CLIENTS.contains(&name) || name == "systemctl" && starts_another(&launch);
        if !calls(launch.name()) || retries_by_itself(launch.setting.value()) {
            continue;
        }
        let message = format!(
            "`{}` runs right after the fork of a Type={} service, before the program can answer; `Type=notify` would wait.",
            launch.name(),
            service_type.as_str()
        );
        let place = (launch.file(), launch.range());
        cx.report(&READINESS_TOO_EARLY, READINESS_TOO_EARLY.severity, place, message);
    }
}

/// Whether a call of systemctl starts a unit and waits for it.
fn starts_another(launch: &Launch<'_>) -> bool {
    let has = |text: &str| launch.words.iter().any(|word| word.text == text);
    (has("start") || has("restart") || has("reload-or-restart")) && !has("--no-block")
}
