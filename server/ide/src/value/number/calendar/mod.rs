//! Calendar events, as `calendar_spec_from_string()` reads them (systemd.time(7)).

mod elapse;
mod normalized;
mod parse;
mod words;
mod zone;

use std::ops::Range;

use unit_catalog::table;

use crate::value::specifier::{SpecifierSet, specifiers};
use crate::value::{Checker, nearest};

/// When a timer elapses: dates and times, with wildcards, lists, ranges and steps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CalendarEvent {
    /// Bit 0 is Monday; `None` where the day of the week does not matter.
    weekdays: Option<u8>,
    year: Field,
    month: Field,
    day: Field,
    /// Days count from the end of the month.
    end_of_month: bool,
    hour: Field,
    minute: Field,
    /// In microseconds.
    second: Field,
    /// The time zone as written; `None` for the local one.
    zone: Option<Box<str>>,
}

/// A part of a date or time; empty for every value.
type Field = Vec<Component>;

/// Values of a field: one, or several at equal distance.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Component {
    start: u32,
    stop: Option<u32>,
    /// Zero for a single value.
    repeat: u32,
}

/// Why a text is no calendar event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CalendarError {
    /// The faulty part, in bytes of the text.
    pub range: Range<usize>,
    /// What it is or is not, to stand behind "is".
    pub what: &'static str,
}

impl CalendarEvent {
    /// Reads an event. Whether a time zone exists is not asked of the machine: names of the usual form are taken.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        parse::event(text)
    }

    /// The time zone as written, such as `Europe/Berlin`; `None` where the machine's own counts.
    pub fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }
}

/// Judges a calendar event; specifiers are expanded first.
pub(super) fn check(checker: &mut Checker<'_>) {
    if !checker.refuse_specifier(SpecifierSet::Unit) && !may_become_one(checker) {
        checker.judge_expanded(event);
    }
}

/// Whether the machine, or the instance of a template, may make an event of the value: too many texts are good ones to
/// try what might stand there.
fn may_become_one(checker: &Checker<'_>) -> bool {
    let expansion = checker.expanded(checker.value);
    let Some(open) = expansion.open() else {
        return false;
    };
    let may_tell = |letter| "ABIJMNPWijpw".contains(letter);
    let part_of_one = |char: char| char.is_ascii_alphanumeric() || " *,-.:/~@_+%".contains(char);
    specifiers(open).all(|(_, letter)| may_tell(letter)) && open.chars().all(part_of_one)
}

/// Judges a calendar event without specifiers.
fn event(checker: &mut Checker<'_>) {
    let value = checker.value;
    let Err(error) = CalendarEvent::parse(value) else {
        return;
    };
    const EXPECTED: &str = "a calendar event such as `daily`, `Mon..Fri 09:00` or `*-*-01 04:30:00 UTC`";
    if is_cron(value) {
        checker.whole("a schedule of cron", EXPECTED);
        return;
    }
    match meant(value) {
        Some(meant) => checker.whole(error.what, EXPECTED).instead(Some(meant)),
        None => checker.report(error.range, error.what, EXPECTED),
    };
}

/// Whether a text is five fields of numbers and wildcards, as in a crontab.
fn is_cron(text: &str) -> bool {
    let mut fields = text.split_ascii_whitespace();
    let field = |field: &str| field.bytes().all(|byte| byte.is_ascii_digit() || b"*,-/".contains(&byte));
    fields.by_ref().take(5).filter(|text| field(text)).count() == 5 && fields.next().is_none()
}

/// The event that a text was probably meant to be.
fn meant(text: &str) -> Option<String> {
    let names = table::calendar_shorthands().iter().map(|shorthand| shorthand.name);
    let shorthand = match text.trim_start_matches('@') {
        "midnight" | "nightly" | "every day" | "day" => Some("daily"),
        "every hour" => Some("hourly"),
        "every minute" => Some("minutely"),
        "every week" => Some("weekly"),
        "every month" => Some("monthly"),
        "every year" => Some("yearly"),
        text => nearest(text, names.filter(|_| text.len() > 3)),
    };
    // Steps count from a number, not from a wildcard.
    let steps = || text.replace("*-*/", "*-1/").replace("-*/", "-1/").replace("*/", "0/");
    shorthand
        .map(str::to_owned)
        .or_else(|| over_the_weekend(text))
        .or_else(|| Some(text).filter(|text| text.len() < 200 && text.contains("*/")).map(|_| steps()))
        .filter(|meant| meant != text && CalendarEvent::parse(meant).is_ok())
}

/// Days of the week must not run over Sunday: `Sat..Mon` is `Mon,Sat..Sun`.
fn over_the_weekend(text: &str) -> Option<String> {
    let (first, rest) = text.split_once("..")?;
    let end = rest.find([' ', ',']).unwrap_or(rest.len());
    let (last, rest) = rest.split_at(end);
    let day =
        |name: &str| parse::weekday(name).filter(|(_, length)| *length == name.len()).map(|(day, _)| day);
    let (from, to) = (day(first)?, day(last)?);
    (from > to)
        .then(|| match from {
            6 => format!("Mon..{last},{first}{rest}"),
            _ => format!("Mon..{last},{first}..Sun{rest}"),
        })
        .map(|meant| meant.replacen("Mon..Mon", "Mon", 1))
}

/// Judges the name of a time zone.
pub(super) fn check_timezone(checker: &mut Checker<'_>) {
    if !zone::plausible(checker.value) {
        checker.whole("no time zone", "the name of a time zone such as `Europe/Berlin` or `UTC`");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repairs() {
        for (text, repaired) in [
            ("dialy", "daily"),
            ("@daily", "daily"),
            ("midnight", "daily"),
            ("Sat..Mon 5:00", "Mon,Sat..Sun 5:00"),
            ("Sun..Tue", "Mon..Tue,Sun"),
            ("*:*/15", "*:0/15"),
            ("*-*-*/2 03:00", "*-*-1/2 03:00"),
        ] {
            assert_eq!(meant(text).as_deref(), Some(repaired), "{text}");
        }
        assert_eq!(meant("0 5 * * *"), None);
        assert!(is_cron("0 5 * * *") && !is_cron("*-*-* 5:00") && !is_cron("1 2 3 4 5 6"));
    }
}
