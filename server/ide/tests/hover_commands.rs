//! What hover says in command lines, of programs and variables, and in comments for us.

mod support;

use expect_test::expect;
use support::{Fixture, slice};
use unit_ide::hover::{Hover, hover};

fn hover_at(fixture: &str) -> Option<(Hover, String)> {
    let fixture = Fixture::new(fixture);
    let (file, offset) = fixture.cursor();
    let hover = hover(&fixture.workspace, file, offset, None)?;
    let text = slice(file, hover.range);
    Some((hover, text))
}

#[track_caller]
fn check_silent(fixture: &str) {
    assert_eq!(hover_at(fixture), None);
}

#[test]
fn programs() {
    let said = |line: &str| {
        let fixture = format!("//- web.service\n[Service]\n{line}\n");
        let (hover, text) = hover_at(&fixture).expect("there is something to say");
        format!("«{text}» {}\n", hover.markdown.split("\n\n---").next().unwrap_or_default())
    };
    let texts = [
        said("ExecStart=/usr/sbin/ng$0inx"),
        said("ExecStart=-/usr/sbin/ng$0inx -g 'daemon off;'"),
        said("ExecStart=/usr/bin/env LANG=C /usr/sbin/ssh$0d -D"),
        said("ExecStartPre=/usr/sbin/nginx$0 -t"),
    ];
    expect![[r#"
        «/usr/sbin/nginx» **`nginx`**: goes into the background, and its first process exits

        - Does not send `READY=1`
        - Opens its addresses itself, whatever systemd passes
        - From nginx(8)
        «/usr/sbin/nginx» **`nginx`**: kept in the foreground by `-g daemon off;`

        - Does not send `READY=1`
        - Opens its addresses itself, whatever systemd passes
        - From nginx(8)
        «/usr/sbin/sshd» **`sshd`**: kept in the foreground by `-D`

        - Sends `READY=1` where it was built so
        - Takes sockets that systemd passes, or does so where its configuration says so
        - From sshd(8)
        «/usr/sbin/nginx» **`nginx`**: does its work and exits

        - From nginx(8)
    "#]]
    .assert_eq(&texts.concat());
    // Behind the program stands what its directive is about, and that alone where nothing is known.
    let whole = |line: &str| hover_at(&format!("[Service]\n{line}\n")).expect("a page").0.markdown;
    assert!(whole("ExecStart=/usr/sbin/ngi$0nx").contains("\n\n---\n\n**`ExecStart=`** in [Service]"));
    assert!(whole("ExecStart=/opt/we$0b --flag").starts_with("**`ExecStart=`** in [Service]"));
}

#[test]
fn rules_in_comments_for_us() {
    let (hover, text) =
        hover_at("[Service]\n# unitls: allow(inline-comment, unkn$0own-key): so\nType=simple\n")
            .expect("a page");
    assert_eq!(text, "unknown-key");
    assert!(hover.markdown.contains("unknown-key"), "{}", hover.markdown);
    check_silent("[Service]\n# unitls: allow(no-such-$0rule)\n");
    check_silent("[Service]\n# a com$0ment\n");
}

#[test]
fn variables() {
    let said = |line: &str| {
        let fixture = format!(
            "//- web.service\n[Service]\nEnvironment=PORT=80 \"NAME=my web\"\n{line}\n\
             //- web.service.d/port.conf closed\n[Service]\nEnvironment=PORT=81\n"
        );
        let (hover, text) = hover_at(&fixture).expect("there is something to say");
        format!("«{text}» {}\n", hover.markdown)
    };
    let texts = [
        said("ExecStart=/bin/web --port=${PO$0RT}"),
        said("ExecStart=/bin/web $NAM$0E"),
        said("ExecReload=/bin/kill -HUP $MAIN$0PID"),
        said("PassEnvironment=LEVEL\nExecStart=/bin/web $LE$0VEL"),
        said("EnvironmentFile=-/etc/default/web\nExecStart=/bin/web $OP$0TIONS"),
        said("EnvironmentFile=-/etc/default/web\nExecStart=/bin/web $POR$0T"),
        said("ExecStart=/bin/web $OP$0TIONS"),
        said("ExecStart=sh -c 'echo \"$$PORT ${I$0}\"'"),
    ];
    expect![[r#"
        «${PORT}» **`${PORT}`** = `81`

        Set by `Environment=` in `web.service.d/port.conf`.
        «$NAME» **`${NAME}`** = `my web`

        Set by `Environment=` in `web.service`.
        «$MAINPID» **`${MAINPID}`**: PID of the main process, where one is known; for the commands beside it, such as `ExecReload=` and `ExecStop=`

        Set by systemd.
        «$LEVEL» **`${LEVEL}`**

        Passed on from the manager, as `web.service` says.
        «$OPTIONS» **`${OPTIONS}`**

        Not set by the unit itself, but perhaps by `/etc/default/web`.
        «$PORT» **`${PORT}`** = `81`

        Set by `Environment=` in `web.service.d/port.conf`, unless `/etc/default/web` says otherwise.
        «$OPTIONS» **`${OPTIONS}`**

        Not set by the unit. Unless the manager's environment has it, it is empty: `$OPTIONS` is no word then, `${OPTIONS}` an empty one.
        «${I}» **`${I}`**

        Not set by the unit. Unless the manager's environment has it, it is empty: `$I` is no word then, `${I}` an empty one.
    "#]].assert_eq(&texts.concat());
    // A variable of the shell.
    let (hover, _) =
        hover_at("[Service]\nExecStart=sh -c 'for i in 1 2; do echo $i$0; done'\n").expect("a page");
    assert!(hover.markdown.starts_with("**`ExecStart=`**"), "{}", hover.markdown);
}
