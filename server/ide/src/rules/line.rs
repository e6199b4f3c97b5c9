//! What a rule for single lines sees, and how it reports.

use std::cell::OnceCell;
use std::ops::Range;

use unit_catalog::{Availability, Directive, Section, UnitType};
use unit_syntax::{Entry, TextRange};

use super::Rule;
use crate::diagnostic::{Diagnostic, Severity};
use crate::fix::{Fix, Safety};
use crate::value::{Effect, Problem, ValueContext, ValueError};
use crate::workspace::{File, Line};

/// A finding in one entry. Ranges count from the entry's start, so that it survives edits before it.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct LineFinding {
    pub(crate) entry: u32,
    range: TextRange,
    code: &'static str,
    severity: Severity,
    message: String,
    fixes: Vec<LineFix>,
}

/// A repair of one line, to be worked out when the rest of the file is known.
#[derive(Clone, PartialEq, Debug)]
struct LineFix {
    title: String,
    safety: Safety,
    change: LineChange,
}

#[derive(Clone, PartialEq, Debug)]
enum LineChange {
    /// Another text for a part of the entry, counted from its start.
    Replace(TextRange, String),
    Remove,
    MoveTo(Section),
}

impl LineFinding {
    /// The finding at its present place in the file.
    pub(super) fn place(&self, file: &File) -> Diagnostic {
        let entry = &file.unit.entries()[self.entry as usize];
        let place_fix = |line: &LineFix| {
            let fix = Fix::new(line.safety, line.title.clone());
            match &line.change {
                LineChange::Replace(range, text) => fix.replace(file, range.shift(entry.start), text.clone()),
                LineChange::Remove => fix.remove(file, entry),
                LineChange::MoveTo(section) => fix.move_to(file, entry, *section),
            }
        };
        Diagnostic {
            path: file.path.clone(),
            range: self.range.shift(entry.start),
            code: self.code,
            severity: self.severity,
            message: self.message.clone(),
            related: Vec::new(),
            fixes: self.fixes.iter().map(place_fix).collect(),
        }
    }
}

/// One entry of a unit file, with what its section makes of it.
pub(crate) struct LineContext<'a, 'f> {
    /// The file; rules may look at its kind, not at other lines.
    pub(crate) file: &'a File,
    /// The entry.
    pub(crate) entry: &'a Entry,
    /// Its section and directive.
    pub(crate) line: Line,
    number: u32,
    findings: &'f mut Vec<LineFinding>,
    /// What is wrong with the value, once a rule has asked.
    value_errors: OnceCell<Vec<ValueError>>,
}

impl<'a, 'f> LineContext<'a, 'f> {
    pub(super) fn new(file: &'a File, entry: usize, findings: &'f mut Vec<LineFinding>) -> Self {
        Self {
            file,
            entry: &file.unit.entries()[entry],
            line: file.lines()[entry],
            number: entry as u32,
            findings,
            value_errors: OnceCell::new(),
        }
    }

    /// The systemd aimed at.
    pub(crate) fn version(&self) -> unit_catalog::Version {
        self.file.version
    }

    /// The line without the blanks around it, from the entry's start.
    pub(crate) fn content(&self) -> TextRange {
        let text = self.entry.item.text();
        let start = text.len() - text.trim_start().len();
        TextRange::new(start as u32, text.trim_end().len().max(start) as u32)
    }

    /// What to add about a line that systemd ignores, if it is one that used to read another file.
    pub(crate) fn on_include(&self) -> &'static str {
        match self.entry.item.text().trim_start().starts_with(".include ") {
            true => " `.include` is read no longer: put what differs into a drop-in.",
            false => "",
        }
    }

    /// Whether another finding already speaks of this entry.
    pub(crate) fn has_finding(&self) -> bool {
        self.findings.last().is_some_and(|finding| finding.entry == self.number)
    }

    /// What is wrong with the line's value, for the rule that speaks of such `problems`.
    ///
    /// Nothing where the value is not to be judged: the systemd aimed at does not act on the key, a generator fills
    /// the file in first, or a rule that is no value's already speaks of the line.
    pub(crate) fn bad_values(&self, problems: impl Fn(Problem) -> bool) -> Vec<BadValue> {
        let errors = self.value_errors.get_or_init(|| self.judge_value());
        let errors = errors.iter().filter(|error| problems(error.problem)).cloned();
        let directive = self.line.directive;
        errors.filter_map(|error| Some(BadValue::new(self.file, self.entry, directive?, error))).collect()
    }

    fn judge_value(&self) -> Vec<ValueError> {
        let (Some(directive), Some(value)) = (self.line.directive, self.entry.item.value()) else {
            return Vec::new();
        };
        let active = directive.availability(self.version()) == Availability::Active;
        // That a key is deprecated says nothing about its value.
        let mut own = self.findings.iter().rev().take_while(|finding| finding.entry == self.number);
        let judged = own.any(|finding| finding.severity <= Severity::Warning);
        if !active || self.file.foreign_template || judged {
            return Vec::new();
        }
        // The manager reads its own values as those of services.
        let unit_type = self.file.kind.unit_type().unwrap_or(UnitType::Service);
        let unit = self.file.kind.subject();
        crate::value::check(ValueContext { directive, version: self.version(), unit_type, unit }, value)
    }

    /// Reports a finding; `range` counts from the entry's start.
    pub(crate) fn report(&mut self, rule: &Rule, range: TextRange, message: String) -> Report<'_> {
        self.report_as(rule, rule.severity, range, message)
    }

    /// Reports a finding of another weight than the rule's own.
    pub(crate) fn report_as(
        &mut self,
        rule: &Rule,
        severity: Severity,
        range: TextRange,
        message: String,
    ) -> Report<'_> {
        self.findings.push(LineFinding {
            entry: self.number,
            range,
            code: rule.code,
            severity,
            message,
            fixes: Vec::new(),
        });
        Report(self.findings.last_mut().expect("a finding was just pushed"))
    }
}

/// A fault in a line's value, in the words and places of a finding.
pub(crate) struct BadValue {
    /// The line's directive.
    pub(crate) directive: &'static Directive,
    /// The fault.
    pub(crate) error: ValueError,
    /// The faulty part as the first words of a message.
    pub(crate) shown: String,
    /// The faulty part, from the entry's start; the whole line where the value is empty.
    pub(crate) range: TextRange,
    /// What systemd does about it, as a half sentence.
    pub(crate) fate: &'static str,
}

impl BadValue {
    fn new(file: &File, entry: &Entry, directive: &'static Directive, error: ValueError) -> Self {
        let fate = match error.effect {
            Effect::RefusesUnit if file.is_drop_in() => "systemd reads this drop-in no further",
            Effect::RefusesUnit => "systemd refuses the unit",
            Effect::IgnoresLine => "systemd ignores the line",
            Effect::IgnoresWord => "systemd ignores this part",
            Effect::DropsWord => "systemd goes on without it",
            Effect::Notice => "systemd takes it and logs a notice",
            Effect::Silence => "systemd takes it in silence",
        };
        let value = entry.item.value().unwrap_or_default();
        let faulty = value.get(Range::from(error.range)).unwrap_or(value);
        if value.is_empty() {
            let range = TextRange::new(0, entry.item.text().trim_end().len() as u32);
            return Self { directive, error, shown: "An empty value".to_owned(), range, fate };
        }
        let range = entry.item.value_to_source(error.range);
        Self { directive, error, shown: format!("`{faulty}`"), range, fate }
    }
}

/// A reported finding, to add a repair to.
pub(crate) struct Report<'f>(&'f mut LineFinding);

impl Report<'_> {
    /// Offers a replacement within the entry, behind the repairs to prefer.
    pub(crate) fn fix(self, title: String, safety: Safety, range: TextRange, text: String) -> Self {
        self.offer(title, safety, LineChange::Replace(range, text))
    }

    /// Offers to remove the logical line.
    pub(crate) fn fix_by_removing(self, title: String, safety: Safety) -> Self {
        self.offer(title, safety, LineChange::Remove)
    }

    /// Offers to move the logical line into another section, which is made where the file has none.
    pub(crate) fn fix_by_moving(self, title: String, safety: Safety, section: Section) -> Self {
        self.offer(title, safety, LineChange::MoveTo(section))
    }

    fn offer(self, title: String, safety: Safety, change: LineChange) -> Self {
        self.0.fixes.push(LineFix { title, safety, change });
        self
    }
}
