//! Where a service's standard streams lead, as `config_parse_exec_input()` and `config_parse_exec_output()` read it.

use unit_catalog::ValueKind as K;

use super::words;
use crate::value::specifier::{SpecifierSet, bad_specifier};
use crate::value::{Checker, Problem, ValueError};

/// Judges a value of `StandardInput=` or of its sisters.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) {
    let value = checker.value;
    let argument = |prefix: &str| value.strip_prefix(prefix).map(|argument| (prefix.len(), argument));
    if let Some((start, name)) = argument("fd:") {
        // Of an output's name that cannot be expanded, which includes too long ones, it is only logged.
        let lenient = |error: &mut ValueError| {
            if kind == K::StdOutput {
                error.dropped();
            }
        };
        const EXPECTED: &str = "`fd:` and up to 255 ASCII characters without colon";
        if let Some(bad) = bad_specifier(name, SpecifierSet::Unit, checker.context.version) {
            lenient(checker.specifier(start + bad.start..start + bad.end));
        } else if name.len() > 255 {
            lenient(checker.report(start..value.len(), "too long", EXPECTED));
        } else if !name.bytes().all(|byte| (b' '..127).contains(&byte) && byte != b':') {
            checker.report(start..value.len(), "no name of a file descriptor", EXPECTED);
        }
        return;
    }
    let prefixes: &[&str] = if kind == K::StdInput { &["file:"] } else { &["file:", "append:", "truncate:"] };
    match prefixes.iter().find_map(|prefix| argument(prefix)) {
        Some((start, path)) => {
            let bad = bad_specifier(path, SpecifierSet::Unit, checker.context.version);
            if let Some(bad) = bad {
                checker.specifier(start + bad.start..start + bad.end);
            } else if !path.starts_with(['/', '%']) || path.split('/').any(|part| part == "..") {
                // systemd only logs that it has no use for such a path.
                checker.report(start..value.len(), "not used", "an absolute path without `..`").dropped();
            }
        }
        None if value.starts_with('/') => {
            let (expected, meant) = match kind {
                K::StdInput => ("`file:` before a path", format!("file:{value}")),
                _ => ("`append:`, `file:` or `truncate:` before a path", format!("append:{value}")),
            };
            checker.whole("a bare path", expected).problem(Problem::Word).instead(Some(meant));
        }
        None => words::check(checker),
    }
}
