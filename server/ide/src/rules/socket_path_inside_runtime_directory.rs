//! Rule: a socket in a folder that goes away with its service.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::listening::folder_key;
use crate::fix::Fix;
use crate::value::words_of;
use crate::workspace::{Effective, Scope, Setting, UnitName};

declare_rule! {
    /// ## What it does
    ///
    /// Reports a socket whose path lies in the `RuntimeDirectory=` of the service that it starts, or of another one.
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
    // A template runs as its instances only; any one of them stands for all.
    let socket = cx.unit.as_instance();
    let mut listens = Vec::new();
    for listen in LISTENS.iter().flat_map(|key| cx.unit.list(Section::Socket, key)) {
        let name = socket.name.as_ref();
        let path = name.and_then(|name| below_runtime(cx, &name.expand_known(listen.value())));
        // What lies in no folder of its own is not deleted with one.
        listens.extend(path.filter(|path| path.contains('/')).map(|path| (listen, path)));
    }
    if listens.is_empty() {
        return;
    }
    let Some((target, _)) = cx.workspace.trigger_target(&socket) else {
        return;
    };
    let Some(service) = cx.workspace.effective(&target, cx.place()) else {
        return;
    };
    let mut folders = runtime_folders(&service);
    // One that the service has itself counts, also where it is kept.
    let own: Vec<String> = folders.iter().map(|folder| folder.path.clone()).collect();
    let others = others_with_folders(cx, &service, &listens);
    folders.extend(others.iter().flat_map(runtime_folders).filter(|folder| !own.contains(&folder.path)));
    folders.retain(|folder| !folder.is_kept());
    if folders.is_empty() {
        return;
    }
    for (listen, path) in listens {
        let inside = |folder: &&Folder<'_>| {
            path.strip_prefix(folder.path.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        if let Some(folder) = folders.iter().find(inside) {
            report(cx, listen, folder);
        }
    }
}

fn report(
    cx: &mut UnitContext<'_>,
    listen: Setting<'_>,
    Folder { shown, setting, owner: name, preserve, .. }: &Folder<'_>,
) {
    let message = format!(
        "`{name}` has `RuntimeDirectory={shown}`, which is deleted when it stops, and this socket's file with it: systemd keeps listening where nobody can connect."
    );
    let severity = SOCKET_PATH_INSIDE_RUNTIME_DIRECTORY.severity;
    if let Some(finding) = cx.report_value(&SOCKET_PATH_INSIDE_RUNTIME_DIRECTORY, severity, listen, message) {
        finding.relate_line(*setting, "the folder is deleted when this service stops");
        let keep = "RuntimeDirectoryPreserve=yes";
        let fix = Fix::risky(format!("Set `{keep}` in `{name}`"));
        finding.offer(match preserve {
            Some(preserve) => fix.set(*preserve, "yes"),
            None => fix.insert(setting.file, Section::Service, keep),
        });
    }
}

/// A runtime directory of a service.
struct Folder<'a> {
    /// Below that of the manager.
    path: String,
    /// As a message shows it: a template's as it is written.
    shown: String,
    setting: Setting<'a>,
    /// The unit that has it.
    owner: &'a str,
    preserve: Option<Setting<'a>>,
}

impl Folder<'_> {
    /// Whether it outlives its service.
    fn is_kept(&self) -> bool {
        self.preserve.is_some_and(|setting| crate::value::boolean(setting.value()) == Some(true))
    }
}

/// Other services beside the socket that may have the runtime directories that these paths lie in.
fn others_with_folders<'a>(
    cx: &UnitContext<'a>,
    service: &Effective<'a>,
    listens: &[(Setting<'a>, String)],
) -> Vec<Effective<'a>> {
    let tops = listens.iter().map(|(_, path)| folder_key(path.split('/').next()));
    let keys: Vec<_> = tops.chain([folder_key(None)]).collect();
    let files = keys.iter().flat_map(|key| cx.workspace.files_with(key));
    let files =
        files.filter(|file| file.place.root == cx.place().root && cx.workspace.sees(cx.place(), &file.place));
    let mut names: Vec<UnitName> = files.filter_map(|file| file.unit_name()).collect();
    names.sort();
    names.dedup();
    let units = names.iter().filter_map(|name| cx.workspace.effective(name, cx.place()));
    units.map(|unit| unit.as_instance()).filter(|unit| unit.name != service.name).collect()
}

fn runtime_folders<'a>(service: &Effective<'a>) -> Vec<Folder<'a>> {
    let Some(name) = &service.name else {
        return Vec::new();
    };
    let owner = service.parts.first().and_then(|file| file.owner()).unwrap_or("the service");
    let preserve = service.scalar(Section::Service, "RuntimeDirectoryPreserve", |_| true);
    let mut folders = Vec::new();
    for setting in service.list(Section::Service, "RuntimeDirectory") {
        for word in words_of(setting.value()) {
            // `folder:link` names a link to it as well.
            let written = word.split(':').next().unwrap_or_default().trim_end_matches('/');
            let path = name.expand_known(written);
            if !path.is_empty() && !path.contains('%') {
                let shown = if path.contains("INSTANCE") { written } else { path.as_str() }.to_owned();
                folders.push(Folder { path, shown, setting, owner, preserve });
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
