//! Sets and conditions: what is left when numbers, paths and names are taken away, free text above all.

pub(super) mod base64;
mod condition;
mod fields;
mod luo_session;
mod oom_rules;
mod text;
mod xattr;

use unit_catalog::ValueKind as K;

use super::{Checker, MOST_ERRORS};

pub(super) use condition::parameter;

/// Judges a value of one of this family's kinds; false for all others.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) -> bool {
    match kind {
        K::Base64 => base64::check(checker),
        K::JournalFieldList => fields::check(checker),
        K::LsmLabel => text::check_label(checker),
        K::Regex => text::check_pattern(checker),
        K::String => text::check(checker),
        K::StringEscaped => text::check_escaped(checker),
        K::StringList => luo_session::check(checker),
        K::OomRuleList => oom_rules::check(checker),
        K::Xattr => xattr::check(checker),
        _ => return condition::check(checker, kind),
    }
    true
}

#[cfg(test)]
mod tests {
    use unit_catalog::{Section, UnitType, Version, directive};

    use crate::value::{Effect, ValueContext, ValueError, check};

    /// The faulty parts of a service's value and what the newest systemd does about them.
    pub(super) fn faults(section: Section, key: &str, value: &str) -> Vec<(String, Effect)> {
        let directive = directive(section, key).expect("a key of the section");
        let unit_type = if section == Section::Socket { UnitType::Socket } else { UnitType::Service };
        let version = Version::NEWEST;
        let context = ValueContext { directive, version, unit_type, unit: None };
        let part = |error: ValueError| (value[std::ops::Range::from(error.range)].to_owned(), error.effect);
        check(context, value).into_iter().map(part).collect()
    }

    #[test]
    fn texts() {
        for (section, key, good) in [
            (Section::Unit, "Description", "100% of %n, 50%% ü"),
            (Section::Unit, "RebootArgument", "fast %i"),
            (Section::Service, "RebootArgument", "ü"),
            (Section::Service, "StandardInputText", r"\tα\x41%%"),
            (Section::Service, "StandardInputData", "aGVs bG8="),
            (Section::Service, "AppArmorProfile", "-%n"),
            (Section::Service, "LogExtraFields", r#"A=1 "B_2=x y" C="#),
            (Section::Service, "LUOSession", "a b/c"),
            (Section::Service, "LogFilterPatterns", "~("),
            (Section::Service, "OOMRules", "a \"b c\" é:x a"),
            (Section::Socket, "XAttrListen", "user.%n=%i"),
            (Section::Socket, "TCPCongestion", "%Z"),
        ] {
            assert_eq!(faults(section, key, good), [], "{key}={good}");
        }
        use Effect::{IgnoresLine, IgnoresWord, RefusesUnit};
        for (section, key, bad, part, effect) in [
            (Section::Unit, "Description", "a %Z", "%Z", IgnoresLine),
            (Section::Unit, "RebootArgument", "ü", "ü", IgnoresLine),
            (Section::Service, "StandardInputText", r"a\q", r"\q", IgnoresLine),
            (Section::Service, "StandardInputData", "aGV?", "?", IgnoresLine),
            (Section::Service, "AppArmorProfile", "-%Z", "%Z", IgnoresLine),
            (Section::Service, "AppArmorProfile", "%Z", "%Z", RefusesUnit),
            (Section::Service, "LogExtraFields", "A=1 b=2", "b=2", IgnoresWord),
            (Section::Service, "LogExtraFields", "A=%Z B=2", "%Z", IgnoresWord),
            (Section::Service, "LogExtraFields", "A=1 B", "B", IgnoresWord),
            (Section::Service, "LUOSession", "a b a", "a", IgnoresWord),
            (Section::Service, "LogFilterPatterns", "~", "~", IgnoresLine),
            (Section::Service, "OOMRules", "a b/c", "b/c", IgnoresWord),
            (Section::Service, "OOMRules", "a* b", "a*", IgnoresWord),
            (Section::Service, "OOMRules", "a \"b", "a \"b", IgnoresLine),
            (Section::Socket, "OOMRules", "a", "a", IgnoresLine),
            (Section::Service, "LUOSession", "a b:c", "b:c", IgnoresWord),
            (Section::Socket, "XAttrListen", "user.a", "user.a", IgnoresLine),
            (Section::Socket, "XAttrListen", "a=b", "a", IgnoresLine),
        ] {
            assert_eq!(faults(section, key, bad), [(part.to_owned(), effect)], "{key}={bad}");
        }
    }

    #[test]
    fn long_values_take_no_time() {
        let started = std::time::Instant::now();
        for piece in ["%n", "\\x41", "A=1 ", "a ", "/a", "%", "AAAA"] {
            let value = piece.repeat(1_000_000 / piece.len());
            for (section, key) in [
                (Section::Unit, "Description"),
                (Section::Unit, "ConditionPathExists"),
                (Section::Service, "StandardInputText"),
                (Section::Service, "StandardInputData"),
                (Section::Service, "LogExtraFields"),
                (Section::Service, "LUOSession"),
            ] {
                faults(section, key, &value).truncate(1);
            }
        }
        // Each takes some milliseconds, or tens of them without optimization; quadratic ones would take minutes.
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }
}
