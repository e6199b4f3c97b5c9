//! Where a service's standard streams lead, as `config_parse_exec_input()` and `config_parse_exec_output()` read it.

use unit_catalog::ValueKind as K;

use super::words;
use crate::value::piece::Piece;
use crate::value::specifier::SpecifierSet;
use crate::value::{Checker, Effect, Problem, ValueError};

/// Judges a value of `StandardInput=` or of its sisters.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) {
    let value = checker.value;
    let argument = |prefix: &str| Piece::of_value(value).strip_prefix(prefix);
    if let Some(name) = argument("fd:") {
        // Of an output's name that cannot be expanded, which includes too long ones, it is only logged.
        let lenient = |error: &mut ValueError| {
            if kind == K::StdOutput {
                error.dropped();
            }
        };
        const EXPECTED: &str = "`fd:` and up to 255 ASCII characters without colon";
        let known = |name: &str| name.bytes().all(|byte| (b' '..127).contains(&byte) && byte != b':');
        if let Some(error) = checker.specifier(name, SpecifierSet::Unit) {
            lenient(error);
        } else if !checker.possible(name.text, |name| name.len() <= 255) {
            lenient(checker.report(name.range(), "too long", EXPECTED));
        } else if !checker.possible(name.text, known) {
            checker.report(name.range(), "no name of a file descriptor", EXPECTED);
        }
        return;
    }
    let prefixes: &[&str] = if kind == K::StdInput { &["file:"] } else { &["file:", "append:", "truncate:"] };
    match prefixes.iter().find_map(|prefix| argument(prefix)) {
        Some(path) => {
            let good = |path: &str| path.starts_with('/') && !path.split('/').any(|part| part == "..");
            if checker.specifier(path, SpecifierSet::Unit).is_none() && !checker.possible(path.text, good) {
                // systemd only logs that it has no use for such a path.
                checker.report(path.range(), "not used", "an absolute path without `..`").dropped();
            }
        }
        None if value.starts_with('/') => {
            let (expected, meant) = match kind {
                K::StdInput => ("`file:` before a path", format!("file:{value}")),
                _ => ("`append:`, `file:` or `truncate:` before a path", format!("append:{value}")),
            };
            checker.whole("a bare path", expected).problem(Problem::Word).instead(Some(meant));
        }
        None if prefixes.iter().any(|prefix| prefix.strip_suffix(':') == Some(value)) => {
            checker.whole("without a path", "`file:` and such before a path").effect = Effect::Silence;
        }
        None => words::check(checker),
    }
}
