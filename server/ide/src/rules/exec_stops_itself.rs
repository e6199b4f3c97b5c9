//! Rule: a command of a unit that asks systemd to start, stop or reload the same unit and waits for it.

use unit_catalog::{Section, UnitType};
use unit_syntax::TextRange;

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::{Topic, calls_in, may_call_manager};
use crate::diagnostic::Severity;
use crate::fix::Fix;
use crate::value::{ExecCommand, exec_commands};
use crate::workspace::{Resolution, Setting, UnitName};

declare_rule! {
    /// ## What it does
    ///
    /// Reports `systemctl stop|start|restart|reload` (or `service`, `initctl`) of a unit in that unit's own
    /// `ExecStart=`, `ExecStartPost=`, `ExecStop=`, `ExecStopPost=` or `ExecReload=`.
    ///
    /// ## Why it bites
    ///
    /// `ExecStop=` runs while the unit is already stopping. Asking systemd to stop it waits for that very
    /// stop, until the timeout kills both, and the unit ends `failed`. A restart replaces the stop job; a
    /// reload from `ExecReload=` reloads for ever.
    ///
    /// ## Example
    ///
    /// ```ini dice.service
    /// [Service]
    /// ExecStart=/usr/bin/dice
    /// ExecStop=/bin/systemctl stop dice.service
    /// ```
    ///
    /// ## Use instead
    ///
    /// Nothing: systemd sends SIGTERM by itself.
    ///
    /// ```ini dice.service
    /// [Service]
    /// ExecStart=/usr/bin/dice
    /// ```
    ///
    /// ## Silent when
    ///
    /// `--no-block` is given, the verb is another one (`kill`, `daemon-reload`, `is-active`), or another unit
    /// is named. A name that looks like a placeholder (`your-app.service`) and that no unit has is
    /// information: every stop would end with exit status 5.
    ///
    /// ## Source
    ///
    /// systemd.service(5), `ExecStop=`; `service_enter_stop()`. Seen on 252, 257 and 262.
    EXEC_STOPS_ITSELF {
        code: "exec-stops-itself",
        category: ExecCommand,
        severity: Warning,
        since: Always,
        fix: Sometimes,
        check: Unit(check),
    }
}

const KEYS: [&str; 5] = ["ExecStart", "ExecStartPost", "ExecStop", "ExecStopPost", "ExecReload"];
const VERBS: [&str; 9] = [
    "stop",
    "start",
    "restart",
    "reload",
    "try-restart",
    "condrestart",
    "reload-or-restart",
    "try-reload-or-restart",
    "force-reload",
];

fn check(cx: &mut UnitContext<'_>) {
    let Some(name) = cx.name().filter(|_| cx.unit.unit_type == UnitType::Service) else {
        return;
    };
    if !cx.unit.speaks_of(Topic::Manager) {
        return;
    }
    // A template runs as its instances only; any one of them stands for all.
    let instance = name.is_template().then(|| name.with_instance("INSTANCE")).flatten();
    let name = instance.as_ref().unwrap_or(name);
    for key in KEYS {
        for setting in cx.unit.list(Section::Service, key) {
            // Most commands have nothing to do with systemctl; do not split them.
            if !may_call_manager(setting.value()) {
                continue;
            }
            for command in exec_commands(setting.value()) {
                let calls = calls_in(&command, setting.value()).into_iter();
                for call in calls.filter(|call| call.waits && VERBS.contains(&call.verb.as_str())) {
                    for unit in &call.units {
                        judge(cx, name, key, setting, &command, &call.verb, &unit.written);
                    }
                }
            }
        }
    }
}

fn judge(
    cx: &mut UnitContext<'_>,
    name: &UnitName,
    key: &str,
    setting: Setting<'_>,
    command: &ExecCommand,
    verb: &str,
    written: &str,
) {
    let Some(unit) = name.expand(written) else {
        return;
    };
    let full = if UnitName::parse(&unit).is_some() { unit.clone() } else { format!("{unit}.service") };
    let itself = UnitName::parse(&full).is_some_and(|full| cx.are_same(&full, name));
    let (severity, message) = if itself {
        let fate = match (key, verb) {
            ("ExecStop" | "ExecStopPost", "stop") => {
                "runs while the unit is already stopping: it waits for itself until the stop timeout, and the unit ends `failed`"
            }
            ("ExecStop" | "ExecStopPost", _) => "replaces the very stop that runs it",
            ("ExecReload", "reload" | "reload-or-restart" | "try-reload-or-restart" | "force-reload") => {
                "asks for another reload each time: the unit reloads for ever"
            }
            _ => "waits for a job that waits for this command",
        };
        (Severity::Warning, format!("`systemctl {verb} {written}` in `{key}=` of the same unit {fate}."))
    } else if is_placeholder(&unit) && missing(cx, &full) {
        let message = format!(
            "No unit is called `{full}`; the name looks like a placeholder. systemctl exits with 5, so the command fails each time."
        );
        (Severity::Information, message)
    } else {
        return;
    };
    let range = setting.entry.value_to_source(command.range);
    let alone = command.range == TextRange::new(0, setting.value().len() as u32);
    if let Some(finding) = cx.report(&EXEC_STOPS_ITSELF, severity, (setting.file, range), message)
        && alone
        && key != "ExecStart"
    {
        finding.offer(Fix::risky(format!("Remove this `{key}=`")).remove(setting.file, setting.entry));
    }
}

/// Whether a name reads like one from a tutorial that somebody forgot to fill in.
fn is_placeholder(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let starts = [
        "your",
        "my-",
        "my_",
        "my.",
        "myapp",
        "myservice",
        "mydaemon",
        "app.",
        "app-name",
        "appname",
        "example",
        "placeholder",
        "change",
        "foo.",
        "name.",
        "service.",
        "service-name",
        "servicename",
        "unit-name",
        "unitname",
        "replace",
        "todo",
        "xxx",
        "<",
    ];
    let name = name.replace('_', "-");
    starts.iter().any(|start| name.starts_with(&start.replace('_', "-"))) || name.contains("your-")
}

fn missing(cx: &UnitContext<'_>, name: &str) -> bool {
    UnitName::parse(name)
        .is_none_or(|name| matches!(cx.workspace.resolve(&name, cx.place()), Resolution::Missing))
}
