//! Trees that nobody would make on purpose, checked by the command line: nothing hangs, what cannot be read is said, and
//! the rest is judged.

#[path = "support/command.rs"]
mod command;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use command::{Run, check_json, check_json_as_nobody, unitls};
use tempfile::TempDir;

const CLEAN: &str = "[Service]\nExecStart=/bin/true\n";
/// One error: the comment is part of the value.
const BAD: &str = "[Service]\nExecStart=/bin/true\nTimeoutStopSec=1min # soon\n";

/// What no run of a test build may take, though the machine be busy.
const LONG: Duration = Duration::from_secs(60);

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder for the test");
    for (name, text) in files {
        write(folder.path(), name, text);
    }
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder is made");
    fs::write(path, text).expect("the file is written");
}

fn link(folder: &TempDir, target: &str, name: &str) {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().expect("a link has a folder")).expect("the folder is made");
    symlink(target, path).expect("a link is made");
}

/// The files with findings, each once.
fn found_in(run: &Run) -> Vec<String> {
    let mut paths: Vec<_> =
        run.json().iter().map(|finding| finding["path"].as_str().expect("a path").to_owned()).collect();
    paths.dedup();
    paths
}

#[test]
fn links_in_circles_and_to_nothing() {
    let folder = folder(&[("units/real.service", BAD)]);
    for (target, name) in [
        ("b.service", "units/a.service"),
        ("a.service", "units/b.service"),
        ("self.service", "units/self.service"),
        ("/nowhere/gone.service", "units/gone.service"),
        ("nowhere/other.service", "units/another.service"),
        ("..", "units/up"),
        (".", "units/real.service.d"),
        ("../units", "units/real.service.wants"),
        ("gone.conf", "units/x.service.d/gone.conf"),
        ("loop.conf", "units/x.service.d/loop.conf"),
        ("../missing.target", "units/multi-user.target.wants/missing.service"),
    ] {
        link(&folder, target, name);
    }
    let run = check_json(folder.path(), ["units"]);
    assert_eq!((run.status, found_in(&run)), (1, vec!["units/real.service".to_owned()]), "{}", run.stderr);
    assert_eq!(run.stderr, "");
    assert!(run.took < LONG);
}

/// A link leads to its unit's own content, as systemd has it; nothing else outside is looked at.
#[test]
fn links_out_of_the_workspace() {
    let folder = folder(&[
        ("outside/linked.service", BAD),
        ("outside/other.service", BAD),
        ("outside/x.service.d/outside.conf", "[Service]\nTimeoutStopSec=1min # soon\n"),
        ("outside/units/never.service", BAD),
        ("inside/x.service", CLEAN),
        ("inside/kept/y.service.d/kept.conf", "[Service]\nTimeoutStopSec=1min # soon\n"),
        ("inside/y.service", CLEAN),
    ]);
    link(&folder, "../outside/linked.service", "inside/linked.service");
    // Another name for a unit that is not here: systemd reads it under the link's name.
    link(&folder, "../outside/other.service", "inside/renamed.service");
    link(&folder, "../outside/x.service.d", "inside/x.service.d");
    link(&folder, "../outside/units", "inside/units");
    link(&folder, "kept/y.service.d", "inside/y.service.d");
    let run = check_json(folder.path(), ["inside"]);
    let expected = [
        "inside/kept/y.service.d/kept.conf",
        "inside/linked.service",
        "inside/renamed.service",
        "inside/y.service.d/kept.conf",
    ];
    assert_eq!(found_in(&run), expected, "{}", run.stderr);
}

/// What is opened is the workspace and the unit path, and nothing beside them.
#[test]
fn nothing_outside_is_opened() {
    if Command::new("strace").arg("-V").output().is_err() {
        return;
    }
    let folder = folder(&[
        ("home/.config/git/ignore", "*.service\n"),
        ("home/.gitconfig", "[core]\nexcludesFile = /nowhere/ignore\n"),
        ("above/.gitignore", "*\n"),
        ("above/.ignore", "*\n"),
        ("above/.git/info/exclude", "*\n"),
        ("above/workspace/.gitignore", "build/\n"),
        ("above/workspace/a.service", BAD),
        ("above/workspace/build/b.service", BAD),
        ("above/workspace/.git/c.service", BAD),
        ("above/workspace/node_modules/d/d.service", BAD),
        ("above/secret.service", BAD),
    ]);
    link(&folder, "../secret", "above/workspace/secret");
    let trace = folder.path().join("trace");
    let run = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=open,openat,openat2,creat", "-o"])
        .arg(&trace)
        .arg(env!("CARGO_BIN_EXE_unitls"))
        .args(["check", "--format=json", "--system-units=none", "--systemd-version=257", "above/workspace"])
        .current_dir(folder.path())
        .env("HOME", folder.path().join("home"))
        .env("XDG_CONFIG_HOME", folder.path().join("home/.config"))
        .output()
        .expect("strace runs");
    let Ok(trace) = fs::read_to_string(trace) else {
        // No tracing here, as in some containers.
        return;
    };
    if trace.trim().is_empty() {
        return;
    }
    let findings = String::from_utf8_lossy(&run.stdout);
    assert!(findings.lines().all(|line| line.contains("above/workspace/a.service")), "{findings}");
    let root = folder.path().to_str().expect("the folder's name is text");
    let opened = trace.lines().filter_map(|line| line.split('"').nth(1)).filter(|path| path.contains(root));
    let outside: Vec<_> =
        opened.filter(|path| !path.starts_with(&format!("{root}/above/workspace"))).collect();
    assert_eq!(outside, [""; 0]);
    for skipped in ["build", ".git/", "node_modules"] {
        let path = format!("{root}/above/workspace/{skipped}");
        assert!(!trace.contains(&path), "{skipped} is not looked into");
    }
}

#[test]
fn folders_and_files_in_each_others_place() {
    let folder = folder(&[
        ("image/etc/systemd/system", "not a folder\n"),
        ("image/usr/lib/systemd/system/a.service", BAD),
        ("image/usr/lib/systemd/system/b.service.d", "not a folder\n"),
        ("image/usr/lib/systemd/system/c.service/d.service", BAD),
        ("image/usr/lib/systemd/system-preset", "not a folder\n"),
        ("image/etc/systemd/system.conf/x", "not a file\n"),
        ("image/usr/share/dbus-1", "not a folder\n"),
    ]);
    let run = check_json(folder.path(), ["image"]);
    assert!(found_in(&run).contains(&"image/usr/lib/systemd/system/a.service".to_owned()), "{}", run.stderr);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    // As the machine's own path the same holds, and it is said.
    let given = folder.path().join("image");
    let arguments =
        ["check", "--system-units", given.to_str().expect("text"), "image/usr/lib/systemd/system/a.service"];
    let run = unitls(folder.path(), arguments);
    assert_eq!(run.status, 1, "{}", run.stderr);
    // A folder where a file is wanted, and the other way round.
    assert_eq!(check_json(folder.path(), ["image/etc/systemd/system.conf"]).status, 0);
    let run = unitls(folder.path(), ["check", "--system-units", "image/etc/systemd/system", "image"]);
    assert!(run.status == 2 && run.stderr.contains("is no folder"), "{}", run.stderr);
}

#[test]
fn folders_that_may_not_be_read() {
    let folder = folder(&[
        ("units/ok.service", BAD),
        ("units/ok.service.d/hidden/x.conf", CLEAN),
        ("units/closed/a.service", BAD),
        ("units/list-only/b.service", BAD),
    ]);
    let mode = |name: &str, mode| {
        let path = folder.path().join(name);
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("these are ours");
    };
    mode("units/closed", 0o000);
    mode("units/list-only", 0o444);
    let run = check_json_as_nobody(folder.path(), &["units"]);
    mode("units/closed", 0o755);
    mode("units/list-only", 0o755);
    assert_eq!((run.status, found_in(&run)), (2, vec!["units/ok.service".to_owned()]), "{}", run.stderr);
    for name in ["units/closed", "units/list-only"] {
        assert!(run.stderr.contains(name), "{}", run.stderr);
    }
}

#[test]
fn two_units_that_claim_one_alias() {
    let unit = "[Service]\nExecStart=/bin/true\n[Install]\nAlias=shared.service\n";
    let folder = folder(&[
        ("first.service", unit),
        ("second.service", unit),
        ("shared.timer", "[Timer]\nOnCalendar=daily\n"),
        ("own.service", "[Service]\nExecStart=/bin/true\n[Install]\nAlias=own.service first.service\n"),
    ]);
    link(&folder, "first.service", "both.service");
    link(&folder, "second.service", "other/both.service");
    let run = check_json(folder.path(), ["."]);
    assert!(run.status <= 1 && run.stderr.is_empty(), "{} {}", run.status, run.stderr);
    assert!(!run.codes().contains(&"timer-unit-missing".to_owned()), "one of them answers to the name");
}

/// Whoever starts one instance starts more with it, and each of these as many again.
#[test]
fn a_template_that_instantiates_itself() {
    let wants: Vec<_> = (0..30).map(|number| format!("job@%i-{number}.service")).collect();
    let template = format!(
        "[Unit]\nWants={}\n[Service]\nExecStart=/bin/true\n[Install]\nDefaultInstance=0\nAlias=other@.service\n",
        wants.join(" ")
    );
    let folder = folder(&[("job@.service", &template), ("bad.service", BAD)]);
    link(&folder, "job@.service", "default.target.wants/job@1.service");
    let run = check_json(folder.path(), ["."]);
    assert_eq!((run.status, found_in(&run)), (1, vec!["./bad.service".to_owned()]), "{}", run.stderr);
    assert!(run.took < LONG, "{:?}", run.took);
    for arguments in [["starters", "job@1.service"], ["graph", "job@.service"]] {
        let run = unitls(folder.path(), arguments);
        assert!(run.status == 0 && run.took < LONG, "{:?} {}", run.took, run.stderr);
    }
}

#[test]
fn a_thousand_drop_ins() {
    let folder = folder(&[("web.service", CLEAN)]);
    for number in 0..1_000 {
        let text = format!("[Service]\nEnvironment=A{number}=1\nTimeoutStopSec={number}\n");
        write(folder.path(), &format!("web.service.d/{number:04}.conf"), &text);
    }
    write(folder.path(), "web.service.d/9999.conf", "[Service]\nRestart=always\nRestartSec=5s\n");
    let run = check_json(folder.path(), ["."]);
    assert_eq!((run.status, run.codes()), (0, vec!["start-limit-unreachable".to_owned()]), "{}", run.stderr);
    assert!(run.took < LONG, "{:?}", run.took);
}

#[test]
fn a_hundred_thousand_files_that_are_no_units() {
    let folder = folder(&[("units/a.service", BAD)]);
    for group in 0..100 {
        let below = folder.path().join(format!("data/{group}"));
        fs::create_dir_all(&below).expect("the folder is made");
        for number in 0..1_000 {
            fs::File::create(below.join(format!("{number}.txt"))).expect("the file is made");
        }
    }
    let run = check_json(folder.path(), ["."]);
    assert_eq!((run.status, found_in(&run)), (1, vec!["./units/a.service".to_owned()]), "{}", run.stderr);
    assert!(run.took < LONG, "{:?}", run.took);
}

#[test]
fn folders_within_folders() {
    let folder = folder(&[("top.service", BAD)]);
    // As deep as the system lets one reach by a path.
    let mut deep = folder.path().to_owned();
    while deep.as_os_str().len() < 3_800 {
        deep.push("below");
    }
    fs::create_dir_all(&deep).expect("the folders are made");
    fs::write(deep.join("deep.service"), BAD).expect("the file is written");
    let run = check_json(folder.path(), ["."]);
    assert_eq!((run.status, found_in(&run).len()), (1, 2), "{}", run.stderr);
    assert!(run.took < LONG, "{:?}", run.took);
}

/// A file that somebody writes to all the time is read to some end.
#[test]
fn files_that_grow() {
    let folder = folder(&[("growing.service", BAD), ("steady.service", BAD)]);
    let path = folder.path().join("growing.service");
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let writer = std::thread::spawn(move || {
        use std::io::Write;
        let mut file = fs::OpenOptions::new().append(true).open(path).expect("the file is there");
        let line = "# growing\n".repeat(100);
        // To no end that matters: the test stops it.
        for _ in 0..20_000 {
            if stopped.try_recv().is_ok() || file.write_all(line.as_bytes()).is_err() {
                break;
            }
        }
    });
    for _ in 0..3 {
        let run = check_json(folder.path(), ["."]);
        assert_eq!(found_in(&run), ["./growing.service", "./steady.service"], "{}", run.stderr);
    }
    let _ = stop.send(());
    writer.join().expect("the writer only writes");
}

/// Files of the kernel say that they are empty and may keep their reader waiting for ever.
#[test]
fn files_of_the_kernel() {
    let folder = folder(&[("ok.service", BAD)]);
    for (target, name) in [
        ("/proc/kmsg", "kmsg.service"),
        ("/proc/self/mem", "mem.service"),
        ("/dev/zero", "zero.service"),
        ("/dev/stdin", "stdin.service"),
        ("/dev", "dev.service"),
        ("/proc/kmsg", "ok.service.d/kmsg.conf"),
    ] {
        link(&folder, target, name);
    }
    let run = check_json(folder.path(), ["."]);
    assert_eq!(found_in(&run), ["./ok.service"], "{}", run.stderr);
    assert!(run.took < LONG, "{:?}", run.took);
}

#[test]
fn a_folder_that_vanishes_while_it_is_read() {
    let folder = folder(&[]);
    for number in 0..3_000 {
        write(folder.path(), &format!("units/{}/unit-{number}.service", number % 100), BAD);
    }
    let units = folder.path().join("units");
    let gone = std::thread::spawn(move || fs::remove_dir_all(units));
    let run = check_json(folder.path(), ["units"]);
    assert!(run.status <= 2, "{}", run.stderr);
    gone.join().expect("the other thread only deletes").expect("the folder goes away");
    let run = check_json(folder.path(), ["units"]);
    assert!(run.status == 2 && run.stderr.contains("units"), "{}", run.stderr);
}
