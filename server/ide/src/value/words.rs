//! Enumerations: the words of a directive, case and version included.

use unit_catalog::{Directive, Version, Word};
use unit_syntax::TextRange;

use super::{Problem, ValueError, boolean, nearest};

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
pub(super) fn check(directive: &Directive, value: &str, version: Version) -> Result<(), ValueError> {
    let range = TextRange::new(0, value.len() as u32);
    if directive.words.is_empty() || directive.boolean.is_some() && boolean(value).is_some() {
        return Ok(());
    }
    let prefixed = |word: &&Word| {
        word.takes_argument
            && value
                .strip_prefix(word.text)
                .is_some_and(|rest| rest.starts_with(':') || word.text.ends_with(':'))
    };
    match directive.word(value).or_else(|| directive.words.iter().find(prefixed)) {
        Some(word) if word.since > version => Err(ValueError {
            range,
            problem: Problem::WordTooNew(word.since),
            expected: listed(directive, version),
            nearest: None,
        }),
        Some(word) if word.known_to(version) => Ok(()),
        _ => Err(unknown(directive, value, version, range)),
    }
}

fn unknown(directive: &Directive, value: &str, version: Version, range: TextRange) -> ValueError {
    ValueError {
        range,
        problem: Problem::Word,
        expected: listed(directive, version),
        nearest: nearest(value, known(directive, version)),
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
