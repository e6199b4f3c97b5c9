//! Names of units as values: lists of them, the one that is triggered, slices, instances.

use unit_catalog::{UnitType, special_unit};

use super::{refuse_word_specifier, split, unheard};
use crate::value::extract_word::{Extract, words};
use crate::value::specifier::{Expansion, SpecifierSet};
use crate::value::{Checker, nearest};
use crate::workspace::UnitName;

/// The longest name of a unit in bytes.
const LONGEST: usize = 255;

fn is_unit_name(text: &str) -> bool {
    UnitName::parse(text).is_some()
}

/// What is wrong with a text that is no unit's name.
fn fault(text: &str) -> &'static str {
    match text.rsplit_once('.') {
        _ if text.len() > LONGEST => "too long for a unit's name (255 bytes at most)",
        _ if text.starts_with('/') => "a path and no unit's name",
        Some((_, suffix)) if UnitType::from_suffix(suffix).is_some() => "no unit's name",
        _ => "no unit's name (it does not end with a type such as .service)",
    }
}

/// The name that was probably meant: the missing suffix added, a wrong one mended.
fn meant(text: &str) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    let plain =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":_.%@-".contains(&byte));
    let name = if let Some(path) = text.strip_prefix('/').filter(|path| !path.contains(['-', '%'])) {
        let suffix = if path.starts_with("dev/") { "device" } else { "mount" };
        format!("{}.{suffix}", path.trim_end_matches('/').replace('/', "-"))
    } else if !plain(text) {
        return None;
    } else {
        let suffixes = UnitType::ALL.iter().map(|unit_type| unit_type.suffix());
        let near = text.rsplit_once('.').and_then(|(stem, suffix)| Some((stem, nearest(suffix, suffixes)?)));
        match near {
            Some((stem, suffix)) => format!("{stem}.{suffix}"),
            None => {
                let special = |suffix: &&str| special_unit(&format!("{text}.{suffix}")).is_some();
                let suffix = ["target", "service", "socket"].into_iter().find(special).unwrap_or("service");
                format!("{text}.{suffix}")
            }
        }
    };
    Expansion::new(&name, None).possible(is_unit_name).then_some(name)
}

/// The same stem with the type that is asked for.
fn with_suffix(text: &str, suffix: &str) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    let stem = match text.rsplit_once('.') {
        Some((stem, other))
            if nearest(other, [suffix]).is_some() || UnitType::from_suffix(other).is_some() =>
        {
            stem
        }
        _ => text,
    };
    let name = format!("{stem}.{suffix}");
    Expansion::new(&name, None).possible(is_unit_name).then_some(name)
}

/// Judges lists such as `After=` and `WantedBy=`: bad words are ignored one by one.
pub(super) fn check_list(checker: &mut Checker<'_>) {
    let own_type = (checker.context.directive.name == "Alias").then_some(checker.context.unit_type);
    for word in words(checker.value, Extract::RETAIN_ESCAPE) {
        let Some(word) = split(checker, word) else { break };
        if refuse_word_specifier(checker, &word, SpecifierSet::Name) {
            continue;
        }
        let text = word.text.as_ref();
        if !checker.possible(text, is_unit_name) {
            let error = checker.report(word.range, fault(text), "full names of units such as foo.service");
            unheard(error.instead(meant(text)));
        } else if let Some(suffix) = own_type.map(UnitType::suffix)
            && !text.ends_with(suffix)
        {
            let error =
                checker.report(word.range, "of another type than the unit", "names of the unit's own type");
            unheard(error.instead(with_suffix(text, suffix)));
        }
    }
    // `systemctl enable` reads those of [Install].
    if !checker.context.directive.validated_at_load {
        for error in &mut checker.errors {
            unheard(error);
        }
    }
}

/// Judges the unit that a timer, a path unit or a socket starts.
pub(super) fn check_triggered(checker: &mut Checker<'_>) {
    let value = checker.value;
    if checker.refuse_specifier(SpecifierSet::Name) {
        return;
    }
    let service = checker.context.directive.name == "Service";
    let name =
        |text: &str| UnitName::parse(text).filter(|name| !service || name.unit_type() == UnitType::Service);
    if !checker.possible(value, |text| name(text).is_some()) {
        let (what, expected, instead) = match service {
            true => ("no service", "the full name of a service", with_suffix(value, "service")),
            false => (fault(value), "the full name of a unit", meant(value)),
        };
        checker.whole(what, expected).instead(instead);
    } else if triggers_itself(checker) {
        checker.whole("the unit itself", "the full name of another unit");
    } else if service && !checker.possible(value, |text| name(text).is_some_and(|name| !name.is_template())) {
        checker.whole("a template without an instance", "the full name of a service");
    }
}

/// Whether what the unit is to trigger is that unit; sure of templates too where it says so by specifier.
fn triggers_itself(checker: &Checker<'_>) -> bool {
    let own = checker.context.unit.map(UnitName::as_str);
    checker.value == "%n" || own.is_some() && checker.expanded(checker.value).known() == own
}

/// Judges the value of `Sockets=`: bad words are ignored one by one.
pub(super) fn check_sockets(checker: &mut Checker<'_>) {
    for word in words(checker.value, Extract::PLAIN) {
        let Some(word) = split(checker, word) else { break };
        if refuse_word_specifier(checker, &word, SpecifierSet::Name) {
            continue;
        }
        let text = word.text.as_ref();
        let expected = "full names of sockets such as foo.socket";
        if !text.ends_with(".socket") {
            checker
                .report(word.range, "no socket", expected)
                .word_only()
                .instead(with_suffix(text, "socket"));
        } else if !checker.possible(text, is_unit_name) {
            unheard(checker.report(word.range, "no unit's name", expected));
        }
    }
}

/// Judges the value of `Slice=`.
pub(super) fn check_slice(checker: &mut Checker<'_>) {
    let value = checker.value;
    if checker.refuse_specifier(SpecifierSet::Name) {
        return;
    }
    if checker.context.unit_type == UnitType::Slice {
        // "Failed to assign slice": its parent is the one that its name says.
        checker.whole("set in a slice, whose own name says which slice it is in", "effect in other units");
    } else if !checker.possible(value, |text| slice(text).is_none()) {
        let what = slice(value).unwrap_or("no slice");
        checker
            .whole(what, "the full name of a slice such as app.slice")
            .instead(with_suffix(value, "slice"));
    }
}

/// What keeps a text from being the name of a slice.
fn slice(text: &str) -> Option<&'static str> {
    let Some(name) = UnitName::parse(text).filter(|name| name.unit_type() == UnitType::Slice) else {
        return Some("no slice");
    };
    name.instance().is_some().then_some("a template or an instance, which slices cannot be")
}

/// Judges the value of `DefaultInstance=`, which `systemctl enable` reads.
pub(super) fn check_instance(checker: &mut Checker<'_>) {
    let valid =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":-_.\\@".contains(&byte));
    if !checker.possible(checker.value, valid) {
        unheard(checker.whole("no instance", "what stands behind `@` in a unit's name"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Effect;
    use crate::value::name::tests::{faults, refused};

    #[test]
    fn names_that_were_meant() {
        for (text, name) in [
            ("network", Some("network.target")),
            ("foo", Some("foo.service")),
            ("dbus", Some("dbus.service")),
            ("foo.servce", Some("foo.service")),
            ("foo.bar", Some("foo.bar.service")),
            ("foo@%i", Some("foo@%i.service")),
            ("/dev/sda1", Some("dev-sda1.device")),
            ("/home/x/", Some("home-x.mount")),
            ("a b", None),
            ("é", None),
            ("@", None),
        ] {
            assert_eq!(meant(text).as_deref(), name, "{text}");
        }
    }

    #[test]
    fn lists() {
        let found = faults("Unit", "After", "network foo.service a@.service \"b c\\x2dd.service", 262);
        let parts: Vec<_> = found.iter().map(|fault| (fault.range.start, fault.effect)).collect();
        assert_eq!(parts, [(0, Effect::DropsWord), (31, Effect::DropsWord)]);
        assert_eq!(refused("Unit", "Wants", "a-%i.service x-%t.mount", 262), ["%t"]);
        assert_eq!(refused("Install", "WantedBy", "x-%t.mount 'a", 262), [""; 0]);
        let found = faults("Install", "Alias", "foo.target", 262);
        assert_eq!(found[0].instead.as_deref(), Some("foo.service"));
    }

    #[test]
    fn triggered() {
        for (key, value, good) in [
            ("Service", "foo.service", true),
            ("Service", "foo@%i.service", true),
            ("Service", "foo@.service", false),
            ("Service", "foo.target", false),
            ("Service", "a/b.service", false),
        ] {
            assert_eq!(refused("Socket", key, value, 262).is_empty(), good, "{value}");
        }
        assert_eq!(refused("Timer", "Unit", "foo", 262), ["foo"]);
        assert_eq!(refused("Timer", "Unit", "foo.target", 262), [""; 0]);
        assert_eq!(refused("Service", "Sockets", r"a.socket b \c.sock\et", 262), ["b"]);
    }

    #[test]
    fn slices_and_instances() {
        for (value, good) in [
            ("app.slice", true),
            ("-.slice", true),
            ("a-%i.slice", true),
            ("app", false),
            ("a@b.slice", false),
        ] {
            assert_eq!(refused("Service", "Slice", value, 262).is_empty(), good, "{value}");
        }
        assert_eq!(faults("Install", "DefaultInstance", "a b", 262)[0].effect, Effect::DropsWord);
        assert_eq!(faults("Install", "DefaultInstance", "tty1", 262), []);
    }
}
