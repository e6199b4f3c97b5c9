//! What hovers say becomes of a unit, from its start to its ends.

mod support;

use expect_test::{Expect, expect};
use support::Fixture;
use unit_ide::activation::timeline::Timeline;

/// Compares the timelines of the units with the cursor.
#[track_caller]
fn check(fixtures: &[&str], expected: Expect) {
    let mut out = String::new();
    for text in fixtures {
        let fixture = Fixture::new(text);
        let (file, _) = fixture.cursor();
        let unit = fixture.workspace.effective_of(file).expect("it is a unit file");
        let timeline = Timeline::of(&fixture.workspace, &unit, file.version);
        let text = timeline.map_or_else(|| "nothing".to_owned(), |timeline| timeline.markdown());
        out += text.split_once("\n\n").map_or(&*text, |(_, steps)| steps);
        out += "\n\n";
    }
    expected.assert_eq(&out);
}

#[test]
fn types() {
    check(
        &[
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nType=simple\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nType=idle\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nType=exec\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nType=forking\nTimeoutStartSec=20\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nType=oneshot\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nType=oneshot\nRemainAfterExit=yes\nTimeoutStartSec=1min\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nType=notify\nTimeoutStartSec=0\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nBusName=org.a.b\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nType=notify-reload\nWatchdogSec=30\nRuntimeMaxSec=1h\nRestart=on-failure\n",
        ],
        expect![[r#"
            - start → `active` at the fork
            - exit 0 → `inactive`
            - exit 1, SIGSEGV → `failed`
            - stop → `inactive`, until something starts it

            - start → `active` at once; the program runs up to 6s later while there are other jobs
            - exit 0 → `inactive`
            - exit 1, SIGSEGV → `failed`
            - stop → `inactive`, until something starts it

            - start → `active` once the program runs
            - exit 0 → `inactive`
            - exit 1, SIGSEGV → `failed`
            - stop → `inactive`, until something starts it

            - start → `active` when the first process exits, which may take 20s
            - exit 0 → `inactive`
            - exit 1, SIGSEGV, not started after 20s → `failed`
            - stop → `inactive`, until something starts it

            - start → `activating` until the last command has ended, however long it takes
            - exit 0 → `inactive`
            - exit 1, SIGSEGV → `failed`
            - stop → `inactive`, until something starts it

            - start → `activating` until the last command has ended, which may take 1min
            - exit 0 → stays `active` (exited)
            - exit 1, SIGSEGV, not started after 1min → `failed`
            - stop → `inactive`, until something starts it

            - start → `active` at `READY=1`, however long it takes
            - exit 0 → `inactive`
            - exit 1, SIGSEGV, exit before `READY=1` → `failed`
            - stop → `inactive`, until something starts it

            - start → `active` when the bus name is taken, which may take 1min 30s
            - exit 0 → `inactive`
            - exit 1, SIGSEGV, not started after 1min 30s → `failed`
            - stop → `inactive`, until something starts it

            - start → `active` at `READY=1`, which may take 1min 30s
            - exit 0 → `inactive`
            - exit 1, SIGSEGV, exit before `READY=1` → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s)
            - not started after 1min 30s → restart in 0.1s → … → for ever, about every 1min 30s: 5 starts take 10s or more
            - no ping for 30s → restart in 0.1s → … → for ever, about every 30.1s: 5 starts take 10s or more
            - stop → `inactive`, until something starts it

        "#]],
    );
}

#[test]
fn policies() {
    check(
        &[
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nRestart=always\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nRestart=on-success\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nRestart=on-failure\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nRestart=on-abnormal\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nRestart=on-abort\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nRestart=on-watchdog\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nType=oneshot\nRestart=on-failure\nRestartSec=1min\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nRemainAfterExit=yes\nRestart=always\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=-/bin/a\nRestart=on-failure\n",
        ],
        expect![[r#"
            - start → `active` at the fork
            - exit 0, exit 1, SIGSEGV → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s)
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0 → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s)
            - exit 1, SIGSEGV → `failed`
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0 → `inactive`
            - exit 1, SIGSEGV → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s)
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0 → `inactive`
            - exit 1 → `failed`
            - SIGSEGV → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s)
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0 → `inactive`
            - exit 1 → `failed`
            - SIGSEGV → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s)
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0 → `inactive`
            - exit 1, SIGSEGV → `failed`
            - stop → `inactive`, until something starts it

            - start → `activating` until the last command has ended, however long it takes
            - exit 0 → `inactive`
            - exit 1, SIGSEGV → restart in 1min → … → for ever, about every 1min: 5 starts take 10s or more
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0 → stays `active` (exited)
            - exit 1, SIGSEGV → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s)
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0, exit 1, SIGSEGV → `inactive`
            - stop → `inactive`, until something starts it

        "#]],
    );
}

#[test]
fn statuses() {
    check(
        &[
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nSuccessExitStatus=1 2 TEMPFAIL SIGSEGV\nRestart=on-failure\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nRestartForceExitStatus=3 SIGKILL\nRestartPreventExitStatus=126\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nRestart=always\nRestartPreventExitStatus=0 1\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nType=oneshot\nRestartForceExitStatus=0 7\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nRestart=on-failure\nSuccessExitStatus=1\nSuccessExitStatus=\nRestartPreventExitStatus=SIGSEGV 255\n",
        ],
        expect![[r#"
            - start → `active` at the fork
            - exit 0 → `inactive`
            - exit 3, SIGABRT → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s)
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0 → `inactive`
            - exit 1, SIGSEGV, 126 (`RestartPreventExitStatus=`) → `failed`
            - 3 SIGKILL (`RestartForceExitStatus=`) → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s)
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0 → `inactive`
            - exit 2, SIGSEGV → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s)
            - 0 1 (`RestartPreventExitStatus=`) → `failed`
            - stop → `inactive`, until something starts it

            - start → `activating` until the last command has ended, however long it takes
            - exit 0 → `inactive`
            - exit 1, SIGSEGV → `failed`
            - 0 7 (`RestartForceExitStatus=`) → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s)
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0 → `inactive`
            - exit 1, SIGABRT → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s)
            - SIGSEGV 255 (`RestartPreventExitStatus=`) → `failed`
            - stop → `inactive`, until something starts it

        "#]],
    );
}

#[test]
fn limits() {
    check(
        &[
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nRestart=always\nRestartSec=0\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nRestart=always\nRestartSec=2\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nRestart=always\nRestartSec=1800ms\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nRestart=always\nRestartSec=1\nRestartSteps=3\nRestartMaxDelaySec=1min\n",
            "//- a.service systemd=257\n[Unit]\nStartLimitIntervalSec=0\n$0[Service]\nExecStart=/bin/a\nRestart=always\n",
            "//- a.service systemd=257\n[Unit]\nStartLimitIntervalSec=infinity\nStartLimitBurst=1\n$0[Service]\nExecStart=/bin/a\nRestart=always\nRestartSec=1h\n",
            "//- a.service systemd=257\n[Unit]\nStartLimitIntervalSec=1min\nStartLimitBurst=3\n$0[Service]\nExecStart=/bin/a\nType=notify\nRestart=on-failure\nTimeoutStartSec=1\nWatchdogSec=2\n",
        ],
        expect![[r#"
            - start → `active` at the fork
            - exit 0, exit 1, SIGSEGV → restart at once → … → start limit, `failed` after 5 starts (0s)
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0, exit 1, SIGSEGV → restart in 2s → … → for ever, about every 2s: 5 starts take 10s or more
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0, exit 1, SIGSEGV → restart in 1.8s → … → start limit, `failed` after 5 starts, or later, or never: each pause may be 250ms longer
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0, exit 1, SIGSEGV → restart in 1s, growing to 1min → … → for ever, about every 1min: 5 starts take 10s or more
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0, exit 1, SIGSEGV → restart in 0.1s → … → for ever, about every 0.1s: no start limit
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0, exit 1, SIGSEGV → restart in 1h → start limit, `failed` after 1 start (1h)
            - stop → `inactive`, until something starts it

            - start → `active` at `READY=1`, which may take 1s
            - exit 0 → `inactive`
            - exit 1, SIGSEGV, exit before `READY=1` → restart in 0.1s → … → start limit, `failed` after 3 starts (0.3s to 1.05s)
            - not started after 1s → restart in 0.1s → … → start limit, `failed` after 3 starts (3.3s to 4.05s)
            - no ping for 2s → restart in 0.1s → … → start limit, `failed` after 3 starts (6.3s to 7.05s)
            - stop → `inactive`, until something starts it

        "#]],
    );
}

#[test]
fn sequels() {
    check(
        &[
            "//- a.service systemd=252\n[Unit]\nOnFailure=tell@%n.service other.service\nOnSuccess=good.service\nFailureAction=reboot\nSuccessAction=none\nStartLimitAction=poweroff\n$0[Service]\nExecStart=/bin/a\nRestart=on-failure\n",
            "//- a.service systemd=257\n[Unit]\nOnFailure=tell@%n.service other.service\nOnSuccess=good.service\nFailureAction=reboot\nSuccessAction=none\nStartLimitAction=poweroff\n$0[Service]\nExecStart=/bin/a\nRestart=on-failure\n",
            "//- a.service systemd=257\n[Unit]\nOnFailure=tell.service\nFailureAction=reboot\n$0[Service]\nExecStart=/bin/a\nRestart=on-failure\nRestartMode=direct\n",
            "//- a.service systemd=257\n[Unit]\nOnFailure=tell.service\nOnSuccess=good.service\nSuccessAction=exit\n$0[Service]\nExecStart=/bin/a\n\n",
        ],
        expect![[r#"
            - start → `active` at the fork
            - exit 0 → `inactive`, starts `good.service`
            - exit 1, SIGSEGV → `FailureAction=reboot` → starts `good.service` → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s), starts `tell@a.service.service`, `other.service`, `StartLimitAction=poweroff`
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0 → `inactive`, starts `good.service`
            - exit 1, SIGSEGV → starts `tell@a.service.service`, `other.service` → `FailureAction=reboot` → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s), `StartLimitAction=poweroff`
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0 → `inactive`
            - exit 1, SIGSEGV → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s), starts `tell.service`, `FailureAction=reboot`
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0 → `inactive`, starts `good.service`, `SuccessAction=exit`
            - exit 1, SIGSEGV → `failed`, starts `tell.service`
            - stop → `inactive`, until something starts it

        "#]],
    );
}

#[test]
fn triggers() {
    check(
        &[
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\n\n//- a.socket\n[Socket]\nListenStream=80\n//- b.timer\n[Timer]\nOnCalendar=daily\nUnit=a.service\n//- c.path\n[Path]\nPathExists=/x\nUnit=a.service\n//- d.target\n[Unit]\nUpholds=a.service\n",
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nRestart=always\n//- a.socket\n[Unit]\nPartOf=a.service\n[Socket]\nListenStream=80\n",
            "//- a@.service systemd=257\n[Unit]\nOnFailure=tell@%i.service\n[Service]$0\nExecStart=/bin/a\nRestart=always\n//- a.socket\n[Socket]\nListenStream=80\nAccept=yes\n",
            "//- a@x.service systemd=257\n[Unit]\nOnFailure=tell@%i.service\n[Service]$0\nExecStart=/bin/a\nRestart=always\n//- a@.timer\n[Timer]\nOnCalendar=daily\n//- timers.target.wants/a@x.timer -> ../a@.timer\n",
        ],
        expect![[r#"
            - start → `active` at the fork
            - exit 0 → `inactive`, started again for `d.target`
            - exit 1, SIGSEGV → `failed`, started again for `d.target`
            - stop → `inactive`, but `a.socket` still listens, `b.timer` still runs, `c.path` still watches, `d.target` upholds it, and start it again

            - start → `active` at the fork
            - exit 0, exit 1, SIGSEGV → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s), `a.socket` fails too
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0 → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s), starts `tell@%i.service`
            - exit 1, SIGSEGV → starts `tell@%i.service` → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s)
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0 → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s), starts `tell@x.service`
            - exit 1, SIGSEGV → starts `tell@x.service` → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s)
            - stop → `inactive`, but `a@x.timer` still runs, and starts it again

        "#]],
    );
}

#[test]
fn what_others_set() {
    check(
        &[
            "//- /etc/systemd/system/a.service systemd=257\n[Service]$0\nExecStart=/bin/a\nType=notify\nRestart=always\n//- /etc/systemd/system/a.service.d/slow.conf\n[Service]\nRestart=on-abnormal\n//- /etc/systemd/system.conf\n[Manager]\nDefaultTimeoutStartSec=20s\nDefaultRestartSec=1\nDefaultStartLimitBurst=2\n",
            "//- a.service systemd=252\n$0[Service]\nExecStart=/bin/a\nRestart=always\nRestartSteps=3\nRestartMaxDelaySec=1min\nType=notify-reload\n",
        ],
        expect![[r#"
            - start → `active` at `READY=1`, which may take 20s
            - exit 0 → `inactive`
            - exit 1 → `failed`
            - SIGSEGV, exit before `READY=1` → restart in 1s → … → start limit, `failed` after 2 starts (2s to 2.5s)
            - not started after 20s → restart in 1s → … → for ever, about every 21s: 2 starts take 10s or more
            - stop → `inactive`, until something starts it

            - start → `active` at the fork
            - exit 0, exit 1, SIGSEGV → restart in 0.1s → … → start limit, `failed` after 5 starts (0.5s to 1.75s)
            - stop → `inactive`, until something starts it

        "#]],
    );
}

#[test]
fn nothing_that_runs() {
    check(
        &[
            "//- a.service systemd=257\n$0[Service]\nExecStart=/bin/a\nType=oneshot\nRestart=always\n",
            "//- a.service systemd=252\n$0[Service]\nExecStart=/bin/a\nType=oneshot\nRestartForceExitStatus=3\n",
            "//- a.service systemd=257\n$0[Service]\nRestart=always\n",
            "//- a.timer\n[Unit]\n$0StartLimitBurst=3\n[Timer]\nOnBootSec=1\n",
        ],
        expect![[r#"
            nothing

            nothing

            nothing

            nothing

        "#]],
    );
}
