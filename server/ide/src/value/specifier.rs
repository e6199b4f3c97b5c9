//! Specifiers: `%` and a letter, as `specifier_printf()` replaces them (systemd.unit(5), "Specifiers").

use std::ops::Range;

use unit_catalog::{Version, table};

use super::{Checker, ValueError};
use crate::workspace::UnitName;

/// Which specifiers a value is read with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SpecifierSet {
    /// All of them, as `unit_full_printf()` and `unit_path_printf()` do: most values.
    Unit,
    /// Those that are safe in unit names, as `unit_name_printf()` does: values that name units, and `[Install]`.
    Name,
}

/// The first `%x` that this systemd cannot replace: the value is then refused as a whole.
///
/// `%%` is a percent sign; `%` before anything but a letter or a digit, or at the end, stands for itself.
pub(crate) fn bad_specifier(text: &str, set: SpecifierSet, version: Version) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(percent) = text.get(from..).and_then(|rest| rest.find('%')).map(|found| from + found) {
        match bytes.get(percent + 1) {
            Some(letter) if letter.is_ascii_alphanumeric() => {
                let known = table::specifier(char::from(*letter)).is_some_and(|specifier| {
                    specifier.since <= version && (specifier.names || set == SpecifierSet::Unit)
                });
                if !known {
                    return Some(percent..percent + 2);
                }
                from = percent + 2;
            }
            Some(b'%') => from = percent + 2,
            _ => from = percent + 1,
        }
    }
    None
}

/// What `%letter` becomes for a unit of this name; `None` where the name alone does not tell, as for templates'
/// instances.
pub(crate) fn expansion(letter: char, unit: &UnitName) -> Option<String> {
    match letter {
        'f' => {
            let of = if unit.instance().is_some() { "%I" } else { "%P" };
            unit.expand(of).map(|path| format!("/{}", path.trim_start_matches('/')))
        }
        _ => unit.expand(&format!("%{letter}")),
    }
}

/// Whether `text` may begin with a slash once its specifiers are replaced.
pub(crate) fn starts_absolute(text: &str) -> bool {
    let mut text = text;
    // These two are empty but for managers in a control group of their own.
    while let Some(rest) = text.strip_prefix("%R").or_else(|| text.strip_prefix("%r")) {
        text = rest;
    }
    match text.strip_prefix('%').and_then(|rest| rest.chars().next()) {
        // Directories and files; the instance may have been escaped with its first slash.
        Some(letter) => "CDELSTVYcdfhstyI".contains(letter),
        None => text.starts_with('/'),
    }
}

impl Checker<'_> {
    /// Reports the value's first specifier that cannot be replaced, if there is one.
    pub(crate) fn report_specifier(&mut self) -> bool {
        let bad = bad_specifier(self.value, SpecifierSet::Unit, self.context.version);
        bad.map(|bad| self.specifier(bad)).is_some()
    }

    /// Reports a specifier that cannot be replaced.
    pub(crate) fn specifier(&mut self, part: Range<usize>) -> &mut ValueError {
        let letter = self.value.get(part.start + 1..part.end).and_then(|letter| letter.chars().next());
        let what = match letter.and_then(table::specifier) {
            Some(known) if known.since > self.context.version => "no specifier of this systemd",
            Some(_) => "no specifier that may stand here",
            None => "no specifier",
        };
        let instead = self.value.get(part.clone()).map(|written| format!("%{written}"));
        self.report(part, what, "specifiers, and %% for a percent sign").instead(instead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_replaced() {
        let bad = |text, set, version| bad_specifier(text, set, Version(version));
        for good in ["", "%", "%%", "100%", "% x", "%-", "%ü", "%n%i", "%%Z", "a%"] {
            assert_eq!(bad(good, SpecifierSet::Unit, 252), None, "{good}");
        }
        assert_eq!(bad("a%Zb", SpecifierSet::Unit, 262), Some(1..3));
        assert_eq!(bad("%%%5", SpecifierSet::Unit, 262), Some(2..4));
        assert_eq!(bad("%D", SpecifierSet::Unit, 255), Some(0..2));
        assert_eq!(bad("%D", SpecifierSet::Unit, 256), None);
        assert_eq!(bad("foo-%t.service", SpecifierSet::Name, 262), Some(4..6));
        assert_eq!(bad("foo-%i.service", SpecifierSet::Name, 262), None);
    }

    #[test]
    fn beginnings_of_paths() {
        for absolute in ["/", "%t", "%h/x", "%I", "%R/x", "%f"] {
            assert!(starts_absolute(absolute), "{absolute}");
        }
        for relative in ["", "x", "%", "%%/", "%n", "%i/x", "%R", "%-"] {
            assert!(!starts_absolute(relative), "{relative}");
        }
    }

    #[test]
    fn replacements() {
        let unit = UnitName::parse("a-b@dev-sda1.service").expect("a valid name");
        for (letter, text) in
            [('n', "a-b@dev-sda1.service"), ('i', "dev-sda1"), ('f', "/dev/sda1"), ('%', "%")]
        {
            assert_eq!(expansion(letter, &unit).as_deref(), Some(text), "{letter}");
        }
        assert_eq!(expansion('t', &unit), None);
        let template = UnitName::parse("a@.service").expect("a valid name");
        assert_eq!((expansion('i', &template), expansion('f', &template)), (None, None));
        assert_eq!(expansion('p', &template).as_deref(), Some("a"));
    }
}
