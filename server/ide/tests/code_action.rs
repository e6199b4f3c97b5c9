//! Repairs on demand: what a range offers, and all safe repairs of a file at once.

mod support;

use expect_test::{Expect, expect};
use support::{Source, workspace};
use unit_ide::code_action::{code_actions, safe_fixes};
use unit_ide::fix::apply;
use unit_syntax::TextRange;

fn source(text: &str) -> Source {
    let mut source = Source::of_marker("web.service");
    source.push(text);
    source
}

/// The text after all its safe repairs.
#[track_caller]
fn check_all(text: &str, expected: Expect) {
    let source = source(text);
    let workspace = workspace(std::slice::from_ref(&source));
    let edits = safe_fixes(&workspace, workspace.file(&source.path).expect("it is open"));
    for pair in edits.windows(2) {
        assert!(pair[0].range.end <= pair[1].range.start, "{edits:?}");
    }
    expected.assert_eq(&format!("{} edits\n{}", edits.len(), apply(text, &edits).replace('\r', "␍")));
}

#[test]
fn all_safe_repairs() {
    // Several in one place, one that uncovers the next, and one that somebody should look at.
    check_all(
        "[Service]\nStartLimitIntervalSec=30 # slowly\nWantedBy=a.target\nUser=web\nExecStart=/bin/a\nRestrat=no\n\
         Description=Web\nKillMode=mixed # all\n",
        expect![[r#"
            3 edits
            [Unit]
            # slowly
            StartLimitIntervalSec=30
            Description=Web

            [Service]
            User=web
            ExecStart=/bin/a
            Restrat=no
            # all
            KillMode=mixed

            [Install]
            WantedBy=a.target
        "#]],
    );
    check_all(
        "[Service]\r\nExecStart=/bin/a\r\nDescription=Web\r\n",
        expect![[r#"
        2 edits
        [Unit]␍
        Description=Web␍
        ␍
        [Service]␍
        ExecStart=/bin/a␍
    "#]],
    );
    check_all(
        "[Service]\nExecStart=/bin/a\n",
        expect![[r#"
        0 edits
        [Service]
        ExecStart=/bin/a
    "#]],
    );
    check_all(
        "",
        expect![[r#"
        0 edits
    "#]],
    );
}

#[test]
fn repairs_of_a_range() {
    let text = "[Service]\nExecStart=/bin/a\nRestrat=no\nDescription=Web\n";
    let source = source(text);
    let workspace = workspace(std::slice::from_ref(&source));
    let file = workspace.file(&source.path).expect("it is open");
    let titles = |start, end| -> Vec<String> {
        let findings = code_actions(&workspace, file, TextRange::new(start, end));
        findings.iter().flat_map(|(finding, _)| &finding.fixes).map(|fix| fix.title.clone()).collect()
    };
    let restrat = text.find("Restrat").expect("it is there") as u32;
    assert_eq!(titles(restrat, restrat), ["Change to `Restart=`"]);
    assert_eq!(titles(restrat + 7, restrat + 7), ["Change to `Restart=`"]);
    assert_eq!(titles(restrat + 8, restrat + 8), Vec::<String>::new());
    assert_eq!(titles(0, text.len() as u32), ["Change to `Restart=`", "Move to [Unit]"]);
}

#[test]
fn comments_that_silence() {
    let silenced = |text: &str, code: &str| {
        let source = source(text);
        let workspace = workspace(std::slice::from_ref(&source));
        let file = workspace.file(&source.path).expect("it is open");
        let offered = code_actions(&workspace, file, TextRange::new(0, text.len() as u32));
        let found = offered.iter().find(|(finding, _)| finding.code == code);
        let allow = found.and_then(|(_, allow)| allow.as_ref()).expect("a comment");
        format!("{}\n{}\n", allow.title, apply(text, &allow.edits).replace('\r', "␍"))
    };
    let texts = [
        silenced("[Unit]\n\n[Service]\r\nExecStart=/bin/a\r\nRestrat=no\r\n", "unknown-key"),
        silenced(
            "[Service]\nExecStart=/bin/a\n# why\n; unitls: allow(a-b): x\n# what\nRestrat=no\n",
            "unknown-key",
        ),
        silenced("[Unit]\n[Web]\nRestrat=no\n", "unknown-section"),
        silenced("# SPDX\n[Web]\nRestrat=no\n", "unknown-section"),
    ];
    expect![[r#"
        Allow `unknown-key` here
        [Unit]

        [Service]␍
        ExecStart=/bin/a␍
        # unitls: allow(unknown-key)
        Restrat=no␍

        Allow `unknown-key` here
        [Service]
        ExecStart=/bin/a
        # why
        ; unitls: allow(a-b, unknown-key): x
        # what
        Restrat=no

        Allow `unknown-section` in this section
        [Unit]
        # unitls: allow(unknown-section)
        [Web]
        Restrat=no

        Allow `unknown-section` in this file
        # SPDX
        # unitls: allow(unknown-section)
        [Web]
        Restrat=no

    "#]]
    .assert_eq(&texts.concat());
}
