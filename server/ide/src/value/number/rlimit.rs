//! Resource limits, as `rlimit_parse()` reads them: one value, or a soft and a hard one.

use unit_catalog::ValueKind as K;

use super::{integer, size, time_span};
use crate::value::Checker;
use crate::value::extract_word::{Extract, words_between};

/// No limit, as the kernel counts.
const INFINITY: u64 = u64::MAX;

/// Reads one limit.
fn limit(text: &str, kind: K) -> Option<u64> {
    // A nice level has its bounds anyway.
    if text == "infinity" && kind != K::RlimitNice {
        return Some(INFINITY);
    }
    let limit = match kind {
        K::RlimitBytes => size::parse(text, 1024),
        K::RlimitNice => nice(text),
        K::RlimitSec => return time_span::parse(text, time_span::SECONDS).map(|span| span.whole_seconds()),
        K::RlimitUsec => return time_span::parse(text, time_span::MICROSECONDS).map(|span| span.micros()),
        _ => integer::unsigned(text),
    };
    limit.filter(|limit| *limit < INFINITY)
}

/// A nice level with its sign, or the kernel's limit of 0 to 40 that stands for one.
fn nice(text: &str) -> Option<u64> {
    if let Some(level) = text.strip_prefix('+') {
        integer::unsigned(level).filter(|level| *level < 20).map(|level| 20 - level)
    } else if let Some(level) = text.strip_prefix('-') {
        integer::unsigned(level).filter(|level| *level <= 20).map(|level| 20 + level)
    } else {
        integer::unsigned(text).filter(|limit| *limit <= 40)
    }
}

/// Judges a resource limit.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) {
    let value = checker.value;
    let mut parts = words_between(value, b":", Extract::DONT_COALESCE_SEPARATORS);
    let mut limits = [None; 2];
    for limit_read in &mut limits {
        let Some(part) = parts.next() else {
            break;
        };
        let Ok(part) = part else {
            checker.whole("no resource limit", kind.legend());
            return;
        };
        let Some(read) = limit(&part.text, kind) else {
            let what = if part.text.is_empty() { "incomplete" } else { "no resource limit" };
            let range = if part.range.is_empty() { 0..value.len() } else { part.range };
            let meant = meant(&part.text, kind);
            checker.report(range, what, kind.legend()).instead(meant);
            return;
        };
        *limit_read = Some(read);
    }
    if let Some(rest) = parts.rest().filter(|rest| !rest.is_empty()) {
        checker.report(rest, "one limit too many", "at most a soft and a hard limit: `SOFT:HARD`");
    } else if let [Some(soft), Some(hard)] = limits
        && soft > hard
    {
        let swapped = value.split_once(':').map(|(soft, hard)| format!("{hard}:{soft}"));
        checker
            .whole("a soft limit above the hard one", "the soft limit first: `SOFT:HARD`")
            .instead(swapped);
    }
}

/// The limit that a text in some other program's notation means.
fn meant(text: &str, kind: K) -> Option<String> {
    match text {
        _ if kind == K::RlimitNice => (text == "infinity").then(|| "40".to_owned()),
        "unlimited" | "inf" | "-1" | "max" | "hard" => Some("infinity".to_owned()),
        _ if kind == K::RlimitBytes => size::meant(text),
        _ if kind == K::RlimitCount => {
            let (number, factor) = match text.char_indices().last()? {
                (at, 'k' | 'K') => (text.get(..at)?, 1024),
                (at, 'M') => (text.get(..at)?, 1 << 20),
                _ => return None,
            };
            integer::unsigned(number)?.checked_mul(factor).map(|count| count.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        assert_eq!(limit("1.5K", K::RlimitBytes), Some(1536));
        assert_eq!(limit("infinity", K::RlimitCount), Some(INFINITY));
        assert_eq!(limit("64K", K::RlimitCount), None);
        assert_eq!(limit("1min 500ms", K::RlimitSec), Some(61));
        assert_eq!(limit("5", K::RlimitUsec), Some(5));
        assert_eq!(limit("18446744073709551615", K::RlimitCount), None);
    }

    #[test]
    fn nice_levels() {
        for (text, limit) in [("+19", Some(1)), ("-20", Some(40)), ("40", Some(40)), ("0", Some(0))] {
            assert_eq!(nice(text), limit, "{text}");
        }
        for text in ["+20", "-21", "41", "", "+", "low"] {
            assert_eq!(nice(text), None, "{text}");
        }
    }
}
