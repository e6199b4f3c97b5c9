//! What hover says of a line's part in its unit: what it overrides or adds to, and what overrides it.

mod support;

use expect_test::{Expect, expect};
use support::Fixture;
use unit_ide::hover::hover;

/// Compares the title and what stands between it and the help, without the help's first paragraph.
#[track_caller]
fn check(fixture: &str, expected: Expect) {
    let fixture = Fixture::new(fixture);
    let (file, offset) = fixture.cursor();
    let markdown = hover(&fixture.workspace, file, offset, None).expect("there is something to say").markdown;
    let words =
        ["Overrid", "Without effect", "Clears", "Add", "A drop-in", "Not read", "Drop-ins", "Other", "- `"];
    let mut paragraphs = markdown.split("\n\n");
    let mut shown = paragraphs.next().expect("there is a title").to_owned();
    for note in paragraphs.take_while(|paragraph| words.iter().any(|word| paragraph.starts_with(word))) {
        shown += &format!("\n\n{note}");
    }
    expected.assert_eq(&(shown + "\n"));
}

const WEB: &str = "
//- web.service
[Service]
ExecStart=/bin/web
Restart=no
Environment=A=1
//- web.service.d/20.conf
[Service]
Environment=C=3
Restart=always
";

#[track_caller]
fn check_drop_in(drop_in: &str, expected: Expect) {
    check(&format!("{WEB}//- web.service.d/10.conf\n{drop_in}"), expected);
}

#[test]
fn a_drop_in_overrides_clears_and_adds() {
    check_drop_in(
        "[Service]\nExec$0Start=\nExecStart=/bin/other\n",
        expect![[r#"
        **`ExecStart=`** in [Service]

        Clears `ExecStart=/bin/web` in `web.service`, line 2.
    "#]],
    );
    check_drop_in(
        "[Service]\nEnvironment=$0B=2\n",
        expect![[r#"
        **`Environment=`** in [Service]

        Adds to `Environment=A=1` in `web.service`, line 4.

        Added to by `Environment=C=3` in `web.service.d/20.conf`, line 2.
    "#]],
    );
    check_drop_in(
        "[Service]\nRestart=on-$0failure\n",
        expect![[r#"
        **`Restart=on-failure`**

        Without effect: overridden by `Restart=always` in `web.service.d/20.conf`, line 3.
    "#]],
    );
    check_drop_in(
        "[Service]\nTimeout$0StopSec=5\n",
        expect![[r#"
        **`TimeoutStopSec=`** in [Service]
    "#]],
    );
    check_drop_in(
        "[Ser$0vice]\nNice=1\n",
        expect![[r#"
            **`web.service`**

            A drop-in of `web.service` (`web.service`).

            Other drop-ins, in reading order:

            - `web.service.d/20.conf`
        "#]],
    );
}

#[test]
fn a_fragment_is_overridden_cleared_and_added_to() {
    let drop_in = "//- web.service.d/10.conf\n[Service]\nExecStart=\n";
    for (line, expected) in [
        (
            "ExecStart=/bin/web",
            expect![[r#"
            **`ExecStart=`** in [Service]

            Without effect: cleared by `ExecStart=` in `web.service.d/10.conf`, line 2.
        "#]],
        ),
        (
            "Restart=no",
            expect![[r#"
            **`Restart=`** in [Service]

            Without effect: overridden by `Restart=always` in `web.service.d/20.conf`, line 3.
        "#]],
        ),
        (
            "Environment=A=1",
            expect![[r#"
            **`Environment=`** in [Service]

            Added to by `Environment=C=3` in `web.service.d/20.conf`, line 2.
        "#]],
        ),
        (
            "[Service]\nExecStart",
            expect![[r#"
                **`web.service`**

                Drop-ins, in reading order:

                - `web.service.d/10.conf`
                - `web.service.d/20.conf`
            "#]],
        ),
    ] {
        check(&(WEB.replacen(line, &format!("{}$0{}", &line[..3], &line[3..]), 1) + drop_in), expected);
    }
    // Alone it has nothing to say.
    check(
        "[Service]\nExecStart=/bin/web\nRe$0start=no\n",
        expect![[r#"
        **`Restart=`** in [Service]
    "#]],
    );
    check(
        "[Service]\nRe$0start=no\nRestart=always\n",
        expect![[r#"
        **`Restart=`** in [Service]

        Without effect: overridden by `Restart=always` in line 3.
    "#]],
    );
}

#[test]
fn hidden_and_masked_files() {
    check(
        "
//- /usr/lib/systemd/system/web.service
[Service]
Ni$0ce=1
//- /etc/systemd/system/web.service closed
[Service]
Nice=2
",
        expect![[r#"
            **`Nice=`** in [Service]

            Not read: `/etc/systemd/system/web.service` is in its place.
        "#]],
    );
    check(
        "
//- /usr/lib/systemd/system/web.service.d/a.conf
[$0Service]
Nice=1
//- /etc/systemd/system/web.service.d/a.conf closed
[Service]
Nice=2
//- /etc/systemd/system/web.service closed
[Service]
ExecStart=/bin/web
",
        expect![[r#"
            **`web.service`**

            A drop-in of `web.service` (`/etc/systemd/system/web.service`).

            Not read: `/etc/systemd/system/web.service.d/a.conf` is in its place.

            Other drop-ins, in reading order:

            - `/etc/systemd/system/web.service.d/a.conf`
        "#]],
    );
    check(
        "
//- /usr/lib/systemd/system/web.service.d/a.conf
[Service]
Ni$0ce=1
//- /etc/systemd/system/web.service -> /dev/null
",
        expect![[r#"
            **`Nice=`** in [Service]

            Not read: `/etc/systemd/system/web.service` masks the unit.
        "#]],
    );
}

#[test]
fn drop_ins_for_many_units() {
    let units = "//- web-a.service\n[Service]\n//- web-b.service\n[Service]\n//- other@.service\n[Service]\n//- web-a.socket\n[Socket]\n";
    check(
        &format!("\n{units}//- web-.service.d/a.conf\n[Ser$0vice]\n"),
        expect![[r#"
        **[Service]**

        A drop-in of every .service unit whose name begins with `web-`, here: `web-a.service`, `web-b.service`.
    "#]],
    );
    check(
        &format!("\n{units}//- service.d/a.conf\n[Ser$0vice]\n"),
        expect![[r#"
        **[Service]**

        A drop-in of every .service unit, here: `other@.service`, `web-a.service`, `web-b.service`.
    "#]],
    );
    check(
        &format!("\n{units}//- mail-.service.d/a.conf\n[Ser$0vice]\n"),
        expect![[r#"
        **[Service]**

        A drop-in of every .service unit whose name begins with `mail-`.
    "#]],
    );
    check(
        "\n//- nginx.service.d/a.conf\n[Ser$0vice]\n",
        expect![[r#"
        **[Service]**

        A drop-in of `nginx.service`, whose own file is not in sight.
    "#]],
    );
}

#[test]
fn lists_of_many() {
    let more: String = (0..9).map(|number| format!("Environment=N{number}={number}\n")).collect();
    check_drop_in(
        &format!("[Service]\n{more}//- web.service.d/15.conf\n[Service]\nEnviron$0ment=\n"),
        expect![[r#"
        **`Environment=`** in [Service]

        Clears `Environment=A=1` in `web.service`, line 4; `Environment=N0=0` in `web.service.d/10.conf`, line 2; `Environment=N1=1` in `web.service.d/10.conf`, line 3; and 7 more.
    "#]],
    );
}
