//! What hover says a unit is: on its name, and on the headers of its own files.

mod support;

use expect_test::{Expect, expect};
use support::{Fixture, story};
use unit_ide::hover::hover;

/// Compares the card at the cursor; below the headers of files stands what the section is for.
#[track_caller]
fn check(text: &str, expect: Expect) {
    let fixture = Fixture::new(text);
    let (file, offset) = fixture.cursor();
    let hover = hover(&fixture.workspace, file, offset, None).expect("there is something to say");
    let card = hover.markdown.split("\n\n---\n\n").next().expect("splitting gives a part");
    expect.assert_eq(&format!("{card}\n"));
}

/// A story with the cursor behind the first `[` of one of its files.
fn at(folder: &str, file: &str) -> String {
    story(folder).replace(&format!("//- {file}\n["), &format!("//- {file}\n[$0"))
}

#[test]
fn the_stories() {
    check(
        &at("undead", "widget-daemon.service"),
        expect![[r#"
            **`widget-daemon.service`**

            `Type=simple`

            Started by:

            - widget-daemon.socket (/run/widget.sock)
            - reconcile.service (Wants=, via reconcile.timer, every 2 min)
            - reconcile.timer (Wants=)
            - restart on failure

            Stopping it does not keep it down: `reconcile.timer` and `widget-daemon.socket` start it again. `systemctl stop reconcile.timer widget-daemon.socket widget-daemon.service` stops all of them.
        "#]],
    );
    check(
        &at("undead", "reconcile.timer"),
        expect![[r#"
        **`reconcile.timer`**

        elapses: every 2 min · starts `reconcile.service`

        Started by:

        - timers.target (if enabled)
    "#]],
    );
    check(
        &at("diceroll", "diceroll.service"),
        expect![[r#"
        **`diceroll.service`**

        `Type=simple`

        Started by:

        - diceroll.socket (port 5000)
        - multi-user.target (if enabled)
    "#]],
    );
    check(
        &at("diceroll", "diceroll.socket"),
        expect![[r#"
        **`diceroll.socket`**

        listens: port 5000 · starts `diceroll.service`

        Started by:

        - sockets.target (if enabled)
    "#]],
    );
    check(
        &at("crash", "gives-up.service"),
        expect![[r#"
        **`gives-up.service`**

        `Type=simple`

        Started by:

        - multi-user.target (if enabled)
        - restart on failure
    "#]],
    );
    let named = |name: &str, text: &str| story(text).replacen(&format!("={name}"), &format!("=$0{name}"), 1);
    check(
        &named("widget-daemon.service", "undead"),
        expect![[r#"
            **`widget-daemon.service`**

            Widget daemon

            `widget-daemon.service`

            `Type=simple`

            Started by:

            - widget-daemon.socket (/run/widget.sock)
            - reconcile.service (Wants=, via reconcile.timer, every 2 min)
            - reconcile.timer (Wants=)
            - restart on failure

            Stopping it does not keep it down: `reconcile.timer` and `widget-daemon.socket` start it again. `systemctl stop reconcile.timer widget-daemon.socket widget-daemon.service` stops all of them.
        "#]],
    );
}

/// Some units of a whole system.
const SYSTEM: &str = "
//- /usr/lib/systemd/system/sysinit.target closed
[Unit]
//- /usr/lib/systemd/system/basic.target closed
[Unit]
//- /usr/lib/systemd/system/multi-user.target closed
[Unit]
Description=Multi-User System
//- /usr/lib/systemd/system/web.service closed
[Unit]
Description=Web server
[Service]
Type=notify
ExecStart=/bin/web
[Install]
WantedBy=multi-user.target
Alias=www.service
//- /etc/systemd/system/web.service.d/10-memory.conf closed
[Service]
MemoryMax=1G
//- /etc/systemd/system/www.service -> /usr/lib/systemd/system/web.service
//- /usr/lib/systemd/system/off.service closed
[Service]
ExecStart=/bin/off
[Install]
WantedBy=multi-user.target
//- /usr/lib/systemd/system/vendor.service closed
[Service]
ExecStart=/bin/vendor
[Install]
WantedBy=multi-user.target
//- /usr/lib/systemd/system/multi-user.target.wants/vendor.service -> ../vendor.service
//- /usr/lib/systemd/system/job@.service closed
[Service]
ExecStart=/bin/job %i
[Install]
WantedBy=multi-user.target
//- /etc/systemd/system/multi-user.target.wants/job@a.service -> /usr/lib/systemd/system/job@.service
//- /usr/lib/systemd/system/srv-data.mount closed
[Mount]
What=/dev/sda1
Where=/srv/data
//- /usr/lib/systemd/system/srv-data.automount closed
[Automount]
Where=/srv/data
//- /usr/lib/systemd/system/spool.path closed
[Path]
DirectoryNotEmpty=/var/spool/x
Unit=print.service
//- /etc/systemd/system/gone.service -> /dev/null
//- /etc/systemd/system/x.service
";

#[test]
fn names_in_values_and_commands() {
    let on = |line: &str, expected: Expect| check(&format!("{SYSTEM}{line}\n"), expected);
    on(
        "[Unit]\nAfter=www$0.service",
        expect![[r#"
        **`www.service`**

        Web server

        Another name of `web.service`.

        `/usr/lib/systemd/system/web.service`

        Drop-ins, in reading order:

        - `/etc/systemd/system/web.service.d/10-memory.conf`

        `Type=notify` · enabled

        Started by:

        - multi-user.target (if enabled)
    "#]],
    );
    on(
        "[Unit]\nAfter=o$0ff.service",
        expect![[r#"
        **`off.service`**

        `/usr/lib/systemd/system/off.service`

        `Type=simple` · not enabled

        Started by:

        - multi-user.target (if enabled)
    "#]],
    );
    on(
        "[Unit]\nAfter=vendor$0.service",
        expect![[r#"
            **`vendor.service`**

            `/usr/lib/systemd/system/vendor.service`

            `Type=simple`

            Started by:

            - multi-user.target (always, by a link of the vendor)
        "#]],
    );
    on(
        "[Unit]\nWants=job@$0a.service",
        expect![[r#"
        **`job@a.service`**

        `/usr/lib/systemd/system/job@.service`

        `Type=simple` · enabled

        Started by:

        - multi-user.target (enabled)
        - x.service (Wants=)
    "#]],
    );
    on(
        "[Unit]\nWants=job@$0.service",
        expect![[r#"
        **`job@.service`**

        `/usr/lib/systemd/system/job@.service`

        `Type=simple`

        Started by:

        - multi-user.target (job@a.service: enabled)
        - x.service (job@x.service: Wants=)
        - multi-user.target (if enabled)
        - multi-user.target (job@x.service: if enabled)
    "#]],
    );
    on(
        "[Unit]\nAfter=srv-data$0.mount",
        expect![[r#"
        **`srv-data.mount`**

        `/usr/lib/systemd/system/srv-data.mount`

        mounted on `/srv/data`

        Started by:

        - srv-data.automount (on access)

        Stopping it does not keep it down: `srv-data.automount` starts it again. `systemctl stop srv-data.automount srv-data.mount` stops all of them.
    "#]],
    );
    on(
        "[Unit]\nAfter=spool$0.path",
        expect![[r#"
        **`spool.path`**

        `/usr/lib/systemd/system/spool.path`

        waits until /var/spool/x is not empty · starts `print.service`, which is not known here

        Nothing in sight starts it.
    "#]],
    );
    on(
        "[Unit]\nAfter=multi$0-user.target",
        expect![[r#"
        **`multi-user.target`**

        Multi-User System

        `/usr/lib/systemd/system/multi-user.target`
    "#]],
    );
    on(
        "[Unit]\nAfter=gone$0.service",
        expect![[r#"
        **`gone.service`**

        masked by `/etc/systemd/system/gone.service`
    "#]],
    );
    on(
        "[Service]\nExecStart=/bin/sh -c 'systemctl restart o$0ff'",
        expect![[r#"
        **`off.service`**

        `/usr/lib/systemd/system/off.service`

        `Type=simple` · not enabled

        Started by:

        - x.service (ExecStart=systemctl restart)
        - multi-user.target (if enabled)
    "#]],
    );
}

#[test]
fn what_a_line_does_stands_below_the_name() {
    check(
        "//- web.service\n[Unit]\nWants=db$0.service\n//- web.service.d/a.conf\n[Unit]\nWants=cache.service\n//- db.service\n[Service]\nExecStart=/bin/db\n",
        expect![[r#"
            **`db.service`**

            Added to by `Wants=cache.service` in `web.service.d/a.conf`, line 2.

            `db.service`

            `Type=simple`

            Started by:

            - web.service (Wants=)
        "#]],
    );
}

#[test]
fn of_many_their_number() {
    let mut text = "//- hub.service\n[$0Service]\nExecStart=/bin/hub\n".to_owned();
    let unit = |number| format!("//- u{number}.service\n[Unit]\nWants=hub.service\n");
    text.extend((0..10).map(unit));
    check(
        &text,
        expect![[r#"
        **`hub.service`**

        `Type=simple`

        Started by:

        - u0.service (Wants=)
        - u1.service (Wants=)
        - u2.service (Wants=)
        - u3.service (Wants=)
        - u4.service (Wants=)
        - u5.service (Wants=)
        - u6.service (Wants=)
        - u7.service (Wants=)
        - and 2 more
    "#]],
    );
    text.extend((10..150).map(unit));
    check(
        &text,
        expect![[r#"
        **`hub.service`**

        `Type=simple`

        Started by 150 units.
    "#]],
    );
}
