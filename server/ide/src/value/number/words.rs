//! Enumerations: the words of a directive, case and version included.

use unit_catalog::{Directive, Version, Word};

use super::boolean;
use crate::value::{Checker, Problem, nearest};

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
fn listed(directive: &Directive, version: Version) -> String {
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
