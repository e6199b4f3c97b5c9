//! `unitls explain`: the page of a rule, or the help of a directive.

use std::io::Write;
use std::process::ExitCode;

use unit_catalog::{Directive, Section, sections_with};
use unit_ide::rules::{RULES, Rule, rule};

use super::args::ExplainArgs;

pub(crate) fn run(args: &ExplainArgs) -> ExitCode {
    let text = match args.subject.as_deref() {
        None => list(),
        Some(subject) => match page(subject) {
            Some(text) => text,
            None => {
                super::say(format_args!(
                    "unitls: there is no rule and no directive `{subject}`; the rules are:\n{}",
                    list()
                ));
                return ExitCode::from(2);
            }
        },
    };
    // A pipe closed early is no error.
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
    ExitCode::SUCCESS
}

/// The page of a rule, or those of a directive, in Markdown.
pub(crate) fn page(subject: &str) -> Option<String> {
    rule(subject).map(Rule::manual).or_else(|| directive_pages(subject))
}

/// `unitls schema`: prints the JSON schema of project files.
pub(crate) fn schema() -> ExitCode {
    // A pipe closed early is no error.
    let _ = writeln!(std::io::stdout(), "{:#}", crate::settings::schema());
    ExitCode::SUCCESS
}

/// Every rule on a line of its own: code, severity and what it finds.
fn list() -> String {
    let widest = RULES.iter().map(|rule| rule.code.len()).max().unwrap_or_default();
    let line =
        |rule: &&Rule| format!("{:widest$}  {:11}  {}", rule.code, rule.severity.as_str(), rule.summary());
    RULES.iter().map(line).collect::<Vec<_>>().join("\n")
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
