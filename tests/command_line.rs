//! The command line as scripts use it: exit statuses, output, and files that nobody would call unit files.

#[path = "command_line/cat.rs"]
mod cat;
#[path = "support/command.rs"]
mod command;
#[path = "command_line/dist.rs"]
mod dist;
#[path = "command_line/fix.rs"]
mod fix;
#[path = "command_line/fmt.rs"]
mod fmt;
#[path = "command_line/formats.rs"]
mod formats;
#[path = "command_line/graph.rs"]
mod graph;
#[path = "support/json_schema.rs"]
mod json_schema;
#[path = "command_line/project.rs"]
mod project;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;
use std::time::Duration;

use command::{Run, check_json, check_json_as_nobody, command, in_tests, unitls, wait};
use expect_test::expect;
use tempfile::TempDir;

const CLEAN: &str = "[Service]\nExecStart=/bin/true\n";
/// One error: the comment is part of the value.
const BAD: &str = "[Service]\nExecStart=/bin/true\nTimeoutStopSec=1min # soon\n";

/// A folder with these files; folders in their names are made.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder for the test");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder is made");
        fs::write(path, bytes).expect("the file is written");
    }
    folder
}

fn check<const N: usize>(folder: &TempDir, arguments: [&str; N]) -> Run {
    check_json(folder.path(), arguments)
}

/// The findings' codes in a file of this content, which is clean but for them.
fn codes_in(content: impl AsRef<[u8]>) -> Vec<String> {
    let folder = folder(&[("x.service", content.as_ref())]);
    let run = check(&folder, ["x.service"]);
    assert!(run.status <= 1 && run.stderr.is_empty(), "{}: {}", run.status, run.stderr);
    let codes: BTreeSet<_> = run.codes().into_iter().collect();
    codes.into_iter().collect()
}

// Exit statuses.

#[test]
fn status_0_when_nothing_weighs_above_information() {
    let clean = folder(&[("a.service", CLEAN.as_bytes()), ("notes.txt", b"[Service\n")]);
    assert_eq!(check(&clean, ["."]).status, 0);
    let edge = format!("{CLEAN}Restart=always\nRestartSec=2\n");
    let information = folder(&[("a.service", edge.as_bytes())]);
    let run = check(&information, ["."]);
    assert_eq!((run.status, &run.json()[0]["severity"]), (0, &"information".into()));
}

#[test]
fn status_1_with_a_warning_or_an_error() {
    let contrary = format!("{CLEAN}Restart=always\nRestartSec=5\n[Unit]\nStartLimitBurst=3\n");
    let warning = folder(&[("a.service", contrary.as_bytes())]);
    let run = check(&warning, ["."]);
    assert_eq!((run.status, &run.json()[0]["severity"]), (1, &"warning".into()));
    let error = folder(&[("a.service", BAD.as_bytes())]);
    let run = check(&error, ["."]);
    assert_eq!((run.status, &run.json()[0]["severity"]), (1, &"error".into()));
}

#[test]
fn status_2_for_what_cannot_be_read_after_judging_the_rest() {
    let folder = folder(&[("a.service", BAD.as_bytes()), ("b.service", BAD.as_bytes())]);
    let run = check(&folder, ["a.service", "gone.service", "b.service"]);
    assert_eq!(run.status, 2);
    assert_eq!(run.codes(), ["inline-comment", "inline-comment"]);
    assert!(run.stderr.contains("gone.service"), "{}", run.stderr);
    assert!(!run.stderr.contains("a.service"), "{}", run.stderr);
}

#[test]
fn status_2_for_wrong_usage() {
    let folder = folder(&[("a.service", CLEAN.as_bytes())]);
    for arguments in [
        &["check"][..],
        &["check", "--frobnicate", "a.service"],
        &["check", "--format", "xml", "a.service"],
        &["check", "--color", "sometimes", "a.service"],
        &["check", "--systemd-version", "new", "a.service"],
        &["check", "--systemd-version", "-1", "a.service"],
        &["check", "--system-units", "some", "a.service"],
        &["check", "--select", "no-such-rule", "a.service"],
        &["check", "--ignore", "inline-comment,no-such-rule", "a.service"],
        &["explain"],
        &["explain", "no-such-thing"],
        &["explain", "NoSuchSection.Restart"],
        &["frobnicate"],
    ] {
        let run = unitls(folder.path(), arguments);
        assert_eq!(run.status, 2, "{arguments:?}: {}{}", run.stdout, run.stderr);
        assert_eq!(run.stdout, "", "{arguments:?}");
        assert_ne!(run.stderr, "", "{arguments:?}");
    }
    let run = unitls(folder.path(), ["check", "--select", "no-such-rule", "a.service"]);
    assert!(run.stderr.contains("no-such-rule"), "{}", run.stderr);
}

/// A file that is named must be judged, or the run must fail: silence would pass for "fine".
#[test]
fn a_named_file_that_is_no_unit_file_is_an_error() {
    let folder = folder(&[("notes.txt", b"hello\n"), ("x.conf", b"[Service]\n")]);
    for name in ["notes.txt", "x.conf"] {
        let run = check(&folder, [name]);
        assert_eq!(run.status, 2, "{name}");
        assert!(run.stderr.contains(name), "{}", run.stderr);
    }
}

// Output.

#[test]
fn json_is_one_object_a_line_with_the_promised_members() {
    let pair = folder(&[
        ("units/dice.service", "[Unit]\nDescription=🎲 ä\n[Service]\nExecStart=/bin/true 🎲 # ä wordy comment\n[Install]\nWantedBy=multi-user.target\n".as_bytes()),
        ("units/dice.socket", b"[Socket]\nListenStream=5000\n"),
    ]);
    let run = check(&pair, ["units"]);
    let members =
        ["code", "column", "end_column", "end_line", "fix", "line", "message", "path", "related", "severity"];
    for finding in run.json() {
        let object = finding.as_object().expect("an object a line");
        assert_eq!(object.keys().map(String::as_str).collect::<BTreeSet<_>>(), members.into());
        for number in ["line", "column", "end_line", "end_column"] {
            assert!(finding[number].as_u64() >= Some(1), "{number}: {finding}");
        }
        for text in ["code", "message", "path", "severity"] {
            assert!(finding[text].is_string(), "{text}: {finding}");
        }
        assert!(finding["fix"].is_null() || finding["fix"].is_string(), "{finding}");
        for related in finding["related"].as_array().expect("a list") {
            let members = related.as_object().expect("an object").keys().map(String::as_str);
            assert_eq!(members.collect::<BTreeSet<_>>(), ["line", "message", "path"].into());
            assert!(
                related["line"].as_u64() >= Some(1)
                    && related["path"].is_string()
                    && related["message"].is_string()
            );
        }
    }
    expect![[r#"
        {"path":"units/dice.service","line":4,"column":11,"end_line":4,"end_column":40,"severity":"warning","code":"socket-oneshot-does-not-drain","message":"`true` ends without taking the connection, so `dice.socket` starts it again at once, until a limit fails the socket.","related":[{"path":"units/dice.socket","line":2,"message":"`dice.socket` listens here"}],"fix":"Set `FlushPending=yes` in `dice.socket`"}
        {"path":"units/dice.service","line":4,"column":23,"end_line":4,"end_column":40,"severity":"information","code":"inline-comment","message":"A comment needs a line of its own: the program gets `# ä wordy comment` as arguments.","related":[],"fix":"Move the comment to its own line"}
        {"path":"units/dice.service","line":6,"column":10,"end_line":6,"end_column":27,"severity":"information","code":"activated-service-enabled-at-boot","message":"`dice.socket` starts this service on demand, but enabling the service starts it at boot as well: the socket then delays nothing, and is refused when started after its service.","related":[{"path":"units/dice.socket","line":1,"message":"`dice.socket` starts `dice.service`"}],"fix":"Replace `WantedBy=` by `Also=dice.socket`"}
    "#]].assert_eq(&run.stdout);
    assert_eq!(run.stderr, "", "the run has nothing to say");
}

#[test]
fn paths_are_shown_as_given() {
    let tree = folder(&[("deep/down/a.service", BAD.as_bytes())]);
    let absolute = tree.path().join("deep");
    let absolute = absolute.to_str().expect("a temporary folder has a plain name");
    for (given, shown) in [
        ("deep", "deep/down/a.service"),
        ("deep/", "deep/down/a.service"),
        (".", "./deep/down/a.service"),
        ("deep/../deep/down/a.service", "deep/../deep/down/a.service"),
        (absolute, &format!("{absolute}/down/a.service")),
    ] {
        let findings = check(&tree, [given]).json();
        assert_eq!(findings.len(), 1, "{given}");
        assert_eq!(findings[0]["path"], shown, "{given}");
    }
}

#[test]
fn a_file_given_twice_is_judged_once() {
    let tree = folder(&[("d/a.service", BAD.as_bytes())]);
    assert_eq!(check(&tree, ["d", "d/a.service", "./d/a.service", "d"]).codes().len(), 1);
}

#[test]
fn select_and_ignore() {
    let folder = folder(&[("a.service", format!("{BAD}Frobnicate=1\nRestartSec=soon\n").as_bytes())]);
    let codes = |arguments: &[&str]| {
        let run = check_json(folder.path(), arguments.iter().chain(&["a.service"]));
        (run.codes(), run.status)
    };
    let all = codes(&[]).0;
    assert_eq!(all, ["inline-comment", "unknown-key", "invalid-time-or-bool"]);
    assert_eq!(codes(&["--select=unknown-key"]), (vec!["unknown-key".to_owned()], 1));
    assert_eq!(codes(&["--select=unknown-key,inline-comment"]).0, &all[..2]);
    assert_eq!(codes(&["--select=unknown-key", "--select=inline-comment"]).0, &all[..2]);
    assert_eq!(codes(&["--ignore=unknown-key"]).0, ["inline-comment", "invalid-time-or-bool"]);
    assert_eq!(codes(&["--select=unknown-key", "--ignore=unknown-key"]), (vec![], 0));
    assert_eq!(codes(&["--ignore=unknown-key,inline-comment,invalid-time-or-bool"]), (vec![], 0));
}

#[test]
fn color() {
    let folder = folder(&[("a.service", BAD.as_bytes())]);
    let text = |arguments: &[&str]| {
        unitls(folder.path(), ["check", "--system-units=none", "a.service"].iter().chain(arguments)).stdout
    };
    let plain = text(&[]);
    assert!(plain.contains("error[inline-comment]") && !plain.contains('\x1b'), "{plain}");
    assert_eq!(text(&["--color=auto"]), plain);
    assert_eq!(text(&["--color=never"]), plain);
    let colored = text(&["--color=always"]);
    assert!(colored.contains("\x1b["), "{colored}");
    assert!(!text(&["--color=always", "--format=json"]).contains('\x1b'));
}

/// `| head -1`: whoever reads has had enough. That is no error and no reason to panic, not even for a summary.
#[test]
fn a_pipe_closed_early_is_no_error() {
    let bad = folder(&[]);
    for number in 0..2_000 {
        fs::write(bad.path().join(format!("{number}.service")), BAD).expect("the file is written");
    }
    for format in ["text", "json"] {
        for with_stderr in [false, true] {
            let (reader, writer) = std::io::pipe().expect("a pipe");
            let mut run = command();
            run.current_dir(bad.path()).args([
                "check",
                "--system-units=none",
                "--format",
                format,
                ".",
                "gone",
            ]);
            if with_stderr {
                run.stderr(writer.try_clone().expect("a second end of the pipe"));
            } else {
                run.stderr(std::process::Stdio::null());
            }
            let mut child = run.stdout(writer).spawn().expect("the binary starts");
            // The command keeps the writing ends until it is dropped.
            drop(run);
            let mut line = String::new();
            BufReader::new(reader).read_line(&mut line).expect("a line comes through");
            assert!(line.contains("inline-comment"), "{line}");
            assert_eq!(
                wait(&mut child, Duration::from_secs(60)),
                2,
                "{format}, stderr closed too: {with_stderr}"
            );
        }
    }
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut explain = command();
    explain.args(["explain", "Restart"]).stdout(writer.try_clone().expect("a second end")).stderr(writer);
    assert_eq!(wait(&mut explain.spawn().expect("the binary starts"), Duration::from_secs(60)), 0);
}

// Odd places.

/// Files come and go while they are read; what is gone was never there.
#[test]
fn files_that_vanish_during_the_run() {
    let busy = folder(&[]);
    let path = busy.path().to_owned();
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let stopped = stop.clone();
    let churn = std::thread::spawn(move || {
        while !stopped.load(std::sync::atomic::Ordering::Relaxed) {
            for number in 0..200 {
                fs::write(path.join(format!("{number}.service")), CLEAN).expect("the file is written");
            }
            for number in 0..200 {
                fs::remove_file(path.join(format!("{number}.service"))).expect("the file goes");
            }
        }
    });
    for _ in 0..20 {
        let run = check(&busy, ["."]);
        assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    churn.join().expect("the other thread only writes and deletes");
}

#[test]
fn a_file_that_cannot_be_read() {
    let folder = folder(&[("ok.service", BAD.as_bytes()), ("secret.service", CLEAN.as_bytes())]);
    let secret = folder.path().join("secret.service");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).expect("the file is ours");
    let run = check_json_as_nobody(folder.path(), &["ok.service", "secret.service"]);
    assert_eq!(run.status, 2);
    assert_eq!(run.codes(), ["inline-comment"]);
    assert!(run.stderr.contains("secret.service: Permission denied"), "{}", run.stderr);
}

/// A folder that cannot be read is said, and the rest is judged.
#[test]
fn a_folder_that_cannot_be_read() {
    let folder = folder(&[("units/ok.service", BAD.as_bytes()), ("units/secret/a.service", BAD.as_bytes())]);
    let secret = folder.path().join("units/secret");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).expect("the folder is ours");
    let run = check_json_as_nobody(folder.path(), &["units"]);
    assert_eq!((run.status, run.codes()), (2, vec!["inline-comment".to_owned()]));
    assert!(
        run.stderr.contains("units/secret") && run.stderr.contains("Permission denied"),
        "{}",
        run.stderr
    );
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o755)).expect("the folder is ours");
}

/// A FIFO would keep its reader waiting for ever; a socket or a device is no unit file either.
#[test]
fn fifos_and_sockets_are_not_read() {
    let folder = folder(&[("ok.service", BAD.as_bytes())]);
    let made = Command::new("mkfifo").arg(folder.path().join("fifo.service")).status();
    assert!(made.expect("mkfifo is there").success());
    let _socket =
        std::os::unix::net::UnixListener::bind(folder.path().join("listening.socket")).expect("a socket");
    let run = check(&folder, ["."]);
    assert_eq!((run.status, run.codes()), (1, vec!["inline-comment".to_owned()]), "{}", run.stderr);
    let run = check(&folder, ["ok.service"]);
    assert_eq!(run.status, 1, "neighbours are none of its business: {}", run.stderr);
    for name in ["fifo.service", "listening.socket"] {
        let run = check(&folder, [name]);
        assert_eq!(run.status, 2, "{name}");
        assert!(run.stderr.contains(name), "{}", run.stderr);
    }
}

#[test]
fn links_of_all_kinds() {
    let folder =
        folder(&[("units/real.service", BAD.as_bytes()), ("elsewhere/linked.service", BAD.as_bytes())]);
    let link =
        |target: &str, name: &str| symlink(target, folder.path().join("units").join(name)).expect("a link");
    link("../elsewhere/linked.service", "linked.service");
    link("real.service", "alias.service");
    link("/nowhere/dangling.service", "dangling.service");
    link("/dev/null", "masked.service");
    link("loop.service", "loop.service");
    link("..", "up");
    link(".", "again.service.d");
    let run = check(&folder, ["units"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let paths: Vec<_> = run.json().iter().map(|finding| finding["path"].clone()).collect();
    assert_eq!(paths, ["units/linked.service", "units/real.service"], "an alias is not judged twice");

    let masked = check(&folder, ["units/masked.service"]);
    assert_eq!(
        (masked.status, masked.stdout.as_str(), masked.stderr.as_str()),
        (0, "", ""),
        "a mask is no fault"
    );
    let alias = check(&folder, ["units/alias.service"]);
    assert_eq!((alias.status, alias.codes()), (1, vec!["inline-comment".to_owned()]));
    for name in ["units/dangling.service", "units/loop.service"] {
        let run = check(&folder, [name]);
        assert_eq!(run.status, 2, "{name}");
        assert!(run.stderr.contains(name), "{}", run.stderr);
    }
}

/// A socket whose service is masked cannot start, wherever the mask is seen.
#[test]
fn a_mask_counts_for_its_neighbours() {
    let folder =
        folder(&[("web.socket", b"[Socket]\nListenStream=80\n[Install]\nWantedBy=sockets.target\n")]);
    symlink("/dev/null", folder.path().join("web.service")).expect("a link is made");
    for path in [".", "web.socket"] {
        assert_eq!(check(&folder, [path]).codes(), ["socket-without-service"], "{path}");
    }
}

#[test]
fn odd_names() {
    let names = [
        "my app 🎲.service",
        r"system-systemd\x2dcryptsetup.slice",
        "-.mount",
        "a@b@c.service",
        ".hidden.service",
    ];
    for name in names {
        let text = match name.rsplit('.').next() {
            Some("service") => BAD,
            Some("slice") => "[Slice]\nMemoryMax=lots # really\n",
            _ => "[Mount]\nWhat=/dev/sda1\nWhere=/\nTimeoutSec=1min # soon\n",
        };
        let folder = folder(&[(name, text.as_bytes())]);
        for (given, shown) in [(name.to_owned(), name.to_owned()), (".".to_owned(), format!("./{name}"))] {
            let arguments = ["--", &given];
            let run = check_json(folder.path(), arguments);
            assert_eq!(run.status, 1, "{given}: {}", run.stderr);
            let findings = run.json();
            assert!(findings.iter().all(|finding| finding["path"] == shown.as_str()), "{findings:?}");
            assert!(findings.iter().any(|finding| finding["code"] == "inline-comment"), "{findings:?}");
        }
    }
    // A folder whose name is no UTF-8 can be searched; JSON has to show it somehow.
    let folder = tempfile::tempdir().expect("a folder for the test");
    let odd = folder.path().join(std::ffi::OsStr::from_bytes(b"fa\xe7ade"));
    fs::create_dir(&odd).expect("Linux takes any bytes");
    fs::write(odd.join("a.service"), BAD).expect("the file is written");
    for format in ["--format=json", "--format=text"] {
        let run = unitls(folder.path(), ["check", "--system-units=none", format, "."]);
        assert_eq!(run.status, 1, "{}", run.stderr);
        assert!(run.stdout.contains("inline-comment") && run.stdout.contains("a.service"), "{}", run.stdout);
    }
}

// Odd content. systemd's own view of it is in the rules' pages; here it must be survived.

#[test]
fn bytes_that_are_no_text() {
    let binary: Vec<u8> =
        (0..200_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for content in
        [&binary[..], &[0; 4096], &[0xff; 4096], &[b'\n'; 4096], &[b'\\'; 4097], &[b'['; 4096], &[b'='; 4096]]
    {
        codes_in(content);
    }
    assert!(codes_in(&binary).contains(&"not-text".to_owned()));
    assert_eq!(codes_in(b"[Unit]\nDescription=caf\xe9\n[Service]\nExecStart=/bin/true\n"), ["not-text"]);
    let utf_16: Vec<u8> =
        "\u{feff}[Service]\nExecStart=/bin/true\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(codes_in(&utf_16).contains(&"not-text".to_owned()));
}

#[test]
fn text_that_is_not_wrong() {
    for content in [
        "".to_owned(),
        "\n".to_owned(),
        "\r\n\r\n".to_owned(),
        format!("\u{feff}{CLEAN}"),
        CLEAN.replace('\n', "\r\n"),
        CLEAN.trim_end().to_owned(),
        format!("{CLEAN}# a comment without a line end"),
        format!("; a comment before all\n{CLEAN}"),
    ] {
        // An empty unit says nothing; what a service needs is another matter.
        let codes = codes_in(&content);
        assert!(
            codes.is_empty() || content.trim().is_empty() && codes == ["no-exec-command"],
            "{content:?}: {codes:?}"
        );
    }
    assert_eq!(codes_in(""), Vec::<String>::new(), "an empty file masks the unit");
}

#[test]
fn a_byte_order_mark_and_other_line_ends_do_not_shift_places() {
    for text in [format!("\u{feff}{BAD}"), BAD.replace('\n', "\r\n"), BAD.replace('\n', "\r")] {
        let folder = folder(&[("a.service", text.as_bytes())]);
        let finding = &check(&folder, ["."]).json()[0];
        assert_eq!((&finding["line"], &finding["column"]), (&3.into(), &21.into()), "{text:?}");
        assert_eq!((&finding["end_line"], &finding["end_column"]), (&3.into(), &27.into()), "{text:?}");
    }
}

#[test]
fn unclosed_quotes() {
    for value in [
        "\"/bin/true",
        "/bin/sh -c 'echo",
        "/bin/echo \"a 'b\" 'c",
        "\\",
        "'",
        "/bin/echo \"\\",
        "/bin/echo \\x",
    ] {
        codes_in(format!("[Service]\nExecStart={value}\n"));
        codes_in(format!("[Service]\nExecStart={value}"));
        codes_in(format!("[Service]\nExecStart=/bin/true\nEnvironment={value}\nTimeoutStopSec={value}\n"));
    }
}

#[test]
fn ten_megabytes() {
    let line = "Environment=\"WORD=some value that goes on for a while # 🎲\"\n";
    let mut text = CLEAN.to_owned();
    while text.len() < 10 << 20 {
        text.push_str(line);
    }
    text.push_str("TimeoutStopSec=1min # soon\n");
    assert_eq!(codes_in(&text), ["inline-comment"]);
    // One line, and the finding in it: the report must not repeat it all.
    let long = format!("[Service]\nExecStart=/bin/true\nTimeoutStopSec=1min # {}\n", "soon ".repeat(2 << 20));
    let folder = folder(&[("a.service", long.as_bytes())]);
    let run = unitls(folder.path(), ["check", "--system-units=none", "a.service"]);
    assert_eq!(run.status, 1);
    println!("one line of {} bytes: {} bytes of report in {:?}", long.len(), run.stdout.len(), run.took);
}

#[test]
fn a_hundred_thousand_sections() {
    let text = "[Service]\nNice=1\n[Unit]\nX=1\n".repeat(50_000);
    let folder = folder(&[("a.service", text.as_bytes())]);
    let run = check(&folder, ["a.service"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.codes().iter().filter(|code| *code == "unknown-key").count() == 50_000);
    println!("100,000 sections took {:?}", run.took);
}

#[test]
fn too_large_to_be_a_unit_file() {
    let folder = folder(&[("ok.service", BAD.as_bytes())]);
    let huge = fs::File::create(folder.path().join("huge.service")).expect("a file is made");
    huge.set_len(1 << 32).expect("a file may have a hole");
    let run = check(&folder, ["."]);
    assert_eq!((run.status, run.codes().len()), (2, 1));
    assert!(run.stderr.contains("huge.service"), "{}", run.stderr);
}

#[test]
fn thousands_of_files() {
    let tree = tempfile::tempdir().expect("a folder for the test");
    for number in 0..5_000 {
        let below = tree.path().join(format!("package-{}", number % 50));
        fs::create_dir_all(&below).expect("the folder is made");
        let text = format!("[Unit]\nDescription=Number {number}\nAfter={}.target\n{BAD}", number / 2);
        fs::write(below.join(format!("{number}.service")), text).expect("the file is written");
    }
    let run = check(&tree, ["."]);
    assert_eq!((run.status, run.stdout.lines().count()), (1, 5_000), "{}", run.stderr);
    println!("5,000 files took {:?}", run.took);
}

// Explanations.

#[test]
fn explain() {
    let explain = |subject| {
        let run = unitls(&in_tests("units"), ["explain", subject]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{subject}");
        run.stdout
    };
    let rule = explain("inline-comment");
    for part in ["# inline-comment", "## What it does", "## Use instead", "```ini"] {
        assert!(rule.contains(part), "{part}: {rule}");
    }
    let restart = explain("Restart");
    assert!(restart.contains("[Service]") && restart.contains("`on-failure`"), "{restart}");
    assert_eq!(explain("Restart="), restart);
    assert_eq!(explain("Service.Restart"), restart);
    let unit = explain("Timer.Unit");
    assert!(unit.contains("in [Timer]") && !unit.contains("in [Path]"), "{unit}");
    assert!(explain("Unit").contains("in [Path]"), "every section that has it");
}

#[test]
fn explain_of_something_unknown_says_what_there_is() {
    let run = unitls(&in_tests("units"), ["explain", "no-such-thing"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("no-such-thing") && run.stderr.contains("inline-comment"), "{}", run.stderr);
}

#[test]
fn explain_lists_the_rules() {
    let run = unitls(&in_tests("units"), ["explain", "--list"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let line = run.stdout.lines().find(|line| line.starts_with("inline-comment ")).expect("it is a rule");
    let words: Vec<_> = line.split_whitespace().take(3).collect();
    assert_eq!(words, ["inline-comment", "error", "Reports"]);
    assert_eq!(run.stdout.lines().count(), unit_ide::rules::RULES.len());
    assert_eq!(unitls(&in_tests("units"), ["explain", "--list", "Restart"]).status, 2);
}

#[test]
fn version_and_help() {
    let run = unitls(&in_tests("units"), ["--version"]);
    assert_eq!((run.status, run.stdout), (0, format!("unitls {}\n", env!("CARGO_PKG_VERSION"))));
    for arguments in [&["--help"][..], &["check", "--help"], &["explain", "--help"]] {
        let run = unitls(&in_tests("units"), arguments);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(run.stdout.contains("Usage:"), "{}", run.stdout);
    }
}

/// `--systemd-version` decides about keys that came later.
#[test]
fn the_version_judged_for() {
    let folder =
        folder(&[("a.service", format!("{CLEAN}RestartSteps=3\nRestartMaxDelaySec=1min\n").as_bytes())]);
    let codes = |version: &str| {
        let arguments =
            ["check", "--format=json", "--system-units=none", "--systemd-version", version, "a.service"];
        unitls(folder.path(), arguments).codes()
    };
    assert_eq!(codes("252"), ["key-too-new", "key-too-new"]);
    assert_eq!(codes("254"), Vec::<String>::new());
}
