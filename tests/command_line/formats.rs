//! Findings in the formats of other tools: SARIF logs and GitHub's workflow commands.

use std::fs;

use serde_json::{Value, json};

use crate::command::{Run, in_tests, unitls};
use crate::{folder, json_schema};

const TIMER: &str = "[Timer]\nOnCalendar=daily\n\n[Install]\nWantedBy=timers.target\n";
const SOCKET: &str = "[Socket]\nListenStream=80\n\n[Install]\nWantedBy=sockets.target\n";
const TEMPLATE: &str = "[Service]\nExecStart=/bin/true\n";

fn check(folder: &tempfile::TempDir, format: &str, arguments: &[&str]) -> Run {
    let format = format!("--format={format}");
    let fixed = ["check", "--systemd-version=257", "--system-units=none", &format];
    unitls(folder.path(), fixed.into_iter().chain(arguments.iter().copied()))
}

/// The log, which is valid by the schema of SARIF 2.1.0.
#[track_caller]
fn sarif(run: &Run) -> Value {
    let schema = fs::read(in_tests("schemas/sarif-2.1.0.json")).expect("the schema is there");
    let schema: Value = serde_json::from_slice(&schema).expect("the schema is JSON");
    let log: Value = serde_json::from_str(&run.stdout).expect("a log is JSON");
    assert_eq!(json_schema::faults(&schema, &log), Vec::<String>::new(), "{log:#}");
    log
}

#[test]
fn sarif_of_all_kinds_of_findings() {
    let folder = folder(&[
        ("units/ä 1.service", b"[Service]\nExecStart=/bin/true\n# \xc3\xa4\nUser=\xc3\xa4\xc3\xa4 # \xc3\xa4\nTimeoutStopSec=1min # soon\nDescription=A"),
        ("units/a.timer", TIMER.as_bytes()),
        ("units/b.socket", SOCKET.as_bytes()),
        ("units/b@.service", TEMPLATE.as_bytes()),
        ("units/c.service", b"[Service]\nExecStart=/bin/true\nRestart=always\nRestartSec=2\n"),
    ]);
    let run = check(&folder, "sarif", &["units", "gone.service"]);
    assert_eq!(run.status, 2);
    let log = sarif(&run);
    let run = &log["runs"][0];
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    let results = run["results"].as_array().expect("a list");
    let of = |code: &str| {
        let found = results.iter().find(|result| result["ruleId"] == code);
        found.unwrap_or_else(|| panic!("{code} is found: {log:#}"))
    };
    for result in results {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().expect("an index") as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["helpUri"].as_str().is_some_and(|uri| uri.ends_with(".md")), "{rule}");
    }

    let comment = of("inline-comment");
    assert_eq!(comment["level"], "warning");
    let place = &comment["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "units/%C3%A4%201.service");
    let change = &comment["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "units/%C3%A4%201.service");
    assert!(change["replacements"][0]["insertedContent"]["text"].is_string(), "{change}");
    let line = |result: &Value| result["locations"][0]["physicalLocation"]["region"].clone();
    let timeout = results.iter().find(|result| line(result)["startLine"] == 5).expect("a finding in line 5");
    assert_eq!(timeout["level"], "error");
    assert_eq!(line(timeout), json!({ "startLine": 5, "startColumn": 21, "endLine": 5, "endColumn": 27 }));

    let mismatch = of("socket-accept-mismatch");
    let related = &mismatch["relatedLocations"][0];
    assert_eq!(
        related["physicalLocation"]["artifactLocation"]["uri"],
        "units/b%40.service".replace("%40", "@")
    );
    assert_eq!(of("start-limit-unreachable")["level"], "note");
    assert_eq!(of("timer-unit-missing").get("fixes"), None, "a log cannot make files");
}

#[test]
fn sarif_of_nothing() {
    let folder = folder(&[("a.service", TEMPLATE.as_bytes())]);
    let run = check(&folder, "sarif", &["a.service"]);
    assert_eq!(run.status, 0);
    let log = sarif(&run);
    assert_eq!(log["runs"][0]["results"], json!([]));
    assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn workflow_commands() {
    let folder = folder(&[
        ("a,b:c 100%.service", b"[Service]\nExecStart=/bin/true\nTimeoutStopSec=1min # soon\n"),
        ("b.socket", SOCKET.as_bytes()),
        ("b@.service", TEMPLATE.as_bytes()),
        ("c.service", b"[Service]\nExecStart=/bin/true\nRestart=always\nRestartSec=2\n"),
        ("d.service", b"[Service]\nExecStart=/bin/true\nRestart=\\\n  often\\\n  enough\n"),
    ]);
    let run = check(&folder, "github", &["."]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    let lines: Vec<_> = run.stdout.lines().collect();
    let with = |start: &str| {
        let found = lines.iter().find(|line| line.starts_with(start));
        *found.unwrap_or_else(|| panic!("{start}: {}", run.stdout))
    };
    with(
        "::error file=a%2Cb%3Ac 100%25.service,line=3,col=21,endLine=3,endColumn=27,title=inline-comment::A comment ",
    );
    let mismatch =
        with("::error file=b.socket,line=1,col=1,endLine=1,endColumn=9,title=socket-accept-mismatch::");
    assert!(mismatch.ends_with("%0A./b@.service:1: `b@.service` is the service that exists"), "{mismatch}");
    with("::notice file=c.service,");
    with("::error file=d.service,line=4,endLine=5,title=invalid-enum-value::");
    assert!(lines.iter().all(|line| line.starts_with("::")), "{}", run.stdout);
}

/// The schema is not taken for more than it is.
#[test]
fn what_is_no_log_is_found_out() {
    let schema = fs::read(in_tests("schemas/sarif-2.1.0.json")).expect("the schema is there");
    let schema: Value = serde_json::from_slice(&schema).expect("the schema is JSON");
    for (log, fault) in [
        (json!({ "version": "2.1.0" }), "lacks \"runs\""),
        (json!({ "version": "2.0.0", "runs": [] }), "is none of"),
        (json!({ "version": "2.1.0", "runs": [{ "tool": { "driver": {} } }] }), "lacks \"name\""),
        (json!({ "version": "2.1.0", "runs": [], "more": 1 }), "has a member `more`"),
        (json!({ "version": "2.1.0", "runs": {} }), "is no \"array\""),
    ] {
        let faults = json_schema::faults(&schema, &log);
        assert!(faults.iter().any(|found| found.contains(fault)), "{fault}: {faults:?}");
    }
}
