//! What can start a unit: each mechanism, and the stories that people tell.

mod support;

use std::sync::Arc;

use expect_test::{Expect, expect};
use support::{Fixture, story};
use unit_ide::graph::starters::{Starter, starters, still_armed};
use unit_ide::workspace::{Place, UnitName};

fn name(text: &str) -> UnitName {
    UnitName::parse(text).expect("a unit name")
}

/// Where the fixture's first file by path lies.
fn place(fixture: &Fixture) -> Place {
    let first = fixture.workspace.files().filter(|file| file.kind.is_unit_file());
    first.min_by_key(|file| file.path.clone()).expect("the fixture has units").place.clone()
}

/// Compares the starters of `unit`, one a line: kind, source, note, and the line or file that says so.
#[track_caller]
fn check(text: &str, unit: &str, expect: Expect) {
    let fixture = Fixture::new(text);
    let mut out = String::new();
    for starter in starters(&fixture.workspace, &name(unit), &place(&fixture)) {
        write(&fixture, &mut out, &starter, 0);
    }
    expect.assert_eq(&out);
}

fn write(fixture: &Fixture, out: &mut String, starter: &Starter, depth: usize) {
    let indent = "  ".repeat(depth);
    let file = starter.path.as_ref().and_then(|path| fixture.workspace.file(path));
    let line = match (file, starter.range) {
        (Some(file), Some(range)) => format!(" `{}`", support::slice(file, range).trim_end()),
        (Some(_), None) => " file".to_owned(),
        (None, _) => starter.path.as_ref().map_or(String::new(), |path| format!(" {}", path.display())),
    };
    *out += &format!("{indent}{} {} ({}){line}\n", starter.kind.as_str(), starter.source, starter.note);
    for via in &starter.via {
        write(fixture, out, via, depth + 1);
    }
}

#[test]
fn the_undead() {
    check(
        &story("undead"),
        "widget-daemon.service",
        expect![[r#"
        socket widget-daemon.socket (/run/widget.sock) file
        wants reconcile.service (Wants=) `widget-daemon.service`
          timer reconcile.timer (every 2 min) file
        wants reconcile.timer (Wants=) `widget-daemon.service`
        restart widget-daemon.service (restart on failure) `Restart=on-failure`
    "#]],
    );
}

#[test]
fn the_dice() {
    check(
        &story("diceroll"),
        "diceroll.service",
        expect![[r#"
        socket diceroll.socket (port 5000) file
        install multi-user.target (if enabled) `multi-user.target`
    "#]],
    );
    let fixture = Fixture::new(&story("diceroll"));
    assert_eq!(still_armed(&fixture.workspace, &name("diceroll.service"), &place(&fixture)), []);
}

#[test]
fn sockets() {
    check(
        "//- a.socket
[Socket]
ListenStream=80
ListenStream=[::1]:443
ListenDatagram=53
ListenFIFO=/run/a
//- b.socket
[Socket]
ListenStream=/run/b
Service=a.service
//- c.socket
[Socket]
ListenNetlink=route 1
Service=c.service
//- a.service
[Service]
ExecStart=/bin/a
Sockets=c.socket
",
        "a.service",
        expect![[r#"
            socket a.socket (port 80, [::1]:443, UDP port 53, /run/a) file
            socket b.socket (/run/b) `a.service`
        "#]],
    );
}

#[test]
fn a_socket_that_accepts() {
    let text = "//- a.socket
[Socket]
ListenStream=80
Accept=yes
//- a@.service
[Service]
ExecStart=/bin/a
//- other.service
[Unit]
Wants=a@x.service
";
    check(
        text,
        "a@.service",
        expect![[r#"
        socket a.socket (each connection to port 80) file
        wants other.service (a@x.service: Wants=) `a@x.service`
    "#]],
    );
    check(
        text,
        "a@x.service",
        expect![[r#"
        socket a.socket (each connection to port 80) file
        wants other.service (Wants=) `a@x.service`
    "#]],
    );
}

#[test]
fn timers() {
    check(
        "//- a.timer
[Timer]
OnCalendar=*-*-* 04:00
OnCalendar=Mon..Fri 9:30
Persistent=yes
//- b.timer
[Timer]
OnBootSec=90
Unit=a.service
//- c.timer
[Timer]
OnBootSec=5min
OnUnitInactiveSec=1h 30min
Unit=a.service
//- d.timer
[Timer]
OnCalendar=2030-01-01 00:00
Unit=other.service
Unit=a.service
//- a.service
[Service]
ExecStart=/bin/a
",
        "a.service",
        expect![[r#"
            timer a.timer (daily at 04:00, Mon–Fri at 09:30, a missed one is caught up) file
            timer b.timer (1 min 30 s after boot) `a.service`
            timer c.timer (1 h 30 min after each run) `a.service`
        "#]],
    );
}

#[test]
fn paths_and_automounts() {
    let text = "//- a.path
[Path]
PathExists=/run/x
DirectoryNotEmpty=/var/spool/x
//- b.path
[Path]
PathChanged=/etc/a
PathModified=/etc/b
Unit=a.service
//- a.service
[Service]
ExecStart=/bin/a
//- srv.automount
[Automount]
Where=/srv
//- srv.mount
[Mount]
What=/dev/sda1
Where=/srv
//- user.service
[Unit]
RequiresMountsFor=/srv/data
[Service]
WorkingDirectory=/srv
";
    check(
        text,
        "a.service",
        expect![[r#"
        path a.path (/run/x exists, /var/spool/x is not empty) file
        path b.path (/etc/a changes, /etc/b is written to) `a.service`
    "#]],
    );
    check(
        text,
        "srv.mount",
        expect![[r#"
            automount srv.automount (on access) file
            requires user.service (RequiresMountsFor=) `RequiresMountsFor=/srv/data`
        "#]],
    );
}

#[test]
fn the_bus_and_devices() {
    check(
        "//- /usr/share/dbus-1/system-services/org.example.A.service closed
[D-BUS Service]
Name=org.example.A
Exec=/bin/false
SystemdService=a.service
//- /usr/share/dbus-1/system-services/org.example.B.service closed
[D-BUS Service]
Name=org.example.B
SystemdService=dbus-org.example.B.service
//- /usr/share/dbus-1/services/org.example.C.service closed
[D-BUS Service]
Name=org.example.C
SystemdService=a.service
//- /usr/lib/systemd/system/a.service closed
[Service]
ExecStart=/bin/a
BusName=org.example.A
[Install]
Alias=dbus-org.example.B.service
WantedBy=dev-ttyUSB0.device
//- /etc/systemd/system/dev-sda.device.wants/a.service -> /usr/lib/systemd/system/a.service
",
        "a.service",
        expect![[r#"
            device dev-sda.device (when it appears) /etc/systemd/system/dev-sda.device.wants/a.service
            dbus /usr/share/dbus-1/system-services/org.example.A.service (D-Bus name org.example.A) `a.service`
            dbus /usr/share/dbus-1/system-services/org.example.B.service (D-Bus name org.example.B, if enabled) `dbus-org.example.B.service`
            install dev-ttyUSB0.device (if enabled) `dev-ttyUSB0.device`
        "#]],
    );
}

#[test]
fn rules_of_udev() {
    let text = r##"//- /srv/image/etc/systemd/system/plug.service
[Service]
ExecStart=/bin/plug
//- /srv/image/etc/systemd/system/scan@.service
[Service]
ExecStart=/bin/scan %I
//- /srv/image/usr/lib/udev/rules.d/90-plug.rules closed
# ENV{SYSTEMD_WANTS}="none.service"
ACTION=="remove", GOTO="end"
SUBSYSTEM=="tty", TAG+="systemd",   ENV{SYSTEMD_WANTS}+="plug.service scan@$kernel.service"
ENV{SYSTEMD_USER_WANTS}+="plug.service"
//- /srv/image/usr/share/polkit-1/rules.d/50-x.rules closed
polkit.log("SYSTEMD_WANTS plug.service");
//- /srv/other/etc/udev/rules.d/90-plug.rules closed
ENV{SYSTEMD_WANTS}+="plug.service"
"##;
    check(
        text,
        "plug.service",
        expect![[r#"
            device /srv/image/usr/lib/udev/rules.d/90-plug.rules (when a device appears, by udev) `plug.service`
        "#]],
    );
    for unit in ["scan@.service", "scan@sda.service"] {
        check(
            text,
            unit,
            expect![[r#"
                device /srv/image/usr/lib/udev/rules.d/90-plug.rules (when a device appears, by udev) `scan@$kernel.service`
            "#]],
        );
    }
}

#[test]
fn other_units() {
    check(
        "//- a.service
[Service]
ExecStart=/bin/a
Restart=no
RestartForceExitStatus=3
//- binds.service
[Unit]
BindsTo=a.service
//- requires.target
[Unit]
Requires=a.service
//- wants.service
[Unit]
Wants=a.service
//- wants.path
[Path]
PathExists=/x
//- upholds.service
[Unit]
Upholds=a.service
//- fails.service
[Unit]
OnFailure=a.service
//- succeeds.service
[Unit]
OnSuccess=a.service
//- not.service
[Unit]
Requisite=a.service
PartOf=a.service
After=a.service
Conflicts=a.service
JoinsNamespaceOf=a.service
PropagatesReloadTo=a.service
",
        "a.service",
        expect![[r#"
            binds-to binds.service (BindsTo=) `a.service`
            requires requires.target (Requires=) `a.service`
            wants wants.service (Wants=) `a.service`
              path wants.path (/x exists) file
            upholds upholds.service (Upholds=) `a.service`
            on-failure fails.service (when it fails) `a.service`
            on-success succeeds.service (when it succeeds) `a.service`
            restart a.service (restart on exit status 3) `RestartForceExitStatus=3`
        "#]],
    );
}

#[test]
fn links_and_install() {
    check(
        "//- /usr/lib/systemd/system/a.service
[Service]
ExecStart=/bin/a
Restart=always
[Install]
WantedBy=multi-user.target graphical.target
RequiredBy=b.service
//- /usr/lib/systemd/system/c.service
[Install]
Also=a.service
WantedBy=multi-user.target
//- /etc/systemd/system/multi-user.target.wants/a.service -> /usr/lib/systemd/system/a.service
//- /usr/lib/systemd/system/basic.target.wants/a.service -> ../a.service
//- /etc/systemd/system/x.target.requires/alias.service -> /usr/lib/systemd/system/a.service
//- /etc/systemd/system/alias.service -> /usr/lib/systemd/system/a.service
//- /usr/lib/systemd/system-preset/90-x.preset closed
enable a.service
",
        "a.service",
        expect![[r#"
            link basic.target (always, by a link of the vendor) /usr/lib/systemd/system/basic.target.wants/a.service
            link multi-user.target (enabled) /etc/systemd/system/multi-user.target.wants/a.service
            link x.target (enabled) /etc/systemd/system/x.target.requires/alias.service
            install b.service (if enabled, as presets do) `b.service`
            install c.service (enabled together with it by Also=) `Also=a.service`
            install graphical.target (if enabled, as presets do) `graphical.target`
            restart a.service (restart always) `Restart=always`
        "#]],
    );
}

#[test]
fn commands() {
    check(
        "//- a.service
[Service]
ExecStart=/bin/a
//- starts.service
[Service]
ExecStart=/bin/sh -c 'sleep 5; systemctl restart a'
ExecStop=/bin/systemctl stop a.service
ExecStartPost=-/usr/bin/systemctl enable --now a.service
//- rotates.service
[Service]
ExecStart=/bin/rotate
ExecStartPost=/bin/systemctl try-restart a.service
//- stops.service
[Service]
ExecStop=/bin/systemctl enable a.service
//- starts.timer
[Timer]
OnCalendar=hourly
",
        "a.service",
        expect![[r#"
            command starts.service (ExecStart=systemctl restart) `a`
              timer starts.timer (hourly) file
        "#]],
    );
}

/// `systemctl` asks the system's manager unless it is told otherwise, whoever calls it.
#[test]
fn commands_for_other_managers() {
    let text = "//- /srv/image/etc/systemd/system/a.service
[Service]
ExecStart=/bin/a
//- /srv/image/etc/systemd/system/b.service
[Service]
ExecStart=/bin/systemctl --user start a.service
ExecStop=/bin/systemctl -H there start a.service
ExecStopPost=/bin/systemctl --machine=box start a.service
//- /srv/image/etc/systemd/user/c.service
[Service]
ExecStart=/bin/systemctl --user start d.service
ExecStop=/bin/systemctl start d.service
//- /srv/image/etc/systemd/user/d.service
[Service]
ExecStart=/bin/d
";
    check(text, "a.service", expect![[r#""#]]);
    let fixture = Fixture::new(text);
    let user =
        fixture.workspace.files().find(|file| file.path.ends_with("user/d.service")).expect("it is there");
    let found = starters(&fixture.workspace, &name("d.service"), &user.place);
    assert_eq!(
        found.iter().map(Starter::phrase).collect::<Vec<_>>(),
        ["c.service (ExecStart=systemctl start)"]
    );
}

/// What a unit's script does, the unit does.
#[test]
fn commands_in_scripts() {
    let text = "//- units/deploy.service
[Service]
ExecStart=/opt/app/bin/deploy.sh --fast
//- units/deploy.timer
[Timer]
OnCalendar=daily
//- units/app.service
[Service]
ExecStart=/bin/app
//- bin/deploy.sh
#!/bin/sh
# systemctl start nothing.service
make install && sudo systemctl restart App app.service
systemctl --user start other.service \"$UNIT\"
//- bin/alone.sh
systemctl start nothing.service
";
    check(
        text,
        "app.service",
        expect![[r#"
        command deploy.service (ExecStart=deploy.sh, which says systemctl restart in line 3) `/opt/app/bin/deploy.sh`
          timer deploy.timer (daily at 00:00) file
    "#]],
    );
    check(text, "nothing.service", expect![[r#""#]]);
    let mut fixture = Fixture::new(text);
    let place = place(&fixture);
    let count = |fixture: &Fixture| starters(&fixture.workspace, &name("app.service"), &place).len();
    assert_eq!(count(&fixture), 1);
    let path = std::path::Path::new("/src/bin/deploy.sh");
    fixture.workspace.set_scripts([unit_ide::workspace::ScriptFile::new(path, "true\n", |_| false)]);
    assert_eq!(count(&fixture), 0);
    fixture.workspace.set_scripts([unit_ide::workspace::ScriptFile::new(
        path,
        "systemctl start app\n",
        |_| false,
    )]);
    assert_eq!(count(&fixture), 1);
    fixture.workspace.remove_from_disk(path);
    assert_eq!(count(&fixture), 0);
}

#[test]
fn timers_of_other_events_and_broken_lines() {
    check(
        "//- clock.timer
[Timer]
OnClockChange=yes
OnTimezoneChange=true
Unit=a.service
//- broken.timer
[Timer]
OnCalendar=*/5 * * * *
OnUnitActiveSec=soon
OnBootSec=5
Unit=a.service
//- a.service
[Service]
ExecStart=/bin/a
",
        "a.service",
        expect![[r#"
            timer broken.timer (5 s after boot) `a.service`
            timer clock.timer (when the clock is set, when the time zone changes) `a.service`
        "#]],
    );
}

#[test]
fn an_instance_under_the_other_name_of_its_template() {
    check(
        "//- getty@.service
[Service]
ExecStart=/bin/getty
[Install]
Alias=autovt@.service
//- login.service
[Unit]
Wants=autovt@tty1.service
",
        "getty@tty1.service",
        expect![[r#"
            wants login.service (Wants=, if enabled) `autovt@tty1.service`
        "#]],
    );
}

#[test]
fn templates() {
    let text = "//- a@.service
[Service]
ExecStart=/bin/a %i
Restart=on-failure
[Install]
WantedBy=multi-user.target
DefaultInstance=main
//- x.service
[Unit]
Wants=a@%p.service
//- a@x.timer
[Timer]
OnCalendar=daily
//- multi-user.target.wants/a@z.service -> ../a@.service
";
    check(
        text,
        "a@.service",
        expect![[r#"
        link multi-user.target (a@z.service: enabled) /src/multi-user.target.wants/a@z.service
        timer a@x.timer (a@x.service: daily at 00:00) file
        wants x.service (a@x.service: Wants=) `a@%p.service`
        install multi-user.target (a@main.service: if enabled) `multi-user.target`
        install multi-user.target (a@x.service: if enabled) `multi-user.target`
        install multi-user.target (if enabled) `multi-user.target`
        restart a@.service (restart on failure) `Restart=on-failure`
    "#]],
    );
    check(
        text,
        "a@x.service",
        expect![[r#"
        timer a@x.timer (daily at 00:00) file
        wants x.service (Wants=) `a@%p.service`
        install multi-user.target (if enabled) `multi-user.target`
        restart a@x.service (restart on failure) `Restart=on-failure`
    "#]],
    );
    check(
        text,
        "a@main.service",
        expect![[r#"
        install multi-user.target (if enabled) `multi-user.target`
        restart a@main.service (restart on failure) `Restart=on-failure`
    "#]],
    );
}

#[test]
fn what_stays_armed() {
    let fixture = Fixture::new(
        "//- a.service
[Service]
ExecStart=/bin/a
//- a.socket
[Socket]
ListenStream=1
//- b.socket
[Unit]
PartOf=a.service
[Socket]
ListenStream=2
Service=a.service
//- a.timer
[Unit]
Requires=a.service
[Timer]
OnBootSec=1
//- up.target
[Unit]
Upholds=a.service
",
    );
    let armed = still_armed(&fixture.workspace, &name("a.service"), &place(&fixture));
    assert_eq!(armed.iter().map(UnitName::as_str).collect::<Vec<_>>(), ["a.socket", "up.target"]);
}

#[test]
fn other_roots_and_managers_start_nothing_here() {
    check(
        "//- /srv/image/etc/systemd/system/a.service
[Service]
ExecStart=/bin/a
//- /srv/image/usr/lib/systemd/system/a.socket
[Socket]
ListenStream=1
//- /srv/image/usr/lib/systemd/user/a.timer
[Timer]
OnBootSec=1
//- /srv/other/etc/systemd/system/a.path
[Path]
PathExists=/x
",
        "a.service",
        expect![[r#"
            socket a.socket (port 1) file
        "#]],
    );
}

#[test]
fn an_edit_is_heard() {
    let mut fixture = Fixture::new(
        "//- a.service closed
[Service]
ExecStart=/bin/a
//- b.service closed
[Unit]
Wants=a.service
",
    );
    let place = place(&fixture);
    let sources = |fixture: &Fixture| {
        let found = starters(&fixture.workspace, &name("a.service"), &place);
        found.into_iter().map(|starter| starter.source).collect::<Vec<_>>()
    };
    assert_eq!(sources(&fixture), ["b.service"]);
    let path = |name: &str| Arc::from(std::path::Path::new("/src").join(name));
    let unit = |text: &str| Arc::new(unit_syntax::Unit::parse(text));
    fixture.workspace.set_open(&path("b.service"), &unit("[Unit]\nAfter=a.service\n"));
    assert_eq!(sources(&fixture), [""; 0]);
    fixture.workspace.set_open(&path("c.service"), &unit("[Unit]\nUpholds=a.service\n"));
    assert_eq!(sources(&fixture), ["c.service"]);
    fixture.workspace.close(&path("b.service"));
    fixture.workspace.close(&path("c.service"));
    assert_eq!(sources(&fixture), ["b.service"]);
    fixture.workspace.remove_from_disk(&path("b.service"));
    assert_eq!(sources(&fixture), [""; 0]);
}

/// Each instance wants twenty more, or the same twenty: neither goes on for ever.
#[test]
fn a_template_that_instantiates_itself() {
    for wanted in ["%i-", ""] {
        let instances: Vec<_> = (0..20).map(|number| format!("a@{wanted}{number}.service")).collect();
        let text = format!(
            "//- a@.service\n[Unit]\nWants={}\nAfter={}\n[Service]\nExecStart=/bin/a %i\n[Install]\nDefaultInstance=0\n\
             WantedBy=a@%i.service\n",
            instances.join(" "),
            instances.join(" "),
        );
        let fixture = Fixture::new(&text);
        let started = std::time::Instant::now();
        let found = starters(&fixture.workspace, &name("a@.service"), &place(&fixture));
        assert!(!found.is_empty());
        let graph = fixture.workspace.graph(&place(&fixture));
        assert!(graph.units().len() < 2_000);
        let file = fixture.workspace.files().next().expect("the template");
        unit_ide::rules::check_file(&fixture.workspace, file, &|| false);
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }
}

#[test]
fn units_that_claim_one_alias() {
    let claim = "[Service]\nExecStart=/bin/a\n[Install]\nAlias=shared.service\n";
    let text = format!(
        "//- first.service\n{claim}//- second.service\n{claim}//- shared.timer\n[Timer]\nOnCalendar=daily\n\
         //- loop.service -> pool.service\n//- pool.service -> loop.service\n//- user.service\n[Unit]\nWants=loop.service\n"
    );
    let fixture = Fixture::new(&text);
    let found = |unit: &str| starters(&fixture.workspace, &name(unit), &place(&fixture)).len();
    // One of them, whichever is enabled first, gets the name.
    assert_eq!(found("first.service") + found("second.service"), 1);
    assert_eq!(found("shared.service"), 1);
    assert_eq!(found("loop.service"), 1);
}

#[test]
fn longer_chains() {
    let text = "//- tick.timer
[Timer]
OnActiveSec=1
OnUnitActiveSec=2min
Unit=one.service
//- one.service
[Unit]
Wants=two.service
//- two.service
[Unit]
Requires=three.service three.service
OnFailure=alarm.service
//- night.timer
[Timer]
OnCalendar=daily
Unit=night.target
//- night.target
[Unit]
Wants=one.service
//- night.target.wants/three.service -> ../three.service
//- three.service
[Service]
ExecStart=/bin/three
[Install]
WantedBy=night.target
//- alarm.service
[Unit]
Wants=siren.service
";
    check(
        text,
        "three.service",
        expect![[r#"
            link night.target (enabled) /src/night.target.wants/three.service
              timer night.timer (daily at 00:00) `night.target`
            requires two.service (Requires=) `three.service`
              wants one.service (Wants=) `two.service`
                timer tick.timer (every 2 min) `one.service`
                wants night.target (Wants=) `one.service`
                  timer night.timer (daily at 00:00) `night.target`
        "#]],
    );
    // What only a failure brings up is not brought up by the timer.
    check(
        text,
        "siren.service",
        expect![[r#"
            wants alarm.service (Wants=) `siren.service`
        "#]],
    );
    let fixture = Fixture::new(text);
    let found = starters(&fixture.workspace, &name("three.service"), &place(&fixture));
    assert_eq!(
        found.iter().map(Starter::details).collect::<Vec<_>>(),
        [
            "enabled, via night.timer, daily at 00:00",
            "Requires=, via one.service, Wants=, via tick.timer, every 2 min; \
             via night.target, Wants=, via night.timer, daily at 00:00",
        ]
    );
}

#[test]
fn chains_through_crowds_and_circles_end() {
    let mut text = String::new();
    for number in 0..60 {
        let others: Vec<_> = (0..60).map(|other| format!("u{other}.service")).collect();
        text += &format!("//- u{number}.service\n[Unit]\nWants={}\n", others.join(" "));
    }
    text += "//- u0.timer\n[Timer]\nOnCalendar=daily\n";
    for number in 0..9 {
        text += &format!("//- c{number}.service\n[Unit]\nWants=c{}.service\n", (number + 1) % 9);
    }
    text += "//- c7.timer\n[Timer]\nOnCalendar=daily\n";
    let fixture = Fixture::new(&text);
    let started = std::time::Instant::now();
    let found = starters(&fixture.workspace, &name("u7.service"), &place(&fixture));
    assert_eq!(found.len(), 59);
    assert!(found.iter().any(|starter| starter.details() == "Wants=, via u0.timer, daily at 00:00"));
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    check(
        &text,
        "c0.service",
        expect![[r#"
            wants c8.service (Wants=) `c0.service`
              wants c7.service (Wants=) `c8.service`
                timer c7.timer (daily at 00:00) file
        "#]],
    );
}

/// What is a socket's own is said of the socket, for the instance that is asked about.
#[test]
fn sockets_of_templates() {
    let text = "//- s@.socket
[Socket]
ListenStream=/run/s-%i
//- s@.service
[Service]
ExecStart=/bin/s
Sockets=t.socket
//- sockets.target.wants/s@x.socket -> ../s@.socket
//- t.socket
[Socket]
ListenStream=80
Service=s@x.service
";
    check(
        text,
        "s@x.service",
        expect![[r#"
            socket s@x.socket (/run/s-x) file
            socket t.socket (port 80) `s@x.service`
        "#]],
    );
}

#[test]
fn nothing_starts_what_is_masked() {
    check(
        "//- /usr/lib/systemd/system/a.service
[Service]
ExecStart=/bin/a
Restart=always
//- /usr/lib/systemd/system/a.socket
[Socket]
ListenStream=1
//- /etc/systemd/system/a.service
",
        "a.service",
        expect![[r#""#]],
    );
}

/// A way that leads through the unit itself says nothing.
#[test]
fn units_that_start_each_other() {
    check(
        "//- a.service
[Unit]
Wants=b.service
//- a.timer
[Timer]
OnCalendar=daily
//- b.service
[Unit]
Wants=a.service
",
        "a.service",
        expect![[r#"
            timer a.timer (daily at 00:00) file
            wants b.service (Wants=) `a.service`
        "#]],
    );
}

#[test]
fn the_boot() {
    let text = "//- /usr/lib/systemd/system/graphical.target
[Unit]
Requires=multi-user.target
//- /usr/lib/systemd/system/multi-user.target
[Unit]
Description=x
//- /etc/systemd/system/default.target -> /usr/lib/systemd/system/graphical.target
";
    check(
        text,
        "graphical.target",
        expect![[r#"
            boot systemd (at boot, as default.target) /etc/systemd/system/default.target
        "#]],
    );
    check(
        text,
        "multi-user.target",
        expect![[r#"
            requires graphical.target (Requires=) `multi-user.target`
        "#]],
    );
}

/// Who links units to an instance means to have it.
#[test]
fn links_of_an_instance() {
    check(
        "//- app@.service
[Service]
ExecStart=/bin/app
//- log.service
[Service]
ExecStart=/bin/log
//- app@x.service.wants/log.service -> ../log.service
",
        "log.service",
        expect![[r#"
            link app@x.service (enabled) /src/app@x.service.wants/log.service
        "#]],
    );
}

#[test]
fn names_that_only_others_know() {
    let fixture = Fixture::new(
        "//- t.timer
[Timer]
OnCalendar=daily
//- a.service
[Service]
ExecStart=/bin/systemctl start called
//- x.target.wants/gone.service -> ../gone.service
//- loop.service -> pool.service
//- pool.service -> loop.service
",
    );
    let workspace = &fixture.workspace;
    for known in ["t.service", "called.service", "x.target", "gone.service", "loop.service"] {
        assert!(workspace.place_of(&name(known)).is_some(), "{known}");
        assert_eq!(workspace.unknown(known), format!("no file in sight describes `{known}`"));
    }
    assert!(workspace.place_of(&name("nobody.service")).is_none());
    assert_eq!(
        workspace.unknown("t.tiemr.service"),
        "there is no unit `t.tiemr.service` in sight; near it: t.timer"
    );
}
