//! Project files, as `check` follows them.

use std::fs;

use serde_json::Value;

use crate::command::{Run, in_tests, unitls};
use crate::{BAD, folder, json_schema};

/// A warning, unless the start limit is no concern.
const ENDLESS: &str =
    "[Unit]\nStartLimitBurst=5\n[Service]\nExecStart=/bin/true\nRestart=always\nRestartSec=5\n";
const CODE: &str = "start-limit-unreachable";

fn check(folder: &tempfile::TempDir, arguments: &[&str]) -> Run {
    let fixed = ["check", "--format=json", "--system-units=none"];
    unitls(folder.path(), fixed.into_iter().chain(arguments.iter().copied()))
}

/// Path, severity and code of each finding.
fn found(run: &Run) -> Vec<String> {
    let text = |finding: &Value, name: &str| finding[name].as_str().expect("a text").to_owned();
    let line = |finding: &Value| ["path", "severity", "code"].map(|name| text(finding, name)).join(" ");
    run.json().iter().map(line).collect()
}

#[test]
fn severities() {
    let settings = format!("[severity]\n{CODE} = 'error'\ninline-comment = 'off'\n");
    let folder = folder(&[
        ("unitls.toml", settings.as_bytes()),
        ("a.service", ENDLESS.as_bytes()),
        ("b.service", BAD.as_bytes()),
        // At the edge it is information by itself, and stays that.
        ("c.service", b"[Service]\nExecStart=/bin/true\nRestart=always\nRestartSec=2\n"),
    ]);
    let run = check(&folder, &["."]);
    assert_eq!(found(&run), [format!("./a.service error {CODE}"), format!("./c.service information {CODE}")]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    fs::write(folder.path().join("unitls.toml"), format!("[severity]\n{CODE} = 'hint'\n")).expect("written");
    let run = check(&folder, &["a.service"]);
    assert_eq!((run.status, found(&run)), (0, vec![format!("a.service hint {CODE}")]));
}

/// The nearest file counts, as a whole; what the command line says counts before it.
#[test]
fn which_file_counts() {
    let folder = folder(&[
        ("unitls.toml", format!("ignore = ['{CODE}', 'inline-comment']\n").as_bytes()),
        ("outer/a.service", ENDLESS.as_bytes()),
        ("inner/unitls.toml", b"ignore = ['inline-comment']\n"),
        ("inner/deep/a.service", ENDLESS.as_bytes()),
        ("inner/deep/b.service", BAD.as_bytes()),
    ]);
    let inner = format!("inner/deep/a.service warning {CODE}");
    assert_eq!(found(&check(&folder, &["outer", "inner"])), std::slice::from_ref(&inner));
    // From the folder upwards, though nobody has named the project's own.
    assert_eq!(found(&check(&folder, &["outer/a.service", "inner/deep/b.service"])), Vec::<String>::new());
    assert_eq!(found(&check(&folder, &["--ignore=unknown-key", "inner"])).len(), 2);
    let both = check(&folder, &["--select", CODE, "outer", "inner"]);
    assert_eq!(found(&both), [inner, format!("outer/a.service warning {CODE}")]);
}

#[test]
fn version_scope_and_units() {
    let user = "[Service]\nExecStart=/bin/true\nRestartSteps=5\n";
    let folder = folder(&[
        ("old/unitls.toml", b"systemdVersion = 252\n"),
        ("old/a.service", user.as_bytes()),
        ("new/unitls.toml", b"systemdVersion = 257\nsystemUnits = ['../image', 'none']\n"),
        ("new/a.service", user.as_bytes()),
        ("new/b.timer", b"[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n"),
        ("image/usr/lib/systemd/system/b.service", b"[Service]\nExecStart=/bin/true\n"),
    ]);
    let run = |arguments: &[&str]| unitls(folder.path(), ["check", "--format=json"].iter().chain(arguments));
    assert_eq!(
        found(&run(&["old", "new"])),
        ["new/b.timer hint timer-unit-missing", "old/a.service warning key-too-new"]
    );
    assert_eq!(
        found(&run(&["new", "old"])),
        ["old/a.service warning key-too-new"],
        "the image is that of the first"
    );
    assert_eq!(found(&run(&["--systemd-version=257", "--system-units=none", "old"])), Vec::<String>::new());
    let user = run(&["--scope=user", "new"]);
    assert_ne!(found(&user), found(&run(&["new"])), "{}", user.stdout);
    fs::write(
        folder.path().join("new/unitls.toml"),
        "systemdVersion = 257\nscope = 'user'\nsystemUnits = ['../image']\n",
    )
    .expect("written");
    assert_eq!(found(&run(&["new"])), found(&user), "the unit of the image is none of the user's");
}

#[test]
fn excluded_files() {
    let folder = folder(&[
        ("unitls.toml", b"exclude = ['/vendor/', '*.bad.service']\n"),
        ("vendor/a.service", BAD.as_bytes()),
        ("units/vendor/a.bad.service", BAD.as_bytes()),
        ("units/vendor/b.service", BAD.as_bytes()),
        // What is left out is not there for others either.
        ("units/c.timer", b"[Timer]\nOnCalendar=daily\nUnit=x.bad.service\n"),
        ("units/x.bad.service", b"[Service]\nExecStart=/bin/true\n"),
    ]);
    let all = ["./units/c.timer hint timer-unit-missing", "./units/vendor/b.service error inline-comment"];
    assert_eq!(found(&check(&folder, &["."])), all);
    assert_eq!(found(&check(&folder, &["vendor"])), Vec::<String>::new());
    assert_eq!(found(&check(&folder, &["vendor/a.service"])), ["vendor/a.service error inline-comment"]);
}

/// What is wrong with a project file is said, the rest of it counts.
#[test]
fn faults() {
    let text = "# Ours.\nscope = 'all'\nselect = ['no-such-rule', 'inline-comment']\ncolour = 'blue'\n";
    let folder = folder(&[("units/unitls.toml", text.as_bytes()), ("units/a.service", ENDLESS.as_bytes())]);
    let run = check(&folder, &["units"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert_eq!(
        run.stderr,
        "unitls: units/unitls.toml:2:9: say `auto`, `system` or `user`\n\
         unitls: units/unitls.toml:3:11: there is no rule `no-such-rule`\n\
         unitls: units/unitls.toml:4:1: there is no setting `colour`\n"
    );
    for broken in [&b"select = [\n"[..], b"\xff\xfe", b"[severity\n"] {
        fs::write(folder.path().join("units/unitls.toml"), broken).expect("written");
        let run = check(&folder, &["units"]);
        assert_eq!(run.status, 2, "{}", run.stderr);
        assert_eq!(found(&run).len(), 1);
        assert!(run.stderr.starts_with("unitls: units/unitls.toml:1:"), "{}", run.stderr);
    }
}

/// A repair that project or comment have no use for is not made.
#[test]
fn repairs_follow_the_project() {
    let folder = folder(&[("unitls.toml", b"ignore = ['inline-comment']\n"), ("a.service", BAD.as_bytes())]);
    assert_eq!(check(&folder, &["--fix", "."]).status, 0);
    assert_eq!(fs::read_to_string(folder.path().join("a.service")).expect("it is there"), BAD);
}

/// The committed schema is that of this program, and says what the program takes. `cargo xtask rules` writes it.
#[test]
fn the_schema() {
    let run = unitls(&in_tests("."), ["schema"]);
    let committed = fs::read_to_string(in_tests("../docs/unitls.schema.json")).expect("there is a schema");
    assert_eq!(run.stdout, committed, "run `cargo xtask rules`");
    let schema: Value = serde_json::from_str(&committed).expect("a schema is JSON");
    for (settings, faults) in [
        (serde_json::json!({}), 0),
        (
            serde_json::json!({ "systemdVersion": 257, "systemUnits": ["/"], "scope": "user", "exclude": ["a"] }),
            0,
        ),
        (serde_json::json!({ "select": [CODE], "ignore": [], "severity": { CODE: "off" } }), 0),
        (serde_json::json!({ "systemdVersion": "auto", "systemUnits": "none" }), 0),
        (serde_json::json!({ "scope": "all", "select": ["no-such-rule"], "colour": 1 }), 3),
        (serde_json::json!({ "systemdVersion": 7, "severity": { "no-such-rule": "off" } }), 2),
    ] {
        let found = json_schema::faults(&schema, &settings);
        assert_eq!(found.len(), faults, "{settings}: {found:?}");
    }
}

/// Hints are the editor's own affair.
#[test]
fn settings_of_editors() {
    let folder = folder(&[("unitls.toml", b"[inlayHints]\nsizes = false\n"), ("a.service", BAD.as_bytes())]);
    let run = check(&folder, &["."]);
    assert_eq!(
        (run.status, run.stderr.as_str()),
        (2, "unitls: ./unitls.toml:1:2: `inlayHints` is a setting of editors\n")
    );
}
