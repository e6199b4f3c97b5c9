//! Which settings a key writes: most keys their own, some the same as others.

use unit_catalog::{Directive, Section, directives};

/// A setting inside systemd, by the section and the name of a key that writes it.
pub(super) type Slot = (Section, &'static str);

/// The settings that an assignment of this key writes, or the list that it appends to.
///
/// As the parsers in `load-fragment-gperf.gperf.in` do: keys that are given the same variable, and parsers that clear
/// or write more than the variable that they are given.
pub(super) fn slots(directive: &'static Directive) -> [Option<Slot>; 2] {
    use Section as S;
    let Directive { section, name, .. } = *directive;
    let key = match (section, name) {
        (S::Service, "TimeoutSec") => {
            return [Some((section, "TimeoutStartSec")), Some((section, "TimeoutStopSec"))];
        }
        // socket_free_ports(), timer_free_values(), path_free_specs(), condition_free_list(): one list for all.
        (S::Socket, _) if name.starts_with("Listen") => "ListenStream",
        (
            S::Timer,
            "OnActiveSec" | "OnBootSec" | "OnStartupSec" | "OnUnitActiveSec" | "OnUnitInactiveSec",
        ) => "OnCalendar",
        (S::Path, "PathExistsGlob" | "PathChanged" | "PathModified" | "DirectoryNotEmpty") => "PathExists",
        (S::Unit, _) if name.starts_with("Condition") => "ConditionPathExists",
        (S::Unit, _) if name.starts_with("Assert") => "AssertPathExists",
        (_, "BindReadOnlyPaths") => "BindPaths",
        (_, "LoadCredentialEncrypted") => "LoadCredential",
        (_, "SetCredentialEncrypted") => "SetCredential",
        (_, "StandardInputData") => "StandardInputText",
        _ => return [Some(own(directive)), None],
    };
    [Some((section, key)), None]
}

/// The settings that assignments of other keys may have to do with where this key writes its own: those that one key
/// writes together hang together.
pub(super) fn related_slots(directive: &'static Directive) -> Vec<Slot> {
    let mut related: Vec<Slot> = slots(directive).into_iter().flatten().collect();
    for other in directives(directive.section).iter().map(slots) {
        if other.iter().all(Option::is_some) && other.iter().flatten().any(|slot| related.contains(slot)) {
            related.extend(other.into_iter().flatten());
        }
    }
    related
}

/// The key's own setting: an old name that is still read writes what the new one does.
fn own(directive: &'static Directive) -> Slot {
    let Directive { section, name, deprecated, until, .. } = *directive;
    match deprecated.filter(|_| until.is_none()) {
        Some(old) => (old.replaced_in.unwrap_or(section), old.replaced_by.unwrap_or(name)),
        None => (section, name),
    }
}

/// Whether the first assignment counts and later ones are ignored: systemd warns of "multiple units to trigger".
pub(super) fn first_counts(directive: &Directive) -> bool {
    matches!((directive.section, directive.name), (Section::Timer | Section::Path, "Unit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_share_a_setting() {
        let slots = |section, name| {
            let directive = unit_catalog::directive(section, name).expect("a known key");
            slots(directive).into_iter().flatten().collect::<Vec<_>>()
        };
        use Section as S;
        assert_eq!(slots(S::Service, "Restart"), [(S::Service, "Restart")]);
        assert_eq!(slots(S::Service, "TimeoutSec").len(), 2);
        assert_eq!(slots(S::Socket, "TimeoutSec"), [(S::Socket, "TimeoutSec")]);
        for (section, name) in [(S::Service, "StartLimitInterval"), (S::Unit, "StartLimitInterval")] {
            assert_eq!(slots(section, name), [(S::Unit, "StartLimitIntervalSec")]);
        }
        assert_eq!(slots(S::Unit, "BindTo"), [(S::Unit, "BindsTo")]);
        assert_eq!(slots(S::Unit, "ConditionHost"), slots(S::Unit, "ConditionPathExists"));
        // Not the same variable, whatever should be used instead.
        assert_eq!(slots(S::Service, "MemoryLimit"), [(S::Service, "MemoryLimit")]);
    }
}
