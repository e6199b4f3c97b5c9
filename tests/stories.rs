//! What `unitls check` says of the stories in `units/`: the situations that this project exists for.

#[path = "support/command.rs"]
mod command;

use command::{Run, in_tests, unitls};
use expect_test::{Expect, expect};

fn check(story: &str, format: &str) -> Run {
    let arguments =
        ["check", "--systemd-version", "257", "--system-units", "none", "--format", format, story];
    unitls(&in_tests("units"), arguments)
}

/// Compares what a person sees of a story: the findings, the summary, the exit status.
fn story(name: &str, expected: Expect) {
    let run = check(name, "text");
    expected.assert_eq(&format!("{}{}exit status {}\n", run.stdout, run.stderr, run.status));
}

#[test]
fn undead() {
    story(
        "undead",
        expect![[r#"
            information[start-limit-unreachable]: 5 starts take 10s of pauses, and the window is 10s as well: on
                                                  this edge a crashing service in practice restarts for ever.
             --> undead/widget-daemon.service:8:12
              |
            8 | RestartSec=2
              |            ^

            0 errors, 0 warnings, 1 information, 0 hints in 4 files
            exit status 0
        "#]],
    );
}

#[test]
fn wrong_type() {
    story(
        "wrong-type",
        expect![[r#"
            warning[type-simple-daemonizes]: `--daemonize` sends `redis-server` into the background and its
                                             first process exits: Type=simple takes that for the end of the
                                             service and kills what is left of it.
             --> wrong-type/cache.service:7:55
              |
            7 | ExecStart=/usr/bin/redis-server /etc/redis/cache.conf --daemonize yes
              |                                                       ^^^^^^^^^^^
              |
              = note: wrong-type/cache.service:6: the type is set here
              = help: Use `Type=forking`

            warning[type-forking-foreground]: `exporter.py` is a script of `python` and stays in the foreground
                                              unless it forks by itself: Type=forking waits for the first
                                              process to exit, and after 1min 30s the start fails and it is
                                              killed.
             --> wrong-type/exporter.service:7:28
              |
            7 | ExecStart=/usr/bin/python3 /opt/exporter/exporter.py --port 9101
              |                            ^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = note: wrong-type/exporter.service:6: the type is set here
              = help: Use `Type=exec`

            warning[oneshot-long-running]: `gunicorn` runs until it is stopped: a oneshot is not started before
                                           its command has ended, so this unit stays `activating` for ever, and
                                           all that is ordered after it waits.
             --> wrong-type/queue.service:7:11
              |
            7 | ExecStart=/usr/bin/gunicorn --bind 127.0.0.1:8000 queue:app
              |           ^^^^^^^^^^^^^^^^^
              |
              = note: wrong-type/queue.service:6: the type is set here
              = help: Use `Type=notify`

            warning[type-notify-unsupported]: `nginx` sends no READY=1, with Type=notify the start fails after
                                              1min 30s.
             --> wrong-type/web.service:7:11
              |
            7 | ExecStart=/usr/sbin/nginx -g "daemon off;"
              |           ^^^^^^^^^^^^^^^
              |
              = note: wrong-type/web.service:6: the type is set here
              = help: Use `Type=exec`

            0 errors, 4 warnings, 0 information, 0 hints in 4 files
            exit status 1
        "#]],
    );
}

#[test]
fn diceroll() {
    story(
        "diceroll",
        expect![[r#"
            information[exec-stops-itself]: No unit is called `your-app.service`; the name looks like a
                                            placeholder. systemctl exits with 5, so the command fails each time.
             --> diceroll/diceroll.service:7:10
              |
            7 | ExecStop=/bin/systemctl stop your-app.service
              |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: Remove this `ExecStop=`

            error[inline-comment]: A comment needs a line of its own: systemd reads it as part of the value,
                                   cannot parse that and ignores the line.
             --> diceroll/diceroll.service:8:23
              |
            8 | TimeoutStartSec=1min  # stop it when nobody has rolled a die for a minute
              |                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: Move the comment to its own line

            information[activated-service-enabled-at-boot]: `diceroll.socket` starts this service on demand, but
                                                            enabling the service starts it at boot as well: the
                                                            socket then delays nothing, and is refused when
                                                            started after its service.
              --> diceroll/diceroll.service:11:10
               |
            11 | WantedBy=multi-user.target
               |          ^^^^^^^^^^^^^^^^^
               |
               = note: diceroll/diceroll.socket:5: `diceroll.socket` starts `diceroll.service`
               = help: Replace `WantedBy=` by `Also=diceroll.socket`
               = help: Add `Requires=diceroll.socket`

            1 error, 0 warnings, 2 information, 0 hints in 2 files
            exit status 1
        "#]],
    );
}

#[test]
fn diceroll_for_scripts() {
    expect![[r#"
        {"path":"diceroll/diceroll.service","line":7,"column":10,"end_line":7,"end_column":46,"severity":"information","code":"exec-stops-itself","message":"No unit is called `your-app.service`; the name looks like a placeholder. systemctl exits with 5, so the command fails each time.","related":[],"fix":"Remove this `ExecStop=`"}
        {"path":"diceroll/diceroll.service","line":8,"column":23,"end_line":8,"end_column":74,"severity":"error","code":"inline-comment","message":"A comment needs a line of its own: systemd reads it as part of the value, cannot parse that and ignores the line.","related":[],"fix":"Move the comment to its own line"}
        {"path":"diceroll/diceroll.service","line":11,"column":10,"end_line":11,"end_column":27,"severity":"information","code":"activated-service-enabled-at-boot","message":"`diceroll.socket` starts this service on demand, but enabling the service starts it at boot as well: the socket then delays nothing, and is refused when started after its service.","related":[{"path":"diceroll/diceroll.socket","line":5,"message":"`diceroll.socket` starts `diceroll.service`"}],"fix":"Replace `WantedBy=` by `Also=diceroll.socket`"}
    "#]].assert_eq(&check("diceroll", "json").stdout);
}

/// Once the comment is gone the timeout is read, and turns out to limit nothing.
#[test]
fn diceroll_without_the_comment() {
    let folder = tempfile::tempdir().expect("a folder for the copy");
    for name in ["diceroll.service", "diceroll.socket"] {
        let text =
            std::fs::read_to_string(in_tests("units/diceroll").join(name)).expect("the story is there");
        let lines = text.lines().map(|line| line.split("  #").next().unwrap_or_default());
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        std::fs::write(folder.path().join(name), text).expect("the copy is written");
    }
    let run = command::check_json(folder.path(), ["diceroll.service"]);
    let findings = run.json();
    let on_timeout: Vec<_> = findings.iter().filter(|finding| finding["line"] == 8).collect();
    assert_eq!(on_timeout.len(), 1, "{findings:?}");
    assert_eq!(on_timeout[0]["code"], "timeoutstart-not-idle-timeout");
}

#[test]
fn crash() {
    story(
        "crash",
        expect![[r#"
            information[start-limit-unreachable]: 5 starts take 25s of pauses, and the window is 10s: a crashing
                                                  service restarts for ever and never reaches `failed`.
             --> crash/for-ever.service:8:12
              |
            8 | RestartSec=5
              |            ^

            information[start-limit-quick-giveup]: A crash at start gives 5 runs, then `failed`, 0.5s to 1.75s
                                                   after the first start; an outage of the network
                                                   (`network.target`) may last longer. A longer `RestartSec=`
                                                   within a wider `StartLimitIntervalSec=` outlives a short
                                                   outage.
             --> crash/gives-up.service:7:9
              |
            7 | Restart=on-failure
              |         ^^^^^^^^^^
              |
              = note: crash/gives-up.service:3: this exposes it to outages
              = help: Pause 2s and allow 20 starts in 2min

            error[start-limit-wrong-section]: `StartLimitIntervalSec=` belongs to [Unit]; here systemd ignores
                                              it and the window stays at its default of 10s.
             --> crash/wrong-section.service:9:1
              |
            9 | StartLimitIntervalSec=30
              | ^^^^^^^^^^^^^^^^^^^^^
              |
              = help: Move to [Unit]

            1 error, 0 warnings, 2 information, 0 hints in 3 files
            exit status 1
        "#]],
    );
}
