//! What leads to a unit: lines, commands, links and names.

mod support;

use std::path::Path;

use expect_test::{Expect, expect};
use support::{Fixture, display, slice};
use unit_ide::references::{Declaration, references};

/// Compares the references as `path «text»`; of links there is no text.
#[track_caller]
fn check(text: &str, declaration: Declaration, expected: Expect) {
    expected.assert_eq(&shown(text, declaration));
}

#[track_caller]
fn shown(text: &str, declaration: Declaration) -> String {
    let fixture = Fixture::new(text);
    let (file, offset) = fixture.cursor();
    let found = references(&fixture.workspace, file, offset, declaration);
    let line = |path: &Path, range| match fixture.workspace.file(path) {
        Some(file) => format!("{} «{}»\n", display(path), slice(file, range)),
        None => format!("{} link\n", display(path)),
    };
    found.iter().map(|found| line(&found.path, found.range)).collect()
}

#[test]
fn timers_of_instances() {
    check(
        "//- worker@.service
[Un$0it]
[Service]
ExecStart=/bin/w
//- worker@b.timer
[Timer]
OnCalendar=daily
//- worker@c.timer
[Timer]
OnCalendar=daily
Unit=other.service
",
        Declaration::LeftOut,
        expect![[r#"
            worker@b.timer «[Timer]»
        "#]],
    );
}

/// Everything that can name a service, and much that looks like it.
const UNITS: &str = "
//- dice.service
[Un$0it]
[Service]
ExecStop=-systemctl kill %n
[Install]
WantedBy=multi-user.target
Alias=cube.service
//- dice.service.d/x.conf closed
[Service]
//- service.d/x.conf closed
[Service]
//- dice.socket closed
[Socket]
ListenStream=5000
//- dice.timer closed
[Timer]
Unit=dice.service
//- roll.timer closed
[Unit]
PartOf=%p.service
[Timer]
Unit=dice.service
//- web.service closed
[Unit]
After=a.service dice.service dice.services xdice.service
Wants=cube.service
[Service]
Environment=dice.service
ExecStart=/bin/sh -c 'systemctl start dice'
//- dice@.service closed
[Unit]
OnFailure=dice.service dice@x.service
//- multi-user.target.wants/dice.service -> ../dice.service
//- würfel.service -> dice.service
//- dado.service -> dice.service
//- old.service closed
[Unit]
Before=dado.service
//- org.example.Dice.service closed
[D-BUS Service]
SystemdService=dice.service
//- elsewhere/etc/systemd/system/a.service closed
[Unit]
After=dice.service
";

#[test]
fn of_a_service() {
    check(
        UNITS,
        Declaration::LeftOut,
        expect![[r#"
        dado.service link
        dice.service «%n»
        dice.service «cube.service»
        dice.socket «[Socket]»
        dice.timer «dice.service»
        dice@.service «dice.service»
        multi-user.target.wants/dice.service link
        old.service «dado.service»
        org.example.Dice.service «dice.service»
        roll.timer «dice.service»
        web.service «dice.service»
        web.service «cube.service»
        web.service «dice»
    "#]],
    );
    check(
        UNITS,
        Declaration::Included,
        expect![[r#"
        dado.service link
        dice.service «[Unit]»
        dice.service «%n»
        dice.service «cube.service»
        dice.service.d/x.conf «[Service]»
        dice.socket «[Socket]»
        dice.timer «dice.service»
        dice@.service «dice.service»
        multi-user.target.wants/dice.service link
        old.service «dado.service»
        org.example.Dice.service «dice.service»
        roll.timer «dice.service»
        web.service «dice.service»
        web.service «cube.service»
        web.service «dice»
    "#]],
    );
    // The same from every place that names it.
    let header = shown(UNITS, Declaration::LeftOut);
    for (name, cursor) in [
        ("Unit=dice", "Unit=di$0ce"),
        ("Wants=cube", "Wants=cu$0be"),
        ("start dice", "start dice$0"),
        ("kill %n", "kill $0%n"),
        ("SystemdService=dice", "SystemdService=di$0ce"),
    ] {
        let moved = UNITS.replacen("$0", "", 1).replacen(name, cursor, 1);
        assert_eq!(shown(&moved, Declaration::LeftOut), header, "{cursor}");
    }
}

#[test]
fn of_templates() {
    let units = "
//- dice@.service
[Un$0it]
//- dice@.socket
[Socket]
//- dice@six.service.d/x.conf
[Service]
//- dice.socket
[Socket]
Accept=yes
//- web.service
[Unit]
Wants=dice@six.service dice@.service dice.service
//- web@.service
[Unit]
Wants=dice@%i.service %p@x.service
ExecStop=systemctl stop dice@a
[Service]
ExecStop=systemctl stop dice@a
//- own.service
[Unit]
Wants=dice@own.service
//- dice@own.service
[Unit]
//- x.wants/dice@two.service -> ../dice@.service
";
    check(
        units,
        Declaration::LeftOut,
        expect![[r#"
        dice.socket «[Socket]»
        dice@.socket «[Socket]»
        web.service «dice@six.service»
        web.service «dice@.service»
        web@.service «dice@%i.service»
        web@.service «dice@a»
        x.wants/dice@two.service link
    "#]],
    );
    check(
        &units.replace("$0", "").replace("Wants=dice@own", "Wants=dice@$0own"),
        Declaration::LeftOut,
        expect![[r#"
            dice@.socket «[Socket]»
            own.service «dice@own.service»
        "#]],
    );
    check(
        &units.replace("$0", "").replace("dice@six.service dice", "dice@$0six.service dice"),
        Declaration::LeftOut,
        expect![[r#"
            dice.socket «[Socket]»
            dice@.socket «[Socket]»
            web.service «dice@six.service»
            web.service «dice@.service»
            web@.service «dice@%i.service»
            web@.service «dice@a»
            x.wants/dice@two.service link
        "#]],
    );
}

#[test]
fn of_units_that_no_file_describes() {
    let units = "
//- a.service
[Unit]
After=network-online$0.target
//- b.service
[Unit]
Wants=network-online.target
//- x.wants/network-online.target -> /usr/lib/systemd/system/network-online.target
";
    check(
        units,
        Declaration::Included,
        expect![[r#"
        a.service «network-online.target»
        b.service «network-online.target»
    "#]],
    );
}

#[test]
fn each_root_by_itself() {
    let units = "
//- a/etc/systemd/system/dice.service
[Un$0it]
//- a/usr/lib/systemd/system/dice.service
[Unit]
//- a/usr/lib/systemd/system/web.service
[Unit]
After=dice.service
//- b/etc/systemd/system/dice.service
[Unit]
//- b/etc/systemd/system/web.service
[Unit]
After=dice.service
//- a/usr/lib/systemd/user/web.service
[Unit]
After=dice.service
";
    check(
        units,
        Declaration::Included,
        expect![[r#"
        a/etc/systemd/system/dice.service «[Unit]»
        a/usr/lib/systemd/system/dice.service «[Unit]»
        a/usr/lib/systemd/system/web.service «dice.service»
    "#]],
    );
}

#[test]
fn of_triggered_mounts_and_nothing() {
    check(
        "//- srv.mount\n[Moun$0t]\n//- srv.automount\n[Unit]\n[Automount]\n",
        Declaration::LeftOut,
        expect![[r#"
            srv.automount «[Automount]»
        "#]],
    );
    check("[Service]\nTy$0pe=simple\n", Declaration::Included, expect![""]);
    check("//- service.d/x.conf\n[Serv$0ice]\n", Declaration::Included, expect![""]);
    check("$0", Declaration::Included, expect![""]);
}
