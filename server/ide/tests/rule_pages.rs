//! The manual pages of the rules hold what they promise: their examples fire, their remedies do not.

mod support;

use support::markdown::{Section, sections};
use support::{Source, crate_path, findings, line};
use unit_ide::diagnostic::Severity;
use unit_ide::rules::{FixAvailability, RULES, Rule};

/// The sections of every page, in this order.
const SECTIONS: [&str; 6] =
    ["What it does", "Why it bites", "Example", "Use instead", "Silent when", "Source"];

fn section_sources(page: &str, heading: &str) -> Vec<Source> {
    let sections = sections(page);
    let section: &Section<'_> =
        sections.iter().find(|section| section.heading == heading).expect("pages have it");
    section.sources(page)
}

fn lines(sources: &[Source]) -> String {
    findings(sources).iter().map(|finding| format!("\n  {}", line(sources, finding))).collect()
}

#[test]
fn pages_have_their_sections_in_order() {
    for rule in RULES {
        let page = rule.page_text();
        let headings: Vec<_> = sections(&page).iter().map(|section| section.heading).collect();
        assert_eq!(headings, SECTIONS, "{}", rule.code);
        let summary = rule.summary();
        assert!(summary.ends_with('.') && summary.len() > 20, "{}: {summary}", rule.code);
        for (heading, body) in page.split("\n## ").map(|part| part.split_once('\n').unwrap_or((part, ""))) {
            assert!(!body.trim().is_empty(), "{}: nothing below {heading}", rule.code);
        }
    }
}

#[test]
fn codes_are_unique_and_name_their_files() {
    let mut seen: Vec<&str> = Vec::new();
    for Rule { code, .. } in RULES {
        assert!(!seen.contains(code), "two rules are called {code}");
        seen.push(code);
        let words = code.split('-');
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
        assert!(words.clone().all(is_word) && words.count() > 1, "{code} is not kebab-case");
        let file = crate_path(&format!("src/rules/{}.rs", code.replace('-', "_")));
        let text = std::fs::read_to_string(&file).expect("a rule's file carries its code's name");
        assert!(text.contains(&format!("code: \"{code}\",")), "{} declares another code", file.display());
    }
}

#[test]
fn examples_fire() {
    for rule in RULES {
        let sources = section_sources(&rule.page_text(), "Example");
        assert!(!sources.is_empty(), "{}: no unit file below Example", rule.code);
        let all = findings(&sources);
        let own: Vec<_> = all.iter().filter(|finding| finding.code == rule.code).collect();
        assert!(
            own.iter().any(|finding| finding.severity == rule.severity),
            "{}: the example does not fire as {}; findings:{}",
            rule.code,
            rule.severity.as_str(),
            lines(&sources)
        );
        for finding in own {
            match rule.fix {
                FixAvailability::Always => assert!(!finding.fixes.is_empty(), "{}: no fix", rule.code),
                FixAvailability::None => assert!(finding.fixes.is_empty(), "{}: a fix", rule.code),
                // Whether there is one somewhere is for the scenarios to say.
                FixAvailability::Sometimes => {}
            }
        }
    }
}

#[test]
fn remedies_are_clean() {
    for rule in RULES {
        let sources = section_sources(&rule.page_text(), "Use instead");
        assert!(!sources.is_empty(), "{}: no unit file below Use instead", rule.code);
        let bad = |finding: &unit_ide::diagnostic::Diagnostic| {
            finding.code == rule.code || finding.severity == Severity::Error
        };
        assert!(
            !findings(&sources).iter().any(bad),
            "{}: the remedy is not clean:{}",
            rule.code,
            lines(&sources)
        );
    }
}
