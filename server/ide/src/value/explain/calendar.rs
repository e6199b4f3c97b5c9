//! Calendar events: what they come to, and when they are due.

use std::fmt::Write;

use crate::value::CalendarEvent;

/// The event as `systemd-analyze calendar` normalizes it, and when the event is due next.
pub(super) fn calendar(value: &str, now: Option<u64>) -> Option<String> {
    let event = CalendarEvent::parse(value).ok()?;
    let mut text = format!("**`{value}`**");
    let normalized = event.to_string();
    if normalized != value {
        let _ = write!(text, " = `{normalized}`");
    }
    let Some(now) = now else {
        return Some(text);
    };
    let next = event.next_elapses(now, 3);
    if next.is_empty() {
        text.push_str("\n\nNever due again.");
        return Some(text);
    }
    text.push_str(match event.zone() {
        Some("UTC") => "\n\nNext, in UTC:\n",
        Some(_) => "\n\nNext, in that time zone as if it were UTC:\n",
        None => "\n\nNext, in the machine's time zone as if it were UTC:\n",
    });
    for elapse in next {
        let _ = write!(text, "\n- {}", date_and_time(elapse));
    }
    Some(text)
}

/// When the event is due next, in a few words.
pub(super) fn next_elapse(value: &str, now: u64) -> Option<String> {
    let next = CalendarEvent::parse(value).ok()?.next_elapses(now, 1);
    Some(match next.first() {
        Some(next) => format!("next {}", date_and_time(*next)),
        None => "never again".to_owned(),
    })
}

/// `Wed 2024-05-15 12:00:00` of seconds since 1970.
fn date_and_time(seconds: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let (days, time) = (seconds / 86_400, seconds % 86_400);
    let (mut year, mut rest) = (1970, days);
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    while rest >= 365 + u64::from(leap(year)) && year < 9999 {
        rest -= 365 + u64::from(leap(year));
        year += 1;
    }
    let mut month = 1;
    for length in [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if rest < length {
            break;
        }
        rest -= length;
        month += 1;
    }
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    let day = DAYS[(days % 7) as usize];
    format!("{day} {year}-{month:02}-{:02} {hour:02}:{minute:02}:{second:02}", rest + 1)
}

#[cfg(test)]
mod tests {
    use super::date_and_time;

    #[test]
    fn dates() {
        for (seconds, text) in [
            (0, "Thu 1970-01-01 00:00:00"),
            (951_782_400, "Tue 2000-02-29 00:00:00"),
            (1_735_689_599, "Tue 2024-12-31 23:59:59"),
        ] {
            assert_eq!(date_and_time(seconds), text);
        }
    }
}
