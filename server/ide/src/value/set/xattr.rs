//! Extended attributes: `user.NAME=VALUE`, as `config_parse_xattr()` reads them.

use crate::value::Checker;
use crate::value::specifier::{SpecifierSet, bad_specifier};

const EXPECTED: &str = "an attribute and its value such as user.color=blue";

/// Judges an attribute: name and value get their specifiers replaced, each for itself.
pub(super) fn check(checker: &mut Checker<'_>) {
    let value = checker.value;
    let Some((name, _)) = value.split_once('=') else {
        checker.whole("without =", EXPECTED);
        return;
    };
    if let Some(bad) = bad_specifier(value, SpecifierSet::Unit, checker.context.version) {
        checker.specifier(bad);
    } else if !name.starts_with("user.") && !name.starts_with('%') {
        let meant = (!name.is_empty()).then(|| format!("user.{name}"));
        checker.report(0..name.len(), "no name below user.", EXPECTED).instead(meant);
    }
}
