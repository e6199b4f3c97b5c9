//! How a session begins and ends, and what it says besides.

use std::process::Command;

use crate::lsp_client::{Client, framed, place};
use crate::{BAD, ENABLED, SERVICE, SOCKET, folder, is_well, uri_in};
use serde_json::{Value, json};

#[test]
fn columns_are_bytes_for_clients_that_want_it() {
    // Behind `ExecStart=/bin/`, a die (four bytes, two UTF-16 units), a blank, an é (two bytes, one unit), a die, a blank.
    for (offered, settled, column) in [
        (json!(["utf-8", "utf-16"]), "utf-8", 27),
        (json!(["utf-16", "utf-8"]), "utf-8", 27),
        (json!(["utf-16"]), "utf-16", 22),
        (json!(["utf-32"]), "utf-16", 22),
        (json!([]), "utf-16", 22),
        (Value::Null, "utf-16", 22),
    ] {
        let mut client = Client::start(&[]);
        let capabilities = json!({ "general": { "positionEncodings": offered } });
        let answer = client.initialize(json!({ "capabilities": capabilities }));
        assert_eq!(answer["capabilities"]["positionEncoding"], settled, "{offered}");
        assert_eq!(answer["serverInfo"]["name"], "unitls");
        client.open("file:///nowhere/a.service", "[Service]\nExecStart=/bin/🎲 é🎲 # a comment\n");
        let place = client.findings("file:///nowhere/a.service", 1).place("inline-comment");
        assert_eq!(place[..2], [1, column], "{offered}");
    }
}

/// The release that is named as that of `auto` is the one that units are judged for.
#[test]
fn the_systemd_that_auto_stands_for() {
    let mut client = Client::start(&[]);
    let answer = client.initialize(json!({}));
    let auto = &answer["capabilities"]["experimental"]["autoSystemdVersion"];
    assert!(auto.as_u64().is_some_and(|auto| auto >= 200), "{auto}");
    let unit = "[Service]\nExecStart=/bin/true\nRestartSteps=3\nRestartRandomizedDelaySec=1\n";
    let mut too_new = |uri: &str, settings: Value| {
        client.notify("workspace/didChangeConfiguration", json!({ "settings": settings }));
        client.open(uri, unit);
        let found = client.findings(uri, 1).findings;
        found.iter().filter(|finding| finding["code"] == "key-too-new").count()
    };
    let unsaid = too_new("file:///nowhere/a.service", json!({ "systemdVersion": "auto" }));
    let said = too_new("file:///nowhere/b.service", json!({ "systemdVersion": auto }));
    assert_eq!(unsaid, said, "{auto}");
    assert!(too_new("file:///nowhere/c.service", json!({ "systemdVersion": 252 })) > 0);
}

/// The code of a finding links to its page, where the client shows such links.
#[test]
fn codes_lead_to_their_pages() {
    for (support, shown) in [(json!(true), true), (json!(false), false), (Value::Null, false)] {
        let mut client = Client::start(&[]);
        let published = json!({ "codeDescriptionSupport": support });
        client.initialize(json!({ "capabilities": { "textDocument": { "publishDiagnostics": published } } }));
        client.open("file:///nowhere/a.service", BAD);
        let finding = client.findings("file:///nowhere/a.service", 1).findings[0].clone();
        let href = finding["codeDescription"]["href"].as_str();
        assert_eq!(
            href.is_some_and(|href| href.ends_with("/docs/rules/inline-comment.md")),
            shown,
            "{finding}"
        );
    }
}

#[test]
fn the_ways_to_start_it() {
    for arguments in [&[][..], &["--stdio"], &["lsp"]] {
        let mut client = Client::start_as(arguments, &[]);
        client.initialize(json!({}));
        is_well(&mut client);
        assert_eq!(client.quit().0, 0, "{arguments:?}");
    }
}

#[test]
fn exit_statuses() {
    let session = || Client::in_folders(&[]);
    assert_eq!(session().quit().0, 0);

    let mut without_shutdown = session();
    without_shutdown.notify("exit", Value::Null);
    assert_eq!(without_shutdown.ended().0, 1);

    let mut end_of_input = session();
    end_of_input.hang_up();
    assert_eq!(end_of_input.ended().0, 1);

    let mut end_after_shutdown = session();
    end_after_shutdown.request("shutdown", Value::Null);
    end_after_shutdown.hang_up();
    assert_eq!(end_after_shutdown.ended().0, 0);

    let mut impatient = session();
    let both = [r#"{"jsonrpc":"2.0","id":9,"method":"shutdown"}"#, r#"{"jsonrpc":"2.0","method":"exit"}"#];
    impatient.send_bytes(&both.map(|body| framed(body.as_bytes())).concat());
    assert_eq!(impatient.ended().0, 0, "exit right behind shutdown, in one write");

    let mut impatient = session();
    impatient.ask("shutdown", Value::Null);
    impatient.hang_up();
    assert_eq!(impatient.ended().0, 0, "end of input right behind shutdown");

    let mut never_begun = Client::start(&[]);
    never_begun.notify("exit", Value::Null);
    assert_eq!(never_begun.ended().0, 1);

    let mut never_begun = Client::start(&[]);
    never_begun.hang_up();
    assert_eq!(never_begun.ended().0, 1);

    let mut mid_frame = session();
    mid_frame.send_bytes(b"Content-Length: 100\r\n\r\n{\"jsonrpc\"");
    mid_frame.hang_up();
    assert_eq!(mid_frame.ended().0, 1);
}

/// The editor is gone without a word while there is much to do.
#[test]
fn exit_amid_work() {
    let big = BAD.repeat(20_000);
    let mut client = Client::in_folders(&[]);
    client.open("file:///nowhere/a.service", &big);
    for _ in 0..20 {
        client.ask("textDocument/hover", place("file:///nowhere/a.service", 2, 3));
    }
    client.hang_up();
    assert_eq!(client.ended().0, 1);
}

#[test]
fn a_quiet_session_says_nothing_on_standard_error() {
    let folder = folder(&[("dice.service", SERVICE), ("dice.socket", SOCKET)]);
    let mut client = Client::in_folders(&[folder.path()]);
    let service = uri_in(&folder, "dice.service");
    client.open(&service, SERVICE);
    client.until(&service, |shown| shown.has(ENABLED));
    client.hover(&service, 1, 3);
    client.close(&service);
    assert_eq!(client.quit(), (0, String::new()));
}

/// Whatever is logged goes to standard error: the client fails on anything between frames.
#[test]
fn only_frames_on_standard_output_whatever_is_logged() {
    let mut client = Client::start(&[("UNITLS_LOG", "trace")]);
    client.initialize(json!({}));
    client.open("file:///nowhere/a.service", BAD);
    client.findings("file:///nowhere/a.service", 1);
    client.send_body(b"not json");
    assert!(client.answer_with(&Value::Null).is_err());
    client.change("file:///nowhere/missing.service", 5, [0, 0, 0, 0], "x");
    is_well(&mut client);
    let (status, stderr) = client.quit();
    assert_eq!(status, 0);
    assert!(stderr.contains("missing.service"), "{stderr}");
}

/// An editor that does not read the log may close it.
#[test]
fn nobody_reads_standard_error() {
    let mut client = Client::start_deaf(&[("UNITLS_LOG", "trace")]);
    client.initialize(json!({}));
    client.change("file:///nowhere/missing.service", 5, [0, 0, 0, 0], "x");
    is_well(&mut client);
    assert_eq!(client.quit().0, 0);
}

/// On a terminal one line says what this is, and it serves all the same.
#[test]
fn started_on_a_terminal_it_says_what_it_is() {
    let script = r#"
import os, pty, signal, subprocess, sys, tty
signal.alarm(60)
master, slave = pty.openpty()
# As it comes: else line ends are changed on the way, and the lengths do not hold.
tty.setraw(slave)
server = subprocess.Popen([sys.argv[1]], stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
def say(body):
    os.write(master, b'Content-Length: %d\r\n\r\n' % len(body) + body)
def hear():
    length = int(server.stdout.readline().split(b':')[1])
    server.stdout.readline()
    print(server.stdout.read(length).decode())
say(b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}')
hear()
say(b'{"jsonrpc":"2.0","id":2,"method":"shutdown"}')
hear()
say(b'{"jsonrpc":"2.0","method":"exit"}')
sys.stderr.write(server.communicate()[1].decode())
sys.exit(server.returncode)
"#;
    let python = Command::new("python3").args(["-c", script, env!("CARGO_BIN_EXE_unitls")]).output();
    let Ok(run) = python else {
        println!("skipped: no python3");
        return;
    };
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert_eq!(err.lines().count(), 1, "{err}");
    assert!(err.contains("unitls check"), "{err}");
    assert!(out.contains(r#""name":"unitls""#), "{out}{err}");
    assert_eq!(run.status.code(), Some(0), "{out}{err}");
}
