//! Booleans, as `parse_boolean()` reads them.

use super::switch;
use crate::value::{Checker, Problem, nearest};

/// The meaning of a boolean spelling in any letter case; `None` for every other text.
pub fn boolean(text: &str) -> Option<bool> {
    let is = |words: [&str; 6]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(["1", "yes", "y", "true", "t", "on"]) {
        Some(true)
    } else if is(["0", "no", "n", "false", "f", "off"]) {
        Some(false)
    } else {
        None
    }
}

/// Judges a boolean.
pub(super) fn check(checker: &mut Checker<'_>) {
    let (value, directive) = (checker.value, checker.context.directive);
    if boolean(value).is_some() {
        return;
    }
    const EXPECTED: &str = "yes or no (also true/false, on/off, y/n, t/f, 1/0)";
    let report = match switch::too_new(directive.kind, value) {
        Some(since) => checker.whole("too new", EXPECTED).problem(Problem::WordTooNew(since)),
        None => checker.whole("no boolean", EXPECTED).problem(Problem::Boolean),
    };
    report.instead(nearest(value, ["yes", "no", "true", "false", "on", "off"]));
}

#[cfg(test)]
mod tests {
    use super::boolean;

    #[test]
    fn spellings() {
        for (text, meaning) in
            [("YES", Some(true)), ("t", Some(true)), ("Off", Some(false)), ("0", Some(false))]
        {
            assert_eq!(boolean(text), meaning);
        }
        for text in ["", "2", "yess", " yes", "enabled", "01"] {
            assert_eq!(boolean(text), None, "{text}");
        }
    }
}
