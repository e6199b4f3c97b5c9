//! Every repair that a finding of a page or scenario offers repairs it, and breaks nothing.

mod support;

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use support::{Source, apply, findings, line, workspace, workspaces};
use unit_ide::code_action::code_actions;
use unit_ide::diagnostic::{Diagnostic, Severity};
use unit_ide::rules::{FixAvailability, RULES};

/// How many findings there are by code; a repair may move or rename their files.
fn counted(findings: &[Diagnostic]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding.code).or_default() += 1;
    }
    counts
}

#[test]
fn fixes_repair_and_break_nothing() {
    let mut tried: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, sources) in workspaces() {
        let before = findings(&sources);
        let counts = counted(&before);
        for (finding, fix) in
            before.iter().flat_map(|finding| finding.fixes.iter().map(move |fix| (finding, fix)))
        {
            *tried.entry(finding.code).or_default() += 1;
            let what = format!("{place}: {}\n  fix: {}", line(&sources, finding), fix.title);
            assert!(fix.edits.len() + fix.operations.len() > 0 && !fix.title.is_empty(), "{what}");
            let repaired = apply(&sources, fix);
            let after = findings(&repaired);
            let text =
                || repaired.iter().map(|source| source.text.as_str()).collect::<Vec<_>>().join("\n---\n");
            let counts_after = counted(&after);
            let left = counts_after.get(finding.code).copied().unwrap_or_default();
            assert!(left < counts[finding.code], "{what}\nleaves the finding:\n{}", text());
            // What systemd ignored it reads now: other rules may have a word on it, but no error. And what is in order
            // now may be worth a hint.
            let read_now = finding.severity == Severity::Error;
            let harmless = |new: &Diagnostic| {
                new.severity == Severity::Hint || read_now && new.severity > Severity::Error
            };
            for new in after.iter().filter(|new| !harmless(new)) {
                // None gets heavier either.
                let as_heavy = |all: &[Diagnostic]| {
                    let same = all.iter().filter(|finding| finding.code == new.code);
                    same.filter(|finding| finding.severity <= new.severity).count()
                };
                assert!(
                    as_heavy(&after) <= as_heavy(&before),
                    "{what}\nbrings {}:\n{}",
                    line(&repaired, new),
                    text()
                );
            }
        }
    }
    for rule in RULES {
        let tries = tried.get(rule.code).copied().unwrap_or_default();
        match rule.fix {
            FixAvailability::None => assert_eq!(tries, 0, "{} says that it has no fix", rule.code),
            _ => assert!(tries > 0, "no page or scenario has a fix of {}", rule.code),
        }
    }
}

/// Every finding can be silenced by a comment, and by that alone.
#[test]
fn comments_silence_one_rule_and_nothing_else() {
    for (place, sources) in workspaces() {
        let before = findings(&sources);
        let counts = counted(&before);
        let workspace = workspace(&sources);
        for finding in before.iter().filter(|finding| finding.code != "unused-allow") {
            let what = format!("{place}: {}", line(&sources, finding));
            let Some(file) = workspace.file(&finding.path) else { continue };
            let offered = code_actions(&workspace, file, finding.range);
            let allow =
                offered.into_iter().find(|(offered, _)| offered == finding).and_then(|(_, allow)| allow);
            let allow = allow.unwrap_or_else(|| panic!("{what}: no comment silences it"));
            let silenced = apply(&sources, &allow);
            let after = counted(&findings(&silenced));
            let left = after.get(finding.code).copied().unwrap_or_default();
            assert!(left < counts[finding.code], "{what}: {} does not silence it: {after:?}", allow.title);
            for (code, count) in counts.iter().filter(|(code, _)| **code != finding.code) {
                assert_eq!(after.get(code), Some(count), "{what}: {} changes {code}", allow.title);
            }
            assert!(after.keys().all(|code| counts.contains_key(code)), "{what}: {after:?}");
        }
    }
}

/// A rule that says "sometimes" has findings without a fix too.
#[test]
fn sometimes_is_not_always() {
    let all: Vec<_> = workspaces().iter().flat_map(|(_, sources)| findings(sources)).collect();
    for rule in RULES.iter().filter(|rule| rule.fix == FixAvailability::Sometimes) {
        let mut own = all.iter().filter(|finding| finding.code == rule.code);
        assert!(own.any(|finding| finding.fixes.is_empty()), "{} always has a fix here", rule.code);
    }
}

/// Compares the only file of a workspace after the first fix in it.
#[track_caller]
fn check(text: &str, expected: Expect) {
    let mut source = Source::of_marker("web.service");
    source.push(text);
    let sources = [source];
    let all = findings(&sources);
    let fix = all.iter().find_map(|finding| finding.fixes.first()).expect("a fix");
    let repaired = &apply(&sources, fix)[0].text;
    expected.assert_eq(&format!("{}:\n{}", fix.title, repaired.replace('\r', "␍")));
}

#[test]
fn texts_after_a_fix() {
    check(
        "[Service]\nExecStart=/bin/a\n  Restart=always ; for ever\n",
        expect![[r#"
            Move the comment to its own line:
            [Service]
            ExecStart=/bin/a
              # for ever
              Restart=always
        "#]],
    );
    check(
        "[Service]\r\nExecStart=/bin/a\r\nRestart=always # for ever\r\n",
        expect![[r#"
            Move the comment to its own line:
            [Service]␍
            ExecStart=/bin/a␍
            # for ever␍
            Restart=always␍
        "#]],
    );
    check(
        "[Service]\nExecStart=/bin/a \\ \n  --flag\n",
        expect![[r#"
        Remove the blanks:
        [Service]
        ExecStart=/bin/a \
          --flag
    "#]],
    );
    check(
        "[Service]\nType=oneshot\nExecStart=/bin/a\nRestart=always\n",
        expect![[r#"
        Use `Restart=on-failure`:
        [Service]
        Type=oneshot
        ExecStart=/bin/a
        Restart=on-failure
    "#]],
    );
    check(
        "[Service]\nExecStart=/bin/a\nExecStop=systemctl stop web\nRestart=no\n",
        expect![[r#"
        Remove this `ExecStop=`:
        [Service]
        ExecStart=/bin/a
        Restart=no
    "#]],
    );
    check(
        "[Servce]\nExecStart=/bin/a\n",
        expect![[r#"
        Change to [Service]:
        [Service]
        ExecStart=/bin/a
    "#]],
    );
    check(
        "[Service]\nExecStart=/bin/a\nRestrat = no\n",
        expect![[r#"
        Change to `Restart=`:
        [Service]
        ExecStart=/bin/a
        Restart = no
    "#]],
    );
    check(
        "[Service]\nExecStart=/bin/a\nRestart=on-\\\nfailure\nKillMode=Mixed\n",
        expect![[r#"
        Change to `on-failure`:
        [Service]
        ExecStart=/bin/a
        Restart=on-failure
        KillMode=Mixed
    "#]],
    );
}

/// The files of a workspace after the first fix in it.
#[track_caller]
fn check_files(sources: &[(&str, &str)], expected: Expect) {
    let sources: Vec<Source> = sources
        .iter()
        .map(|(name, text)| {
            let mut source = Source::of_marker(name);
            source.push(text);
            source
        })
        .collect();
    let all = findings(&sources);
    let fix = all.iter().find_map(|finding| finding.fixes.first()).expect("a fix");
    let repaired = apply(&sources, fix);
    let files =
        repaired.iter().map(|source| format!("-- {}\n{}", source.name(), source.text.replace('\r', "␍")));
    expected.assert_eq(&format!("{}:\n{}", fix.title, files.collect::<String>()));
}

#[test]
fn lines_moved_to_another_section() {
    // Behind the last assignment there, comments below it left alone.
    check(
        "[Unit]\nDescription=Web\n# Much more here.\n\n[Service]\nExecStart=/bin/a\nStartLimitIntervalSec=30\n",
        expect![[r#"
            Move to [Unit]:
            [Unit]
            Description=Web
            StartLimitIntervalSec=30
            # Much more here.

            [Service]
            ExecStart=/bin/a
        "#]],
    );
    // Into a section made for it, as the other lines end.
    check(
        "# Ours.\r\n[Service]\r\nStartLimitIntervalSec=30\r\nExecStart=/bin/a\r\n",
        expect![[r#"
        Move to [Unit]:
        # Ours.␍
        [Unit]␍
        StartLimitIntervalSec=30␍
        ␍
        [Service]␍
        ExecStart=/bin/a␍
    "#]],
    );
    // A continued line goes as a whole, and a last line without an end gets one.
    check(
        "[Service]\nExecStart=/bin/a\n[Unit]\nWantedBy=a.target \\\n  b.target\nDescription=Web",
        expect![[r#"
            Move to [Install]:
            [Service]
            ExecStart=/bin/a
            [Unit]
            Description=Web

            [Install]
            WantedBy=a.target \
              b.target
        "#]],
    );
    // What continues at the end of the file must not swallow it.
    check(
        "[Unit]\nWantedBy=a.target\n[Service]\nExecStart=/bin/a\n[Install]\nAlias=b.service \\\n",
        expect![[r#"
            Move to [Install]:
            [Unit]
            [Service]
            ExecStart=/bin/a
            [Install]
            Alias=b.service \

            WantedBy=a.target
        "#]],
    );
    check(
        "[Unit]\nWantedBy=a.target\n[Service]\nExecStart=/bin/a\n[Install]\nAlias=b.service \\",
        expect![[r#"
            Move to [Install]:
            [Unit]
            [Service]
            ExecStart=/bin/a
            [Install]
            Alias=b.service \

            WantedBy=a.target"#]],
    );
    check(
        "[Service]\nExecStart=/bin/a\n[Unit]\nDescription=Web\nWantedBy=a.target \\\n",
        expect![[r#"
        Move to [Install]:
        [Service]
        ExecStart=/bin/a
        [Unit]
        Description=Web


        [Install]
        WantedBy=a.target
    "#]],
    );
    // Comments above a section stay above it.
    check(
        "[Unit]\nUser=web\n\n# On demand.\n[Install]\nWantedBy=multi-user.target\n",
        expect![[r#"
        Move to [Service]:
        [Unit]

        [Service]
        User=web

        # On demand.
        [Install]
        WantedBy=multi-user.target
    "#]],
    );
}

#[test]
fn units_created_for_their_triggers() {
    let install = "[Install]\nWantedBy=multi-user.target\n";
    check_files(
        &[("web.timer", &format!("[Timer]\nOnCalendar=daily\n{install}"))],
        expect![[r#"
        Create `web.service`:
        -- web.timer
        [Timer]
        OnCalendar=daily
        [Install]
        WantedBy=multi-user.target
        -- web.service
        [Unit]
        Description=web

        [Service]
        Type=oneshot
        ExecStart=/usr/bin/web
    "#]],
    );
    check_files(
        &[
            ("web.socket", &format!("[Socket]\nListenStream=80\nAccept=yes\n{install}")),
            ("web.timer", "[Timer]\nOnCalendar=daily\nUnit=web.socket\n"),
        ],
        expect![[r#"
            Create `web@.service`:
            -- web.socket
            [Socket]
            ListenStream=80
            Accept=yes
            [Install]
            WantedBy=multi-user.target
            -- web.timer
            [Timer]
            OnCalendar=daily
            Unit=web.socket
            -- web@.service
            [Unit]
            Description=web

            [Service]
            StandardInput=socket
            ExecStart=/usr/bin/web
        "#]],
    );
    check_files(
        &[
            ("web.path.d/more.conf", "[Path]\nUnit=web@1.service\n"),
            ("web.path", "[Path]\nPathExists=/srv\n"),
        ],
        expect![[r#"
            Create `web@.service`:
            -- web.path.d/more.conf
            [Path]
            Unit=web@1.service
            -- web.path
            [Path]
            PathExists=/srv
            -- web@.service
            [Unit]
            Description=web

            [Service]
            Type=oneshot
            ExecStart=/usr/bin/web
        "#]],
    );
}
