//! Names of time zones. Which ones exist is for the machine to say; only their form is judged.

use super::parse::weekday;

/// The first parts of names with a slash in the time zone database.
const AREAS: [&str; 17] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Brazil",
    "Canada",
    "Chile",
    "Etc",
    "Europe",
    "Indian",
    "Mexico",
    "Pacific",
    "US",
    "posix",
];

/// The names without a slash, other than short ones in upper case.
const SINGLE: [&str; 29] = [
    "CST6CDT",
    "Cuba",
    "EST5EDT",
    "Egypt",
    "Eire",
    "Factory",
    "GB-Eire",
    "GMT+0",
    "GMT-0",
    "GMT0",
    "Greenwich",
    "Hongkong",
    "Iceland",
    "Iran",
    "Israel",
    "Jamaica",
    "Japan",
    "Kwajalein",
    "Libya",
    "MST7MDT",
    "NZ-CHAT",
    "Navajo",
    "PST8PDT",
    "Poland",
    "Portugal",
    "Singapore",
    "Turkey",
    "Universal",
    "W-SU",
];

/// Whether a machine may know a time zone, or an abbreviation of its own zone, of this name.
pub(super) fn plausible(name: &str) -> bool {
    if let Some((area, rest)) = name.split_once('/') {
        let part = |part: &str| {
            let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+');
            !part.is_empty() && part.bytes().all(known)
        };
        return (AREAS.contains(&area) || area == "right") && rest.split('/').all(part);
    }
    let abbreviation = matches!(name.len(), 2..=5)
        && name.bytes().all(|byte| byte.is_ascii_uppercase())
        && weekday(name).is_none();
    let offset = matches!(name.len(), 3 | 5)
        && name
            .strip_prefix(['+', '-'])
            .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    abbreviation || offset || SINGLE.contains(&name) || name == "Zulu"
}
