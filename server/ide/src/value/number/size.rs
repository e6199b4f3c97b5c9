//! Sizes in bytes, as `parse_size()` reads them.

use unit_catalog::{ValueKind as K, table};

use super::{integer, percent};
use crate::value::Checker;

/// Bytes where suffixes count in steps of 1024; `None` where systemd takes no size.
pub fn size_in_bytes(text: &str) -> Option<u64> {
    parse(text, 1024)
}

/// Bytes where suffixes count in steps of 1024 or 1000. Several terms add up, larger suffixes first.
pub(in crate::value) fn parse(text: &str, step: u64) -> Option<u64> {
    let mut rest = text;
    let mut smaller_than = u64::MAX;
    let mut bytes: u64 = 0;
    loop {
        let unsigned = rest.trim_start_matches(integer::is_space);
        let unsigned = unsigned.strip_prefix('+').unwrap_or(unsigned);
        let (whole, behind) = split_digits(unsigned);
        let whole: u64 = whole.parse().ok()?;
        let (fraction, behind) = match behind.strip_prefix('.') {
            Some(behind) => split_digits(behind),
            None => ("", behind),
        };
        if !fraction.is_empty() {
            fraction.parse::<u64>().ok()?;
        }
        let behind = behind.trim_start_matches([' ', '\t', '\n', '\r']);
        let (factor, order, behind) = suffix(behind, step);
        // A suffix stands once, and none behind a smaller one.
        if order >= smaller_than {
            return None;
        }
        smaller_than = order;
        // systemd rounds up to see whether it fits.
        let most = whole.checked_add(u64::from(fraction.bytes().any(|digit| digit != b'0')))?;
        most.checked_mul(factor)?;
        bytes = bytes.checked_add(whole * factor + fraction_of(fraction, factor))?;
        rest = behind;
        if rest.is_empty() {
            return Some(bytes);
        }
    }
}

/// The factor of the suffix that a text begins with, its rank among the suffixes, and what is behind it.
fn suffix(text: &str, step: u64) -> (u64, u64, &str) {
    let found = table::byte_suffixes().iter().enumerate().find(|(_, suffix)| text.starts_with(suffix.letter));
    match found {
        Some((rank, suffix)) => {
            let factor = if step == 1000 { suffix.si } else { suffix.iec };
            (factor, rank as u64 + 1, &text[suffix.letter.len_utf8()..])
        }
        None => (1, 0, text),
    }
}

/// So many parts of the factor, digits behind the decimal point given.
fn fraction_of(digits: &str, factor: u64) -> u64 {
    let mut value = 0.0;
    let mut weight = 1.0;
    for digit in digits.bytes() {
        weight /= 10.0;
        value += f64::from(digit - b'0') * weight;
    }
    (value * factor as f64) as u64
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

/// The size that a text in some other program's notation means: `2Gi`, `512 MB`, `1g`, `1,5G`.
pub(super) fn meant(text: &str) -> Option<String> {
    if matches!(text, "unlimited" | "inf" | "Infinity" | "none" | "-1") {
        return Some("infinity".to_owned());
    }
    let number = text.get(..text.find(|char: char| !matches!(char, '0'..='9' | '.' | ','))?)?;
    let unit = text[number.len()..].trim_start();
    let mut letters = unit.chars();
    let letter = letters.next()?.to_ascii_uppercase();
    let known = table::byte_suffixes().iter().any(|suffix| suffix.letter == letter);
    let tail = ["", "i", "ib", "b"].iter().any(|tail| letters.as_str().eq_ignore_ascii_case(tail));
    let bytes = ["bytes", "byte"].iter().any(|word| unit.eq_ignore_ascii_case(word));
    let size = match () {
        () if bytes => number.to_owned(),
        () if known && tail => format!("{}{letter}", number.replace(',', ".")),
        () => return None,
    };
    size_in_bytes(&size).map(|_| size)
}

/// Judges a value of one size.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) {
    let (value, key) = (checker.value, checker.context.directive.name);
    let infinite = matches!(kind, K::BytesOrInfinity | K::BytesOrPercentOrInfinity);
    if infinite && value == "infinity"
        || kind == K::BooleanOrBytes && super::boolean(value).is_some()
        || kind == K::DiskQuota && value == "off"
    {
        return;
    }
    let share = match kind {
        K::BytesOrPercentOrInfinity | K::DiskQuota => percent::permyriad(value),
        _ => None,
    };
    // What is left of a share depends on the machine's memory, but nothing of nothing.
    let size = match share {
        Some(share) => Some(u64::from(share)).filter(|share| *share <= 10_000),
        None => parse(value, if kind == K::BytesSi { 1000 } else { 1024 }),
    };
    let what = match size {
        Some(0) if kind == K::BytesOrPercentOrInfinity && !takes_zero(key) => "zero",
        Some(u64::MAX) if kind == K::BytesOrPercentOrInfinity => "too large",
        Some(size) if !in_range(checker, size) => "out of range",
        Some(_) => return,
        None if share.is_some() => "more than all there is",
        None if value.starts_with('-') => "negative",
        None => "no size",
    };
    checker.whole(what, kind.legend()).instead(meant(value));
}

fn in_range(checker: &Checker<'_>, size: u64) -> bool {
    let directive = checker.context.directive;
    let range = integer::range(directive, 0..=i64::MAX);
    // This one is signed to the kernel.
    let unlimited = *range.end() == i64::MAX && directive.name != "MessageQueueMessageSize";
    i64::try_from(size).map_or(unlimited, |size| range.contains(&size))
}

/// Whether a memory setting may be zero; the others would leave nothing to run in.
fn takes_zero(key: &str) -> bool {
    let floor = key.ends_with("Min") || key.ends_with("Low");
    let swap = key.ends_with("SwapMax") || key.ends_with("ZSwapMax");
    swap || floor && key != "DefaultStartupMemoryLow"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, bytes) in [
            ("0", 0),
            ("4096", 4096),
            ("64K", 65536),
            ("1.5G", 1_610_612_736),
            ("10 M", 10 << 20),
            ("1G 512M", (1 << 30) + (512 << 20)),
            ("1G512", (1 << 30) + 512),
            ("512B", 512),
            ("+5", 5),
            ("10.M", 10 << 20),
            ("15E", 15 << 60),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(size_in_bytes(text), Some(bytes), "{text}");
        }
        for text in
            ["", "2Gi", "1KB", "1k", "1K1G", "1 2", "-1", "16E", "15.9E", "G", ".5G", "18446744073709551616"]
        {
            assert_eq!(size_in_bytes(text), None, "{text}");
        }
        assert_eq!(parse("10M", 1000), Some(10_000_000));
    }

    #[test]
    fn other_notations() {
        for (text, size) in [
            ("2Gi", "2G"),
            ("2GiB", "2G"),
            ("512 MB", "512M"),
            ("64k", "64K"),
            ("1,5G", "1.5G"),
            ("100 bytes", "100"),
            ("unlimited", "infinity"),
        ] {
            assert_eq!(meant(text).as_deref(), Some(size), "{text}");
        }
        assert_eq!(meant("2 parsecs"), None);
        assert_eq!(meant("Gi"), None);
    }
}
