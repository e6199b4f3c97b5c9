//! Names on the bus, as `sd_bus_service_name_is_valid()` takes them.

use crate::value::Checker;
use crate::value::specifier::SpecifierSet;

/// Whether a service may own this name: at least two elements, none empty or starting with a digit.
///
/// A name with specifiers may be one; that is not known before run time.
pub fn bus_name(name: &str) -> bool {
    name.contains('%') || literal(name)
}

fn literal(name: &str) -> bool {
    let element = |element: &str| {
        !element.is_empty()
            && !element.starts_with(|first: char| first.is_ascii_digit())
            && element.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    };
    name.len() <= 255 && name.contains('.') && name.split('.').all(element)
}

/// Judges the value of `BusName=`.
pub(super) fn check(checker: &mut Checker<'_>) {
    let value = checker.value;
    if checker.refuse_specifier(SpecifierSet::Unit) {
        return;
    }
    // systemd lets a unique name pass too, though none can be asked for.
    let name = value.strip_prefix(':').unwrap_or(value);
    if !checker.possible(name, literal) {
        checker.whole("no bus name", "a name of two or more parts such as org.example.Lamp");
    }
}

#[cfg(test)]
mod tests {
    use super::bus_name;
    use crate::value::name::tests::refused;

    #[test]
    fn values() {
        for (value, good) in [("org.example.%i", true), ("lamp", false), ("%t", false), ("a.%Z", false)] {
            assert_eq!(refused("Service", "BusName", value, 262).is_empty(), good, "{value}");
        }
    }

    #[test]
    fn names() {
        for name in ["org.example.Lamp", "a.b", "_a.-b", "org.example.%i"] {
            assert!(bus_name(name), "{name}");
        }
        for name in ["", "lamp", ".a", "a.", "a..b", "a.1b", "a.b c", "a.ü", ":1.7"] {
            assert!(!bus_name(name), "{name}");
        }
    }
}
