//! Reads calendar events.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unit_catalog::table;

use super::elapse::number;
use super::{CalendarError, CalendarEvent, Component, Field, zone};

/// How many values a list may have.
const MOST_COMPONENTS: usize = 240;

/// The end of the last year that systemd counts with.
const LAST_SECOND: u64 = 7_258_118_399;

const SECOND: u32 = 1_000_000;

/// Days of the week and their numbers, Monday being 0.
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

type Result<T> = std::result::Result<T, CalendarError>;

/// Reads a whole event.
pub(super) fn event(text: &str) -> Result<CalendarEvent> {
    let (spec, zone) = split_zone(text);
    let shorthand =
        table::calendar_shorthands().iter().find(|shorthand| shorthand.name.eq_ignore_ascii_case(spec));
    let mut event = CalendarEvent {
        weekdays: None,
        year: Field::new(),
        month: Field::new(),
        day: Field::new(),
        end_of_month: false,
        hour: single(0),
        minute: single(0),
        second: single(0),
        zone: zone.map(Box::from),
    };
    let mut reader = Reader { text: shorthand.map_or(spec, |shorthand| shorthand.expression), at: 0 };
    if reader.text.is_empty() {
        return Err(CalendarError { range: 0..text.len(), what: "no calendar event" });
    }
    reader.weekdays(&mut event)?;
    if reader.peek() == Some(b'@') {
        reader.timestamp(&mut event)?;
    } else {
        reader.date(&mut event)?;
        reader.time(&mut event)?;
    }
    if reader.peek().is_some() {
        return Err(reader.error("more than a calendar event"));
    }
    Ok(event)
}

/// The number of a day of the week, Monday being 0, and the bytes of its name, that a text begins with.
pub(super) fn weekday(text: &str) -> Option<(u8, usize)> {
    let starts = |name: &str| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    WEEKDAYS.iter().zip(0..).find_map(|(name, number)| {
        let length = if starts(name) { name.len() } else { 3 };
        starts(&name[..length]).then_some((number, length))
    })
}

/// Takes the time zone off the end.
fn split_zone(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(' ') {
        Some((spec, zone)) if zone.eq_ignore_ascii_case("UTC") => (spec, Some("UTC")),
        Some((spec, zone)) if zone::plausible(zone) => (spec, Some(zone)),
        _ => (text, None),
    }
}

fn single(start: u32) -> Field {
    vec![Component { start, stop: None, repeat: 0 }]
}

/// The text and how far it was read. Numbers and their marks are ASCII, so that `at` is at a character's start.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        self.at += if found { text.len() } else { 0 };
        found
    }

    fn skip_spaces(&mut self) {
        while self.eat(" ") {}
    }

    fn at_end_of_part(&self) -> bool {
        matches!(self.peek(), None | Some(b' '))
    }

    /// Blames the rest of the text, or all of it where nothing is left.
    fn error(&self, what: &'static str) -> CalendarError {
        let start = if self.at < self.text.len() { self.at } else { 0 };
        CalendarError { range: start..self.text.len(), what }
    }

    fn weekdays(&mut self, event: &mut CalendarEvent) -> Result<()> {
        let (mut days, mut from) = (0u8, None);
        while let Some((day, length)) = weekday(self.rest()) {
            let behind = self.text.as_bytes().get(self.at + length);
            if !matches!(behind, None | Some(b'-' | b'.' | b',' | b' ')) {
                return Err(self.error("no day of the week"));
            }
            if from.is_some_and(|from| from > day) {
                return Err(self.error("a range of days that runs over Sunday"));
            }
            for day in from.unwrap_or(day)..=day {
                days |= 1 << day;
            }
            self.at += length;
            event.weekdays = Some(days).filter(|days| *days != 0x7F);
            if self.at_end_of_part() {
                self.skip_spaces();
                return Ok(());
            }
            if self.eat(",") {
                from = None;
            } else if from.is_some() || !(self.eat("..") || self.eat("-")) {
                return Err(self.error("no list of days of the week"));
            } else {
                from = Some(day);
            }
            if self.at_end_of_part() {
                self.skip_spaces();
                return if from.is_none() { Ok(()) } else { Err(self.error("a range of days without end")) };
            }
            if weekday(self.rest()).is_none() {
                return Err(self.error("no day of the week"));
            }
        }
        Ok(())
    }

    /// `@` and seconds since 1970.
    fn timestamp(&mut self, event: &mut CalendarEvent) -> Result<()> {
        let error = self.error("no number of seconds since 1970");
        self.at += 1;
        let digits = self.rest().strip_prefix('+').unwrap_or(self.rest());
        let seconds = digits
            .parse::<u64>()
            .ok()
            .filter(|seconds| digits.bytes().all(|byte| byte.is_ascii_digit()) && *seconds <= LAST_SECOND);
        let seconds = seconds.ok_or(error.clone())?;
        self.at = self.text.len();
        let time = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        let time = TimeZone::UTC.to_datetime(time.ok_or(error)?);
        event.year = single(number(time.year()));
        (event.month, event.day) = (single(number(time.month())), single(number(time.day())));
        (event.hour, event.minute) = (single(number(time.hour())), single(number(time.minute())));
        event.second = single(number(time.second()) * SECOND);
        event.zone = Some("UTC".into());
        Ok(())
    }

    /// `YEAR-MONTH-DAY` or `MONTH-DAY`, `~` for days from the month's end; nothing where a time follows.
    fn date(&mut self, event: &mut CalendarEvent) -> Result<()> {
        let begin = self.at;
        if self.peek().is_none() {
            return Ok(());
        }
        let mut parts = [(0..0, Field::new()), (0..0, Field::new()), (0..0, Field::new())];
        let mut count = 0;
        for part in &mut parts {
            let start = self.at;
            *part = (start..self.at, self.field(false)?);
            part.0.end = self.at;
            count += 1;
            if count == 1 && matches!(self.peek(), None | Some(b':')) {
                self.at = begin;
                return Ok(());
            }
            if count > 1 && self.at_end_of_part() {
                break;
            }
            if count == 3 || event.end_of_month {
                return Err(self.error("too much for a date"));
            }
            if self.eat("~") {
                event.end_of_month = true;
            } else if !self.eat("-") {
                return Err(self.error("neither a date nor a time"));
            }
        }
        self.skip_spaces();
        let [first, second, third] = parts;
        let (mut year, month, day) = match count {
            2 => (third, first, second),
            _ => (first, second, third),
        };
        let century = |year: u32| match year {
            0..70 => year + 2000,
            70..100 => year + 1900,
            _ => year,
        };
        for component in &mut year.1 {
            component.start = century(component.start);
            component.stop = component.stop.map(century);
        }
        event.end_of_month &= !day.1.is_empty();
        event.year = valid(year, 1970, 2199, false, "no year from 1970 to 2199")?;
        event.month = valid(month, 1, 12, false, "no month from 1 to 12")?;
        let what = match event.end_of_month {
            true => "no day from 1 to 28, as days from the end of the month have to be",
            false => "no day from 1 to 31",
        };
        event.day = valid(day, 1, 31, event.end_of_month, what)?;
        Ok(())
    }

    /// `HOUR:MINUTE[:SECOND]`; midnight where there is none.
    fn time(&mut self, event: &mut CalendarEvent) -> Result<()> {
        if self.peek().is_none() {
            return Ok(());
        }
        let ranged = |reader: &mut Self, seconds: bool| -> Result<_> {
            let start = reader.at;
            let field = reader.field(seconds)?;
            Ok((start..reader.at, field))
        };
        let hour = ranged(self, false)?;
        if !self.eat(":") {
            return Err(self.error("neither a date nor a time"));
        }
        let minute = ranged(self, false)?;
        if self.eat(":") {
            event.second = valid(ranged(self, true)?, 0, 60 * SECOND - 1, false, "no second from 0 to 59")?;
        }
        event.hour = valid(hour, 0, 23, false, "no hour from 0 to 23")?;
        event.minute = valid(minute, 0, 59, false, "no minute from 0 to 59")?;
        Ok(())
    }

    /// `*`, or values, ranges and steps separated by commas; in microseconds for seconds.
    fn field(&mut self, seconds: bool) -> Result<Field> {
        if self.eat("*") {
            let every = Component { start: 0, stop: None, repeat: SECOND };
            return Ok(if seconds { vec![every] } else { Field::new() });
        }
        let mut field = Field::new();
        loop {
            let start = self.number(seconds)?;
            let mut component = Component { start, stop: None, repeat: 0 };
            if self.eat("..") {
                component.stop = Some(self.number(seconds)?);
                component.repeat = if seconds { SECOND } else { 1 };
            }
            if self.eat("/") {
                let before = self.at;
                component.repeat = self.number(seconds)?;
                if component.repeat == 0 {
                    self.at = before;
                    return Err(self.error("a step of nothing"));
                }
            } else if seconds && component.stop.is_some_and(|stop| start + component.repeat > stop) {
                return Err(self.error("a range of less than a second"));
            }
            if !matches!(self.peek(), None | Some(b' ' | b',' | b'-' | b'~' | b':')) {
                return Err(self.error("no list of numbers"));
            }
            field.push(component);
            if field.len() > MOST_COMPONENTS {
                return Err(self.error("too long a list"));
            }
            if !self.eat(",") {
                return Ok(field);
            }
        }
    }

    /// A number; seconds may have a fraction and become microseconds.
    fn number(&mut self, seconds: bool) -> Result<u32> {
        let error = self.error("no number");
        let digits = self.digits();
        let number: u32 = digits.parse().map_err(|_| error.clone())?;
        let most = i32::MAX as u32;
        if !seconds {
            return Some(number).filter(|number| *number <= most).ok_or(error);
        }
        let mut micros = number.checked_mul(SECOND).filter(|micros| *micros <= most).ok_or(error.clone())?;
        if self.rest().starts_with('.') && !self.rest().starts_with("..") {
            self.at += 1;
            let digits = self.digits();
            if digits.is_empty() {
                return Err(error);
            }
            let digit = |at: usize| digits.as_bytes().get(at).map_or(0, |digit| u32::from(digit - b'0'));
            micros += (0..6).fold(0, |sum, at| sum * 10 + digit(at));
            // The seventh digit rounds.
            micros += u32::from(digit(6) >= 5);
        }
        Ok(micros)
    }

    fn digits(&mut self) -> String {
        let length = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let digits = self.rest().get(..length).unwrap_or_default().to_owned();
        self.at += length;
        digits
    }
}

/// Brings a field into the form that elapses are computed with; an error where it leaves its bounds.
fn valid(
    (range, mut field): (std::ops::Range<usize>, Field),
    from: u32,
    to: u32,
    end_of_month: bool,
    what: &'static str,
) -> Result<Field> {
    for component in &mut field {
        *component = normalized(*component);
    }
    field.sort_unstable();
    field.dedup();
    let mut to = to;
    for component in &field {
        if end_of_month {
            // The 29th last day is not in every month. systemd takes three off again for each further component.
            to = to.saturating_sub(3);
        }
        let Component { start, stop, repeat } = *component;
        let last = stop.unwrap_or(to);
        let room = match (stop, end_of_month) {
            (None, true) => start.checked_sub(repeat).is_some_and(|least| least >= from),
            _ => start.checked_add(repeat).is_some_and(|next| next <= last),
        };
        let bounded = (from..=to).contains(&start) && (from..=to).contains(&last);
        if !(bounded && room && repeat <= to - from) {
            return Err(CalendarError { range, what });
        }
    }
    Ok(field)
}

/// Ends a range at its last step; a range of one value is that value.
fn normalized(Component { start, stop, repeat }: Component) -> Component {
    match stop {
        Some(stop) if stop == start => Component { start, stop: None, repeat: 0 },
        Some(stop) if stop > start && repeat > 0 => match stop - (stop - start) % repeat {
            stop if stop == start => Component { start, stop: None, repeat: 0 },
            stop => Component { start, stop: Some(stop), repeat },
        },
        _ => Component { start, stop, repeat },
    }
}

#[cfg(test)]
mod tests {
    use super::event;

    #[test]
    fn taken() {
        for text in [
            "daily",
            "Daily",
            "semi-annually",
            "daily Europe/Berlin",
            "@5",
            "@+5",
            "@5 UTC",
            "Mon-Fri",
            "Mon,",
            "Mon..Fri 09:00",
            "Monday,Tue..Thu 5:00",
            "*-*~3",
            "*-02~07/1",
            "*-*-*",
            "01-01",
            "2026-02-30",
            "1,2,3:00",
            "*-*-*  12:00",
            "*-*-* *:*:*",
            "*:0/15",
            "*:*:0.5..2.5/0.3",
            "12:00:00.1234567",
            "12:00 CET",
            "12:00 utc",
            "2000..2010/3-01-01",
            "Fri 12-11-23 11:12:13",
            "*-*-* 06,18:00:00",
        ] {
            assert!(event(text).is_ok(), "{text}: {:?}", event(text));
        }
    }

    #[test]
    fn refused() {
        for text in [
            "",
            " ",
            "UTC",
            "5",
            "*",
            "@-5",
            "@1.5",
            "@5 Mon",
            "@99999999999999",
            "Sat..Mon",
            "Mon..",
            "Mon Tue",
            "Mon..Wed..Fri",
            "Monda",
            "*-13-01",
            "*-*-~01",
            "*-*-32",
            "*-02~05..01",
            "*:0/0",
            "*:60",
            "*:80",
            "25:00",
            "00:00:60",
            "*/5:00",
            "*:*:5..5.5",
            "12:00 Mars/Base",
            "* *:0",
            "0 5 * * *",
            "1969-01-01",
            "2200-01-01",
            "Foo *-*-*",
            "12:00:00:00",
            "1:2:3.",
            "99999999999:00",
            "dailyx",
            "Mon.Fri",
            "12:ä",
            "*:0/60",
            "*~29",
            "*~1,26",
        ] {
            let error = event(text).expect_err(text);
            assert!(text.get(error.range.clone()).is_some(), "{text}: {error:?}");
        }
    }

    #[test]
    fn faulty_part() {
        let error = event("Mon *-13-01 5:00").expect_err("there is no thirteenth month");
        assert_eq!((error.range, error.what), (6..8, "no month from 1 to 12"));
    }
}
