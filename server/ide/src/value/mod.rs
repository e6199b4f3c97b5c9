//! Values as systemd reads them: one parser for each kind, shared by checks, completion and hover.

pub(crate) mod candidates;
pub(crate) mod explain;
pub(crate) mod extract_word;
mod name;
mod number;
pub(crate) mod part;
mod path;
mod piece;
mod set;
pub(crate) mod specifier;
pub(crate) mod variable;

use std::borrow::Cow;
use std::ops::Range;

use unit_catalog::{Availability, Directive, Empty, UnitType, ValueKind, Version};
use unit_syntax::TextRange;

pub(crate) use extract_word::{Extract, words};
pub use name::bus_name;
pub use number::{
    CalendarError, CalendarEvent, ExitStatuses, TimeSpan, boolean, canonical_word, octal_mode, signal_number,
    size_in_bytes, time_span, time_span_of,
};
pub use path::{ExecCommand, ExecWord, exec_commands};

use crate::workspace::UnitName;

/// Whose value it is, and who reads it.
#[derive(Clone, Copy, Debug)]
pub struct ValueContext<'a> {
    /// The directive that the value is set for.
    pub directive: &'static Directive,
    /// The systemd that reads it.
    pub version: Version,
    /// The type of the unit that sets it.
    pub unit_type: UnitType,
    /// The unit's name, or its template's, which specifiers stand for; `None` where it may be one of several.
    pub unit: Option<&'a UnitName>,
}

/// What is wrong with a value, or with a part of it.
#[derive(Clone, PartialEq, Debug)]
pub struct ValueError {
    /// The faulty part, in bytes of the logical value.
    pub range: TextRange,
    /// What systemd does about it.
    pub effect: Effect,
    /// Which expectation it fails.
    pub problem: Problem,
    /// What it is or is not, to stand behind "is": `no time span`, `larger than 100%`.
    pub what: Cow<'static, str>,
    /// What would do, to stand behind "takes"; may be empty.
    pub expected: Cow<'static, str>,
    /// What was probably meant, to stand in its place.
    pub instead: Option<Cow<'static, str>>,
}

/// What systemd does about a faulty value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// The unit is not loaded.
    RefusesUnit,
    /// The line is ignored.
    IgnoresLine,
    /// This word of a list is ignored, the others count.
    IgnoresWord,
    /// This word is dropped and the others count, but `systemd-analyze verify` does not say so.
    DropsWord,
    /// The value counts, and a notice is logged.
    Notice,
    /// The value counts, and nothing is said of it, though it cannot be meant.
    Silence,
}

/// The expectations that a value can fail, as far as rules tell them apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Problem {
    /// No word of the directive.
    Word,
    /// A word that came with a later systemd than the one aimed at.
    WordTooNew(Version),
    /// No boolean.
    Boolean,
    /// No time span.
    TimeSpan,
    /// A program by a relative path, or a directory.
    ProgramPath,
    /// A variable in the program's place.
    ProgramVariable,
    /// A specifier that cannot be replaced in a command line.
    CommandSpecifier,
    /// Any other.
    Other,
}

/// What a systemd makes of an assignment, as `systemd-analyze verify` tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Taken, perhaps with a notice.
    Accepted,
    /// The line or a part of it is ignored, or the unit is refused.
    Refused,
}

/// The words of a value of assignments such as `Environment=`, unquoted and unescaped; an unclosed quote ends with it.
pub(crate) fn words_of(value: &str) -> Vec<String> {
    use extract_word::Extract;
    let flags = Extract::UNQUOTE | Extract::CUNESCAPE | Extract::UNESCAPE_RELAX | Extract::RELAX;
    extract_word::words(value, flags).flatten().map(|word| word.text.into_owned()).collect()
}

/// Judges an assignment whole: key and value.
pub fn verdict(context: ValueContext<'_>, value: &str) -> Verdict {
    let refused = match context.directive.availability(context.version) {
        Availability::Active => check(context, value)
            .iter()
            .any(|error| !matches!(error.effect, Effect::Notice | Effect::Silence | Effect::DropsWord)),
        // "Support for option … has been removed and it is ignored".
        Availability::Ignored | Availability::TooNew(_) | Availability::Unknown => true,
    };
    if refused { Verdict::Refused } else { Verdict::Accepted }
}

/// What is wrong with a value; nothing also where only the machine can tell. Does not allocate for a good one
/// of the usual kinds.
pub fn check(context: ValueContext<'_>, value: &str) -> Vec<ValueError> {
    let mut checker = Checker { context, value, errors: Vec::new() };
    let directive = context.directive;
    let kind = directive.kind_in(context.version);
    if let Some(supported) = supported(directive.name).filter(|types| !types.contains(&context.unit_type)) {
        let suffixes: Vec<_> =
            supported.iter().map(|supported| format!("`.{}`", supported.suffix())).collect();
        let what = format!("without effect in a `.{}` unit", context.unit_type.suffix());
        checker.whole(what, format!("effect in {} units only", suffixes.join(", ")));
        return checker.errors;
    }
    if value.is_empty() {
        // What is more than a boolean now was refused when it was no more.
        let boolean = kind == ValueKind::Boolean && directive.kind != ValueKind::Boolean;
        let rejected = directive.empty == Empty::Rejected || boolean;
        if rejected && directive.validated_at_load {
            number::check(&mut checker, kind);
            if checker.errors.is_empty() {
                checker.whole("refused", kind.legend());
            }
        }
        return checker.errors;
    }
    let _ = number::check(&mut checker, kind)
        || path::check(&mut checker, kind)
        || name::check(&mut checker, kind)
        || set::check(&mut checker, kind);
    checker.errors
}

/// The types of units that a directive is for where systemd reads it in others too, to say that it ignores it.
fn supported(key: &str) -> Option<&'static [UnitType]> {
    Some(match key {
        "Delegate" | "DelegateSubgroup" => &[UnitType::Service, UnitType::Scope],
        "ManagedOOMMemoryPressure"
        | "ManagedOOMMemoryPressureDurationSec"
        | "ManagedOOMMemoryPressureLimit"
        | "ManagedOOMSwap"
        | "OOMRules" => &[UnitType::Service, UnitType::Slice, UnitType::Scope],
        _ => return None,
    })
}

/// So many bad words of a list are told of; what comes behind them is not looked at.
pub(crate) const MOST_ERRORS: usize = 64;

/// A value under judgement, with what was found so far.
pub(crate) struct Checker<'a> {
    /// Whose value it is.
    pub(crate) context: ValueContext<'a>,
    /// The logical value.
    pub(crate) value: &'a str,
    errors: Vec<ValueError>,
}

impl Checker<'_> {
    /// Whether the systemd that reads it is this release or a later one.
    pub(crate) fn since(&self, release: u16) -> bool {
        self.context.version >= Version(release)
    }

    /// Reports a part of the value: the line is ignored, or the unit refused where the directive is so strict.
    /// `what` stands behind "is", `expected` behind "takes". The answer is to be refined where that is not it.
    pub(crate) fn report(
        &mut self,
        part: Range<usize>,
        what: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
    ) -> &mut ValueError {
        let part = self.visible(part);
        let mut what = what.into();
        if let Some(becomes) = self.becomes(part.clone()) {
            what = format!("{what} ({becomes})").into();
        }
        self.errors.push(ValueError {
            range: TextRange::new(part.start as u32, part.end as u32),
            effect: if self.context.directive.fatal { Effect::RefusesUnit } else { Effect::IgnoresLine },
            problem: Problem::Other,
            what,
            expected: expected.into(),
            instead: None,
        });
        self.errors.last_mut().expect("an error was just pushed")
    }

    /// The part, or the character behind or before it where it is empty.
    fn visible(&self, part: Range<usize>) -> Range<usize> {
        let char = |text: Option<&str>| text?.chars().next().map(char::len_utf8);
        match char(self.value.get(part.end..)) {
            _ if !part.is_empty() => part,
            Some(length) => part.start..part.end + length,
            None => self.value.char_indices().next_back().map_or(part, |(last, _)| last..self.value.len()),
        }
    }

    /// What the unit's name makes of a part with specifiers, as a remark.
    fn becomes(&self, part: Range<usize>) -> Option<String> {
        const LONGEST: usize = 80;
        let written = self.value.get(part).filter(|part| part.len() <= LONGEST && part.contains('%'))?;
        let expansion = self.expanded(written);
        match expansion.known()? {
            "" => Some("it becomes nothing here".to_owned()),
            becomes => Some(format!("it becomes `{becomes}` here")).filter(|_| becomes != written),
        }
    }

    /// Judges the value with its specifiers replaced, for settings that read it only then. Where there are some, faults
    /// are those of the whole value, and there are none where the machine may make a good one of it.
    pub(crate) fn judge_expanded(&mut self, judge: impl Fn(&mut Checker<'_>)) {
        if !self.value.contains('%') {
            return judge(self);
        }
        let faults = self.expanded(self.value).fault(|text| {
            let mut expanded = Checker { context: self.context, value: text, errors: Vec::new() };
            judge(&mut expanded);
            Some(expanded.errors).filter(|errors| !errors.is_empty())
        });
        for ValueError { effect, problem, what, expected, .. } in faults.unwrap_or_default() {
            let error = self.whole(what, expected);
            (error.effect, error.problem) = (effect, problem);
        }
    }

    /// Reports the whole value.
    pub(crate) fn whole(
        &mut self,
        what: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
    ) -> &mut ValueError {
        self.report(0..self.value.len(), what, expected)
    }
}

impl ValueError {
    /// Only this word of a list is ignored.
    pub(crate) fn word_only(&mut self) -> &mut Self {
        self.effect = Effect::IgnoresWord;
        self
    }

    /// This word is dropped, and only the manager's log says so.
    pub(crate) fn dropped(&mut self) -> &mut Self {
        self.effect = Effect::DropsWord;
        self
    }

    /// The value counts all the same.
    pub(crate) fn notice(&mut self) -> &mut Self {
        self.effect = Effect::Notice;
        self
    }

    /// Which rule speaks of it.
    pub(crate) fn problem(&mut self, problem: Problem) -> &mut Self {
        self.problem = problem;
        self
    }

    /// What was probably meant.
    pub(crate) fn instead(&mut self, instead: Option<impl Into<Cow<'static, str>>>) -> &mut Self {
        self.instead = instead.map(Into::into);
        self
    }
}

/// The candidate that is a small typing error away from `text`, letter case aside.
pub(crate) fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if text.len() > 64 {
        return None;
    }
    let text = text.to_ascii_lowercase();
    let most = (text.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(text.len()) <= most)
        .map(|candidate| (strsim::damerau_levenshtein(&text, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
