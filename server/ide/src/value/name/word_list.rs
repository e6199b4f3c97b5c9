//! Lists of words out of a fixed set: address families, namespaces, capabilities, file systems and the like.

use unit_catalog::{Word, table, words};

use super::{behind_tilde, split, unheard};
use crate::value::extract_word::{self, Extract, words_between};
use crate::value::number::{boolean, integer};
use crate::value::{Checker, nearest};

/// The word of this spelling, whatever the release.
fn find(known: &'static [Word], text: &str) -> Option<&'static Word> {
    known.iter().find(|word| word.text == text)
}

/// The nearest word that this systemd knows.
fn near(checker: &Checker<'_>, known: &'static [Word], text: &str) -> Option<&'static str> {
    let version = checker.context.version;
    nearest(text, known.iter().filter(|word| word.known_to(version)).map(|word| word.text))
}

/// Judges the value of `RestrictAddressFamilies=`: the first bad word ends the list.
pub(super) fn check_address_families(checker: &mut Checker<'_>) {
    if checker.value == "none" {
        return;
    }
    for word in extract_word::words(checker.value, Extract::UNQUOTE).from(behind_tilde(checker.value)) {
        let Some(word) = split(checker, word) else { break };
        if find(words::ADDRESS_FAMILY, &word.text).is_none() {
            let prefixed = format!("AF_{}", word.text.to_ascii_uppercase());
            let instead = near(checker, words::ADDRESS_FAMILY, &prefixed)
                .or_else(|| near(checker, words::ADDRESS_FAMILY, &word.text));
            checker
                .report(word.range, "no address family", "none, or families such as AF_UNIX and AF_INET")
                .instead(instead);
            return;
        }
    }
}

/// Judges the value of `RestrictNamespaces=` and `DelegateNamespaces=`: one bad word spoils the line.
pub(super) fn check_namespaces(checker: &mut Checker<'_>) {
    if boolean(checker.value).is_some() {
        return;
    }
    let known = checker.context.directive.words;
    for word in extract_word::words(checker.value, Extract::PLAIN).from(behind_tilde(checker.value)) {
        let Some(word) = split(checker, word) else { break };
        if find(known, &word.text).is_none() {
            let instead = near(checker, known, &word.text);
            checker
                .report(word.range, "no type of namespace", "a boolean, or types such as user, net and mnt")
                .instead(instead);
        }
    }
}

/// Judges lists of capabilities: systemd drops unknown ones in silence.
pub(super) fn check_capabilities(checker: &mut Checker<'_>) {
    let flags = Extract::UNQUOTE | Extract::RELAX;
    for word in extract_word::words(checker.value, flags).from(behind_tilde(checker.value)) {
        let Some(word) = split(checker, word) else { break };
        let text = word.text.as_ref();
        let names = || table::capabilities().iter().map(|capability| capability.name);
        // The kernel's mask has room for these numbers.
        let number = integer::signed(text).is_some_and(|number| (0..=62).contains(&number));
        if !number && !names().any(|name| name.eq_ignore_ascii_case(text)) {
            let prefixed = format!("CAP_{}", text.to_ascii_uppercase());
            let instead = nearest(&prefixed, names()).or_else(|| nearest(text, names()));
            let error = checker.report(word.range, "no capability", "capabilities such as CAP_NET_ADMIN");
            unheard(error.instead(instead));
        }
    }
}

/// Judges the value of `RestrictFileSystems=`: bad words are ignored one by one.
pub(super) fn check_filesystems(checker: &mut Checker<'_>) {
    let expected = "file systems such as ext4 and groups such as @basic-api";
    for word in extract_word::words(checker.value, Extract::UNQUOTE).from(behind_tilde(checker.value)) {
        let Some(word) = split(checker, word) else { break };
        let text = word.text.as_ref();
        if text.starts_with('@') {
            let groups = || table::filesystem_groups().iter().map(|group| group.name);
            if !groups().any(|name| name == text) {
                checker
                    .report(word.range, "no group of file systems", expected)
                    .word_only()
                    .instead(nearest(text, groups()));
            }
        } else if find(words::FILESYSTEM, text).is_none() {
            let instead = near(checker, words::FILESYSTEM, text);
            unheard(
                checker.report(word.range, "no file system that systemd knows", expected).instead(instead),
            );
        }
    }
}

/// Judges the lists of `BPFDelegateMaps=` and its kin, which are separated by commas.
pub(super) fn check_bpf(checker: &mut Checker<'_>) {
    let known = checker.context.directive.words;
    for word in words_between(checker.value, b",", Extract::PLAIN) {
        let Some(word) = split(checker, word) else { break };
        if find(known, &word.text).is_none() {
            let instead = near(checker, known, &word.text);
            unheard(
                checker
                    .report(word.range, "no known word", "any, or words with commas between")
                    .instead(instead),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::value::Effect;
    use crate::value::name::tests::{faults, refused};

    #[test]
    fn families() {
        let refused = |value| refused("Service", "RestrictAddressFamilies", value, 262);
        assert_eq!(refused("none"), [""; 0]);
        assert_eq!(refused("~AF_INET \"AF_UNIX\""), [""; 0]);
        assert_eq!(refused("AF_INET none AF_FOO"), ["none"]);
        let found = faults("Service", "RestrictAddressFamilies", "inet", 262);
        assert_eq!(found[0].instead.as_deref(), Some("AF_INET"));
    }

    #[test]
    fn namespaces() {
        let refused = |value| refused("Service", "RestrictNamespaces", value, 262);
        for good in ["yes", "~", "~user net", "mnt"] {
            assert_eq!(refused(good), [""; 0], "{good}");
        }
        assert_eq!(refused("mnt mount"), ["mount"]);
        assert_eq!(refused("!yes"), ["!yes"]);
    }

    #[test]
    fn silent_ones() {
        let found = faults("Service", "CapabilityBoundingSet", "~cap_kill 12 NET_ADMIN CAP_FOO", 262);
        assert!(found.iter().all(|fault| fault.effect == Effect::DropsWord));
        let meant: Vec<_> = found.iter().map(|fault| fault.instead.as_deref()).collect();
        assert_eq!(meant[0], Some("CAP_NET_ADMIN"));
        assert_eq!(found.len(), 2);
        assert_eq!(faults("Service", "BPFDelegateMaps", "BPFMapTypeHash,foo", 262).len(), 1);
    }

    #[test]
    fn file_systems() {
        let found = faults("Service", "RestrictFileSystems", "~@basic-api ext4 extt4 @foo", 262);
        assert_eq!(found[0].instead.as_deref(), Some("ext4"));
        assert_eq!(refused("Service", "RestrictFileSystems", "~@basic-api ext4 extt4 @foo", 262), ["@foo"]);
    }
}
