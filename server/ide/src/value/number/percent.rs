//! Shares, as `parse_permyriad()` and `parse_permille()` read them.

use unit_catalog::ValueKind as K;

use super::integer;
use crate::value::Checker;

/// Ten-thousandths: a number with `%` (two decimals), `‰` (one) or `‱` behind it, without bounds.
pub(in crate::value) fn permyriad(text: &str) -> Option<u32> {
    if let Some(number) = text.strip_suffix('‱') {
        return parts(number, 0);
    }
    if let Some(number) = text.strip_suffix('‰') {
        return parts(number, 1);
    }
    parts(text.strip_suffix('%')?, 2)
}

/// Thousandths: a number with `%` (one decimal) or `‰`.
fn permille(text: &str) -> Option<u32> {
    match text.strip_suffix('‰') {
        Some(number) => parts(number, 0),
        None => parts(text.strip_suffix('%')?, 1),
    }
}

/// A number times ten for each decimal that it may have.
fn parts(number: &str, decimals: u32) -> Option<u32> {
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) if decimals > 0 => (whole, Some(fraction)),
        _ => (number, None),
    };
    let fraction = match fraction {
        None => 0,
        Some(digits) => {
            let length = u32::try_from(digits.len()).ok().filter(|length| (1..=decimals).contains(length))?;
            let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
            let value: u32 = digits.parse().ok().filter(|_| all_digits)?;
            value * 10u32.pow(decimals - length)
        }
    };
    let whole = i32::try_from(integer::signed(whole)?).ok().and_then(|whole| u32::try_from(whole).ok())?;
    let parts = whole.checked_mul(10u32.pow(decimals))?.checked_add(fraction)?;
    i32::try_from(parts).ok().map(|_| parts)
}

/// Judges a value of one share, or of a count that may be given as a share.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) {
    let value = checker.value;
    let what = match kind {
        K::PercentUnbounded => match permyriad(value) {
            Some(1..) => return,
            Some(0) => "zero",
            None => "no percentage",
        },
        K::Permille => match permille(value) {
            Some(0..=1000) => return,
            Some(_) => "larger than 100%",
            None => "no percentage",
        },
        K::UnsignedOrPercentOrInfinity => match (permyriad(value), integer::unsigned(value)) {
            _ if value == "infinity" => return,
            (Some(0..=10_000), _) => return,
            (Some(_), _) => "larger than 100%",
            (None, Some(0)) => "zero",
            (None, Some(u64::MAX)) => "too large",
            (None, Some(_)) => return,
            (None, None) => "neither a count nor a percentage",
        },
        _ => match permyriad(value) {
            Some(0..=10_000) => return,
            Some(_) => "larger than 100%",
            None => "no percentage",
        },
    };
    let meant = meant(value, kind);
    checker.whole(what, kind.legend()).instead(meant);
}

/// The share that a text was probably meant to be.
fn meant(text: &str, kind: K) -> Option<String> {
    if kind == K::UnsignedOrPercentOrInfinity && matches!(text, "unlimited" | "-1" | "max" | "inf") {
        return Some("infinity".to_owned());
    }
    let number = text.strip_suffix('%').unwrap_or(text).trim_end();
    let repaired = format!("{}%", number.replace(',', "."));
    permyriad(&repaired).filter(|parts| *parts > 0 && repaired != text).map(|_| repaired)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares() {
        for (text, parts) in
            [("0%", 0), ("12.5%", 1250), ("12.55%", 1255), ("150%", 15_000), ("12.5‰", 125), ("7‱", 7)]
        {
            assert_eq!(permyriad(text), Some(parts), "{text}");
        }
        for text in ["", "%", "50", "12.555%", "12.%", "-1%", "50 %", "1e2%", "300000000%", "1.5‱", "5.+1%"]
        {
            assert_eq!(permyriad(text), None, "{text}");
        }
        assert_eq!(permille("12.5%"), Some(125));
        assert_eq!(permille("12.55%"), None);
    }
}
