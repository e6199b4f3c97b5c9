//! Signals, as `signal_from_string()` reads them.

use unit_catalog::table;

use super::integer;
use crate::value::{Checker, nearest};

/// The C library's first and last real-time signals.
const RTMIN: u8 = 34;
const RTMAX: u8 = 64;

/// The number of a signal on x86-64 and arm64: a name with or without `SIG`, `RTMIN+n`, `RTMAX-n` or a number
/// from 1 to 64. `None` where systemd takes none.
pub fn signal_number(text: &str) -> Option<u8> {
    if let Some(number) = integer::signed(text).filter(|number| i32::try_from(*number).is_ok()) {
        return u8::try_from(number).ok().filter(|number| (1..=RTMAX).contains(number));
    }
    let name = text.strip_prefix("SIG").unwrap_or(text);
    if let Some(signal) = table::signals().iter().find(|signal| signal.name.strip_prefix("SIG") == Some(name))
    {
        return Some(signal.number);
    }
    let offset = |text: &str, sign: char| match text {
        "" => Some(0),
        text if text.starts_with(sign) => integer::signed(text).filter(|offset| offset.unsigned_abs() <= 30),
        _ => None,
    };
    let (base, offset) = match (name.strip_prefix("RTMIN"), name.strip_prefix("RTMAX")) {
        (Some(rest), _) => (RTMIN, offset(rest, '+')?),
        (_, Some(rest)) => (RTMAX, offset(rest, '-')?),
        _ => return None,
    };
    u8::try_from(i64::from(base) + offset).ok()
}

/// Judges a value of one signal.
pub(super) fn check(checker: &mut Checker<'_>) {
    let value = checker.value;
    if signal_number(value).is_some() {
        return;
    }
    let number = integer::signed(value).is_some();
    let what = if number { "no signal's number" } else { "no signal" };
    checker
        .whole(what, "a signal such as `SIGTERM` or `SIGRTMIN+3`, or a number from 1 to 64")
        .instead(meant(value));
}

/// The signal that a text was probably meant to name.
pub(super) fn meant(text: &str) -> Option<String> {
    let upper =
        text.get(..text.len().min(16)).filter(|start| start.len() == text.len())?.to_ascii_uppercase();
    if signal_number(&upper).is_some() && integer::signed(&upper).is_none() {
        return Some(upper);
    }
    // Short names lie too near to each other: IO, PWR.
    let name = if upper.starts_with("SIG") { upper } else { format!("SIG{upper}") };
    let plausible = text.len() >= 3 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let names = table::signals().iter().map(|signal| signal.name);
    nearest(&name, names.filter(|_| plausible)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals() {
        for (text, number) in [
            ("SIGTERM", 15),
            ("TERM", 15),
            ("9", 9),
            ("64", 64),
            ("SIGRTMIN", 34),
            ("RTMIN+3", 37),
            ("RTMAX-1", 63),
            ("SIGRTMAX-30", 34),
        ] {
            assert_eq!(signal_number(text), Some(number), "{text}");
        }
        for text in ["", "0", "65", "-1", "sigterm", "SIGFOO", "SIGSIGTERM", "RTMIN+31", "RTMIN-1", "RTMAX+1"]
        {
            assert_eq!(signal_number(text), None, "{text}");
        }
        assert_eq!(meant("sigterm").as_deref(), Some("SIGTERM"));
        assert_eq!(meant("SIGTREM").as_deref(), Some("SIGTERM"));
        assert_eq!(meant("42x"), None);
    }
}
