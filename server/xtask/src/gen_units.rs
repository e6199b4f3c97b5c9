//! `cargo xtask gen-units`: a large tree of units of the mix that distributions have, for measurements. The same number
//! of units always gives the same tree.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

/// Writes the root of an image with so many units, their drop-ins and their links.
#[derive(Parser, Debug)]
#[command(name = "cargo xtask gen-units")]
pub(crate) struct Options {
    /// How many units (fragments; drop-ins and links come on top)
    units: usize,
    /// The folder to write to; made where it does not exist
    folder: PathBuf,
}

/// Writes the tree that was asked for.
///
/// # Errors
///
/// When something cannot be written.
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    write(options.units, &options.folder)
        .map_err(|error| format!("cannot write to {}: {error}", options.folder.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// Units that every system has, and what the others refer to.
const BASE: [(&str, &str); 8] = [
    (
        "sysinit.target",
        "[Unit]\nDescription=System Initialization\nWants=local-fs.target\nAfter=local-fs.target\n",
    ),
    ("basic.target", "[Unit]\nDescription=Basic System\nRequires=sysinit.target\nAfter=sysinit.target\n"),
    ("local-fs.target", "[Unit]\nDescription=Local File Systems\nDefaultDependencies=no\n"),
    ("network.target", "[Unit]\nDescription=Network\n"),
    ("network-online.target", "[Unit]\nDescription=Network is Online\nAfter=network.target\n"),
    ("sockets.target", "[Unit]\nDescription=Socket Units\n"),
    ("timers.target", "[Unit]\nDescription=Timer Units\n"),
    (
        "multi-user.target",
        "[Unit]\nDescription=Multi-User System\nRequires=basic.target\nAfter=basic.target\n",
    ),
];

/// Writes `count` units below the root `folder`.
pub(crate) fn write(count: usize, folder: &Path) -> io::Result<()> {
    let mut tree = Tree {
        vendor: folder.join("usr/lib/systemd/system"),
        local: folder.join("etc/systemd/system"),
        left: count,
    };
    fs::create_dir_all(&tree.vendor)?;
    fs::create_dir_all(&tree.local)?;
    for (name, text) in BASE {
        tree.unit(name, text)?;
    }
    let mut number = 0;
    while tree.left > 0 {
        tree.application(number)?;
        number += 1;
    }
    tree.drop_in("service.d/10-limits.conf", "[Service]\nLimitNOFILE=65536\n")
}

/// A tree that is being written.
struct Tree {
    /// What packages bring.
    vendor: PathBuf,
    /// What the administrator adds.
    local: PathBuf,
    /// Units still to be written.
    left: usize,
}

impl Tree {
    /// Writes a unit, unless there are enough.
    fn unit(&mut self, name: &str, text: &str) -> io::Result<()> {
        if self.left == 0 {
            return Ok(());
        }
        self.left -= 1;
        fs::write(self.vendor.join(name), text)
    }

    fn drop_in(&self, name: &str, text: &str) -> io::Result<()> {
        let path = self.local.join(name);
        fs::create_dir_all(path.parent().expect("a drop-in has a folder"))?;
        fs::write(path, text)
    }

    /// A link in the administrator's folder, in place of one from an earlier run.
    fn link(&self, target: &str, name: &str) -> io::Result<()> {
        let path = self.local.join(name);
        fs::create_dir_all(path.parent().expect("a link has a folder"))?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => symlink(target, path),
        }
    }

    /// The units of one application: a service with its socket, workers, timers, paths, drop-ins and links.
    fn application(&mut self, number: usize) -> io::Result<()> {
        let app = format!("app{number:05}");
        let before = format!("app{:05}", number.saturating_sub(1));
        self.unit(&format!("{app}.service"), &service(&app, &before, number))?;
        self.unit(
            &format!("{app}.socket"),
            &format!(
                "[Unit]\nDescription=Socket of {app}\n\n[Socket]\nListenStream=/run/{app}/socket\nListenStream={}\n\
                 SocketMode=0660\nBacklog=512\n\n[Install]\nWantedBy=sockets.target\n",
                10_000 + number % 50_000
            ),
        )?;
        self.unit(&format!("{app}-worker@.service"), &worker(&app))?;
        for job in ["backup", "cleanup"] {
            self.unit(
                &format!("{app}-{job}.service"),
                &format!(
                    "[Unit]\nDescription={job} of {app}\nDocumentation=man:{app}(8)\nAfter={app}.service\n\n[Service]\n\
                     Type=oneshot\nUser={app}\nNice=10\nIOSchedulingClass=idle\nExecStart=/usr/lib/{app}/{job} --quiet\n"
                ),
            )?;
            self.unit(
                &format!("{app}-{job}.timer"),
                &format!(
                    "[Unit]\nDescription=Daily {job} of {app}\n\n[Timer]\nOnCalendar=*-*-* {:02}:{:02}:00\n\
                     RandomizedDelaySec=30min\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n",
                    number % 24,
                    number % 60
                ),
            )?;
        }
        self.unit(
            &format!("{app}-watch.path"),
            &format!("[Unit]\nDescription=Changes for {app}\n\n[Path]\nPathChanged=/etc/{app}/{app}.conf\nUnit={app}-reload.service\n"),
        )?;
        self.unit(
            &format!("{app}-reload.service"),
            &format!("[Unit]\nDescription=Reload {app}\nRequisite={app}.service\n\n[Service]\nType=oneshot\nExecStart=/bin/kill -HUP {app}\n"),
        )?;
        self.unit(
            &format!("{app}.target"),
            &format!("[Unit]\nDescription=All of {app}\nWants={app}.service {app}-watch.path\nAfter={app}.service\n\n[Install]\nWantedBy=multi-user.target\n"),
        )?;

        self.link(
            &format!("/usr/lib/systemd/system/{app}.socket"),
            &format!("sockets.target.wants/{app}.socket"),
        )?;
        if number.is_multiple_of(2) {
            let service = format!("/usr/lib/systemd/system/{app}.service");
            self.link(&service, &format!("multi-user.target.wants/{app}.service"))?;
        }
        if number.is_multiple_of(3) {
            let worker = format!("/usr/lib/systemd/system/{app}-worker@.service");
            self.link(&worker, &format!("{app}.target.wants/{app}-worker@{}.service", number % 7))?;
            self.drop_in(
                &format!("{app}.service.d/override.conf"),
                &format!("[Service]\nEnvironment=APP_MODE=fast\nExecStart=\nExecStart=/usr/sbin/{app} --fast\nMemoryMax=1G\n"),
            )?;
        }
        if number.is_multiple_of(10) {
            self.link(&format!("{app}.service"), &format!("dbus-org.example.{app}.service"))?;
            self.drop_in(&format!("{app}-.service.d/20-nice.conf"), "[Service]\nNice=5\n")?;
        }
        if number.is_multiple_of(25) {
            self.link("/dev/null", &format!("{app}-cleanup.timer"))?;
        }
        Ok(())
    }
}

/// The application's daemon, more or less confined.
fn service(app: &str, before: &str, number: usize) -> String {
    let mut text = format!(
        "# Installed by the package {app}; local changes belong in a drop-in.\n[Unit]\nDescription={app}: the daemon number \
         {number}\nDocumentation=man:{app}(8) https://{app}.example/manual\nWants=network-online.target {before}.service\n\
         After=network-online.target {before}.service\nRequires={app}.socket\nConditionPathExists=/etc/{app}/{app}.conf\n\n\
         [Service]\nType={}\nUser={app}\nGroup={app}\nEnvironmentFile=-/etc/default/{app}\nExecStartPre=/usr/sbin/{app} --test\n\
         ExecStart=/usr/sbin/{app} --config /etc/{app}/{app}.conf $OPTIONS\nExecReload=/bin/kill -HUP $MAINPID\n\
         Restart=on-failure\nRestartSec={}s\nRuntimeDirectory={app}\nStateDirectory={app}\n",
        ["simple", "notify", "exec", "simple"][number % 4],
        1 + number % 9,
    );
    if !number.is_multiple_of(3) {
        text += "NoNewPrivileges=yes\nPrivateTmp=yes\nProtectHome=yes\nProtectSystem=strict\n\
                 CapabilityBoundingSet=CAP_NET_BIND_SERVICE\nRestrictAddressFamilies=AF_UNIX AF_INET AF_INET6\n\
                 SystemCallFilter=@system-service \\\n    ~@privileged\n";
    }
    let _ = write!(text, "\n[Install]\nWantedBy=multi-user.target\nAlso={app}.socket\n");
    if number.is_multiple_of(10) {
        let _ = writeln!(text, "Alias=dbus-org.example.{app}.service");
    }
    text
}

/// A worker of the application, one for each queue.
fn worker(app: &str) -> String {
    format!(
        "[Unit]\nDescription={app} worker for %i\nPartOf={app}.target\nAfter={app}.service\nBindsTo={app}.service\n\n\
         [Service]\nUser={app}\nExecStart=/usr/lib/{app}/worker --queue %i\nRestart=always\nRestartSec=500ms\n\
         Slice={app}.slice\n\n[Install]\nWantedBy={app}.target\nDefaultInstance=main\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_units_as_were_asked_for() {
        for count in [1, 8, 9, 250] {
            let folder = tempfile::tempdir().expect("a folder for the test");
            for _ in 0..2 {
                write(count, folder.path()).expect("it is written, also over itself");
            }
            let units = fs::read_dir(folder.path().join("usr/lib/systemd/system")).expect("it is there");
            assert_eq!(units.count(), count);
        }
    }
}
