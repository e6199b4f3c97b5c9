//! Small names: descriptors, log namespaces, control groups.

use unit_catalog::words;

use crate::value::Checker;
use crate::value::specifier::SpecifierSet;

/// The longest name of a file in bytes.
const NAME_MAX: usize = 255;

/// Judges the whole value with its specifiers by a test.
fn check(
    checker: &mut Checker<'_>,
    valid: impl Fn(&str) -> bool,
    what: &'static str,
    expected: &'static str,
) {
    let value = checker.value;
    if !checker.refuse_specifier(SpecifierSet::Unit) && !checker.possible(value, valid) {
        checker.whole(what, expected);
    }
}

/// Judges the value of `FileDescriptorName=`, as `fdname_is_valid()` does.
pub(super) fn check_fd_name(checker: &mut Checker<'_>) {
    let valid = |text: &str| {
        text.len() <= NAME_MAX && text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b':')
    };
    check(checker, valid, "no name of a descriptor", "up to 255 ASCII characters without a colon");
}

/// Judges the value of `LogNamespace=`, as `log_namespace_name_valid()` does.
pub(super) fn check_log_namespace(checker: &mut Checker<'_>) {
    // The name follows the machine's ID and a dot in the name of a directory.
    let longest = NAME_MAX - 33;
    let valid = |text: &str| {
        !text.is_empty()
            && text.len() <= longest
            && !matches!(text, "." | "..")
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":-_.@".contains(&byte))
    };
    check(checker, valid, "no name of a log namespace", "ASCII letters, digits and the characters `:-_.@`");
}

/// Judges the value of `DelegateSubgroup=`: a name that `cg_needs_escape()` lets be.
pub(super) fn check_cgroup_name(checker: &mut Checker<'_>) {
    let name = checker.value;
    let controller = name.split_once('.').is_some_and(|(first, _)| {
        first == "cgroup" || words::CONTROLLER.iter().any(|word| word.text == first)
    });
    let what = if name.contains('/') || name.len() > NAME_MAX {
        "no name of a file"
    } else if name.starts_with(['_', '.'])
        || matches!(name, "notify_on_release" | "release_agent" | "tasks")
        || controller
    {
        "a name that the kernel may use itself"
    } else {
        return;
    };
    checker.whole(what, "the name of a control group");
}

#[cfg(test)]
mod tests {
    use crate::value::name::tests::refused;

    #[test]
    fn descriptors_and_namespaces() {
        for (value, good) in [("a b", true), ("é", false), ("a:b", false), ("x%i", true), ("%Z", false)] {
            assert_eq!(refused("Socket", "FileDescriptorName", value, 262).is_empty(), good, "{value}");
        }
        for (value, good) in [("a-b:c", true), ("a b", false), ("%t", false), ("..", false)] {
            assert_eq!(refused("Service", "LogNamespace", value, 262).is_empty(), good, "{value}");
        }
        assert_eq!(refused("Service", "LogNamespace", &"a".repeat(222), 262).len(), 0);
        assert_eq!(refused("Service", "LogNamespace", &"a".repeat(223), 262).len(), 1);
    }

    #[test]
    fn control_groups() {
        for (value, good) in [
            ("main", true),
            ("a b", true),
            ("_a", false),
            ("cgroup.x", false),
            ("memory.x", false),
            ("a/b", false),
        ] {
            assert_eq!(refused("Service", "DelegateSubgroup", value, 262).is_empty(), good, "{value}");
        }
    }
}
