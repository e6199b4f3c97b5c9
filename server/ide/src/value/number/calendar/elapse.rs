//! When calendar events elapse, as `calendar_spec_next_usec()` finds out; arithmetic only, no clock.

use std::sync::LazyLock;

use jiff::Zoned;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};

use super::{CalendarEvent, Component};

/// The last year that systemd counts with.
const LAST_YEAR: i16 = 2199;

/// The time zones of the world as this program was built; no file is read.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The time zone of this name; `None` where the database has none, whatever this machine has.
pub(super) fn time_zone(name: &str) -> Option<TimeZone> {
    ZONES.get(name).ok()
}

impl CalendarEvent {
    /// The next `count` times that the event elapses after `now`, in its own time zone, or in that of `now` where it names
    /// none; fractions of a second are dropped. Fewer where there are no more, as the last year is 2199. `None` where only
    /// the machine knows its zone, as `CEST` is one only where it is the machine's own.
    ///
    /// What a change of the clock leaves out is left out, and what it brings twice elapses once: the first time.
    pub fn next_elapses(&self, now: &Zoned, count: usize) -> Option<Vec<Zoned>> {
        let now = match self.zone() {
            Some(name) => now.with_time_zone(time_zone(name)?),
            None => now.clone(),
        };
        let seconds = (0..60).filter(|second| self.within_second(*second)).collect();
        let mut elapses = Elapses { left: count, now, seconds, found: Vec::new() };
        let today = elapses.now.date();
        for year in (today.year().max(1970)..=LAST_YEAR).filter(|year| any(&self.year, *year, None)) {
            for month in (1..=12).filter(|month| any(&self.month, *month, None)) {
                let Ok(first) = Date::new(year, month, 1) else { continue };
                for date in (1..=first.days_in_month()).filter_map(|day| Date::new(year, month, day).ok()) {
                    if date >= today && self.on(date) && elapses.of_day(self, date).is_none() {
                        return Some(elapses.found);
                    }
                }
            }
        }
        Some(elapses.found)
    }

    /// Whether the day of the month and that of the week fit.
    fn on(&self, date: Date) -> bool {
        // Components of days may count from the month's end.
        let end = self.end_of_month.then(|| number(date.days_in_month()));
        let weekday = date.weekday().to_monday_zero_offset();
        any(&self.day, date.day(), end) && self.weekdays.is_none_or(|days| days >> weekday & 1 != 0)
    }

    /// Whether the event elapses in this second of a minute.
    fn within_second(&self, second: i8) -> bool {
        let second = number(second);
        let (first, last) = (second * 1_000_000, second * 1_000_000 + 999_999);
        self.second.iter().any(|component| {
            let Component { start, stop, repeat } = *component;
            let next = match first.checked_sub(start) {
                Some(passed) if repeat > 0 => start + passed.div_ceil(repeat) * repeat,
                _ => start,
            };
            (first..=last.min(stop.unwrap_or(last))).contains(&next)
        })
    }
}

/// What was found so far, and how much more is wanted.
struct Elapses {
    left: usize,
    now: Zoned,
    /// The seconds of a minute in which the event elapses.
    seconds: Vec<i8>,
    found: Vec<Zoned>,
}

impl Elapses {
    /// Adds the times of a day; `None` when there are enough.
    fn of_day(&mut self, event: &CalendarEvent, date: Date) -> Option<()> {
        // What is over today is not looked at again, second by second.
        let begun = self.now.datetime();
        let (hour, minute) = match begun.date() == date {
            true => (begun.hour(), begun.minute()),
            false => (0, 0),
        };
        for at in (hour..24).filter(|at| any(&event.hour, *at, None)) {
            let from = if at == hour { minute } else { 0 };
            for minute in (from..60).filter(|at| any(&event.minute, *at, None)) {
                for index in 0..self.seconds.len() {
                    self.add(date.at(at, minute, self.seconds[index], 0))?;
                }
            }
        }
        Some(())
    }

    /// Adds this time of the wall clock, if it is one and lies ahead; `None` when there are enough.
    fn add(&mut self, time: DateTime) -> Option<()> {
        self.left.checked_sub(1)?;
        if time <= self.now.datetime() {
            return Some(());
        }
        let zone = self.now.time_zone();
        let instants = match zone.to_ambiguous_timestamp(time).offset() {
            AmbiguousOffset::Unambiguous { offset } => [Some(offset), None],
            AmbiguousOffset::Gap { .. } => [None, None],
            AmbiguousOffset::Fold { before, after } => [Some(before), Some(after)],
        };
        let instants = instants.into_iter().flatten().filter_map(|offset| offset.to_timestamp(time).ok());
        // Once the clock was put back it stays so.
        let ahead = instants.into_iter().find(|instant| *instant > self.now.timestamp());
        if let Some(instant) = ahead {
            self.found.push(instant.to_zoned(zone.clone()));
            self.left -= 1;
        }
        Some(())
    }
}

/// A part of a date or a time of day as a component counts it; none of them is negative.
pub(super) fn number(part: impl Into<i64>) -> u32 {
    u32::try_from(part.into()).unwrap_or_default()
}

/// Whether a field has this value; an empty one has all. `end` is the month's last day where days count from it.
fn any(field: &[Component], value: impl Into<i64>, end: Option<u32>) -> bool {
    let value = number(value);
    field.is_empty()
        || field.iter().any(|component| {
            let Component { mut start, mut stop, repeat } = *component;
            if let Some(end) = end {
                let from_end = |day: u32| (end + 1).checked_sub(day).filter(|day| *day > 0);
                let Some(first) = from_end(stop.unwrap_or(start)) else {
                    return false;
                };
                stop = stop.and_then(|_| from_end(start));
                start = first;
            }
            match value.checked_sub(start) {
                Some(0) => true,
                Some(passed) => repeat > 0 && passed % repeat == 0 && stop.is_none_or(|stop| value <= stop),
                None => false,
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Saturday.
    const NOW: &str = "2026-11-21T13:21:44Z";

    #[track_caller]
    fn next(text: &str, now: &str, zone: &str, count: usize) -> Option<Vec<String>> {
        let zone = time_zone(zone).expect("a time zone");
        let now = now.parse::<jiff::Timestamp>().expect("a time").to_zoned(zone);
        let elapses = CalendarEvent::parse(text).expect(text).next_elapses(&now, count)?;
        Some(elapses.iter().map(|elapse| elapse.strftime("%F %T %Z").to_string()).collect())
    }

    #[track_caller]
    fn check(text: &str, now: &str, zone: &str, expected: &[&str]) {
        let expected = expected.iter().map(|time| (*time).to_owned()).collect();
        assert_eq!(next(text, now, zone, 3), Some(expected), "{text} after {now} in {zone}");
    }

    #[test]
    fn elapses() {
        let check = |text, expected: [&str; 3]| {
            let zoned = expected.map(|time| format!("{time} UTC"));
            super::tests::check(text, NOW, "UTC", &zoned.each_ref().map(String::as_str));
        };
        check("daily", ["2026-11-22 00:00:00", "2026-11-23 00:00:00", "2026-11-24 00:00:00"]);
        check("13:21:44", ["2026-11-22 13:21:44", "2026-11-23 13:21:44", "2026-11-24 13:21:44"]);
        check("*:0/15", ["2026-11-21 13:30:00", "2026-11-21 13:45:00", "2026-11-21 14:00:00"]);
        check("Mon 05:00", ["2026-11-23 05:00:00", "2026-11-30 05:00:00", "2026-12-07 05:00:00"]);
        check("*:*:*", ["2026-11-21 13:21:45", "2026-11-21 13:21:46", "2026-11-21 13:21:47"]);
        check("*-11~1", ["2026-11-30 00:00:00", "2027-11-30 00:00:00", "2028-11-30 00:00:00"]);
        check("*-*~1..3", ["2026-11-28 00:00:00", "2026-11-29 00:00:00", "2026-11-30 00:00:00"]);
        check("*-02-29", ["2028-02-29 00:00:00", "2032-02-29 00:00:00", "2036-02-29 00:00:00"]);
        check("*:*:0.5..2.5/0.3", ["2026-11-21 13:22:00", "2026-11-21 13:22:01", "2026-11-21 13:22:02"]);
        for never in ["2026-02-30", "@5", "2020-01-01"] {
            assert_eq!(next(never, NOW, "UTC", 1), Some(Vec::new()), "{never}");
        }
        assert_eq!(next("daily", NOW, "UTC", 0), Some(Vec::new()));
    }

    /// As `systemd-analyze calendar --base-time=` of release 252 has them.
    #[test]
    fn clocks_put_forward_and_back() {
        let berlin = "Europe/Berlin";
        check(
            "02:30",
            "2026-03-28T11:30:00Z",
            berlin,
            &["2026-03-30 02:30:00 CEST", "2026-03-31 02:30:00 CEST", "2026-04-01 02:30:00 CEST"],
        );
        check(
            "*:0/20",
            "2026-03-29T00:30:00Z",
            berlin,
            &["2026-03-29 01:40:00 CET", "2026-03-29 03:00:00 CEST", "2026-03-29 03:20:00 CEST"],
        );
        check(
            "02:30",
            "2026-10-24T22:50:00Z",
            berlin,
            &["2026-10-25 02:30:00 CEST", "2026-10-26 02:30:00 CET", "2026-10-27 02:30:00 CET"],
        );
        check(
            "*:0/20",
            "2026-10-25T00:30:00Z",
            berlin,
            &["2026-10-25 02:40:00 CEST", "2026-10-25 03:00:00 CET", "2026-10-25 03:20:00 CET"],
        );
        // In the hour that the clock shows for the second time.
        check(
            "*:0/20",
            "2026-10-25T01:10:00Z",
            berlin,
            &["2026-10-25 02:20:00 CET", "2026-10-25 02:40:00 CET", "2026-10-25 03:00:00 CET"],
        );
        check(
            "*:0/20",
            "2026-04-04T14:20:00Z",
            "Australia/Lord_Howe",
            &["2026-04-05 01:40:00 +11", "2026-04-05 02:00:00 +1030", "2026-04-05 02:20:00 +1030"],
        );
    }

    #[test]
    fn zones_of_events() {
        let twice = ["2026-11-22 03:00:00 EST", "2026-11-23 03:00:00 EST", "2026-11-24 03:00:00 EST"];
        check("03:00 America/New_York", NOW, "Asia/Tokyo", &twice);
        check(
            "daily UTC",
            NOW,
            "Asia/Tokyo",
            &["2026-11-22 00:00:00 UTC", "2026-11-23 00:00:00 UTC", "2026-11-24 00:00:00 UTC"],
        );
        for unknown in ["daily CEST", "daily Europe/Atlantis"] {
            assert_eq!(next(unknown, NOW, "UTC", 1), None, "{unknown}");
        }
    }
}
