//! Extended attributes: `user.NAME=VALUE`, as `config_parse_xattr()` reads them.

use crate::value::Checker;
use crate::value::specifier::SpecifierSet;

const EXPECTED: &str = "an attribute and its value such as user.color=blue";

/// Judges an attribute: name and value get their specifiers replaced, each for itself.
pub(super) fn check(checker: &mut Checker<'_>) {
    let value = checker.value;
    let Some((name, _)) = value.split_once('=') else {
        checker.whole("without =", EXPECTED);
        return;
    };
    if checker.refuse_specifier(SpecifierSet::Unit) {
        return;
    }
    if !checker.possible(name, |name| name.starts_with("user.")) {
        let meant = (!name.is_empty()).then(|| format!("user.{name}"));
        checker.report(0..name.len(), "no name below user.", EXPECTED).instead(meant);
    }
}
