//! Numbers and words: booleans, enumerations, time, sizes, ranges.

mod boolean;
pub(super) mod time_span;
mod words;

use unit_catalog::{Section, ValueKind as K};

use super::{Checker, Problem, nearest};

pub use boolean::boolean;
pub use time_span::{TimeSpan, time_span};
pub use words::canonical_word;

/// Judges a value of one of this family's kinds; false for all others.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) -> bool {
    match kind {
        K::Boolean | K::Tristate => {
            if boolean(checker.value).is_none() {
                let nearest = nearest(checker.value, ["yes", "no", "true", "false", "on", "off"]);
                checker
                    .whole("no boolean", "yes or no (also true/false, on/off, y/n, t/f, 1/0)")
                    .problem(Problem::Boolean)
                    .instead(nearest);
            }
        }
        K::Enum => words::check(checker),
        _ => {
            let Some(span) = time_span::kind(kind) else {
                return false;
            };
            let directive = checker.context.directive;
            // config_parse_timer() expands specifiers first; the user's number is a time span too.
            let timer = directive.section == Section::Timer && directive.name.starts_with("On");
            if time_span::parse(checker.value, span).is_none() && !(timer && checker.value.contains('%')) {
                let expected = match span.infinity {
                    true => "a time span such as 5s, 1min 30s or infinity",
                    false => "a time span such as 5s or 1min 30s",
                };
                checker.whole("no time span", expected).problem(Problem::TimeSpan);
            }
        }
    }
    true
}
