//! `unitls starters` and `unitls graph`: what can start a unit, and the graph for programs that draw.

use std::os::unix::fs::symlink;

use expect_test::expect;
use tempfile::TempDir;

use crate::command::{Run, in_tests, unitls};
use crate::folder;

fn run<'a>(folder: &std::path::Path, command: &'a str, arguments: impl IntoIterator<Item = &'a str>) -> Run {
    let fixed = [command, "--systemd-version=257", "--system-units=none"];
    unitls(folder, fixed.into_iter().chain(arguments))
}

/// Every way in which a unit is brought up, and what orders it.
fn web() -> TempDir {
    let root = folder(&[
        (
            "etc/systemd/system/web.service",
            b"[Unit]\nAfter=db.service\nConflicts=old.service\n[Service]\nExecStart=/bin/web\nRestart=always\n[Install]\nWantedBy=multi-user.target\n",
        ),
        ("etc/systemd/system/web.socket", b"[Socket]\nListenStream=80\n"),
        ("etc/systemd/system/web.path", b"[Path]\nPathExists=/run/web\n"),
        ("etc/systemd/system/web.timer", b"[Timer]\nOnCalendar=daily\n"),
        ("etc/systemd/system/needs.service", b"[Unit]\nRequires=web.service\n[Service]\nExecStart=/bin/a\n"),
        ("etc/systemd/system/needs.timer", b"[Timer]\nOnBootSec=5\n"),
        ("etc/systemd/system/app.service", b"[Unit]\nOnFailure=web.service\nPartOf=web.service\n[Service]\nExecStart=/bin/a\n"),
    ]);
    let wants = root.path().join("etc/systemd/system/default.target.wants");
    std::fs::create_dir(&wants).expect("the folder is made");
    symlink("../web.service", wants.join("web.service")).expect("the link is made");
    root
}

#[test]
fn the_story_of_a_unit_that_comes_back() {
    let stories = in_tests("units/undead");
    let text = run(&stories, "starters", ["widget-daemon"]);
    expect![[r#"
        widget-daemon.service
        ├─ widget-daemon.socket  /run/widget.sock    widget-daemon.socket:1
        ├─ reconcile.service     Wants=              reconcile.service:3
        │  └─ reconcile.timer    every 2 min         reconcile.timer:1
        ├─ reconcile.timer       Wants=              reconcile.timer:3
        └─ itself                restart on failure  widget-daemon.service:7
    "#]]
    .assert_eq(&text.stdout);
    assert_eq!((text.status, text.stderr.as_str()), (0, ""));
    for arguments in [["widget-daemon.service", "."], ["./widget-daemon.service", "."]] {
        assert_eq!(run(&stories, "starters", arguments).stdout, text.stdout, "{arguments:?}");
    }
    let json = run(&stories, "starters", ["widget-daemon", "--format=json"]);
    expect![[r#"
        {"unit":"widget-daemon.service","source":"widget-daemon.socket","kind":"socket","path":"widget-daemon.socket","line":1,"note":"/run/widget.sock","through":null}
        {"unit":"widget-daemon.service","source":"reconcile.service","kind":"wants","path":"reconcile.service","line":3,"note":"Wants=, via reconcile.timer, every 2 min","through":null}
        {"unit":"widget-daemon.service","source":"reconcile.timer","kind":"timer","path":"reconcile.timer","line":1,"note":"every 2 min","through":"reconcile.service"}
        {"unit":"widget-daemon.service","source":"reconcile.timer","kind":"wants","path":"reconcile.timer","line":3,"note":"Wants=","through":null}
        {"unit":"widget-daemon.service","source":"widget-daemon.service","kind":"restart","path":"widget-daemon.service","line":7,"note":"restart on failure","through":null}
    "#]].assert_eq(&json.stdout);
}

#[test]
fn starters_of_all_kinds() {
    let root = web();
    let found = run(root.path(), "starters", ["web", "--format=json"]);
    let found: Vec<_> = found
        .json()
        .iter()
        .map(|starter| {
            let text = |member: &str| starter[member].as_str().unwrap_or("-").to_owned();
            let path = text("path").replace("etc/systemd/system/", "");
            format!("{} {} {path}:{}", text("kind"), text("source"), starter["line"])
        })
        .collect();
    expect![[r#"
        link default.target default.target.wants/web.service:null
        socket web.socket web.socket:1
        timer web.timer web.timer:1
        path web.path web.path:1
        requires needs.service needs.service:2
        timer needs.timer needs.timer:1
        on-failure app.service app.service:2
        install multi-user.target web.service:8
        restart web.service web.service:6
    "#]]
    .assert_eq(&(found.join("\n") + "\n"));
}

#[test]
fn a_unit_that_nothing_starts_and_one_that_is_only_named() {
    let root = web();
    let alone = run(root.path(), "starters", ["needs.timer"]);
    assert_eq!((alone.status, alone.stdout.as_str()), (0, "needs.timer: nothing in sight starts it\n"));
    assert_eq!(run(root.path(), "starters", ["needs.timer", "--format=json"]).stdout, "");
    let named = run(root.path(), "starters", ["multi-user.target"]);
    assert_eq!((named.status, named.stdout.as_str()), (0, "multi-user.target: nothing in sight starts it\n"));
}

#[test]
fn units_that_are_masked_only_named_or_no_units() {
    let root = folder(&[
        ("etc/systemd/system/a.service", b""),
        ("usr/lib/systemd/system/a.service", b"[Service]\nExecStart=/bin/a\n"),
        ("usr/lib/systemd/system/a.socket", b"[Socket]\nListenStream=1\n"),
        ("usr/lib/systemd/system/gone.timer", b"[Timer]\nOnCalendar=daily\nPersistent=yes\n"),
        ("usr/lib/systemd/system/my app.service", b"[Service]\nExecStart=/bin/a\n"),
        ("usr/lib/systemd/system/b.service", b"[Service]\nExecStart=/bin/b\n"),
        (
            "usr/share/dbus-1/system-services/org.example.B.service",
            b"[D-BUS Service]\nName=org.example.B\nExec=/bin/false\nSystemdService=b.service\n",
        ),
    ]);
    let said = |arguments: &[&'static str]| {
        let run = run(root.path(), "starters", arguments.iter().copied());
        format!("{} {}{}", run.status, run.stdout, run.stderr)
    };
    let name = "usr/lib/systemd/system/my app.service";
    let cases: [&[&str]; 6] = [
        &["a"],
        &["gone.service"],
        &["b"],
        &[name],
        &["b.sevrice"],
        &["a", "usr/lib/systemd/system/a.socket"],
    ];
    let said: Vec<_> = cases.into_iter().map(said).collect();
    expect![[r#"
        0 a.service: masked by etc/systemd/system/a.service, nothing can start it
        0 gone.service: no file in sight describes it
        └─ gone.timer  daily at 00:00, a missed one is caught up  usr/lib/systemd/system/gone.timer:1
        0 b.service
        └─ usr/share/dbus-1/system-services/org.example.B.service  D-Bus name org.example.B  usr/share/dbus-1/system-services/org.example.B.service:4
        2 unitls: usr/lib/systemd/system/my app.service is no unit: systemd does not take such a name
        2 unitls: there is no unit `b.sevrice.service` in sight; near it: b.service
        0 a.service
        └─ a.socket  port 1  usr/lib/systemd/system/a.socket:1
    "#]]
    .assert_eq(&said.concat());
}

/// Whatever paths are given make up one world, be they folders or files.
#[test]
fn several_paths_are_one_world() {
    let wants = b"[Unit]\nWants=b.service\n[Service]\nExecStart=/bin/a\n";
    let root = folder(&[
        ("one/a.service", &wants[..]),
        ("two/b.service", b"[Service]\nExecStart=/bin/b\n"),
        ("two/b.timer", b"[Timer]\nOnCalendar=daily\n"),
        ("three/b.service.d/x.conf", b"[Service]\nNice=1\n"),
    ]);
    let said = "b.service\n├─ b.timer    daily at 00:00  two/b.timer:1\n└─ a.service  Wants=          one/a.service:2\n";
    for paths in [["one", "two"], ["one/a.service", "two"], ["two/b.service", "one/a.service"]] {
        assert_eq!(run(root.path(), "starters", ["b"].into_iter().chain(paths)).stdout, said, "{paths:?}");
    }
    let merged = run(root.path(), "cat", ["b", "two", "three"]).stdout;
    assert!(merged.contains("three/b.service.d/x.conf:2\nNice=1"), "{merged}");
    let apart = run(&root.path().join("one"), "starters", ["../two/b.service"]).stdout;
    assert_eq!(apart, "b.service\n└─ b.timer  daily at 00:00  ../two/b.timer:1\n");
}

#[test]
fn status_2_for_units_that_nobody_knows() {
    let root = web();
    for arguments in [
        &["starters", "wbe"][..],
        &["starters", "./gone.service"],
        &["starters"],
        &["starters", "web", "gone"],
        &["graph", "--around", "wbe"],
        &["graph", "--order", "--requirement"],
        &["graph", "--format", "svg"],
        &["graph", "gone"],
    ] {
        let run = unitls(root.path(), arguments.iter().chain(&["--system-units=none"]));
        assert_eq!(run.status, 2, "{arguments:?}: {}", run.stdout);
        assert_ne!(run.stderr, "", "{arguments:?}");
    }
    let near = run(root.path(), "graph", ["--around", "wbe"]);
    assert!(near.stderr.contains("near it: web.service"), "{}", near.stderr);
}

#[test]
fn dot_mermaid_and_json() {
    let stories = in_tests("units/undead");
    expect![[r##"
        digraph units {
          rankdir=LR;
          node [shape=box, style="rounded,filled", fontname="sans-serif", fontsize=11];
          edge [fontname="sans-serif", fontsize=9];
          "network.target" [label="network.target", fillcolor="#f3f4f6", style="rounded,filled,dashed"];
          "reconcile.service" [label="reconcile.service", fillcolor="#dbeafe"];
          "reconcile.timer" [label="reconcile.timer", fillcolor="#fef9c3"];
          "sockets.target" [label="sockets.target", fillcolor="#f3f4f6", style="rounded,filled,dashed"];
          "timers.target" [label="timers.target", fillcolor="#f3f4f6", style="rounded,filled,dashed"];
          "widget-daemon.service" [label="widget-daemon.service", fillcolor="#dbeafe"];
          "widget-daemon.socket" [label="widget-daemon.socket", fillcolor="#dcfce7"];
          "reconcile.service" -> "widget-daemon.service" [label="Wants, After", color="#1d4ed8"];
          "reconcile.timer" -> "reconcile.service" [label="every 2 min", color="#b45309", style=bold, penwidth=2];
          "reconcile.timer" -> "widget-daemon.service" [label="Wants", color="#1d4ed8"];
          "sockets.target" -> "widget-daemon.socket" [label="Wants, if enabled", color="#6b7280", style=dashed];
          "timers.target" -> "reconcile.timer" [label="Wants, if enabled", color="#6b7280", style=dashed];
          "widget-daemon.service" -> "network.target" [label="After", color="#6b7280", style=dotted, arrowhead=vee];
          "widget-daemon.socket" -> "widget-daemon.service" [label="/run/widget.sock", color="#b45309", style=bold, penwidth=2];
        }
    "##]].assert_eq(&run(&stories, "graph", []).stdout);
    expect![[r#"
        flowchart LR
          u0["reconcile.service"]
          u1["reconcile.timer"]
          u2["sockets.target"]:::neighbour
          u3["timers.target"]:::neighbour
          u4["widget-daemon.service"]
          u5["widget-daemon.socket"]
          u0 -->|"Wants"| u4
          u1 ==>|"every 2 min"| u0
          u1 -->|"Wants"| u4
          u2 -.->|"Wants, if enabled"| u5
          u3 -.->|"Wants, if enabled"| u1
          u5 ==>|"/run/widget.sock"| u4
          classDef neighbour stroke-dasharray: 4 3
    "#]]
    .assert_eq(&run(&stories, "graph", ["--format=mermaid", "--requirement"]).stdout);
    expect![[r#"
        {"record":"unit","unit":"network.target","part":"neighbour"}
        {"record":"unit","unit":"reconcile.service","part":"neighbour"}
        {"record":"unit","unit":"reconcile.timer","part":"neighbour"}
        {"record":"unit","unit":"widget-daemon.service","part":"subject"}
        {"record":"unit","unit":"widget-daemon.socket","part":"neighbour"}
        {"record":"edge","from":"reconcile.service","relation":"Wants","to":"widget-daemon.service","cause":"line","path":"reconcile.service","line":3,"holds":"always","note":null}
        {"record":"edge","from":"reconcile.service","relation":"After","to":"widget-daemon.service","cause":"line","path":"reconcile.service","line":4,"holds":"always","note":null}
        {"record":"edge","from":"reconcile.timer","relation":"Triggers","to":"reconcile.service","cause":"name","path":"reconcile.timer","line":1,"holds":"always","note":null}
        {"record":"edge","from":"reconcile.timer","relation":"Wants","to":"widget-daemon.service","cause":"line","path":"reconcile.timer","line":3,"holds":"always","note":null}
        {"record":"edge","from":"widget-daemon.service","relation":"After","to":"network.target","cause":"line","path":"widget-daemon.service","line":3,"holds":"always","note":null}
        {"record":"edge","from":"widget-daemon.socket","relation":"Triggers","to":"widget-daemon.service","cause":"name","path":"widget-daemon.socket","line":1,"holds":"always","note":null}
    "#]].assert_eq(&run(&stories, "graph", ["--format=json", "--around=widget-daemon"]).stdout);
}

/// The edges, as `from relation to`.
fn edges<'a>(folder: &TempDir, arguments: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let run = run(folder.path(), "graph", ["--format=json"].into_iter().chain(arguments));
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let edges = run.json().into_iter().filter(|record| record["record"] == "edge");
    let word = |value: &serde_json::Value| value.as_str().expect("ends and relations are text").to_owned();
    edges.map(|edge| [word(&edge["from"]), word(&edge["relation"]), word(&edge["to"])].join(" ")).collect()
}

#[test]
fn a_part_of_the_graph() {
    let root = web();
    let all = edges(&root, []);
    let order = edges(&root, ["--order"]);
    let requirement = edges(&root, ["--requirement"]);
    assert!(order.iter().all(|edge| edge.contains(" After ")), "{order:?}");
    assert!(!requirement.iter().any(|edge| edge.contains(" After ")), "{requirement:?}");
    assert!(requirement.iter().all(|edge| all.contains(edge)), "{requirement:?}");
    assert!(all.contains(&"web.service After db.service".to_owned()), "{all:?}");
    assert!(!all.iter().any(|edge| edge.contains("shutdown.target")), "{all:?}");
    let implied = edges(&root, ["--all"]);
    assert!(implied.contains(&"web.service Conflicts shutdown.target".to_owned()), "{implied:?}");
    let around = edges(&root, ["--around=app", "--requirement"]);
    assert_eq!(
        around,
        [
            "app.service PartOf web.service",
            "app.service OnFailure web.service",
            "web.path Triggers web.service",
            "web.socket Triggers web.service",
            "web.timer Triggers web.service"
        ]
    );
}

#[test]
fn names_and_notes_that_need_escapes() {
    let units = folder(&[
        ("srv-a\\x2db.mount", b"[Unit]\nWants=x@a\\x2db.service\n[Mount]\nWhere=/srv/a-b\nWhat=/dev/a\n"),
        ("q.path", b"[Path]\nPathExists=/run/\"a\" # \\x\n"),
        ("q.service", b"[Service]\nExecStart=/bin/true\n"),
    ]);
    expect![[r##"
        digraph units {
          rankdir=LR;
          node [shape=box, style="rounded,filled", fontname="sans-serif", fontsize=11];
          edge [fontname="sans-serif", fontsize=9];
          "q.path" [label="q.path", fillcolor="#ffedd5"];
          "q.service" [label="q.service", fillcolor="#dbeafe"];
          "srv-a\x2db.mount" [label="srv-a\\x2db.mount", fillcolor="#ede9fe"];
          "x@a\x2db.service" [label="x@a\\x2db.service", fillcolor="#dbeafe", style="rounded,filled,dashed"];
          "q.path" -> "q.service" [label="/run/\"a\" # \\x exists", color="#b45309", style=bold, penwidth=2];
          "srv-a\x2db.mount" -> "x@a\x2db.service" [label="Wants", color="#1d4ed8"];
        }
    "##]]
    .assert_eq(&run(units.path(), "graph", []).stdout);
    expect![[r#"
        flowchart LR
          u0["q.path"]
          u1["q.service"]
          u2["srv-a\x2db.mount"]
          u3["x@a\x2db.service"]:::neighbour
          u0 ==>|"/run/#quot;a#quot; #35; \x exists"| u1
          u2 -->|"Wants"| u3
          classDef neighbour stroke-dasharray: 4 3
    "#]]
    .assert_eq(&run(units.path(), "graph", ["--format=mermaid"]).stdout);
}
