//! What a whole value comes to in a few words, where that does not show at a glance.

use jiff::Zoned;
use unit_catalog::{Directive, ValueKind as K, Version};

use super::calendar::next_elapse;
use super::number::{grouped, round};
use crate::value::number::size_parse;
use crate::value::{TimeSpan, time_span_of};

/// What a hint tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HintKind {
    /// A span of time in other units.
    TimeSpan,
    /// A size in other units.
    Size,
    /// When a calendar event is due.
    Calendar,
    /// What an empty assignment goes back to.
    Default,
    /// What specifiers become.
    Specifier,
}

/// What a value comes to; `None` where it says so itself. `now` is the clock with the machine's time zone.
pub(crate) fn brief(
    directive: &Directive,
    version: Version,
    value: &str,
    now: Option<&Zoned>,
) -> Option<(HintKind, String)> {
    let kind = directive.kind_in(version);
    if let Some(span) = time_span_of(kind, value) {
        return in_other_units(kind, value, span).map(|text| (HintKind::TimeSpan, text));
    }
    match kind {
        K::CalendarEvent => next_elapse(value, now?).map(|text| (HintKind::Calendar, text)),
        K::Bytes | K::BytesOrInfinity | K::BytesOrPercentOrInfinity | K::BooleanOrBytes => {
            size(value, 1024).map(|text| (HintKind::Size, text))
        }
        K::BytesSi => size(value, 1000).map(|text| (HintKind::Size, text)),
        _ => None,
    }
}

/// A span that is not one number with one unit.
fn in_other_units(kind: K, value: &str, span: TimeSpan) -> Option<String> {
    let TimeSpan::Micros(micros) = span else { return None };
    let unit = value.trim_start_matches(|char: char| char.is_ascii_digit()).trim();
    match (micros, unit) {
        (0, _) if kind == K::TimeSpan0IsInfinity => Some("= no limit".to_owned()),
        (0, _) => None,
        (_, "") => Some(format!("= {span}")),
        (_, unit) if unit.chars().all(char::is_alphabetic) => None,
        _ => Some(format!("= {} s", micros as f64 / 1e6)),
    }
}

/// A size that is not one whole number with one unit, or many bytes without one.
fn size(value: &str, step: u64) -> Option<String> {
    let bytes = size_parse(value, step)?;
    let unit = value.trim_start_matches(|char: char| char.is_ascii_digit());
    match unit.trim() {
        "" if bytes >= 10_000 => Some(format!("= {}", round(bytes)?)),
        unit if unit.chars().all(char::is_alphabetic) => None,
        _ => Some(format!("= {} bytes", grouped(bytes))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        let span = |value| in_other_units(K::TimeSpan, value, time_span_of(K::TimeSpan, value)?);
        for plain in ["5s", "90min", "2 h", "infinity", "0", "soon", "500ms"] {
            assert_eq!(span(plain), None, "{plain}");
        }
        for (odd, text) in
            [("90", "= 1min 30s"), ("1min 30s", "= 90 s"), ("1.5h", "= 5400 s"), ("5 ", "= 5s")]
        {
            assert_eq!(span(odd).as_deref(), Some(text), "{odd}");
        }
    }

    #[test]
    fn sizes() {
        for plain in ["4G", "4096", "infinity", "20%", "0"] {
            assert_eq!(size(plain, 1024), None, "{plain}");
        }
        assert_eq!(size("4294967296", 1024).as_deref(), Some("= 4 GiB"));
        assert_eq!(size("1.5K", 1024).as_deref(), Some("= 1\u{202f}536 bytes"));
    }
}
