//! Calendar events in the words that people use for them.

use super::{CalendarEvent, Component, Field};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

impl CalendarEvent {
    /// `daily at 04:00`, `every 15 min`, `Mon–Fri at 09:30`; `None` where that would take many words.
    pub fn in_words(&self) -> Option<String> {
        let words = match self.time_of_day()? {
            Time::At(time) => match self.days()? {
                Some(days) => format!("{days} at {time}"),
                None => format!("daily at {time}"),
            },
            Time::Every(rule) => match self.days()? {
                Some(days) => format!("{rule} on {days}"),
                None => rule,
            },
        };
        Some(match self.zone() {
            Some(zone) => format!("{words} {zone}"),
            None => words,
        })
    }

    fn time_of_day(&self) -> Option<Time> {
        let zero = |field: &Field| one(field) == Some(0);
        if let (Some(hour), Some(minute), Some(second)) =
            (one(&self.hour), one(&self.minute), one(&self.second))
        {
            let seconds = second / 1_000_000;
            return Some(Time::At(match seconds {
                0 => format!("{hour:02}:{minute:02}"),
                _ => format!("{hour:02}:{minute:02}:{seconds:02}"),
            }));
        }
        let rule = if self.hour.is_empty() && self.minute.is_empty() && zero(&self.second) {
            "every minute".to_owned()
        } else if self.hour.is_empty() && zero(&self.second) {
            match (one(&self.minute), every(&self.minute)) {
                (Some(0), _) => "hourly".to_owned(),
                (Some(minute), _) => format!("hourly at minute {minute}"),
                (_, Some(step)) => format!("every {step} min"),
                _ => return None,
            }
        } else if zero(&self.minute) && zero(&self.second) {
            format!("every {} h", every(&self.hour)?)
        } else {
            return None;
        };
        Some(Time::Every(rule))
    }

    /// The days it is about; the inner `None` for every day.
    fn days(&self) -> Option<Option<String>> {
        if !self.year.is_empty() || self.end_of_month {
            return None;
        }
        Some(match (self.weekdays, self.month.is_empty(), self.day.is_empty()) {
            (None, true, true) => None,
            (Some(days), true, true) => Some(weekdays(days)),
            (None, true, false) => Some(format!("on day {} of each month", one(&self.day)?)),
            (None, false, false) => {
                Some(format!("yearly on {:02}-{:02}", one(&self.month)?, one(&self.day)?))
            }
            _ => return None,
        })
    }
}

enum Time {
    At(String),
    Every(String),
}

/// The only value of a field.
fn one(field: &Field) -> Option<u32> {
    match field.as_slice() {
        [Component { start, stop: None, repeat: 0 }] => Some(*start),
        _ => None,
    }
}

/// The distance of a field's values, where they begin at zero.
fn every(field: &Field) -> Option<u32> {
    match field.as_slice() {
        [Component { start: 0, stop: None, repeat }] if *repeat > 0 => Some(*repeat),
        _ => None,
    }
}

/// `Mon–Fri, Sun`; bit 0 is Monday.
fn weekdays(days: u8) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for day in (0..7).filter(|day| days & 1 << day != 0) {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == day => *end = day,
            _ => runs.push((day, day)),
        }
    }
    let shown = runs.into_iter().map(|(start, end)| match end - start {
        0 => DAYS[start].to_owned(),
        1 => format!("{}, {}", DAYS[start], DAYS[end]),
        _ => format!("{}–{}", DAYS[start], DAYS[end]),
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_events() {
        for (text, words) in [
            ("daily", Some("daily at 00:00")),
            ("*-*-* 04:00:00", Some("daily at 04:00")),
            ("6:30:15", Some("daily at 06:30:15")),
            ("hourly", Some("hourly")),
            ("*:20", Some("hourly at minute 20")),
            ("*:0/15", Some("every 15 min")),
            ("minutely", Some("every minute")),
            ("0/6:00", Some("every 6 h")),
            ("weekly", Some("Mon at 00:00")),
            ("Mon..Fri 9:30", Some("Mon–Fri at 09:30")),
            ("Sat,Sun,Wed 10:00 Europe/Berlin", Some("Wed, Sat, Sun at 10:00 Europe/Berlin")),
            ("monthly", Some("on day 1 of each month at 00:00")),
            ("yearly", Some("yearly on 01-01 at 00:00")),
            ("Mon *:0/10", Some("every 10 min on Mon")),
            ("quarterly", None),
            ("2030-01-01", None),
            ("*-*~01", None),
            ("8..18:00", None),
        ] {
            let event = CalendarEvent::parse(text).expect("an event");
            assert_eq!(event.in_words().as_deref(), words, "{text}");
        }
    }
}
