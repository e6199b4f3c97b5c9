//! Every repair that a finding of a page or scenario offers repairs it, and breaks nothing.

mod support;

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use support::markdown::sections;
use support::{Source, apply, crate_path, findings, line};
use unit_ide::diagnostic::{Diagnostic, Severity};
use unit_ide::rules::{FixAvailability, RULES};

/// All workspaces of the rules' pages and scenarios, with where they stand.
fn workspaces() -> Vec<(String, Vec<Source>)> {
    let pages = RULES.iter().map(|rule| (rule.code.to_owned(), rule.page_text()));
    let files = std::fs::read_dir(crate_path("tests/rules")).expect("the folder is there");
    let scenarios = files.map(|entry| {
        let path = entry.expect("its entries can be read").path();
        (path.display().to_string(), std::fs::read_to_string(&path).expect("scenarios are text"))
    });
    let mut all = Vec::new();
    for (name, text) in pages.chain(scenarios) {
        let sections = sections(&text);
        let sources = sections.iter().map(|section| (section.heading, section.sources(&text)));
        let sources = sources.filter(|(_, sources)| !sources.is_empty());
        all.extend(sources.map(|(heading, sources)| (format!("{name}, \"{heading}\""), sources)));
    }
    all
}

/// Findings that say the same, wherever they stand, with how many there are.
fn counted(findings: &[Diagnostic]) -> BTreeMap<(String, &'static str, &str), usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        let key = (finding.path.display().to_string(), finding.code, finding.message.as_str());
        *counts.entry(key).or_default() += 1;
    }
    counts
}

#[test]
fn fixes_repair_and_break_nothing() {
    let mut tried: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, sources) in workspaces() {
        let before = findings(&sources);
        let counts = counted(&before);
        for finding in &before {
            let Some(fix) = &finding.fix else {
                continue;
            };
            *tried.entry(finding.code).or_default() += 1;
            let what = format!("{place}: {}\n  fix: {}", line(&sources, finding), fix.title);
            assert!(!fix.edits.is_empty() && !fix.title.is_empty(), "{what}");
            let repaired = apply(&sources, fix);
            let after = findings(&repaired);
            let text =
                || repaired.iter().map(|source| source.text.as_str()).collect::<Vec<_>>().join("\n---\n");
            let counts_after = counted(&after);
            let key = (finding.path.display().to_string(), finding.code, finding.message.as_str());
            let left = counts_after.get(&key).copied().unwrap_or_default();
            assert!(left < counts[&key], "{what}\nleaves the finding:\n{}", text());
            for error in after.iter().filter(|finding| finding.severity == Severity::Error) {
                let key = (error.path.display().to_string(), error.code, error.message.as_str());
                let known = counts.get(&key).copied().unwrap_or_default();
                assert!(
                    counts_after[&key] <= known,
                    "{what}\nbrings {}:\n{}",
                    line(&repaired, error),
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

/// A rule that says "sometimes" has findings without a fix too.
#[test]
fn sometimes_is_not_always() {
    let all: Vec<_> = workspaces().iter().flat_map(|(_, sources)| findings(sources)).collect();
    for rule in RULES.iter().filter(|rule| rule.fix == FixAvailability::Sometimes) {
        let mut own = all.iter().filter(|finding| finding.code == rule.code);
        assert!(own.any(|finding| finding.fix.is_none()), "{} always has a fix here", rule.code);
    }
}

/// Compares the only file of a workspace after the first fix in it.
#[track_caller]
fn check(text: &str, expected: Expect) {
    let mut source = Source::of_marker("web.service");
    source.push(text);
    let sources = [source];
    let all = findings(&sources);
    let fix = all.iter().find_map(|finding| finding.fix.as_ref()).expect("a fix");
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
