//! `unitls explain`: the page of a rule, or the help of a directive.

use std::io::Write;
use std::process::ExitCode;

use unit_catalog::{Directive, Section, sections_with};
use unit_ide::rules::{FixAvailability, RULES, Rule, Since, rule};

use super::args::ExplainArgs;

pub(crate) fn run(args: &ExplainArgs) -> ExitCode {
    let text = match rule(&args.subject) {
        Some(rule) => rule_page(rule),
        None => match directive_pages(&args.subject) {
            Some(pages) => pages,
            None => {
                let subject = &args.subject;
                super::say(format_args!(
                    "unitls: there is no rule and no directive `{subject}`; the rules are:"
                ));
                for rule in RULES {
                    super::say(format_args!("  {}", rule.code));
                }
                return ExitCode::from(2);
            }
        },
    };
    // A pipe closed early is no error.
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
    ExitCode::SUCCESS
}

fn rule_page(rule: &Rule) -> String {
    let since = match rule.since {
        Since::Always => "any".to_owned(),
        Since::Version(release) => format!("{release} and later"),
    };
    let fix = match rule.fix {
        FixAvailability::None => "none",
        FixAvailability::Sometimes => "sometimes",
        FixAvailability::Always => "always",
    };
    format!(
        "# {}\n\nCategory: {} · severity: {} · systemd: {since} · fix: {fix}\n\n{}",
        rule.code,
        rule.category.as_str(),
        rule.severity.as_str(),
        rule.page_text()
    )
}

/// The pages of a directive in every section that has it, each text once.
fn directive_pages(subject: &str) -> Option<String> {
    let subject = subject.trim_end_matches('=');
    let (section, name) = match subject.split_once('.') {
        Some((section, name)) => (Some(Section::from_name(section)?), name),
        None => (None, subject),
    };
    let asked = |directive: &&'static Directive| section.is_none_or(|section| directive.section == section);
    let mut pages: Vec<String> = Vec::new();
    let mut docs = Vec::new();
    for directive in sections_with(name).filter(asked) {
        // Keys shared by several sections have one text: print it once.
        let text = (directive.doc(), directive.kind, directive.default);
        if !docs.contains(&text) {
            docs.push(text);
            pages.push(unit_ide::hover::directive_page(directive));
        }
    }
    (!pages.is_empty()).then(|| pages.join("\n\n---\n\n"))
}
