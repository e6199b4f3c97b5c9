//! Specifiers: `%` and a letter, as `specifier_printf()` replaces them (systemd.unit(5), "Specifiers").

use std::borrow::Cow;
use std::ops::Range;

use unit_catalog::{Version, table};

use super::piece::Piece;
use super::{Checker, ValueError};
use crate::workspace::{Scope, UnitName};

/// Which specifiers a value is read with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SpecifierSet {
    /// All of them, as `unit_full_printf()` and `unit_path_printf()` do: most values.
    Unit,
    /// Those that are safe in unit names, as `unit_name_printf()` does: values that name units, and `[Install]`.
    Name,
}

/// The next specifier of a text at or behind `from`: where its `%` stands, and its letter, which may be `%`.
///
/// `%` before anything but a letter or a digit, or at the end, stands for itself.
fn next_specifier(text: &str, from: usize) -> Option<(usize, char)> {
    let bytes = text.as_bytes();
    let mut from = from;
    loop {
        let percent = from + text.get(from..)?.find('%')?;
        match bytes.get(percent + 1) {
            Some(letter) if letter.is_ascii_alphanumeric() || *letter == b'%' => {
                return Some((percent, char::from(*letter)));
            }
            _ => from = percent + 1,
        }
    }
}

/// The specifiers of a text, `%%` among them, from the left: where their `%` stand, and their letters.
pub(crate) fn specifiers(text: &str) -> impl Iterator<Item = (usize, char)> {
    let first = next_specifier(text, 0);
    std::iter::successors(first, move |(percent, _)| next_specifier(text, percent + 2))
}

/// The first `%x` that this systemd cannot replace, or not for this unit: the value is then refused as a whole.
pub(crate) fn bad_specifier(
    text: &str,
    set: SpecifierSet,
    version: Version,
    unit: Option<&UnitName>,
) -> Option<Range<usize>> {
    let good = |letter: char| {
        table::specifier(letter).is_some_and(|specifier| {
            specifier.since <= version && (specifier.names || set == SpecifierSet::Unit)
        }) && unit.is_none_or(|unit| unit.allows(letter))
    };
    let bad = specifiers(text).find(|(_, letter)| *letter != '%' && !good(*letter));
    bad.map(|(percent, _)| percent..percent + 2)
}

/// A text with its specifiers replaced, as far as the unit's name tells what stands for them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Expansion<'t> {
    /// What it becomes; where `open`, with the specifiers in it that the name does not tell, and with `%%`.
    text: Cow<'t, str>,
    /// Whether it has specifiers that only the machine, or the instance of a template, tells.
    open: bool,
    /// Whether an instance may be nothing, as units that are no instances have none.
    instance: Instance,
}

/// What may stand for the specifiers of an instance where they are open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Instance {
    /// The text belongs to a template, which is nothing without an instance.
    Given,
    /// It may belong to any unit.
    Perhaps,
}

impl<'t> Expansion<'t> {
    /// Replaces what the name of `unit` tells. Does not allocate where the text has no `%`.
    pub(crate) fn new(text: &'t str, unit: Option<&UnitName>) -> Self {
        let instance = match unit {
            Some(unit) if unit.is_template() => Instance::Given,
            _ => Instance::Perhaps,
        };
        if !text.contains('%') {
            return Self { text: text.into(), open: false, instance };
        }
        let mut open = false;
        let known = replaced(text, |letter, out| match told(letter, unit) {
            Some(known) => out.push_str(&known),
            None => open = true,
        });
        if !open {
            return Self { text: known.into(), open, instance };
        }
        let replaced = replaced(text, |letter, out| match told(letter, unit) {
            // What stays open is read once more.
            Some(known) => out.push_str(&known.replace('%', "%%")),
            None => out.extend(['%', letter]),
        });
        Self { text: replaced.into(), open, instance }
    }

    /// What it becomes for sure.
    pub(crate) fn known(&self) -> Option<&str> {
        (!self.open).then_some(&*self.text)
    }

    /// The text with the specifiers that its unit's name does not tell, and `%%`, where there are such.
    pub(crate) fn open(&self) -> Option<&str> {
        self.open.then_some(&*self.text)
    }

    /// Why the text is not taken: nothing where it is, or may be once the machine has its say.
    pub(crate) fn fault<F>(&self, fault: impl Fn(&str) -> Option<F>) -> Option<F> {
        if !self.open {
            return fault(&self.text);
        }
        let mut first = None;
        for variant in 0..VARIANTS {
            first = first.or(Some(fault(&self.filled(variant))?));
        }
        first
    }

    /// Whether the text passes the test, or may do so once the machine has its say.
    pub(crate) fn possible(&self, valid: impl Fn(&str) -> bool) -> bool {
        self.fault(|text| (!valid(text)).then_some(())).is_none()
    }

    /// The open text with something that may stand for its specifiers.
    fn filled(&self, variant: usize) -> String {
        replaced(&self.text, |letter, out| {
            let fillers: &[&str] = match letter {
                '%' => &["%"],
                // Names as they are escaped, and as they are not: any text.
                'i' | 'j' | 'p' | 'N' if self.instance == Instance::Given => &["x", "1"],
                'i' => &["x", "1", ""],
                'j' | 'p' | 'N' => &["x", "1"],
                'I' | 'J' | 'P' => match self.instance {
                    Instance::Given => &["x", "1", "/x", "a=1", "dev/x", "/dev/x"],
                    Instance::Perhaps => &["x", "1", "/x", "a=1", "dev/x", "/dev/x", ""],
                },
                'n' => &["x.service"],
                // What os-release may have or lack.
                'A' | 'B' | 'M' | 'W' | 'w' => &["x", "1", ""],
                // Control groups: the system manager's is named by nothing.
                'R' | 'r' => &[""],
                'f' => &["/x", "/a=1", "/dev/x"],
                'C' | 'D' | 'E' | 'L' | 'S' | 'T' | 'V' | 'Y' | 'c' | 'd' | 'h' | 's' | 't' | 'y' => &["/x"],
                'G' | 'U' => &["0", "1"],
                'b' | 'm' => &["0123456789abcdef0123456789abcdef", "abcdef0123456789abcdef0123456789"],
                'v' => &["6.1.0"],
                _ => &["x"],
            };
            out.push_str(fillers[variant % fillers.len()]);
        })
    }
}

/// A text with all of its specifiers replaced; `None` where it has none but percent signs, or one that nobody knows
/// before the unit is loaded. Of a user's manager little is known; the system's has the directories of
/// systemd.unit(5), "Specifiers", and is root.
pub(crate) fn resolved(text: &str, unit: Option<&UnitName>, scope: Scope) -> Option<String> {
    let of_manager = |letter: char| match letter {
        _ if scope == Scope::User => None,
        'C' => Some("/var/cache"),
        'D' => Some("/usr/share"),
        'E' => Some("/etc"),
        'L' => Some("/var/log"),
        'S' => Some("/var/lib"),
        'T' => Some("/tmp"),
        'V' => Some("/var/tmp"),
        't' => Some("/run"),
        'h' => Some("/root"),
        'u' | 'g' => Some("root"),
        'U' | 'G' => Some("0"),
        _ => None,
    };
    specifiers(text).find(|(_, letter)| *letter != '%')?;
    let mut known = true;
    let becomes = replaced(text, |letter, out| match (told(letter, unit), of_manager(letter)) {
        (Some(text), _) => out.push_str(&text),
        (None, Some(text)) => out.push_str(text),
        (None, None) => known = false,
    });
    known.then_some(becomes)
}

/// What the name of the unit makes of `%letter`; `%%` is a percent sign for any unit.
fn told(letter: char, unit: Option<&UnitName>) -> Option<Cow<'_, str>> {
    match letter {
        '%' => Some("%".into()),
        letter => unit?.specifier(letter).ok(),
    }
}

/// So many of the fillers of an open specifier are tried: all that the longest list has.
const VARIANTS: usize = 7;

/// The text with what `write` writes in place of each specifier.
fn replaced(text: &str, mut write: impl FnMut(char, &mut String)) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (percent, letter) in specifiers(text) {
        out.push_str(&text[from..percent]);
        write(letter, &mut out);
        from = percent + 2;
    }
    out.push_str(&text[from..]);
    out
}

impl Checker<'_> {
    /// The text as the unit's name makes it.
    pub(crate) fn expanded<'t>(&self, text: &'t str) -> Expansion<'t> {
        Expansion::new(text, self.context.unit)
    }

    /// The piece's first specifier that this systemd cannot replace.
    pub(crate) fn bad_specifier(&self, piece: Piece<'_>, set: SpecifierSet) -> Option<Range<usize>> {
        bad_specifier(piece.text, set, self.context.version, self.context.unit)
    }

    /// Whether the text passes the test once its specifiers are replaced, or may do so.
    pub(crate) fn possible(&self, text: &str, valid: impl Fn(&str) -> bool) -> bool {
        self.expanded(text).possible(valid)
    }

    /// Reports the value's first specifier that cannot be replaced; whether there is one.
    pub(crate) fn refuse_specifier(&mut self, set: SpecifierSet) -> bool {
        self.specifier(Piece::of_value(self.value), set).is_some()
    }

    /// Reports the piece's first specifier that cannot be replaced, if there is one.
    pub(crate) fn specifier(&mut self, piece: Piece<'_>, set: SpecifierSet) -> Option<&mut ValueError> {
        let bad = self.bad_specifier(piece, set)?;
        let specifier = piece.text.get(bad.clone()).unwrap_or_default();
        let impossible = bad_specifier(specifier, set, self.context.version, None).is_none();
        let what = match specifier.chars().nth(1).and_then(table::specifier) {
            Some(known) if known.since > self.context.version => "no specifier of this systemd",
            Some(_) if impossible => "no specifier that this unit's name could stand for",
            Some(_) => "no specifier that may stand here",
            None => "no specifier",
        };
        let part = piece.place(bad.clone());
        let exact = self.value.get(part.clone()) == Some(specifier);
        let instead = (exact && !impossible).then(|| format!("%{specifier}"));
        Some(self.report(part, what, "specifiers, and %% for a percent sign").instead(instead))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_replaced() {
        let bad = |text, set, version| bad_specifier(text, set, Version(version), None);
        for good in ["", "%", "%%", "100%", "% x", "%-", "%ü", "%n%i", "%%Z", "a%"] {
            assert_eq!(bad(good, SpecifierSet::Unit, 252), None, "{good}");
        }
        assert_eq!(bad("a%Zb", SpecifierSet::Unit, 262), Some(1..3));
        assert_eq!(bad("%%%5", SpecifierSet::Unit, 262), Some(2..4));
        assert_eq!(bad("%D", SpecifierSet::Unit, 255), Some(0..2));
        assert_eq!(bad("%D", SpecifierSet::Unit, 256), None);
        assert_eq!(bad("foo-%t.service", SpecifierSet::Name, 262), Some(4..6));
        assert_eq!(bad("foo-%i.service", SpecifierSet::Name, 262), None);
        let unit = UnitName::parse("a@-b.service").expect("a unit's name");
        let bad = |text| bad_specifier(text, SpecifierSet::Unit, Version::NEWEST, Some(&unit));
        assert_eq!((bad("%I%P"), bad("/x %f")), (None, Some(3..5)));
    }

    fn known(text: &str, unit: &str) -> Option<String> {
        let unit = UnitName::parse(unit).expect("a unit's name");
        Expansion::new(text, Some(&unit)).known().map(str::to_owned)
    }

    #[test]
    fn what_the_name_tells() {
        let unit = "a-b@dev-sda1.service";
        for (text, becomes) in [
            ("", ""),
            ("x", "x"),
            ("100%", "100%"),
            ("%%i", "%i"),
            ("%i/%I", "dev-sda1/dev/sda1"),
            ("%n %N", "a-b@dev-sda1.service a-b@dev-sda1"),
            ("%p %P %j %J", "a-b a/b b b"),
            ("%f%-%", "/dev/sda1%-%"),
        ] {
            assert_eq!(known(text, unit).as_deref(), Some(becomes), "{text}");
        }
        assert_eq!(known("x%i%I", "a.service").as_deref(), Some("x"));
        assert_eq!(known("%f", "a-b.service").as_deref(), Some("/a/b"));
        assert_eq!(known("%t/%p", unit), None);
        assert_eq!(known("%i", "a@.service"), None);
        assert_eq!(known("%p", "a@.service").as_deref(), Some("a"));
        // A percent sign of the name begins no specifier.
        assert_eq!(known("%I", "a@x\\x25i.service").as_deref(), Some("x%i"));
        let unit = UnitName::parse("a@x\\x25i.service").expect("a unit's name");
        assert_eq!(Expansion::new("%I%u", Some(&unit)).filled(0), "x%ix");
    }

    #[test]
    fn what_the_machine_may_tell() {
        let possible = |text: &str, valid: fn(&str) -> bool| Expansion::new(text, None).possible(valid);
        assert!(possible("%i", |text| text == "1") && possible("%I", |text| text.starts_with('/')));
        assert!(possible("%t/x", |text| text == "/x/x"));
        assert!(!possible("%t", |text| text == "1") && !possible("%u", |text| text.starts_with('/')));
        assert!(possible("%%Z", |text| text == "%Z"));
        let template = UnitName::parse("a@.service").expect("a unit's name");
        assert!(!Expansion::new("%i", Some(&template)).possible(str::is_empty));
        // The first fault is told where there is no way out.
        assert_eq!(Expansion::new("%U", None).fault(|text| Some(text.to_owned())).as_deref(), Some("0"));
    }

    #[test]
    fn without_specifiers_nothing_is_copied() {
        assert!(matches!(Expansion::new("a b", None).text, Cow::Borrowed("a b")));
    }
}
