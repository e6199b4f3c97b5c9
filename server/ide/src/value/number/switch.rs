//! Switches that are more than a boolean: `Delegate=`, `ProtectHostname=`, `RefreshOnReload=`.

use unit_catalog::{ValueKind as K, Version};

use super::{boolean, each_word_of};
use crate::value::extract_word::{self, Extract, Words};
use crate::value::{Checker, Problem, nearest};

/// Judges a boolean that words may stand in for.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) {
    match kind {
        K::Delegate => delegate(checker),
        K::ProtectHostname => protect_hostname(checker),
        _ => {
            let inverted = checker.value.starts_with('~');
            if boolean(checker.value).is_none() {
                words(
                    checker,
                    extract_word::words(checker.value, Extract::PLAIN).from(usize::from(inverted)),
                );
            }
        }
    }
}

fn delegate(checker: &mut Checker<'_>) {
    if boolean(checker.value).is_none() {
        words(checker, extract_word::words(checker.value, Extract::UNQUOTE));
    }
}

/// Words of the directive.
fn words<'v>(checker: &mut Checker<'v>, words: Words<'v>) {
    let (directive, version) = (checker.context.directive, checker.context.version);
    each_word_of(checker, words, |checker, word| {
        let text = &*word.text;
        let known = || directive.words.iter().filter(|word| word.known_to(version)).map(|word| word.text);
        if !known().any(|name| name == text) {
            let meant = nearest(text, known()).map(str::to_owned);
            let what = format!("no word of `{}=`", directive.name);
            checker
                .report(word.range, what, super::words::listed(directive, version))
                .word_only()
                .instead(meant);
        }
    });
}

/// A boolean, `private`, or one of these with a host name.
fn protect_hostname(checker: &mut Checker<'_>) {
    let value = checker.value;
    let (mode, host) = match value.split_once(':') {
        Some((mode, host)) => (mode, Some(host)),
        None => (value, None),
    };
    const EXPECTED: &str =
        "a boolean, `private`, or one of `yes` and `private` with a host name: `private:web1`";
    let on = match boolean(mode) {
        None if mode != "private" => {
            let meant = nearest(mode, ["yes", "no", "private"]);
            checker
                .report(0..mode.len(), "neither a boolean nor `private`", EXPECTED)
                .problem(Problem::Word)
                .instead(meant);
            return;
        }
        on => on.unwrap_or(true),
    };
    match host {
        Some(_) if !on => {
            checker.whole("a host name without protection", EXPECTED);
        }
        Some(host) if !checker.possible(host, is_host_name) => {
            checker.report(mode.len() + 1..value.len(), "no host name", EXPECTED);
        }
        _ => {}
    }
}

/// As `hostname_is_valid()`: labels of letters, digits and `-` with single dots between them, up to 64 bytes.
fn is_host_name(name: &str) -> bool {
    let label = |label: &str| {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !label.is_empty() && !label.starts_with('-') && !label.ends_with('-') && label.bytes().all(known)
    };
    name.len() <= 64 && name.split('.').all(label)
}

/// `private` came with this release; before, the value was a boolean.
pub(super) fn too_new(kind_now: K, value: &str) -> Option<Version> {
    (kind_now == K::ProtectHostname && value.starts_with("private")).then_some(Version(258))
}

#[cfg(test)]
mod tests {
    use super::is_host_name;

    #[test]
    fn host_names() {
        for name in ["a", "web-1.example.org", "1"] {
            assert!(is_host_name(name), "{name}");
        }
        for name in ["", "-a", "a-", "a..b", ".a", "a.", "a b", "a_b", "ä"] {
            assert!(!is_host_name(name), "{name}");
        }
    }
}
