//! System calls and groups of them, as `seccomp_parse_syscall_filter()` reads them.

use std::collections::HashSet;
use std::sync::LazyLock;

use unit_catalog::{table, words};

use super::{behind_tilde, split};
use crate::value::extract_word::{self, Extract};
use crate::value::number::integer;
use crate::value::{Checker, nearest};

/// Every system call that a group has, and those that none has.
static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let members = table::syscall_groups().iter().flat_map(|group| group.members).copied();
    members.chain(words::UNGROUPED_SYSCALL.iter().map(|word| word.text)).collect()
});

/// What a call may end with instead of being made: `kill` or an error of the kernel.
fn errno(text: &str) -> bool {
    text == "kill"
        || integer::signed(text).is_some_and(|number| (0..=4095).contains(&number))
        || words::ERRNO.iter().any(|word| word.text.eq_ignore_ascii_case(text))
}

/// Judges the value of `SystemCallFilter=` and `SystemCallLog=`: bad words are ignored one by one.
pub(super) fn check(checker: &mut Checker<'_>) {
    let filter = checker.context.directive.name == "SystemCallFilter";
    let start = behind_tilde(checker.value);
    let expected = "system calls and groups such as @system-service; in a list with `~` also with :ERRNO";
    for word in extract_word::words(checker.value, Extract::PLAIN).from(start) {
        let Some(word) = split(checker, word) else { break };
        let text = word.text.as_ref();
        let (name, ending) = match text.split_once(':') {
            Some((name, ending)) if filter => (name, Some(ending)),
            _ => (text, None),
        };
        if ending.is_some_and(|ending| name.is_empty() || !errno(ending)) {
            checker.report(word.range, "no system call with an error", expected).word_only();
        } else if ending.is_some() && start == 0 {
            let what = "an allowed call with an error, which only calls of a list with `~` have";
            checker.report(word.range, what, expected).word_only().instead(Some(name.to_owned()));
        } else if let Some((what, instead)) = fault(checker, name) {
            let part = word.piece().place(0..name.len());
            checker.report(part, what, expected).word_only().instead(instead);
        }
    }
}

/// What is wrong with the name of a call or a group, and what was probably meant.
fn fault(checker: &Checker<'_>, name: &str) -> Option<(&'static str, Option<&'static str>)> {
    let version = checker.context.version;
    if name.starts_with('@') {
        let groups = || table::syscall_groups().iter().filter(move |group| group.since <= version);
        let known = groups().any(|group| group.name == name);
        return (!known)
            .then(|| ("no group of system calls", nearest(name, groups().map(|group| group.name))));
    }
    if KNOWN.contains(name) {
        return None;
    }
    let group = table::syscall_groups().iter().find(|group| group.name.strip_prefix('@') == Some(name));
    Some(("no system call", group.map(|group| group.name).or_else(|| nearest(name, KNOWN.iter().copied()))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::name::tests::{faults, refused};

    #[test]
    fn endings() {
        assert!(
            errno("EPERM")
                && errno("eperm")
                && errno("EWOULDBLOCK")
                && errno("0")
                && errno("4095")
                && errno("kill")
        );
        assert!(!errno("4096") && !errno("") && !errno("EFOO") && !errno("-1"));
    }

    #[test]
    fn values() {
        let refused = |value| refused("Service", "SystemCallFilter", value, 262);
        assert_eq!(refused("@system-service @known memfd_secret read"), [""; 0]);
        assert_eq!(refused("~read:EPERM @mount:kill open:1"), [""; 0]);
        assert_eq!(refused("read:EPERM raed @foo"), ["read:EPERM", "raed", "@foo"]);
        assert_eq!(refused("~read:EFOO :EPERM"), ["read:EFOO", ":EPERM"]);
        let meant = |value| faults("Service", "SystemCallFilter", value, 262)[0].instead.clone();
        assert_eq!(meant("system-service").as_deref(), Some("@system-service"));
        assert_eq!(meant("read:EPERM").as_deref(), Some("read"));
        assert_eq!(refused("~raed:EPERM"), ["raed"]);
        assert_eq!(
            super::super::tests::refused("Service", "SystemCallLog", "~read:EPERM", 262),
            ["read:EPERM"]
        );
    }
}
