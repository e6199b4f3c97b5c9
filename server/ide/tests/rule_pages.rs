//! The manual pages of the rules hold what they promise: their examples fire, their remedies do not.

mod support;

use std::path::Path;

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

/// `cargo xtask rules` writes them.
#[test]
fn committed_pages_are_up_to_date() {
    let folder = crate_path("../../docs/rules");
    let page = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_default();
    for rule in RULES {
        assert_eq!(page(&format!("{}.md", rule.code)), rule.manual(), "run `cargo xtask rules`");
    }
    assert_eq!(page("README.md"), unit_ide::rules::index(), "run `cargo xtask rules`");
    let files = std::fs::read_dir(&folder).expect("the folder is there").count();
    assert_eq!(files, RULES.len() + 1, "run `cargo xtask rules`: there are pages of no rule");
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

/// Stem and type of the unit that a file speaks for: a drop-in for the one that its folder names, an instance for its
/// template.
fn unit_of(path: &Path) -> (&str, &str) {
    let folder = path.parent().and_then(|folder| folder.file_name()?.to_str()?.strip_suffix(".d"));
    let name = folder.or_else(|| path.file_name()?.to_str()).expect("a name");
    let (stem, unit_type) = name.rsplit_once('.').unwrap_or((name, ""));
    (stem.split('@').next().unwrap_or_default(), unit_type)
}

/// Findings about siblings say which.
#[test]
fn messages_name_the_siblings() {
    let mut seen = 0;
    for (place, sources) in support::workspaces() {
        for finding in findings(&sources) {
            for related in &finding.related {
                let known = sources.iter().any(|source| source.path == related.path);
                assert!(known, "{place}: {related:?} is in no known file");
                let unit = unit_of(&related.path);
                // A drop-in for all units of a type is a part of the unit as well.
                if unit == unit_of(&finding.path) || unit.1.is_empty() {
                    continue;
                }
                seen += 1;
                let text = format!("{} {}", finding.message, related.message);
                assert!(text.contains(unit.0), "{place}: nothing names {unit:?}: {text}");
            }
        }
    }
    assert!(seen > 10, "{seen} findings speak of siblings");
}
