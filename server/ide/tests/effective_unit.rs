//! The effective unit as text: which lines count, what overrides, clears or hides the others, and where each comes from.

mod support;

use expect_test::{Expect, expect};
use support::Fixture;
use unit_ide::effective_unit::{EffectiveUnit, Specifiers};
use unit_ide::workspace::UnitName;

fn render(fixture: &Fixture, unit: &str, specifiers: Specifiers) -> String {
    let workspace = &fixture.workspace;
    let name = UnitName::of_typed(unit).expect("a unit's name");
    let place = workspace.place_of(&name).expect("the unit is known");
    let unit = EffectiveUnit::of_name(workspace, &name, &place).expect("the unit is known");
    let names = |path: &std::path::Path| path.strip_prefix("/src").unwrap_or(path).display().to_string();
    unit.render(&names, specifiers)
}

#[track_caller]
fn check(unit: &str, fixture: &str, expected: Expect) {
    expected.assert_eq(&render(&Fixture::new(fixture), unit, Specifiers::AsWritten));
}

#[test]
fn lines_in_reading_order_section_by_section() {
    check(
        "web",
        "
//- web.service
# A comment.
[Unit]
Description=Web

After=network.target
[Service]
Type=notify
ExecStart=/bin/web \\
    # all interfaces
    --listen 0.0.0.0 \\
    --port 80
Restart=no
//- web.service.d/20-late.conf
[Service]
Environment=B=2
[Unit]
Wants=db.service
//- web.service.d/10-early.conf
[Service]
Restart=always
Environment=A=1
",
        expect![[r#"
            # web.service
            #   web.service
            #   web.service.d/10-early.conf
            #   web.service.d/20-late.conf

            [Unit]
            # web.service:3
            Description=Web
            # web.service:5
            After=network.target
            # web.service.d/20-late.conf:4
            Wants=db.service

            [Service]
            # web.service:7
            Type=notify
            ExecStart=/bin/web \
                # all interfaces
                --listen 0.0.0.0 \
                --port 80
            #Restart=no  # overridden by web.service.d/10-early.conf:2
            # web.service.d/10-early.conf:2
            Restart=always
            Environment=A=1
            # web.service.d/20-late.conf:2
            Environment=B=2
        "#]],
    );
}

#[test]
fn lists_are_cleared_together() {
    check(
        "web.socket",
        "
//- web.socket
[Unit]
ConditionPathExists=/a
[Socket]
ListenStream=80
ListenDatagram=81
Accept=yes
//- web.socket.d/a.conf
[Unit]
ConditionHost=
ConditionHost=here
[Socket]
ListenFIFO=
ListenStream=82
Accept=no
//- web.socket.d/b.conf
[Socket]
ListenStream=
ListenStream=83
",
        expect![[r#"
            # web.socket
            #   web.socket
            #   web.socket.d/a.conf
            #   web.socket.d/b.conf

            [Unit]
            # web.socket:2
            #ConditionPathExists=/a  # cleared by web.socket.d/a.conf:2
            # web.socket.d/a.conf:2
            ConditionHost=
            ConditionHost=here

            [Socket]
            # web.socket:4
            #ListenStream=80  # cleared by web.socket.d/a.conf:5
            #ListenDatagram=81  # cleared by web.socket.d/a.conf:5
            #Accept=yes  # overridden by web.socket.d/a.conf:7
            # web.socket.d/a.conf:5
            #ListenFIFO=  # cleared by web.socket.d/b.conf:2
            #ListenStream=82  # cleared by web.socket.d/b.conf:2
            Accept=no
            # web.socket.d/b.conf:2
            ListenStream=
            ListenStream=83
        "#]],
    );
}

#[test]
fn settings_that_several_keys_write() {
    check(
        "web",
        "
//- web.service systemd=252
[Unit]
StartLimitIntervalSec=1
[Service]
ExecStart=/bin/web
TimeoutStartSec=1
TimeoutStopSec=2
StartLimitInterval=2
//- web.service.d/a.conf systemd=252
[Service]
TimeoutSec=3
//- web.service.d/b.conf systemd=252
[Service]
TimeoutStopSec=4
//- web.service.d/c.conf systemd=252
[Service]
TimeoutStartSec=5
",
        expect![[r#"
            # web.service
            #   web.service
            #   web.service.d/a.conf
            #   web.service.d/b.conf
            #   web.service.d/c.conf

            #[Unit]
            # web.service:2
            #StartLimitIntervalSec=1  # overridden by web.service:7

            [Service]
            # web.service:4
            ExecStart=/bin/web
            #TimeoutStartSec=1  # overridden by web.service.d/c.conf:2
            #TimeoutStopSec=2  # overridden by web.service.d/b.conf:2
            StartLimitInterval=2
            # web.service.d/a.conf:2
            #TimeoutSec=3  # overridden by web.service.d/c.conf:2
            # web.service.d/b.conf:2
            TimeoutStopSec=4
            # web.service.d/c.conf:2
            TimeoutStartSec=5
        "#]],
    );
}

#[test]
fn lines_that_systemd_ignores() {
    check(
        "web",
        "
//- web.service systemd=252
Nice=1
[Unit]
Restart=always
[Service]
ExecStart=/bin/web
Restart=sometimes
Restrat=always
RestartSteps=5
X-Mine=1
no equals sign
[Sevrice]
Nice=2
[Socket]
ListenStream=80
[X-Mine]
Anything=1
//- web.timer systemd=252
[Timer]
Unit=a.service
Unit=b.service
",
        expect![[r#"
            # web.service
            #   web.service

            # web.service:1
            #Nice=1  # ignored: it stands before the first section

            #[Unit]
            # web.service:3
            #Restart=always  # ignored: a key of [Service]

            [Service]
            # web.service:5
            ExecStart=/bin/web
            #Restart=sometimes  # ignored: `sometimes` is no value of `Restart=`
            #Restrat=always  # ignored: an unknown key
            #RestartSteps=5  # ignored: a key of systemd 254 and later
            X-Mine=1
            #no equals sign  # ignored: it has no `=`

            #[Sevrice]
            # web.service:12
            #Nice=2  # ignored: systemd knows no such section

            #[Socket]
            # web.service:14
            #ListenStream=80  # ignored: a .service unit has no such section

            [X-Mine]
            # web.service:16
            Anything=1
        "#]],
    );
    check(
        "web.timer",
        "
//- web.timer
[Timer]
OnBootSec=
OnCalendar=daily
Unit=a.service
Unit=b.service
[Unit]
After=
",
        expect![[r#"
            # web.timer
            #   web.timer

            [Timer]
            # web.timer:2
            OnBootSec=
            OnCalendar=daily
            Unit=a.service
            #Unit=b.service  # ignored: the first one counts

            #[Unit]
            # web.timer:7
            #After=  # ignored: an empty value changes nothing here
        "#]],
    );
}

#[test]
fn files_that_hide_others() {
    check(
        "web",
        "
//- /usr/lib/systemd/system/web.service closed
[Service]
ExecStart=/bin/vendor
//- /etc/systemd/system/web.service closed
[Service]
ExecStart=/bin/local
//- /run/systemd/system/web.service.d/a.conf closed
[Service]
Nice=1
//- /usr/lib/systemd/system/service.d/a.conf closed
[Service]
Nice=1
//- /etc/systemd/system/web.service.d/b.conf -> /dev/null
//- /usr/lib/systemd/system/web.service.d/b.conf closed
[Service]
Nice=2
//- /usr/lib/systemd/system/httpd.service -> web.service
//- /etc/systemd/system/httpd.service.d/c.conf closed
[Service]
Nice=3
",
        expect![[r#"
            # web.service, also httpd.service
            #   /etc/systemd/system/web.service, overrides /usr/lib/systemd/system/web.service
            #   /run/systemd/system/web.service.d/a.conf, equals /usr/lib/systemd/system/service.d/a.conf
            #   /etc/systemd/system/web.service.d/b.conf, masks /usr/lib/systemd/system/web.service.d/b.conf
            #   /etc/systemd/system/httpd.service.d/c.conf

            [Service]
            # /etc/systemd/system/web.service:2
            ExecStart=/bin/local
            # /run/systemd/system/web.service.d/a.conf:2
            #Nice=1  # overridden by /etc/systemd/system/httpd.service.d/c.conf:2
            # /etc/systemd/system/httpd.service.d/c.conf:2
            Nice=3
        "#]],
    );
}

#[test]
fn masked() {
    check(
        "web",
        "
//- /etc/systemd/system/web.service -> /dev/null
//- /usr/lib/systemd/system/web.service closed
[Service]
ExecStart=/bin/vendor
//- /usr/lib/systemd/system/web.service.d/a.conf closed
[Service]
Nice=1
",
        expect![[r#"
            # web.service
            #   /etc/systemd/system/web.service, masks /usr/lib/systemd/system/web.service: the unit is masked
        "#]],
    );
}

#[test]
fn refused_and_cut_short() {
    check(
        "web",
        "
//- web.service
[Service]
ExecStart=/bin/%Z
Nice=1
//- web.service.d/a.conf
[Service]
Nice=2
",
        expect![[r#"
            # web.service
            #   web.service: systemd stops reading at line 2 and refuses the unit: `%Z` is no specifier
            #   web.service.d/a.conf

            [Service]
            # web.service:2
            # systemd refuses the unit: `%Z` is no specifier
            ExecStart=/bin/%Z
            #Nice=1  # ignored: systemd has stopped reading this file above
            # web.service.d/a.conf:2
            #Nice=2  # ignored: systemd refuses the unit
        "#]],
    );
    check(
        "web",
        "
//- web.service
[Service]
ExecStart=/bin/web
//- web.service.d/a.conf
[Service]
Nice=2
[Service
Nice=3
",
        expect![[r#"
            # web.service
            #   web.service
            #   web.service.d/a.conf: systemd stops reading at line 3: no section header: no `]` ends it

            [Service]
            # web.service:2
            ExecStart=/bin/web
            # web.service.d/a.conf:2
            Nice=2
            #[Service  # ignored: systemd reads this file no further: no section header: no `]` ends it
            #Nice=3  # ignored: systemd has stopped reading this file above
        "#]],
    );
}

#[test]
fn a_unit_of_which_only_drop_ins_are_in_sight() {
    check(
        "nginx",
        "
//- nginx.service.d/limits.conf
[Service]
LimitNOFILE=65536
//- nginx.service.d/more.conf
[Service]
LimitNOFILE=1048576
",
        expect![[r#"
            # nginx.service
            #   its own file is not in sight
            #   nginx.service.d/limits.conf
            #   nginx.service.d/more.conf

            [Service]
            # nginx.service.d/limits.conf:2
            #LimitNOFILE=65536  # overridden by nginx.service.d/more.conf:2
            # nginx.service.d/more.conf:2
            LimitNOFILE=1048576
        "#]],
    );
}

#[test]
fn specifiers_of_the_name() {
    let fixture = Fixture::new(
        "
//- tunnel@.service
[Unit]
Description=Tunnel to %i (%I), 100%% of %p on %H
[Service]
ExecStart=/bin/tunnel --to %I \\
    --state %S/%n %i
[X-Mine]
Name=%n
",
    );
    let text = render(&fixture, "tunnel@a-b", Specifiers::Expanded);
    expect![[r#"
        # tunnel@a-b.service
        #   tunnel@.service

        [Unit]
        # tunnel@.service:2
        Description=Tunnel to a-b (a/b), 100%% of tunnel on %H

        [Service]
        # tunnel@.service:4
        ExecStart=/bin/tunnel --to a/b \
            --state %S/tunnel@a-b.service a-b

        [X-Mine]
        # tunnel@.service:7
        Name=%n
    "#]]
    .assert_eq(&text);
    // What would be read once more stays: a backslash is an escape in a command line.
    let text = render(&fixture, "tunnel@a\\x2db", Specifiers::Expanded);
    assert!(text.contains("--to a-b"), "{text}");
    assert!(text.contains("%n %i\n"), "{text}");
    let text = render(&fixture, "tunnel@a-b", Specifiers::AsWritten);
    assert!(text.contains("Description=Tunnel to %i (%I), 100%% of %p on %H"), "{text}");
    let text = render(&fixture, "tunnel@", Specifiers::Expanded);
    assert!(text.contains("Description=Tunnel to %i (%I), 100%% of tunnel on %H"), "{text}");
}

/// What is printed behind a line must not become a part of it.
#[test]
fn line_ends_of_all_kinds() {
    let ends = "//- web.service\n[Service]\r\nExecStart=/bin/a \\\r\n  b\r\nEnvironment=A=1\\\n\n[Unit]\rDescription=a\\";
    check(
        "web",
        ends,
        expect![[r#"
        # web.service
        #   web.service

        [Service]
        # web.service:2
        ExecStart=/bin/a \
          b
        Environment=A=1

        [Unit]
        # web.service:7
        Description=a
    "#]],
    );
}

#[test]
fn names_nearby() {
    let fixture = Fixture::new(
        "
//- web.service
[Service]
//- web.socket
[Socket]
//- worker@.service
[Service]
//- httpd.service -> web.service
",
    );
    let near = |name: &str| fixture.workspace.names_near(name).join(" ");
    assert_eq!(near("wbe.service"), "web.service");
    assert_eq!(near("web.timer"), "web.service web.socket");
    assert_eq!(near("httpd.servce"), "httpd.service");
    assert_eq!(near("work.service"), "worker@.service");
    assert_eq!(near("wrokre@7.service"), "worker@.service");
    assert_eq!(near("mail.service"), "");
}

/// A file of a megabyte in which every line overrides the one before takes no longer than any other.
#[test]
fn many_lines() {
    let mut text = "//- web.service\n[Service]\n".to_owned();
    for number in 0..10_000 {
        text += &format!("Restart=no\nEnvironment=A={number}\n[X-{number}]\n[Service]\n");
    }
    let fixture = Fixture::new(&text);
    let rendered = render(&fixture, "web", Specifiers::AsWritten);
    assert_eq!(rendered.matches("\nRestart=no\n").count(), 1);
}
