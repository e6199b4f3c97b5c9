//! Rule: a bus that cannot start what it should, or starts it past systemd.

use unit_catalog::{Section, UnitType};
use unit_syntax::TextRange;

use super::bus::BusContext;
use super::declare::declare_rule;
use super::dependency::named;
use super::unit::UnitContext;
use crate::activation::ServiceType;
use crate::diagnostic::Severity;
use crate::fix::Fix;
use crate::value::bus_name;
use crate::workspace::{Effective, FileKind, Place, Resolution, Setting, UnitName, Workspace, World};

declare_rule! {
    /// ## What it does
    ///
    /// Holds D-Bus activation files and units against each other: a `SystemdService=` that no unit answers to, a unit
    /// whose `BusName=` is another name than the file's, a file without `SystemdService=` for a name that a unit has,
    /// and two units with the same `BusName=`.
    ///
    /// ## Why it bites
    ///
    /// Without the unit the caller gets "Unit not found". With another `BusName=` the caller is served, but systemd waits
    /// for a name that never comes and kills the service at its timeout. Without `SystemdService=` the bus starts
    /// `Exec=` itself: outside the unit, its sandbox and its log. Of two units with one name the second cannot be loaded.
    ///
    /// ## Example
    ///
    /// ```ini /usr/share/dbus-1/system-services/org.example.Lamp.service
    /// [D-BUS Service]
    /// Name=org.example.Lamp
    /// Exec=/bin/false
    /// SystemdService=lamp.service
    /// ```
    ///
    /// ```ini /usr/lib/systemd/system/lamp.service
    /// [Service]
    /// Type=dbus
    /// BusName=org.example.Lamps
    /// ExecStart=/usr/bin/lamp
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini /usr/share/dbus-1/system-services/org.example.Lamp.service
    /// [D-BUS Service]
    /// Name=org.example.Lamp
    /// Exec=/bin/false
    /// SystemdService=lamp.service
    /// ```
    ///
    /// ```ini /usr/lib/systemd/system/lamp.service
    /// [Service]
    /// Type=dbus
    /// BusName=org.example.Lamp
    /// ExecStart=/usr/bin/lamp
    /// ```
    ///
    /// ## Silent when
    ///
    /// An alias answers to the name (`Alias=` or a link), another activation file asks the unit for its own name,
    /// or the unit has no `BusName=`. A file that starts nothing (`Exec=/bin/false` or `/bin/true` without
    /// `SystemdService=`) is information. Where
    /// the rest of the system is out of sight and nothing lies beside that speaks of the name, it is a hint; two units
    /// with one name of which one has `Conflicts=` are information: they may be alternatives.
    ///
    /// ## Source
    ///
    /// dbus-daemon(1); daemon(7); `service_setup_bus_name()`. Seen on 252, 257 and 262.
    DBUS_ACTIVATION_MISMATCH {
        code: "dbus-activation-mismatch",
        category: SocketActivation,
        severity: Warning,
        since: Always,
        fix: Sometimes,
        check: UnitAndBus(check_unit, check_bus),
    }
}

/// Two units with one name on the bus.
fn check_unit(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Service || cx.unit.fragment.is_none() {
        return;
    }
    let Some((set, name)) = own_bus_name(cx.unit) else { return };
    let Some(own) = cx.name().filter(|own| !own.is_template()) else { return };
    let rivals = units_with(cx.workspace, &name, cx.place());
    let Some((rival, other)) =
        rivals.into_iter().find(|(rival, _)| !rival.is_template() && !cx.are_same(rival, own))
    else {
        return;
    };
    let message = format!(
        "`{rival}` has the bus name `{name}` too: systemd refuses to load whichever of the two comes second."
    );
    let rule = &DBUS_ACTIVATION_MISMATCH;
    // Those that exclude each other are meant as alternatives, of which one is loaded.
    let alternatives = [Some(cx.unit.clone()), cx.workspace.effective(&rival, cx.place())];
    let alternatives =
        alternatives.iter().flatten().any(|unit| !named(unit, Section::Unit, &["Conflicts"]).is_empty());
    let severity = if alternatives { Severity::Information } else { rule.severity };
    if let Some(finding) = cx.report_value(rule, severity, set, message) {
        finding.relate(other.file, other.line_range(), "the same name");
    }
}

/// The name that counts, where it is known before run time.
fn own_bus_name<'a>(unit: &Effective<'a>) -> Option<(Setting<'a>, String)> {
    let set = unit.scalar(Section::Service, "BusName", bus_name)?;
    let name = unit.name.as_ref().map_or(Some(set.value().to_owned()), |own| own.expand(set.value()))?;
    Some((set, name))
}

/// The units in sight that have this name on the bus, each with the line that says so.
fn units_with<'a>(workspace: &'a Workspace, name: &str, asker: &Place) -> Vec<(UnitName, Setting<'a>)> {
    let owners = workspace.files_with_bus_name(name).filter_map(|file| UnitName::parse(file.owner()?));
    let units = owners.filter_map(|owner| workspace.effective(&owner, asker));
    let alive = units.filter(|unit| !unit.fragment.is_some_and(|fragment| fragment.masked));
    let mut found: Vec<(UnitName, Setting<'_>)> = alive
        .filter_map(|unit| {
            let (set, own) = own_bus_name(&unit)?;
            (own == name).then_some((unit.name?, set))
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found.dedup_by(|a, b| a.0 == b.0);
    found
}

fn check_bus(cx: &mut BusContext<'_>) {
    let Some(name) = cx.setting("Name").filter(|name| bus_name(name.value())) else { return };
    match cx.setting("SystemdService") {
        Some(asked) => check_asked(cx, name, asked),
        None => check_started_by_bus(cx, name),
    }
}

/// A file that asks for a unit: whether there is one, and whether it takes the name.
fn check_asked(cx: &mut BusContext<'_>, name: Setting<'_>, asked: Setting<'_>) {
    let Some(unit) = UnitName::parse(asked.value()) else { return };
    let (workspace, place) = (cx.workspace, &cx.file.place);
    let rule = &DBUS_ACTIVATION_MISMATCH;
    match workspace.resolve(&unit, place) {
        Resolution::Masked(_) => {}
        Resolution::Missing => {
            let owners = units_with(workspace, name.value(), place);
            let sure = workspace.world(place) == World::Closed
                || workspace.has_stem_sibling(&unit, place)
                || !owners.is_empty();
            let severity = if sure { Severity::Warning } else { Severity::Hint };
            let other = match owners.first() {
                Some((owner, _)) => format!(" `{owner}` has that name."),
                None => String::new(),
            };
            let message = format!(
                "Whoever calls `{}` makes the bus ask systemd for `{unit}`, which does not exist: the call fails.{other}",
                name.value()
            );
            let finding = cx.report(rule, severity, asked.value_range(), message);
            if let Some((owner, set)) = owners.first() {
                finding.relate(set.file, set.line_range(), format!("`{owner}` has the name"));
                finding.offer(Fix::risky(format!("Ask for `{owner}`")).set(asked, owner.as_str()));
            }
        }
        Resolution::Found(_) => {
            let Some(id) = workspace.unit_id(&unit, place) else { return };
            let Some(effective) = workspace.effective(&id, place) else { return };
            let Some((set, own)) = own_bus_name(&effective).filter(|(_, own)| own != name.value()) else {
                return;
            };
            // A service may own several names; systemd waits for one of them.
            let asks = |file: &str| {
                UnitName::parse(file).and_then(|file| workspace.unit_id(&file, place)) == Some(id.clone())
            };
            let mut files =
                workspace.files_with_bus_name(&own).filter(|file| file.kind == FileKind::DBusService);
            if files.any(|file| file.activates().is_some_and(asks)) {
                return;
            }
            let waits = ServiceType::of(&effective, workspace.version()) == Some(ServiceType::Dbus);
            let (severity, fate) = match waits {
                true => (Severity::Warning, "waits for that one, and at its timeout systemd kills it"),
                false => (Severity::Information, "is known by that one"),
            };
            let message = format!(
                "The bus starts `{unit}` for `{}`, but the unit's `BusName=` is `{own}`: it {fate}.",
                name.value()
            );
            let finding = cx.report(rule, severity, name.value_range(), message);
            finding.relate(set.file, set.line_range(), "the unit's name on the bus");
            finding.offer(
                Fix::risky(format!("Set `BusName={}` in the unit", name.value())).set(set, name.value()),
            );
            finding.offer(Fix::risky(format!("Use `Name={own}`")).set(name, own.as_str()));
        }
    }
}

/// A file that leaves the start to the bus, though a unit has the name.
fn check_started_by_bus(cx: &mut BusContext<'_>, name: Setting<'_>) {
    let Some(exec) = cx.setting("Exec") else { return };
    let owners = units_with(cx.workspace, name.value(), &cx.file.place);
    let Some((owner, set)) = owners.into_iter().find(|(owner, _)| !owner.is_template()) else { return };
    let rule = &DBUS_ACTIVATION_MISMATCH;
    let (severity, message) = match ["/false", "/true"].iter().any(|program| exec.value().ends_with(program))
    {
        // It may be meant: nobody is to start it by a call.
        true => (
            Severity::Information,
            format!(
                "Without `SystemdService=` no call of `{}` starts `{owner}`, which has the name.",
                name.value()
            ),
        ),
        false => (
            rule.severity,
            format!(
                "Without `SystemdService=` the bus runs this command itself, outside `{owner}`, which has the name `{}`.",
                name.value()
            ),
        ),
    };
    let finding = cx.report(rule, severity, exec.line_range(), message);
    finding.relate(set.file, set.line_range(), "the unit that has the name");
    let line = format!("SystemdService={owner}\n");
    let fix = Fix::risky(format!("Add `{}`", line.trim_end()));
    finding.offer(fix.replace(exec.file, TextRange::at(name.entry.range().end), line));
}
