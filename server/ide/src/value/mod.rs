//! Values as systemd reads them: one parser for each kind, shared by checks, completion and hover.

mod boolean;
mod bus_name;
mod exec_command;
mod time_span;
mod words;

use unit_catalog::{Directive, Section, ValueKind, Version};
use unit_syntax::TextRange;

pub use boolean::boolean;
pub use bus_name::bus_name;
pub use exec_command::{ExecCommand, ExecWord, exec_commands};
pub use time_span::{TimeSpan, time_span};
pub use words::canonical_word;

/// What is wrong with a value.
#[derive(Clone, PartialEq, Debug)]
pub struct ValueError {
    /// The faulty part, in bytes of the logical value.
    pub range: TextRange,
    /// Which expectation it fails.
    pub problem: Problem,
    /// What would do, in words for the user.
    pub expected: String,
    /// The word that was probably meant.
    pub nearest: Option<&'static str>,
}

/// The expectations that a value can fail.
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
}

/// Judges one non-empty value; `Ok` also where this kind of value is not looked at yet.
pub fn check(directive: &Directive, value: &str, version: Version) -> Result<(), ValueError> {
    // config_parse_timer() expands specifiers first; the user's number is a time span too.
    if directive.section == Section::Timer && directive.name.starts_with("On") && value.contains('%') {
        return Ok(());
    }
    let whole = TextRange::new(0, value.len() as u32);
    match directive.kind_in(version) {
        ValueKind::Boolean | ValueKind::Tristate => match boolean(value) {
            Some(_) => Ok(()),
            None => Err(ValueError {
                range: whole,
                problem: Problem::Boolean,
                expected: "yes or no (also true/false, on/off, y/n, t/f, 1/0)".into(),
                nearest: nearest(value, ["yes", "no", "true", "false", "on", "off"]),
            }),
        },
        ValueKind::Enum => words::check(directive, value, version),
        kind => match time_span::kind(kind) {
            Some(kind) if time_span::parse(value, kind).is_none() => Err(ValueError {
                range: whole,
                problem: Problem::TimeSpan,
                expected: match directive.range {
                    _ if kind.infinity => "a time span such as 5s, 1min 30s or infinity",
                    _ => "a time span such as 5s or 1min 30s",
                }
                .into(),
                nearest: None,
            }),
            _ => Ok(()),
        },
    }
}

/// The candidate that is a small typing error away from `text`, letter case aside.
pub(crate) fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let text = text.to_ascii_lowercase();
    let most = (text.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&text, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
