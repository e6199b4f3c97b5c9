//! Time spans, as `parse_time()` reads them (systemd.time(7)).

use std::fmt;

use unit_catalog::ValueKind;

/// A span of time in microseconds, or without end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum TimeSpan {
    /// So many microseconds.
    Micros(u64),
    /// The word `infinity`.
    Infinity,
}

/// How a directive reads its span.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::value) struct SpanKind {
    /// Nanoseconds that a bare number counts in.
    bare: u64,
    /// Whether `ns` is a unit here.
    nanos: bool,
    /// Whether `infinity` is accepted.
    pub(in crate::value) infinity: bool,
    /// Other words that are accepted.
    words: &'static [&'static str],
}

const SECOND: u64 = 1_000_000_000;

/// A bare number counts seconds, as `parse_sec()` reads it.
pub(in crate::value) const SECONDS: SpanKind =
    SpanKind { bare: SECOND, nanos: false, infinity: true, words: &[] };

/// A bare number counts microseconds.
pub(in crate::value) const MICROSECONDS: SpanKind = SpanKind { bare: 1000, ..SECONDS };

/// The units in nanoseconds, longest spelling first where one begins another.
const UNITS: [(&str, u64); 30] = [
    ("seconds", SECOND),
    ("second", SECOND),
    ("sec", SECOND),
    ("s", SECOND),
    ("minutes", 60 * SECOND),
    ("minute", 60 * SECOND),
    ("min", 60 * SECOND),
    ("months", 2_629_800 * SECOND),
    ("month", 2_629_800 * SECOND),
    ("M", 2_629_800 * SECOND),
    ("msec", 1_000_000),
    ("ms", 1_000_000),
    ("m", 60 * SECOND),
    ("hours", 3600 * SECOND),
    ("hour", 3600 * SECOND),
    ("hr", 3600 * SECOND),
    ("h", 3600 * SECOND),
    ("days", 86_400 * SECOND),
    ("day", 86_400 * SECOND),
    ("d", 86_400 * SECOND),
    ("weeks", 604_800 * SECOND),
    ("week", 604_800 * SECOND),
    ("w", 604_800 * SECOND),
    ("years", 31_557_600 * SECOND),
    ("year", 31_557_600 * SECOND),
    ("y", 31_557_600 * SECOND),
    ("usec", 1000),
    ("us", 1000),
    ("µs", 1000),
    ("μs", 1000),
];

const NANO_UNITS: [(&str, u64); 2] = [("nsec", 1), ("ns", 1)];

/// Reads a span where a bare number counts seconds; `None` where systemd would not take it.
pub fn time_span(text: &str) -> Option<TimeSpan> {
    parse(text, SECONDS)
}

/// How this kind of value is read; `None` for kinds that are no spans.
pub(in crate::value) fn kind(kind: ValueKind) -> Option<SpanKind> {
    Some(match kind {
        ValueKind::TimeSpan | ValueKind::TimeSpan0IsInfinity | ValueKind::TimeSpanOrInfinity => SECONDS,
        ValueKind::TimeSpanOrOff => SpanKind { words: &["off", "default"], ..SECONDS },
        ValueKind::TimeSpanNsec => SpanKind { bare: 1, nanos: true, ..SECONDS },
        _ => return None,
    })
}

/// What a value of this kind comes to. `None` where it is no span: the kind, the value, a word such as `off`, or less than a
/// microsecond.
pub fn time_span_of(of: ValueKind, text: &str) -> Option<TimeSpan> {
    let kind = kind(of).filter(|kind| !kind.words.contains(&text))?;
    parse(text, kind).filter(|span| !(kind.nanos && *span == TimeSpan::Micros(0)))
}

/// Reads a span; white space between its terms does not matter.
pub(in crate::value) fn parse(text: &str, kind: SpanKind) -> Option<TimeSpan> {
    let blank = [' ', '\t', '\n', '\r'];
    let mut rest = text.trim_matches(blank);
    if rest == "infinity" && kind.infinity || kind.words.contains(&rest) {
        return Some(TimeSpan::Infinity);
    }
    // The largest number stands for infinity.
    let most = if kind.nanos { u128::from(u64::MAX) } else { u128::from(u64::MAX) * 1000 };
    let mut nanos: u128 = 0;
    let mut terms = 0;
    while !rest.is_empty() {
        // strtoll() reads the number, so that it may carry a sign.
        let signed =
            rest.strip_prefix('+').filter(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
        let (whole, behind) = split_digits(signed.unwrap_or(rest));
        let (fraction, behind) = match behind.strip_prefix('.') {
            Some(behind) => split_digits(behind),
            None => ("0", behind),
        };
        if fraction.is_empty() || whole.is_empty() && behind.len() == rest.len() {
            return None;
        }
        let unblanked = behind.trim_start_matches(blank);
        let nano_units = NANO_UNITS.iter().filter(|_| kind.nanos);
        let unit = UNITS.iter().chain(nano_units).find(|(unit, _)| unblanked.starts_with(unit));
        let (unit, behind) = match unit {
            Some((spelling, unit)) => (*unit, &unblanked[spelling.len()..]),
            // Numbers without a unit need a blank between them.
            None if !behind.is_empty() && unblanked.len() == behind.len() => return None,
            None => (kind.bare, unblanked),
        };
        let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        nanos += whole as u128 * u128::from(unit);
        let mut digit_weight = unit;
        for digit in fraction.bytes() {
            digit_weight /= 10;
            nanos += u128::from(digit - b'0') * u128::from(digit_weight);
        }
        if nanos >= most {
            return None;
        }
        terms += 1;
        rest = behind.trim_start_matches(blank);
    }
    (terms > 0).then_some(TimeSpan::Micros((nanos / 1000) as u64))
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

impl TimeSpan {
    /// The span in microseconds; the largest number where it has no end.
    pub(in crate::value) fn micros(self) -> u64 {
        match self {
            Self::Micros(micros) => micros,
            Self::Infinity => u64::MAX,
        }
    }

    /// The span in seconds, rounded up; the largest number where it has no end.
    pub(in crate::value) fn whole_seconds(self) -> u64 {
        match self {
            Self::Micros(micros) => micros.div_ceil(1_000_000),
            Self::Infinity => u64::MAX,
        }
    }

    /// The span in seconds; infinity where it has no end.
    pub fn seconds(self) -> f64 {
        match self {
            Self::Micros(micros) => micros as f64 / 1e6,
            Self::Infinity => f64::INFINITY,
        }
    }
}

impl fmt::Display for TimeSpan {
    /// As `format_timespan()` writes it: `1min 30s`, `250ms`, `0`, `infinity`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Micros(mut rest) = *self else {
            return f.write_str("infinity");
        };
        if rest == 0 {
            return f.write_str("0");
        }
        const STEPS: [(&str, u64); 9] = [
            ("y", 31_557_600_000_000),
            ("month", 2_629_800_000_000),
            ("w", 604_800_000_000),
            ("d", 86_400_000_000),
            ("h", 3_600_000_000),
            ("min", 60_000_000),
            ("s", 1_000_000),
            ("ms", 1000),
            ("us", 1),
        ];
        let mut first = true;
        for (unit, size) in STEPS {
            let count = rest / size;
            rest %= size;
            if count > 0 {
                write!(f, "{}{count}{unit}", if first { "" } else { " " })?;
                first = false;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        for (text, seconds) in [
            ("5", 5.0),
            ("1min 30s", 90.0),
            ("1min30", 90.0),
            ("2.5h", 9000.0),
            ("  100ms ", 0.1),
            (".5s", 0.5),
            ("5 6s", 11.0),
            ("1M", 2_629_800.0),
            ("+5", 5.0),
            ("1.5 .5", 2.0),
            ("5µs 3μs", 8e-6),
            ("1000y", 3.15576e10),
            ("infinity", f64::INFINITY),
        ] {
            assert_eq!(time_span(text).map(TimeSpan::seconds), Some(seconds), "{text}");
        }
        for text in [
            "",
            "5 parsecs",
            "1,5s",
            "-5",
            "s",
            "1min # note",
            "Infinity",
            "5S",
            "5 ns",
            ".",
            "5.",
            "5.s",
            "5.5.5",
            "+.5",
            "+",
            "-0",
            "infinity 5",
            "600000y",
        ] {
            assert_eq!(time_span(text), None, "{text}");
        }
    }

    #[test]
    fn written() {
        let written = |text: &str| time_span(text).map(|span| span.to_string());
        assert_eq!(written("90").as_deref(), Some("1min 30s"));
        assert_eq!(written("1.25s").as_deref(), Some("1s 250ms"));
        assert_eq!(written("0").as_deref(), Some("0"));
    }
}
