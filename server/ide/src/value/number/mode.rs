//! Access modes, as `parse_mode()` reads them.

use super::integer;
use crate::value::Checker;

/// A mode in octal, up to 7777; `None` where systemd takes none.
pub fn octal_mode(text: &str) -> Option<u32> {
    let text = text.trim_start_matches(integer::is_space);
    let digits = Some(text).filter(|text| !text.starts_with(['+', '-']))?;
    let (_, mode) = integer::strtoull(digits, 8)?;
    u32::try_from(mode).ok().filter(|mode| *mode <= 0o7777)
}

/// Judges a value of one mode.
pub(super) fn check(checker: &mut Checker<'_>) {
    let value = checker.value;
    if octal_mode(value).is_some() {
        return;
    }
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let what = match digits {
        true if value.bytes().any(|digit| digit > b'7') => "no octal number",
        true => "larger than 7777",
        false => "no octal number",
    };
    let number = ["0o", "0O", "+", "0x"].iter().find_map(|prefix| value.strip_prefix(prefix));
    let meant = number.filter(|digits| octal_mode(digits).is_some()).map(|digits| format!("{digits:0>4}"));
    checker.whole(what, "an access mode in octal, such as `0755` or `0027`").instead(meant);
}

#[cfg(test)]
mod tests {
    use super::octal_mode;

    #[test]
    fn modes() {
        for (text, mode) in [("0755", 0o755), ("22", 0o22), ("0", 0), ("7777", 0o7777), ("000644", 0o644)] {
            assert_eq!(octal_mode(text), Some(mode), "{text}");
        }
        for text in ["", "999", "0o755", "-0644", "+1", "10000", "u+rwx", "0x1", "75 5"] {
            assert_eq!(octal_mode(text), None, "{text}");
        }
    }
}
