//! Lists of exit statuses and signals, as `config_parse_set_status()` reads them, and error numbers.

use std::collections::BTreeSet;

use unit_catalog::{Section, Version, directive, table, words};

use super::{MOST_ERRORS, integer, signal};
use crate::value::extract_word::{self, Extract};
use crate::value::{Checker, nearest};

/// The number of an exit status: 0 to 255, or a name such as `TEMPFAIL`.
fn exit_status(text: &str, version: Version) -> Option<u8> {
    // These statuses came with the settings that they tell of.
    let setting = match text {
        "KSM" => directive(Section::Service, "MemoryKSM"),
        "MEMORY_THP" => directive(Section::Service, "MemoryTHP"),
        _ => None,
    };
    if setting.and_then(|setting| setting.since).is_some_and(|since| version < since) {
        return None;
    }
    let named = table::exit_statuses().iter().find(|status| status.name == text);
    match named {
        Some(status) => Some(status.code),
        None => integer::unsigned(text).and_then(|number| u8::try_from(number).ok()),
    }
}

/// Exit statuses and signals, as `SuccessExitStatus=` and its like list them.
#[derive(Clone, Default, Debug)]
pub struct ExitStatuses {
    /// Exit statuses.
    pub statuses: BTreeSet<u8>,
    /// Numbers of signals.
    pub signals: BTreeSet<u8>,
}

impl ExitStatuses {
    /// Adds those of one value; what is neither is ignored, as systemd does.
    pub fn add(&mut self, value: &str, version: Version) {
        for word in extract_word::words(value, Extract::PLAIN).map_while(Result::ok) {
            match (exit_status(&word.text, version), signal::signal_number(&word.text)) {
                (Some(status), _) => self.statuses.insert(status),
                (None, Some(number)) => self.signals.insert(number),
                (None, None) => false,
            };
        }
    }

    /// Whether nothing is listed.
    pub fn is_empty(&self) -> bool {
        self.statuses.is_empty() && self.signals.is_empty()
    }
}

/// Judges a list of exit statuses and signals; a bare number is an exit status. Quotes mean nothing.
pub(super) fn check_list(checker: &mut Checker<'_>) {
    const EXPECTED: &str = "exit statuses from 0 to 255, their names, and signals, separated by spaces";
    let version = checker.context.version;
    for word in extract_word::words(checker.value, Extract::PLAIN) {
        let Ok(word) = word else {
            checker.whole("no list of words: a backslash has nothing behind it", EXPECTED);
            return;
        };
        let text = &*word.text;
        if exit_status(text, version).is_some() || signal::signal_number(text).is_some() {
            continue;
        }
        let meant = meant(text, version);
        checker
            .report(word.range, "neither an exit status nor a signal", EXPECTED)
            .word_only()
            .instead(meant);
        if checker.errors.len() >= MOST_ERRORS {
            return;
        }
    }
}

/// The status or signal that a text was probably meant to be.
fn meant(text: &str, version: Version) -> Option<String> {
    let plain = text.strip_prefix("EX_").unwrap_or(text).trim_matches([',', ';', '"', '\'']);
    if exit_status(plain, version).is_some() || signal::signal_number(plain).is_some() {
        return Some(plain.to_owned());
    }
    let names = table::exit_statuses().iter().map(|status| status.name).filter(|_| text.len() > 3);
    signal::meant(text).or_else(|| nearest(text, names).map(str::to_owned))
}

/// Judges a value of one error number.
pub(super) fn check_errno(checker: &mut Checker<'_>) {
    let value = checker.value;
    let named = || words::ERRNO.iter().any(|word| word.text.eq_ignore_ascii_case(value));
    if matches!(integer::signed(value), Some(1..=4095)) || value == "kill" || named() {
        return;
    }
    let names = words::ERRNO.iter().map(|word| word.text);
    let meant = nearest(value, names.filter(|_| value.len() > 3));
    checker
        .whole("no error number", "the name of an error such as `EPERM`, a number from 1 to 4095, or `kill`")
        .instead(meant);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses() {
        for (text, code) in [("0", 0), ("255", 255), ("TEMPFAIL", 75), ("SUCCESS", 0), ("0x10", 16)] {
            assert_eq!(exit_status(text, Version::NEWEST), Some(code), "{text}");
        }
        for text in ["", "256", "-1", "EX_TEMPFAIL", "tempfail", "1,2", "\"1\""] {
            assert_eq!(exit_status(text, Version::NEWEST), None, "{text}");
        }
        assert_eq!(exit_status("KSM", Version(252)), None);
        assert_eq!(exit_status("KSM", Version(257)), Some(245));
        assert_eq!(meant("EX_TEMPFAIL", Version::NEWEST).as_deref(), Some("TEMPFAIL"));
        assert_eq!(meant("1,", Version::NEWEST).as_deref(), Some("1"));
    }
}
