//! What hover says at a place, and which text it speaks of.

mod support;

use expect_test::{Expect, expect};
use jiff::tz::TimeZoneDatabase;
use jiff::{Timestamp, Zoned};
use support::{Fixture, slice};
use unit_ide::hover::{Hover, directive_page, hover};

/// Which part of a hover text a test is about.
#[derive(Clone, Copy)]
enum Part {
    /// All of it.
    Whole,
    /// The title and the first paragraph.
    Head,
    /// The facts about the directive, at the page's end.
    Facts,
    /// What the directive comes to for the unit at hand.
    Unit,
}

/// Wednesday, 15 May 2024, 12:00 UTC, in Berlin.
fn now() -> Zoned {
    let berlin = TimeZoneDatabase::bundled().get("Europe/Berlin").expect("a time zone");
    Timestamp::constant(1_715_774_400, 0).to_zoned(berlin)
}

fn hover_at(fixture: &str) -> Option<(Hover, String)> {
    let fixture = Fixture::new(fixture);
    let (file, offset) = fixture.cursor();
    let hover = hover(&fixture.workspace, file, offset, Some(&now()))?;
    assert!(hover.range.contains_inclusive(offset), "the range {:?} is elsewhere", hover.range);
    let text = slice(file, hover.range);
    Some((hover, text))
}

/// Compares `«hovered text»` and a part of the hover.
#[track_caller]
fn check(fixture: &str, part: Part, expected: Expect) {
    let (hover, text) = hover_at(fixture).expect("there is something to say");
    let markdown = hover.markdown.as_str();
    let (page, unit) = markdown.rsplit_once("\n\n---\n\n").unwrap_or((markdown, ""));
    let part = match part {
        Part::Whole => markdown.to_owned(),
        Part::Head => page.split("\n\n").take(2).collect::<Vec<_>>().join("\n\n"),
        Part::Facts => {
            let facts = page.rsplit("\n\n").next().unwrap_or_default();
            facts.lines().filter(|line| line.starts_with("- ")).collect::<Vec<_>>().join("\n")
        }
        Part::Unit => unit.to_owned(),
    };
    expected.assert_eq(&format!("«{text}»\n{part}\n"));
}

#[track_caller]
fn check_silent(fixture: &str) {
    assert_eq!(hover_at(fixture), None);
}

#[test]
fn sections() {
    check(
        "[Unit]\n[Ser$0vice]\nType=simple\n[Install]\n",
        Part::Unit,
        expect![[r#"
            «[Service]»
            **[Service]**

            How the processes of a service are started, watched, reloaded, stopped and brought back.

            The order of a life: `ExecCondition=`, `ExecStartPre=`, `ExecStart=`, ready as `Type=` defines it, `ExecStartPost=`, running; at the end `ExecStop=` (after a clean end or a stop request), the signals of `KillMode=`, `ExecStopPost=`, and then perhaps a restart by `Restart=`.

            A service needs `ExecStart=`, or `RemainAfterExit=yes` with an `ExecStop=`, or a `SuccessAction=` in `[Unit]`; with none of them it is refused. Who the process runs as, what it may see and use (`User=`, `Environment=`, `ProtectSystem=`, `MemoryMax=` …) and how it is killed also stand in this section. Dependencies and the start limit (`StartLimitIntervalSec=`, `StartLimitBurst=`) belong in `[Unit]`, enabling at boot in `[Install]`.
        "#]],
    );
    check(
        "[Unit]\n[Service]\n[Ins$0tall]\n",
        Part::Head,
        expect![[r#"
            «[Install]»
            **[Install]**

            What systemctl enable sets up for this unit; the running manager never reads this section.
        "#]],
    );
    check_silent("[X-$0Web]\nKey=value\n");
    check_silent("[serv$0ice]\n");
}

#[test]
fn nothing_to_say() {
    check_silent("# a com$0ment\n[Service]\n");
    check_silent("[Service]\n$0\nType=simple\n");
    check_silent("[Service]\nNoSuch$0Key=1\n");
    check_silent("Type=sim$0ple\n");
    check_silent("[Socket]\nListen$0Stream=80\n");
    check_silent("[Service]\n $0 Type=simple\n");
    check_silent("$0");
}

#[test]
fn directives() {
    check(
        "[Service]\nRest$0art=always\n",
        Part::Head,
        expect![[r#"
        «Restart»
        **`Restart=`** in [Service]

        Whether systemd starts the service again after it has ended by itself.
    "#]],
    );
    check(
        "[Service]\nRest$0art=always\n",
        Part::Facts,
        expect![[r#"
        «Restart»
        - Default: `no`
        - The last line counts; an empty value is refused
        - [systemd.service(5)](https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Restart=)
    "#]],
    );
    check(
        "[Service]\nEnvironment$0=A=b\n",
        Part::Facts,
        expect![[r#"
        «Environment»
        - Value: `NAME=VALUE` pairs separated by spaces; quote a pair whose value has spaces: `"NAME=two words"`
        - May be repeated, lines add up; an empty value clears what came before
        - [systemd.exec(5)](https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Environment=)
    "#]],
    );
    check(
        "[Service]\nRestart$0Steps=3\n",
        Part::Facts,
        expect![[r#"
        «RestartSteps»
        - Value: a whole number, not negative
        - Default: `0`
        - The last line counts; an empty value is refused
        - Since systemd 254
        - [systemd.service(5)](https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#RestartSteps=)
    "#]],
    );
    check(
        "[Unit]\nAf$0ter=a.service\n",
        Part::Facts,
        expect![[r#"
        «After»
        - Value: unit names separated by spaces
        - May be repeated, lines add up; an empty value clears nothing
        - Since systemd 201
        - [systemd.unit(5)](https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html#After=)
    "#]],
    );
    check(
        "[Service]\nCPUSha$0res=100\n",
        Part::Facts,
        expect![[r#"
            «CPUShares»
            - Value: a whole number, not negative
            - The last line counts; an empty value restores the default
            - No effect after systemd 257: read and ignored
            - Deprecated: use `CPUWeight=`; it belongs to version 1 of control groups, which 258 dropped
        "#]],
    );
    check(
        "[Service]\nPermissionsStart$0Only=yes\n",
        Part::Facts,
        expect![[r#"
            «PermissionsStartOnly»
            - Value: a boolean: `yes`, `true`, `on`, `1`, `y`, `t`, or `no`, `false`, `off`, `0`, `n`, `f`, in any letter case
            - Default: `no`
            - The last line counts; an empty value is refused
            - Deprecated: put `+` in front of the commands that need full privileges
        "#]],
    );
}

#[test]
fn a_buffer_without_a_unit_name() {
    check(
        "//- Untitled-1\n[Service]\nKill$0Mode=mixed\n",
        Part::Head,
        expect![[r#"
        «KillMode»
        **`KillMode=`** in [Service]

        Which processes of the unit are killed when it stops or its main process ends.
    "#]],
    );
}

#[test]
fn an_empty_value_shows_the_directive() {
    check(
        "[Service]\nExecStart=$0\n",
        Part::Head,
        expect![[r#"
        «»
        **`ExecStart=`** in [Service]

        The program of the service; with `Type=oneshot` several may follow each other.
    "#]],
    );
}

#[test]
fn words() {
    check(
        "[Service]\nType=not$0ify\nExecStart=/bin/a\n",
        Part::Whole,
        expect![[r#"
            «notify»
            **`Type=notify`**

            Started when the program sends `READY=1` to `$NOTIFY_SOCKET` (sd_notify). A program that never sends it is killed after `TimeoutStartSec=`; if the main process exits with 0 before, for instance because it forks itself into the background, the start fails at once with `protocol`. Only the main process is heard unless `NotifyAccess=` is wider, and `RestrictAddressFamilies=` must leave AF_UNIX open.

            | under `Type=notify` a program that … | |
            |---|---|
            | stays in the foreground, silent | `activating` until T, then killed: result `timeout` |
            | stays in the foreground, sends `READY=1` | right: started at `READY=1` |
            | stays in the foreground, takes its bus name | no `READY=1`: killed at T, result `timeout` |
            | forks into the background, parent exits 0 | the parent is gone before `READY=1`: fails at once with `protocol` |
            | a job that ends with 0 | fails at once with `protocol` |
            | a job that ends with 1 | the start fails |
            | cannot be executed | the start fails (203/EXEC) |

            **What becomes of this unit**, when each run ends at once:

            - start → `active` at `READY=1`, which may take 1min 30s
            - exit 0 → `inactive`
            - exit 1, SIGSEGV, exit before `READY=1`, not started after 1min 30s → `failed`
            - stop → `inactive`, until something starts it
        "#]],
    );
    check(
        "[Service]\nKillMode=mix$0ed\n",
        Part::Whole,
        expect![[r#"
        «mixed»
        **`KillMode=mixed`**

        Only the main process gets `KillSignal=` and may end its children in its own order; as soon as it is gone, or the time is up, all that is left gets `FinalKillSignal=` at once. The children never see the gentle signal.
    "#]],
    );
    check(
        "[Service]\nRestartMode=deb$0ug\n",
        Part::Whole,
        expect![[r#"
        «debug»
        **`RestartMode=debug`**

        Like `normal`, and after the first failed run systemd logs at debug level for this unit and sets `DEBUG_INVOCATION=1` for its processes, until it comes up or the start limit is hit. From 257.

        *Since systemd 257.*
    "#]],
    );
    // A boolean spelling stands for a word.
    check(
        "[Service]\nProtectHome=o$0n\n",
        Part::Head,
        expect![[r#"
        «on»
        **`ProtectHome=yes`**

        Empty and inaccessible. Nothing below can be brought back with `BindPaths=`.
    "#]],
    );
    // A word that the directive does not have: its page.
    check(
        "[Service]\nKillMode=mi$0x\n",
        Part::Head,
        expect![[r#"
        «mix»
        **`KillMode=`** in [Service]

        Which processes of the unit are killed when it stops or its main process ends.
    "#]],
    );
}

#[test]
fn restart_policies() {
    check(
        "[Service]\nExecStart=/bin/a\nRestart=on-ab$0ort\nStartLimitInterval=0\n",
        Part::Whole,
        expect![[r#"
            «on-abort»
            **`Restart=on-abort`**

            Only when a process died of an unclean signal, with or without core dump. Timeouts and watchdogs do not count: their result is fixed before the signal is sent.

            | the service ends by … | on-abort |
            |---|---|
            | clean: exit 0, `SuccessExitStatus=`, SIGTERM, SIGINT, SIGHUP, SIGPIPE | – |
            | exit status other than 0, also 200–243 from set-up | – |
            | any other signal, core dump | restart |
            | start, stop or `RuntimeMaxSec=` timeout | – |
            | missed watchdog ping | – |
            | no `READY=1` or PID file (`protocol`), `resources`, `oom-kill` | – |
            | clean, but `ExecStop=` or `ExecStopPost=` failed | – |
            | `ExecCondition=` said no (1–254), unmet `Condition…=`, start limit | – |
            | `systemctl stop`, `Conflicts=`, a stop passed on by another unit | – |
            | status in `RestartPreventExitStatus=`, also where it is forced | – |
            | status in `RestartForceExitStatus=` | restart |

            **What becomes of this unit**, when each run ends at once:

            - start → `active` at the fork
            - exit 0 → `inactive`
            - exit 1 → `failed`
            - SIGSEGV → restart in 0.1s → … → for ever, about every 0.1s: no start limit
            - stop → `inactive`, until something starts it
        "#]],
    );
    check(
        "[Service]\nExecStart=/bin/a\nRestart=n$0o\n",
        Part::Whole,
        expect![[r#"
            «no»
            **`Restart=no`**

            Nothing brings the service back by itself, except a status listed in `RestartForceExitStatus=`.

            | the service ends by … | always | on-success | on-failure | on-abnormal | on-abort | on-watchdog |
            |---|---|---|---|---|---|---|
            | clean: exit 0, `SuccessExitStatus=`, SIGTERM, SIGINT, SIGHUP, SIGPIPE | restart | restart | – | – | – | – |
            | exit status other than 0, also 200–243 from set-up | restart | – | restart | – | – | – |
            | any other signal, core dump | restart | – | restart | restart | restart | – |
            | start, stop or `RuntimeMaxSec=` timeout | restart | – | restart | restart | – | – |
            | missed watchdog ping | restart | – | restart | restart | – | restart |
            | no `READY=1` or PID file (`protocol`), `resources`, `oom-kill` | restart | – | restart | restart | – | – |
            | clean, but `ExecStop=` or `ExecStopPost=` failed | restart | – | restart | – | – | – |
            | `ExecCondition=` said no (1–254), unmet `Condition…=`, start limit | – | – | – | – | – | – |
            | `systemctl stop`, `Conflicts=`, a stop passed on by another unit | – | – | – | – | – | – |
            | status in `RestartPreventExitStatus=`, also where it is forced | – | – | – | – | – | – |
            | status in `RestartForceExitStatus=` | restart | restart | restart | restart | restart | restart |

            **What becomes of this unit**, when each run ends at once:

            - start → `active` at the fork
            - exit 0 → `inactive`
            - exit 1, SIGSEGV → `failed`
            - stop → `inactive`, until something starts it
        "#]],
    );
}

#[test]
fn booleans() {
    check(
        "[Service]\nRemainAfterExit=o$0n\n",
        Part::Head,
        expect![[r#"
        «on»
        **`RemainAfterExit=yes`**

        **`RemainAfterExit=`** in [Service]
    "#]],
    );
    check(
        "[Service]\nRemainAfterExit=of$0f\n",
        Part::Head,
        expect![[r#"
        «off»
        **`RemainAfterExit=no`**

        **`RemainAfterExit=`** in [Service]
    "#]],
    );
}

#[test]
fn time_spans() {
    check(
        "[Service]\nTimeoutStopSec=1min $030s\n",
        Part::Head,
        expect![[r#"
        «1min 30s»
        **`TimeoutStopSec=1min 30s`** = 90 s

        **`TimeoutStopSec=`** in [Service]
    "#]],
    );
    // Nanoseconds where nothing else is said; a word is no span.
    check(
        "[Service]\nTimerSlackNSec=$05000000\n",
        Part::Head,
        expect![[r#"
        «5000000»
        **`TimerSlackNSec=5ms`** = 0.005 s

        **`TimerSlackNSec=`** in [Service]
    "#]],
    );
    check(
        "//- /etc/systemd/system.conf\n[Manager]\nRuntimeWatchdogSec=$0off\n",
        Part::Head,
        expect![[r#"
        «off»
        **`RuntimeWatchdogSec=`** in [Manager]

        The hardware watchdog while the system runs: its time, an early warning, and who hears it.
    "#]],
    );
    check(
        "[Service]\nRestartSec=$0250ms\n",
        Part::Head,
        expect![[r#"
        «250ms»
        **`RestartSec=250ms`** = 0.25 s

        **`RestartSec=`** in [Service]
    "#]],
    );
    check(
        "//- web.timer\n[Timer]\nOnBootSec=90m$0\n",
        Part::Head,
        expect![[r#"
        «90m»
        **`OnBootSec=1h 30min`** = 5400 s

        **`OnBootSec=`** in [Timer]
    "#]],
    );
    check(
        "[Service]\nTimeoutStopSec=infin$0ity\n",
        Part::Head,
        expect![[r#"
        «infinity»
        **`TimeoutStopSec=infinity`** = without end

        **`TimeoutStopSec=`** in [Service]
    "#]],
    );
    check(
        "[Service]\nTimeoutStopSec=$00\n",
        Part::Head,
        expect![[r#"
        «0»
        **`TimeoutStopSec=0`** = without end

        **`TimeoutStopSec=`** in [Service]
    "#]],
    );
    // What is no time span shows the page.
    check(
        "[Service]\nTimeoutStopSec=so$0on\n",
        Part::Head,
        expect![[r#"
        «soon»
        **`TimeoutStopSec=`** in [Service]

        How long each step of stopping may take before systemd turns to force.
    "#]],
    );
}

#[test]
fn unit_names() {
    check(
        "
//- web.service
[Unit]
After=network.target db$0.service
//- db.service
[Unit]
Description=The data
[Service]
ExecStart=/bin/db
//- db.service.d/name.conf
[Unit]
Description=The database
",
        Part::Whole,
        expect![[r#"
            «db.service»
            **`db.service`**

            The database

            `db.service`

            Drop-ins, in reading order:

            - `db.service.d/name.conf`

            `Type=simple`

            Nothing in sight starts it.
        "#]],
    );
    // Found under a name that an alias or a specifier gives.
    check(
        "
//- web@eu.service
[Unit]
Requires=db@$0%i.service
//- db@.service
[Unit]
Description=Data of %i
",
        Part::Whole,
        expect![[r#"
            «db@%i.service»
            **`db@eu.service`**

            Data of %i

            `db@.service`

            `Type=oneshot`

            Started by:

            - web@eu.service (Requires=)
        "#]],
    );
    check(
        "[Unit]\nAfter=network$0.target\n",
        Part::Whole,
        expect![[r#"
        «network.target»
        **`network.target`**

        One of systemd's own units; passive: it is started by its provider, not by those that need it.
    "#]],
    );
    check(
        "[Install]\nWantedBy=multi-user$0.target\n",
        Part::Whole,
        expect![[r#"
        «multi-user.target»
        **`multi-user.target`**

        One of systemd's own units.
    "#]],
    );
    check(
        "[Unit]\nAfter=nowhere.ser$0vice\n",
        Part::Whole,
        expect![[r#"
        «nowhere.service»
        **`nowhere.service`**

        Not known here.
    "#]],
    );
    check(
        "
//- /etc/systemd/system/web.service
[Unit]
After=db$0.service
//- /usr/lib/systemd/system/db.service
[Service]
ExecStart=/bin/db
//- /etc/systemd/system/db.service -> /dev/null
",
        Part::Whole,
        expect![[r#"
            «db.service»
            **`db.service`**

            masked by `/etc/systemd/system/db.service`
        "#]],
    );
    check(
        "[Service]\nSlice=sys$0tem.slice\n",
        Part::Whole,
        expect![[r#"
        «system.slice»
        **`system.slice`**

        One of systemd's own units.
    "#]],
    );
    // In a continued list, behind a comment.
    check(
        "[Unit]\nAfter=a.service \\\n  # why\n  b.ser$0vice\n//- b.service\n[Unit]\nDescription=B\n",
        Part::Whole,
        expect![[r#"
            «b.service»
            **`b.service`**

            B

            `b.service`

            `Type=oneshot`

            Nothing in sight starts it.
        "#]],
    );
    // No name that systemd would take: the directive's page.
    check(
        "[Unit]\nAfter=net$0work\n",
        Part::Head,
        expect![[r#"
        «network»
        **`After=`** in [Unit]

        Delays the start of this unit until the listed units have finished starting.
    "#]],
    );
}

#[test]
fn the_type_that_counts() {
    let of = |rest: &str| format!("[Service]\nTy$0pe=\n{rest}");
    let title = |fixture: &str| {
        let (hover, _) = hover_at(fixture).expect("a directive");
        let unit = hover.markdown.rsplit_once("\n\n---\n\n").expect("it speaks of the unit").1.to_owned();
        unit.lines().next().expect("a table").to_owned()
    };
    assert_eq!(title(&of("ExecStart=/bin/a\n")), "| under `Type=simple` a program that … | |");
    assert_eq!(title(&of("BusName=org.a.b\nExecStart=/bin/a\n")), "| under `Type=dbus` a program that … | |");
    assert_eq!(title(&of("ExecStop=/bin/a\n")), "| under `Type=oneshot` a program that … | |");
    let credentials = of("LoadCredential=a\nExecStart=/bin/a\n");
    assert_eq!(title(&credentials), "| under `Type=exec` a program that … | |");
    let older = format!("//- web.service systemd=252\n{credentials}");
    assert_eq!(title(&older), "| under `Type=simple` a program that … | |");
    let drop_in = "//- web.service\n[Service]\nTy$0pe=simple\nExecStart=/bin/a\n//- web.service.d/a.conf\n[Service]\nType=exec\n";
    assert_eq!(title(drop_in), "| under `Type=exec` a program that … | |");
}

#[test]
fn what_a_crash_loop_comes_to() {
    let outcome = |fixture: &str| {
        let (hover, _) = hover_at(fixture).expect("a directive");
        let mut steps = hover.markdown.lines().skip_while(|line| !line.contains("this unit"));
        steps.find(|line| line.contains("exit 1")).expect("it speaks of a crash").to_owned()
    };
    let mut out = String::new();
    for fixture in [
        "[Service]\nExecStart=/bin/a\nRest$0art=always\n",
        "[Service]\nExecStart=/bin/a\nRestart=on-failure\nRestart$0Sec=5\n",
        "[Service]\nExecStart=/bin/a\nRestart=on-failure\nRestart$0Sec=2\n",
        "[Service]\nExecStart=/bin/a\nRestart=on-failure\nRestart$0Sec=1800ms\n",
        "[Service]\nExecStart=/bin/a\nRestart=on-failure\nRestartSec=1\nRestart$0Steps=3\nRestartMaxDelaySec=1min\n",
        "//- a.service systemd=252\n[Service]\nExecStart=/bin/a\nRestart=on-failure\nRestart$0Sec=1\nRestartSteps=3\nRestartMaxDelaySec=1min\n",
        "[Unit]\nStartLimit$0Burst=3\n[Service]\nExecStart=/bin/a\nRestart=always\nRestartSec=1\n",
        "[Unit]\nStartLimitBurst=1\nStartLimit$0IntervalSec=1h\n[Service]\nExecStart=/bin/a\nRestart=always\nRestartSec=0\n",
        "[Unit]\nStartLimitInterval$0Sec=0\n[Service]\nExecStart=/bin/a\nRestart=always\n",
        "[Service]\nExecStart=/bin/a\nRestart$0Sec=5\n",
        "//- a.service\n[Service]\nExecStart=/bin/a\nRestart=always\n//- a.service.d/b.conf\n[Service]\nRestart$0Sec=1min\n",
    ] {
        out += &outcome(fixture);
        out.push('\n');
    }
    expect![[r#"
        - exit 0, exit 1, SIGSEGV → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s)
        - exit 1, SIGSEGV → restart in 5s → … → for ever, about every 5s: 5 starts take 10s or more
        - exit 1, SIGSEGV → restart in 2s → … → for ever, about every 2s: 5 starts take 10s or more
        - exit 1, SIGSEGV → restart in 1.8s → … → start limit, `failed` after 5 starts, or later, or never: each pause may be 250ms longer
        - exit 1, SIGSEGV → restart in 1s, growing to 1min → … → for ever, about every 1min: 5 starts take 10s or more
        - exit 1, SIGSEGV → restart in 1s → … → start limit, `failed` after 5 starts (5s to 6.25s)
        - exit 0, exit 1, SIGSEGV → restart in 1s → … → start limit, `failed` after 3 starts (3s to 3.75s)
        - exit 0, exit 1, SIGSEGV → restart at once → start limit, `failed` after 1 start (0s)
        - exit 0, exit 1, SIGSEGV → restart in 0.1s → … → for ever, about every 0.1s: no start limit
        - exit 1, SIGSEGV → `failed`
        - exit 0, exit 1, SIGSEGV → restart in 1min → … → for ever, about every 1min: 5 starts take 10s or more
    "#]].assert_eq(&out);
    // Of a drop-in's unit that is out of sight the rest is unknown.
    check(
        "//- a.service.d/b.conf\n[Service]\nRestart$0Sec=1min\n",
        Part::Unit,
        expect![[r#"
        «RestartSec»

    "#]],
    );
    // Other units have a start limit too, but no restart.
    check(
        "//- a.timer\n[Unit]\nStartLimit$0Burst=3\n[Timer]\nOnBootSec=1\n",
        Part::Unit,
        expect![[r#"
        «StartLimitBurst»

    "#]],
    );
}

/// Facts and texts for every directive: nothing panics, and enough of them are documented.
#[test]
fn every_page() {
    let mut documented: Vec<&str> = Vec::new();
    for section in unit_catalog::Section::ALL {
        for directive in unit_catalog::directives(section) {
            let page = directive_page(directive);
            assert!(
                page.starts_with(&format!("**`{}=`** in [{}]", directive.name, section.name())),
                "{page}"
            );
            let Some(doc) = directive.doc() else {
                continue;
            };
            documented.push(directive.name);
            assert!(page.contains(doc.summary), "{page}");
            for (word, text) in doc.words {
                assert!(!text.is_empty(), "{}={word} says nothing", directive.name);
                // Lists document the words that they are made of; an enumeration's words are its values.
                if directive.kind == unit_catalog::ValueKind::Enum {
                    let known = directive.word(word).is_some()
                        || directive.boolean.is_some() && unit_ide::value::boolean(word).is_some();
                    assert!(known, "{}= has no word `{word}`", directive.name);
                }
            }
        }
    }
    documented.sort_unstable();
    documented.dedup();
    assert!(documented.len() >= 100, "{} directives have a text", documented.len());
}

#[test]
fn values_in_other_words() {
    let part = |text: &str| {
        let (hover, part) = hover_at(text).expect("there is something to say");
        let head = hover.markdown.split("\n\n**`").next().unwrap_or_default().to_owned();
        format!("«{part}» {head}\n")
    };
    let service = |line: &&str| part(&format!("//- web@one-two.service\n[Service]\n{line}\n"));
    let texts: String = [
        "MemoryMax=4$0G",
        "MemoryMax=5$00%",
        "CPUQuota=2$000%",
        "IOReadBandwidthMax=/dev/sda 10$0M",
        "LimitNOFILE=1$0024",
        "LimitFSIZE=1G:2$0G",
        "RuntimeDirectoryMode=0$0750",
        "UMask=002$07",
        "KillSignal=SIG$0INT",
        "SuccessExitStatus=7$05 SIGKILL",
        "SuccessExitStatus=75 SIG$0KILL",
        "CapabilityBoundingSet=~CAP_NET_$0ADMIN CAP_KILL",
        "SystemCallFilter=$0~@swap:EPERM",
        "SystemCallFilter=~@sw$0ap:EPERM",
        "SystemCallFilter=@chown re$0boot",
        "RestrictFileSystems=@common$0-block",
        "ExecStart=-$0@/bin/web web %I",
        "ExecStart=/bin/web %$0I",
        "WorkingDirectory=%t$0/web",
        "Environment=A=%%$0",
    ]
    .iter()
    .map(service)
    .collect();
    expect![[r#"
        «4G» **`4G`** = 4 294 967 296 bytes (4 GiB)
        «50%» **`50%`** of the machine's memory
        «200%» **`200%`** = the time of 2 CPUs
        «10M» **`10M`** = 10 000 000 bytes (about 9.54 MiB), counted in steps of 1000
        «1024» **`LimitNOFILE=`** in [Service]

        Maximum number of open file descriptors per process.

        One number sets soft and hard limit alike, `SOFT:HARD` sets both. The default `1024:524288` lets programs raise the soft limit themselves, as most do; a program that does not can get `LimitNOFILE=65536:524288`. A high soft limit breaks programs that use select(). `infinity` can be very slow with programs that walk over all possible descriptors. Limits in `/etc/security/limits.conf` do not apply to services.

        - Value: a number, or `SOFT:HARD`; `infinity` for no limit
        - Default: `1024:524288`
        - The last line counts; an empty value is refused
        - [systemd.exec(5)](https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#LimitNOFILE=)
        «2G» **`2G`** = 2 147 483 648 bytes (2 GiB)
        «0750» **`0750`** = `rwxr-x---`

        - owner: read, write, execute or enter
        - group: read, execute or enter
        - others: nothing
        «0027» **`0027`** takes rights away

        - new files: `rw-r-----` (0640)
        - new directories: `rwxr-x---` (0750)
        «SIGINT» **`SIGINT`**: signal 2
        «75» **`75`**: exit status 75
        - `TEMPFAIL` of sysexits.h
        «SIGKILL» **`SIGKILL`**: signal 9
        «CAP_NET_ADMIN» **`CAP_NET_ADMIN`**: capability 12 of the kernel, see capabilities(7)
        «~» **`~`**: all but those that follow
        «@swap:EPERM» **`@swap`**

        `swapoff` `swapon`

        `:EPERM`: the call fails with that error
        «reboot» **`reboot`**: system call, in `@reboot`
        «@common-block» **`@common-block`**

        `btrfs` `erofs` `exfat` `ext4` `f2fs` `iso9660` `ntfs3` `squashfs` `udf` `vfat` `xfs`
        «-@» **`-@`** before the program

        - `-`: a failing exit status, or death by a signal, counts as success
        - `@`: the word after the program becomes its argument 0
        «%I» **`%I`**: instance, unescaped

        Here: `one/two`
        «%t/web» **`WorkingDirectory=`** in [Service]

        Directory in which the commands of this unit are started.

        Without it, system services run in `/` and user services in the home directory. `~` stands for the home directory of `User=`. If the directory is missing, the start fails with status 200/CHDIR; a leading `-` (`-/srv/app`) falls back silently. systemd enters it after changing user and after the sandbox is set up: `ProtectHome=yes` hides directories below `/home`, and the user needs search permission on the way. With `RootDirectory=` the path is meant inside that root. The mounts it lies on are required and waited for.

        The program name in `ExecStart=` is not looked up here; it has to be an absolute path or come from the search path.

        - Value: an absolute path, or `~` for the user's home directory; `-` in front allows it to be missing
        - Default: `/`
        - The last line counts; an empty value restores the default
        - [systemd.exec(5)](https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#WorkingDirectory=)
        «A=%%» **`Environment=`** in [Service]

        Sets environment variables for the commands of this unit.

        Several assignments per line are separated by blanks, so a value with blanks needs quotes around the *whole* assignment:

        `Environment="OPTS=-v -x" LANG=C` sets two variables, while `OPTS=-v -x` sets `OPTS` to `-v` and drops `-x` with a warning.

        - `$` means nothing here; `PATH=$PATH:/opt/bin` is taken literally. Specifiers work, so write `%%` for a percent sign.
        - Later lines win over earlier ones, `EnvironmentFile=` over `Environment=`.
        - Commas are part of the value.
        - Not for secrets: any local user can read them with `systemctl show`. Use `LoadCredential=`.

        In `ExecStart=` use `${NAME}` for one argument, `$NAME` as a word of its own to have it split.

        - Value: `NAME=VALUE` pairs separated by spaces; quote a pair whose value has spaces: `"NAME=two words"`
        - May be repeated, lines add up; an empty value clears what came before
        - [systemd.exec(5)](https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Environment=)
    "#]].assert_eq(&texts);
}

#[test]
fn next_elapses() {
    check(
        "//- a.timer\n[Timer]\nOnCalendar=dai$0ly\n",
        Part::Whole,
        expect![[r#"
            «daily»
            **`daily`** = `*-*-* 00:00:00`

            Next:

            - Thu 2024-05-16 00:00:00 CEST
            - Fri 2024-05-17 00:00:00 CEST
            - Sat 2024-05-18 00:00:00 CEST

            **`OnCalendar=`** in [Timer]

            Starts the unit at points of the calendar, in wall clock time.

            `[WEEKDAYS] [YEAR-MONTH-DAY] [HOUR:MINUTE[:SECOND]] [TIMEZONE]`, not cron syntax:

            | expression | when |
            |---|---|
            | `daily`, `weekly`, `monthly` | 00:00; on Mondays; on the 1st |
            | `Mon..Fri 02:30` | workdays at half past two |
            | `*:0/15` | every quarter of an hour |
            | `*-*-01 04:00` | on the 1st of each month |
            | `Sat *-*-1..7 06:00` | first Saturday of the month |
            | `*-*-* 03:00 UTC` | daily, in another time zone |

            Several lines add up. `systemd-analyze calendar 'EXPR'` shows what an expression means and when it is due next.

            The actual start may be up to a minute later (`AccuracySec=`). Times missed while the machine was off are lost
            unless `Persistent=yes`; after suspend the timer catches up with one run. If the unit still runs when its time
            comes, no second one is started; when it ends and a time has passed meanwhile, it runs again at once
            (`DeferReactivation=`, 257).

            - Value: a calendar event: `daily`, `Mon..Fri 09:00`, `*-*-01 04:30:00 UTC`, or `@` and seconds since 1970
            - May be repeated, lines add up; an empty value clears what came before
            - Since systemd 197
            - [systemd.timer(5)](https://www.freedesktop.org/software/systemd/man/latest/systemd.timer.html#OnCalendar=)
        "#]],
    );
    check(
        "//- a.timer\n[Timer]\nOnCalendar=2020-01-$001\n",
        Part::Head,
        expect![[r#"
        «2020-01-01»
        **`2020-01-01`** = `2020-01-01 00:00:00`

        Never due again.
    "#]],
    );
    let of = |event: &str| {
        let (hover, _) =
            hover_at(&format!("//- a.timer\n[Timer]\nOnCalendar=$0{event}\n")).expect("an event");
        hover.markdown.split("\n\n**").next().unwrap_or_default().to_owned() + "\n\n"
    };
    let zones = ["03:00 America/New_York", "*-10-27 02:00/20", "*-03-31 02:30", "daily CEST"].map(of);
    expect![[r#"
        **`03:00 America/New_York`** = `*-*-* 03:00:00 America/New_York`

        Next:

        - Thu 2024-05-16 03:00:00 EDT, here Thu 2024-05-16 09:00:00 CEST
        - Fri 2024-05-17 03:00:00 EDT, here Fri 2024-05-17 09:00:00 CEST
        - Sat 2024-05-18 03:00:00 EDT, here Sat 2024-05-18 09:00:00 CEST

        **`*-10-27 02:00/20`** = `*-10-27 02:00/20:00`

        Next:

        - Sun 2024-10-27 02:00:00 CEST
        - Sun 2024-10-27 02:20:00 CEST
        - Sun 2024-10-27 02:40:00 CEST

        **`*-03-31 02:30`** = `*-03-31 02:30:00`

        Next:

        - Mon 2025-03-31 02:30:00 CEST
        - Tue 2026-03-31 02:30:00 CEST
        - Wed 2027-03-31 02:30:00 CEST

        **`daily CEST`** = `*-*-* 00:00:00 CEST`

        When that is depends on the machine: not every one knows a time zone `CEST`.

    "#]]
    .assert_eq(&zones.concat());
}
