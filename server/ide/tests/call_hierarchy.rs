//! Who starts a unit and what it starts, step by step.

mod support;

use std::sync::Arc;

use expect_test::{Expect, expect};
use support::{Fixture, display, slice, story};
use unit_ide::call_hierarchy::{Call, HierarchyItem, incoming, outgoing, prepare};
use unit_ide::workspace::{File, UnitName};
use unit_syntax::TextRange;

/// Compares what the cursor points to, who starts it (`<`), and what it starts (`>`), each with the lines that say so.
#[track_caller]
fn check(text: &str, expect: Expect) {
    let fixture = Fixture::new(text);
    let (file, offset) = fixture.cursor();
    let Some(item) = prepare(&fixture.workspace, file, offset) else {
        return expect.assert_eq("nothing\n");
    };
    let mut out = show(&fixture, &item);
    let name = item.unit.as_ref().expect("a unit is pointed to");
    let own = fixture.workspace.file(&item.target.path).expect("it has a file");
    for call in incoming(&fixture.workspace, name, &file.place) {
        let there = fixture.workspace.file(&call.item.target.path);
        out += &format!("< {}", step(&fixture, &call, there));
    }
    for call in outgoing(&fixture.workspace, name, own, &file.place) {
        out += &format!("> {}", step(&fixture, &call, Some(own)));
    }
    expect.assert_eq(&out);
}

fn show(fixture: &Fixture, item: &HierarchyItem) -> String {
    let file = fixture.workspace.file(&item.target.path);
    let detail = if item.detail.is_empty() { "" } else { &format!(" ({})", item.detail) };
    let at = file.map_or_else(|| "link".to_owned(), |file| slice(file, item.target.selection));
    format!("{}{detail} {} {}\n", item.name, display(&item.target.path), at.trim_end())
}

fn step(fixture: &Fixture, call: &Call, said_in: Option<&Arc<File>>) -> String {
    assert!(!call.ranges.is_empty(), "clients show one entry for each range");
    let text =
        |range: &TextRange| said_in.map_or("".to_owned(), |file| slice(file, *range).trim_end().to_owned());
    let said: Vec<_> = call.ranges.iter().map(text).collect();
    format!("{} «{}»\n", show(fixture, &call.item).trim_end(), said.join("», «"))
}

/// A story with the cursor at the start of one of its files.
fn at(folder: &str, file: &str) -> String {
    story(folder).replace(&format!("//- {file}\n"), &format!("//- {file}\n$0"))
}

#[test]
fn the_stories() {
    check(
        &at("undead", "widget-daemon.service"),
        expect![[r#"
        widget-daemon.service (Widget daemon) widget-daemon.service [Unit]
        < widget-daemon.socket (/run/widget.sock) widget-daemon.socket [Socket] «[Socket]»
        < reconcile.service (Wants=, via reconcile.timer, every 2 min) reconcile.service widget-daemon.service «widget-daemon.service»
        < reconcile.timer (Wants=) reconcile.timer widget-daemon.service «widget-daemon.service»
        < widget-daemon.service (restart on failure) widget-daemon.service Restart=on-failure «Restart=on-failure»
    "#]],
    );
    check(
        &at("undead", "reconcile.timer"),
        expect![[r#"
        reconcile.timer (Reconcile the widgets every two minutes) reconcile.timer [Unit]
        < timers.target (if enabled) reconcile.timer timers.target «timers.target»
        > widget-daemon.service (Wants=) widget-daemon.service [Unit] «widget-daemon.service»
        > reconcile.service (every 2 min) reconcile.service [Unit] «[Timer]»
    "#]],
    );
    check(
        &at("diceroll", "diceroll.service"),
        expect![[r#"
        diceroll.service (Dice roll server) diceroll.service [Unit]
        < diceroll.socket (port 5000) diceroll.socket [Socket] «[Socket]»
        < multi-user.target (if enabled) diceroll.service multi-user.target «multi-user.target»
    "#]],
    );
    check(
        &at("diceroll", "diceroll.socket"),
        expect![[r#"
        diceroll.socket (Dice roll socket) diceroll.socket [Unit]
        < sockets.target (if enabled) diceroll.socket sockets.target «sockets.target»
        > diceroll.service (port 5000) diceroll.service [Unit] «[Socket]»
    "#]],
    );
    check(
        &at("crash", "for-ever.service"),
        expect![[r#"
        for-ever.service (Worker that crashes for ever) for-ever.service [Unit]
        < multi-user.target (if enabled) for-ever.service multi-user.target «multi-user.target»
        < for-ever.service (restart on failure) for-ever.service Restart=on-failure «Restart=on-failure»
    "#]],
    );
}

#[test]
fn from_anywhere_in_a_unit_and_from_names() {
    let text = |cursor: &str| {
        let web = "[Unit]\nWants=db.service\n[Service]\nExecStart=/bin/web\nType=exec\n";
        format!(
            "//- web.service\n{}//- db.service\n[Unit]\nDescription=The data\n[Service]\n//- x.preset closed\nenable web.service\n",
            web.replacen(cursor, &format!("$0{cursor}"), 1)
        )
    };
    check(
        &text("exec"),
        expect![[r#"
        web.service web.service [Unit]
        > db.service (Wants=) db.service [Unit] «db.service»
    "#]],
    );
    check(
        &text("db"),
        expect![[r#"
        db.service (The data) db.service [Unit]
        < web.service (Wants=) web.service db.service «db.service»
    "#]],
    );
    check(
        "[Unit]\nWants=gone$0.service\n",
        expect![[r#"
        gone.service web.service gone.service
        < web.service (Wants=) web.service gone.service «gone.service»
    "#]],
    );
    check(
        "//- 90-x.preset\nenable $0*\n",
        expect![[r#"
        nothing
    "#]],
    );
}

#[test]
fn each_kind_of_edge() {
    check(
        "
//- /usr/lib/systemd/system/web.service
[Unit]
Wants=db.service cache.service
Requires=db.service
OnFailure=report@%n.service
[Service]
ExecStart=/bin/web
ExecStopPost=/bin/systemctl start clean.service
Restart=always
[Install]
WantedBy=multi-user.target
Also=web.socket
//- /usr/lib/systemd/system/db.service
[Service]
ExecStart=/bin/db
[Install]
WantedBy=web.service
//- /usr/lib/systemd/system/report@.service
[Service]
ExecStart=/bin/report %i
//- /usr/lib/systemd/system/clean.service
[Service]
ExecStart=/bin/clean
//- /usr/lib/systemd/system/multi-user.target
[Unit]
//- /usr/lib/systemd/system/web.path
[Path]
PathExists=/run/web
//- /usr/share/dbus-1/system-services/org.example.Web.service closed
[D-BUS Service]
Name=org.example.Web
SystemdService=web.service
//- /etc/systemd/system/multi-user.target.wants/web.service -> /usr/lib/systemd/system/web.service
//- /etc/systemd/system/graphical.target.wants/web.service -> /usr/lib/systemd/system/web.service
//- /etc/systemd/system/web.service.wants/late.service -> /usr/lib/systemd/system/late.service
//- /etc/systemd/system/other.service
[Service]
ExecStart=/bin/sh -c 'systemctl restart w$0eb'
",
        expect![[r#"
            web.service /usr/lib/systemd/system/web.service [Unit]
            < graphical.target (enabled) /etc/systemd/system/graphical.target.wants/web.service link «»
            < multi-user.target (enabled) /usr/lib/systemd/system/multi-user.target [Unit] «[Unit]»
            < web.path (/run/web exists) /usr/lib/systemd/system/web.path [Path] «[Path]»
            < /usr/share/dbus-1/system-services/org.example.Web.service (D-Bus name org.example.Web) /usr/share/dbus-1/system-services/org.example.Web.service web.service «web.service»
            < other.service (ExecStart=systemctl restart) /etc/systemd/system/other.service web «web»
            < web.service (restart always) /usr/lib/systemd/system/web.service Restart=always «Restart=always»
            > late.service (enabled) /usr/lib/systemd/system/web.service [Service] «[Service]»
            > db.service (Wants= · Requires= · Wants=, if enabled) /usr/lib/systemd/system/db.service [Service] «db.service», «db.service», «[Service]»
            > cache.service (Wants=) /usr/lib/systemd/system/web.service cache.service «cache.service»
            > report@web.service.service (when it fails) /usr/lib/systemd/system/report@.service [Service] «report@%n.service»
            > clean.service (ExecStopPost=systemctl start) /usr/lib/systemd/system/clean.service [Service] «clean.service»
        "#]],
    );
}

#[test]
fn steps_lead_on() {
    let fixture = Fixture::new(&at("undead", "widget-daemon.service"));
    let (file, _) = fixture.cursor();
    let unit = UnitName::parse("widget-daemon.service").expect("a name");
    let calls = incoming(&fixture.workspace, &unit, &file.place);
    let job = calls.iter().find(|call| call.item.name == "reconcile.service").expect("it starts it");
    let next = incoming(&fixture.workspace, job.item.unit.as_ref().expect("a unit"), &file.place);
    assert_eq!(next.iter().map(|call| call.item.name.as_str()).collect::<Vec<_>>(), ["reconcile.timer"]);
}
