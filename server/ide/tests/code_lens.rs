//! What stands over a unit: who starts it, and what waits for it.

mod support;

use expect_test::{Expect, expect};
use support::{Fixture, display, slice, story};
use unit_ide::code_lens::{CodeLens, code_lenses};

/// Compares the lenses over the file with this name, each with the places that it opens.
#[track_caller]
fn check(text: &str, file: &str, expect: Expect) {
    expect.assert_eq(&shown(&Fixture::new(text), file));
}

fn lenses(fixture: &Fixture, name: &str) -> Vec<CodeLens> {
    let file = fixture.workspace.files().find(|file| display(&file.path) == name).expect("it is there");
    code_lenses(&fixture.workspace, file)
}

fn shown(fixture: &Fixture, name: &str) -> String {
    let mut out = String::new();
    for lens in lenses(fixture, name) {
        out += &format!("{:?} {}\n", lens.kind, lens.title);
        for place in &lens.places {
            let text = fixture.workspace.file(&place.path).map(|file| slice(file, place.range));
            let line = format!("  {} {}", display(&place.path), text.as_deref().unwrap_or("link"));
            out += &format!("{}\n", line.trim_end());
        }
    }
    out
}

#[test]
fn masked_elsewhere() {
    check(
        "//- /usr/lib/systemd/system/a.service
[Service]
ExecStart=/bin/a
//- /usr/lib/systemd/system/a.socket
[Socket]
ListenStream=1
//- /etc/systemd/system/a.service
",
        "/usr/lib/systemd/system/a.service",
        expect![[r#"
            Starters Masked by /etc/systemd/system/a.service: nothing can start this
              /etc/systemd/system/a.service
        "#]],
    );
}

#[test]
fn the_stories() {
    check(
        &story("undead"),
        "widget-daemon.service",
        expect![[r#"
            Starters Started by: widget-daemon.socket (/run/widget.sock) · reconcile.service (Wants=, via reconcile.timer, every 2 min) · reconcile.timer (Wants=) · restart on failure
              widget-daemon.socket [Socket]
              reconcile.service widget-daemon.service
              reconcile.timer [Timer]
              reconcile.timer widget-daemon.service
              widget-daemon.service Restart=on-failure
            Order 1 unit orders after this: reconcile.service
              reconcile.service widget-daemon.service
        "#]],
    );
    check(
        &story("undead"),
        "reconcile.service",
        expect![[r#"
        Starters Started by: reconcile.timer (every 2 min)
          reconcile.timer [Timer]
    "#]],
    );
    check(
        &story("undead"),
        "reconcile.timer",
        expect![[r#"
            Starters Started by: timers.target (if enabled)
              reconcile.timer timers.target
            Order 2 units order after this: reconcile.service · timers.target
              reconcile.timer [Timer]
        "#]],
    );
    check(
        &story("diceroll"),
        "diceroll.service",
        expect![[r#"
        Starters Started by: diceroll.socket (port 5000) · multi-user.target (if enabled)
          diceroll.socket [Socket]
          diceroll.service multi-user.target
    "#]],
    );
    check(
        &story("diceroll"),
        "diceroll.socket",
        expect![[r#"
            Starters Started by: sockets.target (if enabled)
              diceroll.socket sockets.target
            Order 2 units order after this: diceroll.service · sockets.target
              diceroll.socket [Socket]
        "#]],
    );
    check(
        &story("crash"),
        "for-ever.service",
        expect![[r#"
        Starters Started by: multi-user.target (if enabled) · restart on failure
          for-ever.service multi-user.target
          for-ever.service Restart=on-failure
    "#]],
    );
}

#[test]
fn over_the_first_header_of_fragments_only() {
    let text = "
//- web.service
# A page.
[Unit]
[Service]
ExecStart=/bin/web
//- web.service.d/a.conf
[Service]
//- headless.service
# Nothing yet.
//- off.service -> /dev/null
//- 90-x.preset
enable web.service
";
    let fixture = Fixture::new(text);
    let over = lenses(&fixture, "web.service");
    let file = fixture.workspace.files().find(|file| display(&file.path) == "web.service");
    assert_eq!(slice(file.expect("it is there"), over[0].range), "[Unit]");
    for none in ["web.service.d/a.conf", "headless.service", "off.service", "90-x.preset"] {
        assert_eq!(lenses(&fixture, none), [], "{none}");
    }
}

#[test]
fn what_nobody_starts() {
    let text = "
//- web.service
[Service]
ExecStart=/bin/web
//- basic.target
[Unit]
//- web.slice
[Slice]
";
    check(
        text,
        "web.service",
        expect![[r#"
        Starters Nothing in sight starts this
    "#]],
    );
    check(
        text,
        "basic.target",
        expect![[r#"
            Order 1 unit orders after this: web.service
        "#]],
    );
    check(text, "web.slice", expect![[r#""#]]);
}

#[test]
fn links_and_drop_ins_are_places() {
    check(
        "
//- /usr/lib/systemd/system/db.service closed
[Unit]
Before=web.service
[Service]
ExecStart=/bin/db
[Install]
WantedBy=multi-user.target
//- /usr/lib/systemd/system/web.service closed
[Service]
ExecStart=/bin/web
//- /etc/systemd/system/web.service.d/db.conf closed
[Unit]
Wants=db.service
After=db.service
//- /etc/systemd/system/job.service closed
[Unit]
Requires=db.service
[Service]
ExecStart=/bin/job
//- /etc/systemd/system/multi-user.target.wants/db.service -> /usr/lib/systemd/system/db.service
",
        "/usr/lib/systemd/system/db.service",
        expect![[r#"
            Starters Started by: multi-user.target (enabled) · job.service (Requires=) · web.service (Wants=)
              /etc/systemd/system/multi-user.target.wants/db.service link
              /etc/systemd/system/job.service db.service
              /etc/systemd/system/web.service.d/db.conf db.service
            Order 2 units order after this: multi-user.target · web.service
              /etc/systemd/system/web.service.d/db.conf db.service
              /usr/lib/systemd/system/db.service web.service
        "#]],
    );
}

#[test]
fn of_many_their_number() {
    let mut text = "//- hub.service\n[Service]\nExecStart=/bin/hub\n".to_owned();
    for number in 0..9 {
        text += &format!("//- u{number}.service\n[Unit]\nWants=hub.service\nAfter=hub.service\n");
    }
    check(
        &text,
        "hub.service",
        expect![[r#"
        Starters Started by: u0.service (Wants=) · u1.service (Wants=) · u2.service (Wants=) · u3.service (Wants=) · u4.service (Wants=) · u5.service (Wants=) · 3 more
          u0.service hub.service
          u1.service hub.service
          u2.service hub.service
          u3.service hub.service
          u4.service hub.service
          u5.service hub.service
          u6.service hub.service
          u7.service hub.service
          u8.service hub.service
        Order 9 units order after this
          u0.service hub.service
          u1.service hub.service
          u2.service hub.service
          u3.service hub.service
          u4.service hub.service
          u5.service hub.service
          u6.service hub.service
          u7.service hub.service
          u8.service hub.service
    "#]],
    );
    for number in 9..150 {
        text += &format!("//- u{number}.service\n[Unit]\nWants=hub.service\nAfter=hub.service\n");
    }
    let many = lenses(&Fixture::new(&text), "hub.service");
    let titles: Vec<_> = many.iter().map(|lens| (lens.title.as_str(), lens.places.len())).collect();
    assert_eq!(titles, [("Started by 150 units", 50), ("150 units order after this", 50)]);
}
