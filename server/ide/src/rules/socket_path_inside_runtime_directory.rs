//! Rule: a socket in a folder that goes away with its service.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::fix::Fix;
use crate::value::words_of;
use crate::workspace::{Effective, Scope, Setting};

declare_rule! {
    /// ## What it does
    ///
    /// Reports a socket whose path lies in the `RuntimeDirectory=` of the service that it starts.
    ///
    /// ## Why it bites
    ///
    /// When the service stops, its runtime directory is deleted, and the socket's file with it. systemd keeps listening,
    /// on a socket that nobody can reach any more: connecting fails with "no such file".
    ///
    /// ## Example
    ///
    /// ```ini dice.socket
    /// [Socket]
    /// ListenStream=/run/dice/dice.sock
    /// ```
    ///
    /// ```ini dice.service
    /// [Service]
    /// ExecStart=/usr/bin/dice
    /// RuntimeDirectory=dice
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini dice.socket
    /// [Socket]
    /// ListenStream=/run/dice/dice.sock
    /// ```
    ///
    /// ```ini dice.service
    /// [Service]
    /// ExecStart=/usr/bin/dice
    /// RuntimeDirectory=dice
    /// RuntimeDirectoryPreserve=yes
    /// ```
    ///
    /// ## Silent when
    ///
    /// `RuntimeDirectoryPreserve=yes`, or the two folders differ or are not known before run time.
    ///
    /// ## Source
    ///
    /// systemd.exec(5), `RuntimeDirectoryPreserve=`. Seen on 252, 257 and 262: the socket stays `listening`, connecting
    /// says ENOENT.
    SOCKET_PATH_INSIDE_RUNTIME_DIRECTORY {
        code: "socket-path-inside-runtime-directory",
        category: SocketActivation,
        severity: Warning,
        since: Always,
        fix: Always,
        check: Unit(check),
    }
}

const LISTENS: [&str; 4] = ["ListenStream", "ListenDatagram", "ListenSequentialPacket", "ListenFIFO"];

fn check(cx: &mut UnitContext<'_>) {
    if cx.unit.unit_type != UnitType::Socket || cx.unit.fragment.is_none() {
        return;
    }
    let Some((target, _)) = cx.workspace.trigger_target(cx.unit) else {
        return;
    };
    let Some(service) = cx.workspace.effective(&target, cx.place()) else {
        return;
    };
    let preserve = service.scalar(Section::Service, "RuntimeDirectoryPreserve", |_| true);
    let kept = preserve.is_some_and(|setting| crate::value::boolean(setting.value()) == Some(true));
    if kept {
        return;
    }
    let folders = runtime_folders(&service);
    if folders.is_empty() {
        return;
    }
    for listen in LISTENS.iter().flat_map(|key| cx.unit.list(Section::Socket, key)) {
        let path = cx.name().and_then(|name| below_runtime(cx, &name.expand_known(listen.value())));
        let Some(path) = path else { continue };
        let inside = |folder: &&(String, Setting<'_>)| {
            path.strip_prefix(folder.0.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        if let Some((folder, setting)) = folders.iter().find(inside) {
            report(cx, listen, &service, folder, *setting, preserve);
        }
    }
}

fn report(
    cx: &mut UnitContext<'_>,
    listen: Setting<'_>,
    service: &Effective<'_>,
    folder: &str,
    setting: Setting<'_>,
    preserve: Option<Setting<'_>>,
) {
    let name = service.name.as_ref().map_or("the service", |name| name.as_str());
    let message = format!(
        "`{name}` has `RuntimeDirectory={folder}`, which is deleted when it stops, and this socket's file with it: systemd keeps listening where nobody can connect."
    );
    let severity = SOCKET_PATH_INSIDE_RUNTIME_DIRECTORY.severity;
    if let Some(finding) = cx.report_value(&SOCKET_PATH_INSIDE_RUNTIME_DIRECTORY, severity, listen, message) {
        finding.relate_line(setting, "the folder is deleted when this service stops");
        let keep = "RuntimeDirectoryPreserve=yes";
        let fix = Fix::risky(format!("Set `{keep}` in `{name}`"));
        finding.offer(match preserve {
            Some(preserve) => fix.set(preserve, "yes"),
            None => fix.insert(setting.file, Section::Service, keep),
        });
    }
}

/// The service's runtime directories, below that of the manager.
fn runtime_folders<'a>(service: &Effective<'a>) -> Vec<(String, Setting<'a>)> {
    let Some(name) = &service.name else {
        return Vec::new();
    };
    let mut folders = Vec::new();
    for setting in service.list(Section::Service, "RuntimeDirectory") {
        for word in words_of(setting.value()) {
            // `folder:link` names a link to it as well.
            let folder = word.split(':').next().unwrap_or_default();
            let folder = name.expand_known(folder);
            let folder = folder.trim_end_matches('/');
            if !folder.is_empty() && !folder.contains('%') {
                folders.push((folder.to_owned(), setting));
            }
        }
    }
    folders
}

/// The part of a path below the manager's runtime directory.
fn below_runtime<'p>(cx: &UnitContext<'_>, path: &'p str) -> Option<String> {
    let roots: &[&str] = match cx.place().scope {
        Scope::System => &["/run/", "/var/run/", "%t/"],
        Scope::User => &["%t/"],
    };
    let rest: &'p str = roots.iter().find_map(|root| path.strip_prefix(root))?;
    let parts: Vec<_> = rest.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    (!rest.contains('%')).then(|| parts.join("/"))
}
