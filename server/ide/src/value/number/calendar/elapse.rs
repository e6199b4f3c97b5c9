//! When calendar events elapse, in UTC; arithmetic only, no clock.

use super::{CalendarEvent, Component};

const DAY: u64 = 86_400;

/// The days of a year's months, February aside.
const MONTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

impl CalendarEvent {
    /// The next `count` times that the event elapses after `now`, both in seconds since 1970 UTC. Local time is taken
    /// to be UTC, as are other time zones; fractions of a second are dropped. Fewer where there are no more, as the
    /// last year is 2199.
    pub fn next_elapses(&self, now: u64, count: usize) -> Vec<u64> {
        let mut elapses = Vec::new();
        let Some(today) = u32::try_from(now / DAY).ok().filter(|today| *today < days_before(2200)) else {
            return elapses;
        };
        let first = date_of(today);
        for year in (first.0..2200).filter(|year| any(&self.year, *year, None)) {
            for month in (1..=12).filter(|month| any(&self.month, *month, None)) {
                let days = days_in(year, month);
                // Components of days may count from the month's end.
                let end = self.end_of_month.then_some(days);
                for day in (1..=days).filter(|day| any(&self.day, *day, end)) {
                    let number = days_since_1970(year, month, day);
                    let weekday = self.weekdays.is_none_or(|days| days >> ((number + 3) % 7) & 1 != 0);
                    if (year, month, day) < first || !weekday {
                        continue;
                    }
                    self.times(u64::from(number) * DAY, now, count, &mut elapses);
                    if elapses.len() >= count {
                        return elapses;
                    }
                }
            }
        }
        elapses
    }

    /// Adds the times of the day that begins at `midnight`.
    fn times(&self, midnight: u64, now: u64, count: usize, elapses: &mut Vec<u64>) {
        for hour in (0..24).filter(|hour| any(&self.hour, *hour, None)) {
            let hour = midnight + u64::from(hour) * 3600;
            if hour + 3600 <= now {
                continue;
            }
            for minute in (0..60).filter(|minute| any(&self.minute, *minute, None)) {
                let minute = hour + u64::from(minute) * 60;
                for second in 0..60 {
                    let time = minute + u64::from(second);
                    if time <= now || !self.within_second(second) {
                        continue;
                    }
                    if elapses.len() >= count {
                        return;
                    }
                    elapses.push(time);
                }
            }
        }
    }

    /// Whether the event elapses in this second of a minute.
    fn within_second(&self, second: u32) -> bool {
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

/// Whether a field has this value; an empty one has all. `end` is the month's last day where days count from it.
fn any(field: &[Component], value: u32, end: Option<u32>) -> bool {
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

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in(year: u32, month: u32) -> u32 {
    MONTHS[(month as usize + 11) % 12] + u32::from(month == 2 && is_leap(year))
}

/// Days of the years before this one, from 1970 on.
fn days_before(year: u32) -> u32 {
    let leaps = |year: u32| year / 4 - year / 100 + year / 400;
    (year - 1970) * 365 + leaps(year - 1) - leaps(1969)
}

fn days_since_1970(year: u32, month: u32, day: u32) -> u32 {
    days_before(year) + (1..month).map(|month| days_in(year, month)).sum::<u32>() + day - 1
}

/// Year, month and day of a day counted from 1970.
pub(super) fn date_of(day: u32) -> (u32, u32, u32) {
    let mut year = 1970 + day / 366;
    while days_before(year + 1) <= day {
        year += 1;
    }
    let mut rest = day - days_before(year);
    let mut month = 1;
    while rest >= days_in(year, month) {
        rest -= days_in(year, month);
        month += 1;
    }
    (year, month, rest + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-21 13:21:44 UTC, a Saturday.
    const NOW: u64 = 1_795_267_304;

    fn next(text: &str, count: usize) -> Vec<u64> {
        CalendarEvent::parse(text).expect(text).next_elapses(NOW, count)
    }

    #[test]
    fn dates() {
        assert_eq!(date_of(0), (1970, 1, 1));
        assert_eq!(date_of(11_016), (2000, 2, 29));
        for day in (0..84_000).step_by(13) {
            let (year, month, of_month) = date_of(day);
            assert_eq!(days_since_1970(year, month, of_month), day);
        }
    }

    #[test]
    fn elapses() {
        let today = NOW / DAY * DAY;
        assert_eq!(next("daily", 2), [today + DAY, today + 2 * DAY]);
        assert_eq!(next("13:21:44", 1), [today + DAY + 48_104]);
        assert_eq!(next("*:0/15", 3), [NOW + 496, NOW + 1396, NOW + 2296]);
        assert_eq!(next("Mon 05:00", 1), [today + 2 * DAY + 18_000]);
        assert_eq!(next("*:*:*", 2), [NOW + 1, NOW + 2]);
        // The last and the third last day of November.
        assert_eq!(next("*-11~1", 1), [today + 9 * DAY]);
        assert!(next("daily", 0).is_empty());
        assert_eq!(next("*-*~1..3", 3), [today + 7 * DAY, today + 8 * DAY, today + 9 * DAY]);
        assert!(next("2026-02-30", 1).is_empty());
        assert!(next("@5", 1).is_empty());
        assert_eq!(next("*-02-29", 1), [1_835_395_200]);
        assert_eq!(next("*:*:0.5..2.5/0.3", 3), [NOW + 16, NOW + 17, NOW + 18]);
    }
}
