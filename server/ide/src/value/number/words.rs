//! Enumerations: the words of a directive, case and version included.

use unit_catalog::{Directive, Version, Word};

use super::{MOST_ERRORS, boolean, each_word, integer};
use crate::value::extract_word::{self, Extract};
use crate::value::{Checker, Effect, Problem, ValueError, nearest};

/// The word that `value` stands for: itself, or the one that its boolean spelling means.
pub fn canonical_word(directive: &Directive, value: &str) -> Option<&'static str> {
    directive.word(value).map(|word| word.same_as.unwrap_or(word.text)).or_else(|| {
        let spelled = directive.boolean.as_ref()?;
        match boolean(value)? {
            true => spelled.yes.or(Some("yes")),
            false => spelled.no.or(Some("no")),
        }
    })
}

/// Judges a value of one word.
pub(super) fn check(checker: &mut Checker<'_>) {
    let (directive, version, value) = (checker.context.directive, checker.context.version, checker.value);
    if directive.words.is_empty() || directive.boolean.is_some() && boolean(value).is_some() {
        return;
    }
    let prefixed = |word: &&Word| {
        word.takes_argument
            && value
                .strip_prefix(word.text)
                .is_some_and(|rest| rest.starts_with(':') || word.text.ends_with(':'))
    };
    let found = directive.word(value).or_else(|| directive.words.iter().find(prefixed));
    let expected = match found {
        Some(word) if word.known_to(version) => return,
        _ => listed(directive, version),
    };
    match found {
        Some(word) if word.since > version => {
            checker.whole("too new", expected).problem(Problem::WordTooNew(word.since));
        }
        _ => {
            let meant =
                usual_slip(directive.name, value).or_else(|| nearest(value, known(directive, version)));
            let what = format!("no value of `{}=`", directive.name);
            checker.whole(what, expected).problem(Problem::Word).instead(meant);
        }
    }
}

/// Judges a value of one word, or of a number that stands for one.
pub(super) fn check_or_number(checker: &mut Checker<'_>) {
    let (directive, version, value) = (checker.context.directive, checker.context.version, checker.value);
    let range = integer::range(directive, 0..=i64::MAX);
    if directive.word(value).is_some_and(|word| word.known_to(version)) {
        return;
    }
    let number = integer::unsigned(value).and_then(|number| i64::try_from(number).ok());
    let expected = format!("{}, or {}", listed(directive, version), integer::described(&range));
    match number {
        Some(number) if range.contains(&number) => {}
        Some(number) if directive.name == "CPUSchedulingPolicy" && number <= i64::from(i32::MAX) => {
            checker.whole("no scheduling policy's number", expected).notice();
        }
        // Older releases are off by one.
        Some(8) if directive.name == "IOSchedulingClass" && version < Version(262) => {
            checker.whole("out of range", expected).effect = Effect::Silence;
        }
        Some(_) => {
            checker.whole("out of range", expected);
        }
        None => {
            let short =
                value.get(4..).filter(|_| value.get(..4).is_some_and(|log| log.eq_ignore_ascii_case("log_")));
            let meant = nearest(short.unwrap_or(value), known(directive, version));
            checker.whole(format!("no value of `{}=`", directive.name), expected).instead(meant);
        }
    }
}

/// Judges a list of words, of which systemd ignores those that it does not know.
pub(super) fn check_list(checker: &mut Checker<'_>) {
    match checker.context.directive.name {
        "DisableControllers" => check_silent_list(checker, true),
        "SecureBits" => check_silent_list(checker, false),
        _ => each_word(checker, |checker, word| {
            let (directive, version) = (checker.context.directive, checker.context.version);
            if !directive.word(&word.text).is_some_and(|word| word.known_to(version)) {
                unknown_in_list(checker, word, "no word that it knows").word_only();
            }
        }),
    }
}

/// Judges a list whose unknown words systemd passes over without a word in the log. Quotes mean nothing in it, and
/// it may be one where none of the words being known spoils the line.
fn check_silent_list(checker: &mut Checker<'_>, must_have_one: bool) {
    let (directive, version, value) = (checker.context.directive, checker.context.version, checker.value);
    let known =
        |word: &extract_word::Word<'_>| directive.word(&word.text).is_some_and(|word| word.known_to(version));
    let lists = || extract_word::words(value, Extract::PLAIN);
    let good =
        !must_have_one || lists().all(|word| word.is_ok()) && lists().flatten().any(|word| known(&word));
    for word in lists().flatten().filter(|word| !known(word)).take(MOST_ERRORS) {
        let what = if good { "no word that it knows, and does nothing" } else { "no word that it knows" };
        let report = unknown_in_list(checker, word, what);
        if good {
            report.dropped();
        }
    }
    if !good && checker.errors.is_empty() {
        checker.whole("no list of words: a backslash has nothing behind it", listed(directive, version));
    }
}

/// Reports a word that the directive does not take in its list.
fn unknown_in_list<'e>(
    checker: &'e mut Checker<'_>,
    word: extract_word::Word<'_>,
    what: &'static str,
) -> &'e mut ValueError {
    let (directive, version) = (checker.context.directive, checker.context.version);
    let meant = nearest(&word.text, known(directive, version));
    checker.report(word.range, what, listed(directive, version)).instead(meant)
}

/// Words that people write for others that do not look alike.
fn usual_slip(key: &str, value: &str) -> Option<&'static str> {
    match (key, value) {
        ("Restart", "on-error" | "on-fail" | "failure") => Some("on-failure"),
        ("Restart", "yes" | "true" | "on") => Some("always"),
        _ => None,
    }
}

fn known(directive: &Directive, version: Version) -> impl Iterator<Item = &'static str> {
    let words = directive.words.iter();
    words
        .filter(move |word| word.known_to(version) && !word.deprecated && word.same_as.is_none())
        .map(|word| word.text)
}

/// The words in prose: `a, b or c`; long lists are cut.
pub(super) fn listed(directive: &Directive, version: Version) -> String {
    let mut words: Vec<_> = known(directive, version).collect();
    if directive.boolean.is_some() && !words.contains(&"yes") {
        words.extend(["yes", "no"]);
    }
    if words.len() > 12 {
        return format!("one of {}, …", words[..10].join(", "));
    }
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, first)) => format!("{} or {last}", first.join(", ")),
        None => String::new(),
    }
}
