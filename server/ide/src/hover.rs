//! Hover: what a section, a directive or a value means, in general and for this very unit.

mod program;
mod variable;

use std::fmt::Write;
use std::sync::Arc;

use jiff::Zoned;
use unit_catalog::{Availability, Directive, Empty, Section, UnitType, ValueKind, Version};
use unit_syntax::{Entry, ItemKind, TextRange};

use crate::activation::settings::restart;
use crate::activation::timeline::Timeline;
use crate::activation::{Behaviour, End, Restart, ServiceType};
use crate::effective_unit::{file_note, line_note};
use crate::navigation::first_header;
use crate::references::own_header;
use crate::rules::allow::code_at;
use crate::rules::rule;
use crate::unit_card::{own_card, unit_card};
use crate::unit_reference::reference_at;
use crate::value::explain::{Subject, explain};
use crate::value::variable::variable_at;
use crate::value::{TimeSpan, boolean, canonical_word, time_span_of};
use crate::workspace::{Effective, File, Workspace};

/// A text for the place under the cursor.
#[derive(Clone, PartialEq, Debug)]
pub struct Hover {
    /// Markdown.
    pub markdown: String,
    /// What it speaks of, in bytes of the file.
    pub range: TextRange,
}

/// What is to be said of the place at `offset`.
///
/// `now` is the clock with the machine's time zone, from which the next events of a calendar are counted; without it none
/// are named.
pub fn hover(workspace: &Workspace, file: &Arc<File>, offset: u32, now: Option<&Zoned>) -> Option<Hover> {
    let (index, entry) = file.unit.entry_at(offset)?;
    let (mut hover, note) = match (entry.item.kind(), reference_at(file, offset)) {
        (ItemKind::Header, _) => (header(workspace, file, entry, offset)?, file_note(workspace, file)),
        (ItemKind::Comment, _) => return allowed_rule(entry, offset),
        (_, Some(named)) => {
            let markdown = unit_card(workspace, &named.name, &file.place);
            (Hover { markdown, range: named.range }, line_note(workspace, file, index))
        }
        _ => (assignment(workspace, file, index, offset, now)?, line_note(workspace, file, index)),
    };
    if let Some(note) = note {
        // Below the title: what stands behind a long page is not seen.
        let title = hover.markdown.find("\n\n").unwrap_or(hover.markdown.len());
        hover.markdown.insert_str(title, &format!("\n\n{note}"));
    }
    Some(hover)
}

/// The page of the rule that a comment allows here.
fn allowed_rule(comment: &Entry, offset: u32) -> Option<Hover> {
    let (code, range) = code_at(comment, offset)?;
    Some(Hover { markdown: rule(code)?.manual(), range })
}

/// What a section is for; before that, on the file's first header and on the section of the unit's own type, what the
/// unit is.
fn header(workspace: &Workspace, file: &Arc<File>, entry: &Entry, offset: u32) -> Option<Hover> {
    let mut hover = section(entry, offset)?;
    let stands_for_unit = hover.range == first_header(file) || hover.range == own_header(file);
    if let Some(card) = stands_for_unit.then(|| own_card(workspace, file)).flatten() {
        hover.markdown = format!("{card}\n\n---\n\n{}", hover.markdown);
    }
    Some(hover)
}

/// What a section is for.
fn section(entry: &Entry, offset: u32) -> Option<Hover> {
    let name = entry.name_range()?;
    // With its brackets.
    let range = TextRange::new(name.start - 1, name.end + 1);
    if !range.contains_inclusive(offset) {
        return None;
    }
    let section = Section::from_name(entry.section_name()?)?;
    let doc = unit_catalog::section_doc(section)?;
    let markdown = format!("**[{}]**\n\n{}\n\n{}", section.name(), doc.summary, doc.body);
    Some(Hover { markdown, range })
}

/// What a directive or its value means.
fn assignment(
    workspace: &Workspace,
    file: &Arc<File>,
    index: usize,
    offset: u32,
    now: Option<&Zoned>,
) -> Option<Hover> {
    let entry = &file.unit.entries()[index];
    let directive = file.lines()[index].directive?;
    let value_range = entry.value_range()?;
    let unit = workspace.effective_of(file);
    let context = Context { workspace, file, unit: unit.as_ref(), directive, now };
    if value_range.contains_inclusive(offset)
        && !value_range.is_empty()
        && let Some(hover) = context.value(entry, offset)
    {
        return Some(hover);
    }
    let key = entry.key_range()?;
    let line = TextRange::new(key.start, value_range.end.max(key.end));
    let range = [key, value_range, line].into_iter().find(|range| range.contains_inclusive(offset))?;
    Some(Hover { markdown: context.directive_here(), range })
}

struct Context<'a> {
    workspace: &'a Workspace,
    file: &'a Arc<File>,
    unit: Option<&'a Effective<'a>>,
    directive: &'static Directive,
    now: Option<&'a Zoned>,
}

impl Context<'_> {
    fn version(&self) -> Version {
        self.file.version
    }

    /// The directive's page with what it comes to for this unit.
    fn directive_here(&self) -> String {
        let mut page = directive_page(self.directive);
        let notes = self.notes_for_unit();
        if !notes.is_empty() {
            let _ = write!(page, "\n\n---\n\n{notes}");
        }
        page
    }

    /// The value at hand.
    fn value(&self, entry: &Entry, offset: u32) -> Option<Hover> {
        let directive = self.directive;
        let value = entry.item.value()?;
        let range = entry.value_range()?;
        let key = directive.name;
        match directive.kind_in(self.version()) {
            ValueKind::Enum => {
                let canonical = canonical_word(directive, value)?;
                let mut text = format!("**`{key}={canonical}`**\n\n");
                if let Some((_, doc)) =
                    directive.doc().and_then(|doc| doc.words.iter().find(|(word, _)| *word == canonical))
                {
                    let _ = write!(text, "{doc}\n\n");
                }
                if let Some(since) =
                    directive.word(canonical).map(|word| word.since).filter(|since| since.0 > 0)
                {
                    let _ = write!(text, "*Since systemd {}.*\n\n", since.0);
                }
                text.push_str(&self.notes_for_word(canonical));
                Some(Hover { markdown: text.trim_end().to_owned(), range })
            }
            ValueKind::Boolean | ValueKind::Tristate => {
                let meaning = if boolean(value)? { "yes" } else { "no" };
                let markdown = format!("**`{key}={meaning}`**\n\n{}", self.directive_here());
                Some(Hover { markdown, range })
            }
            kind => match time_span_of(kind, value) {
                Some(span) => {
                    let seconds = match span {
                        TimeSpan::Infinity => "without end".to_owned(),
                        TimeSpan::Micros(0) if kind == ValueKind::TimeSpan0IsInfinity => {
                            "without end".to_owned()
                        }
                        TimeSpan::Micros(micros) => format!("{} s", micros as f64 / 1e6),
                    };
                    let markdown = format!("**`{key}={span}`** = {seconds}\n\n{}", self.directive_here());
                    Some(Hover { markdown, range })
                }
                None => {
                    let explained = self.explained(entry, offset).or_else(|| self.variable(entry, offset));
                    explained.or_else(|| self.program(entry, offset))
                }
            },
        }
    }

    /// What the part of the value under the cursor means, with the directive's page where that is the whole value.
    fn explained(&self, entry: &Entry, offset: u32) -> Option<Hover> {
        let value = entry.item.value()?;
        let at = entry.source_to_value(offset)? as usize;
        let unit = self.unit.and_then(|unit| unit.name.as_ref());
        let subject = Subject { directive: self.directive, version: self.version(), unit, now: self.now };
        let explanation = explain(subject, value, at)?;
        let mut markdown = explanation.markdown;
        if explanation.range == (0..value.len()) {
            let _ = write!(markdown, "\n\n{}", self.directive_here());
        }
        let part = TextRange::from(explanation.range);
        Some(Hover { markdown, range: entry.value_to_source(part) })
    }

    /// The variable under the cursor in a command.
    fn variable(&self, entry: &Entry, offset: u32) -> Option<Hover> {
        if self.directive.kind != ValueKind::ExecCommand {
            return None;
        }
        let variable = variable_at(entry.item.value()?, entry.source_to_value(offset)? as usize)?;
        if variable.name.is_empty() {
            return None;
        }
        let section = self.directive.section;
        let markdown = variable::variable(self.workspace, self.unit, section, self.version(), &variable)?;
        Some(Hover { markdown, range: entry.value_to_source(variable.range.into()) })
    }

    /// The program that the command under the cursor runs, before the directive's page.
    fn program(&self, entry: &Entry, offset: u32) -> Option<Hover> {
        if self.directive.kind != ValueKind::ExecCommand {
            return None;
        }
        let mut hover = program::program(self.unit?, self.file, self.directive, entry, offset)?;
        let _ = write!(hover.markdown, "\n\n---\n\n{}", self.directive_here());
        Some(hover)
    }

    /// What the directive comes to for this very unit.
    fn notes_for_unit(&self) -> String {
        let notes = [self.manager_default(), self.notes_for_settings()];
        notes.into_iter().filter(|note| !note.is_empty()).collect::<Vec<_>>().join("\n\n")
    }

    /// What the manager's configuration gives to units that leave the directive out.
    fn manager_default(&self) -> String {
        let Some(setting) = self.unit.and_then(|unit| unit.manager.of(self.directive)) else {
            return String::new();
        };
        let (key, value) = (setting.entry.key().unwrap_or_default(), setting.value());
        format!("Left out, it is `{value}` here: `{key}=` in `{}`.", setting.file.path.display())
    }

    fn notes_for_settings(&self) -> String {
        // Of a unit whose own file is out of sight little is known.
        let Some(unit) = self.unit.filter(|unit| unit.fragment.is_some()) else {
            return String::new();
        };
        let table = match (self.directive.section, self.directive.name) {
            (Section::Service, "Type") => ServiceType::of(unit, self.version()).map(matrix),
            (Section::Service, "Restart") => {
                (unit.unit_type == UnitType::Service).then(|| restarts(restart(unit).0))
            }
            _ => None,
        };
        table.into_iter().chain(self.timeline()).collect::<Vec<_>>().join("\n\n")
    }

    fn notes_for_word(&self, word: &str) -> String {
        let table = match (self.directive.section, self.directive.name) {
            (Section::Service, "Type") => ServiceType::from_word(word).map(matrix),
            (Section::Service, "Restart") => Restart::from_word(word).map(restarts),
            _ => None,
        };
        table.into_iter().chain(self.timeline()).collect::<Vec<_>>().join("\n\n")
    }

    /// What becomes of this unit, for directives that have a part in it.
    fn timeline(&self) -> Option<String> {
        let bears_on_it = match self.directive.section {
            Section::Service => matches!(
                self.directive.name,
                "Type" | "Restart" | "RestartSec" | "RestartSteps" | "RestartMaxDelaySec" | "RestartMode"
            ),
            _ => false,
        };
        if !bears_on_it && !self.directive.name.starts_with("StartLimit") {
            return None;
        }
        let unit = self.unit.filter(|unit| unit.fragment.is_some())?;
        Some(Timeline::of(self.workspace, unit, self.version())?.markdown())
    }
}

/// A directive's page: summary, help, words and facts.
pub fn directive_page(directive: &'static Directive) -> String {
    let mut page = format!("**`{}=`** in [{}]\n\n", directive.name, directive.section.name());
    if let Some(doc) = directive.doc() {
        let _ = write!(page, "{}\n\n", doc.summary);
        if !doc.body.is_empty() {
            let _ = write!(page, "{}\n\n", doc.body);
        }
        for (word, text) in doc.words {
            let first = text.split_inclusive(". ").next().unwrap_or(text).trim_end();
            let _ = writeln!(page, "- `{word}`: {first}");
        }
        if !doc.words.is_empty() {
            page.push('\n');
        }
    }
    page.push_str(&facts(directive));
    page
}

/// The facts of the catalog: value, default, repetition, versions, manual page.
fn facts(directive: &Directive) -> String {
    let mut facts: Vec<String> = Vec::new();
    let kind = match directive.words {
        [] => directive.kind.legend().to_owned(),
        words if directive.doc().is_none_or(|doc| doc.words.is_empty()) => {
            let words: Vec<_> = words.iter().map(|word| format!("`{}`", word.text)).collect();
            format!("one of {}", words.join(", "))
        }
        _ => String::new(),
    };
    if !kind.is_empty() {
        facts.push(format!("Value: {kind}"));
    }
    if let Some(default) = directive.default.filter(|default| !default.is_empty()) {
        facts.push(format!("Default: `{default}`"));
    }
    facts.push(match (directive.list, directive.empty) {
        (true, Empty::Reset) => {
            "May be repeated, lines add up; an empty value clears what came before".to_owned()
        }
        (true, _) => "May be repeated, lines add up; an empty value clears nothing".to_owned(),
        (false, Empty::Reset) => "The last line counts; an empty value restores the default".to_owned(),
        (false, Empty::Rejected) => "The last line counts; an empty value is refused".to_owned(),
        (false, Empty::Noop) => "The last line counts; an empty value changes nothing".to_owned(),
    });
    if let Some(since) = directive.since {
        facts.push(format!("Since systemd {}", since.0));
    }
    if let Some(until) = directive.until {
        facts.push(match directive.availability(Version::NEWEST) {
            Availability::Ignored => format!("No effect after systemd {}: read and ignored", until.0),
            _ => format!("Known up to systemd {}", until.0),
        });
    }
    if let Some(deprecated) = &directive.deprecated {
        let use_instead = deprecated.replaced_by.map(|key| format!("use `{}=`", key.trim_end_matches('=')));
        let why: Vec<String> = use_instead.into_iter().chain(deprecated.reason.map(str::to_owned)).collect();
        facts.push(match why.is_empty() {
            true => "Deprecated".to_owned(),
            false => format!("Deprecated: {}", why.join("; ")),
        });
    }
    let mut text: String = facts.iter().map(|fact| format!("- {fact}\n")).collect();
    if let (Some(man), Some(url)) = (directive.man, directive.man_url()) {
        let _ = writeln!(text, "- [{man}(5)]({url})");
    }
    text.trim_end().to_owned()
}

/// What each behaviour of a program comes to under a type.
fn matrix(service_type: ServiceType) -> String {
    let mut table = format!("| under `Type={}` a program that … | |\n|---|---|\n", service_type.as_str());
    for behaviour in Behaviour::ALL {
        let _ = writeln!(table, "| {} | {} |", behaviour.text(), service_type.fate(behaviour).text);
    }
    table.truncate(table.trim_end().len());
    table
}

/// Which ends are answered by a restart under a policy; under all of them, where there is none yet.
fn restarts(policy: Restart) -> String {
    let shown = match policy {
        Restart::No => Restart::ALL[1..].to_vec(),
        policy => vec![policy],
    };
    let words = cells(shown.iter().map(|restart| restart.as_str()));
    let mut table = format!("| the service ends by … |{words}\n|---|{}", "---|".repeat(shown.len()));
    for end in End::ALL {
        let fates = cells(shown.iter().map(|restart| if restart.answers(end) { "restart" } else { "–" }));
        let _ = write!(table, "\n| {} |{fates}", end.text());
    }
    table
}

/// Cells of a table's row, up to its end.
fn cells<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.map(|text| format!(" {text} |")).collect()
}
