//! Writes calendar events in full, as `calendar_spec_to_string()` does.

use std::fmt;

use super::{CalendarEvent, Component};

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

impl fmt::Display for CalendarEvent {
    /// The normalized form: `Mon..Fri *-*-* 09:00:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(days) = self.weekdays {
            weekdays(f, days)?;
        }
        field(f, &self.year, 4, 1)?;
        f.write_str("-")?;
        field(f, &self.month, 2, 1)?;
        f.write_str(if self.end_of_month { "~" } else { "-" })?;
        field(f, &self.day, 2, 1)?;
        f.write_str(" ")?;
        field(f, &self.hour, 2, 1)?;
        f.write_str(":")?;
        field(f, &self.minute, 2, 1)?;
        f.write_str(":")?;
        field(f, &self.second, 2, 1_000_000)?;
        match self.zone() {
            Some(zone) => write!(f, " {zone}"),
            None => Ok(()),
        }
    }
}

/// Days of the week, more than two in a row as a range.
fn weekdays(f: &mut fmt::Formatter<'_>, days: u8) -> fmt::Result {
    let has = |day: usize| day < 7 && days >> day & 1 != 0;
    let mut day = 0;
    let mut separator = "";
    while day < 7 {
        if has(day) {
            let last = (day..7).take_while(|day| has(*day)).last().unwrap_or(day);
            write!(f, "{separator}{}", WEEKDAYS[day])?;
            if last > day {
                write!(f, "{}{}", if last > day + 1 { ".." } else { "," }, WEEKDAYS[last])?;
            }
            separator = ",";
            day = last;
        }
        day += 1;
    }
    f.write_str(" ")
}

/// A field in units of `unit`, fractions with six digits.
fn field(f: &mut fmt::Formatter<'_>, field: &[Component], width: usize, unit: u32) -> fmt::Result {
    let every = |component: &Component| unit > 1 && component.start == 0 && component.stop.is_none();
    if field.is_empty() || matches!(field, [one] if every(one) && one.repeat == unit) {
        return f.write_str("*");
    }
    let number = |f: &mut fmt::Formatter<'_>, number: u32, width: usize| {
        write!(f, "{:0width$}", number / unit)?;
        match number % unit {
            0 => Ok(()),
            fraction => write!(f, ".{fraction:06}"),
        }
    };
    for (at, component) in field.iter().enumerate() {
        if at > 0 {
            f.write_str(",")?;
        }
        number(f, component.start, width)?;
        if let Some(stop) = component.stop {
            f.write_str("..")?;
            number(f, stop, width)?;
        }
        if component.repeat > 0 && !(component.stop.is_some() && component.repeat == unit) {
            f.write_str("/")?;
            number(f, component.repeat, 1)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::CalendarEvent;

    #[test]
    fn written_as_systemd_does() {
        for (text, normalized) in [
            ("@5", "1970-01-01 00:00:05 UTC"),
            ("Mon-Fri", "Mon..Fri *-*-* 00:00:00"),
            ("Monday,Tue..Thu 5:00", "Mon..Thu *-*-* 05:00:00"),
            ("Sun,Sat,Mon", "Mon,Sat,Sun *-*-* 00:00:00"),
            ("*-*~3", "*-*~03 00:00:00"),
            ("3,1,2,1:00", "*-*-* 01,02,03:00:00"),
            ("*-*-* *:*:*", "*-*-* *:*:*"),
            ("*:*:0.5..2.5/0.3", "*-*-* *:*:00.500000..02.300000/0.300000"),
            ("2000..2010/3-01-01", "2000..2009/3-01-01 00:00:00"),
            ("01-01 utc", "*-01-01 00:00:00 UTC"),
            ("12:00:00.1234567", "*-*-* 12:00:00.123457"),
            ("daily Europe/Berlin", "*-*-* 00:00:00 Europe/Berlin"),
            ("*:0/15", "*-*-* *:00/15:00"),
            ("Mon..Sun 5:00", "*-*-* 05:00:00"),
        ] {
            let event = CalendarEvent::parse(text).expect(text);
            assert_eq!(event.to_string(), normalized, "{text}");
            assert_eq!(CalendarEvent::parse(normalized), Ok(event), "{text}");
        }
    }
}
