//! Network interfaces, as `ifname_valid_full()` takes their names.

use unit_catalog::ValueKind as K;

use super::{behind_tilde, split};
use crate::value::Checker;
use crate::value::extract_word::{Extract, words};
use crate::value::number::integer;
use crate::value::specifier::SpecifierSet;

/// Sizes of names with their final NUL: `IFNAMSIZ` and `ALTIFNAMSIZ` of the kernel.
const NAME: usize = 16;
const ALTERNATIVE_NAME: usize = 128;

/// A name of less than `size` bytes that is no number and safe as a file's.
fn interface(text: &str, size: usize) -> bool {
    !text.is_empty()
        && text.len() < size
        && !matches!(text, "." | ".." | "all" | "default")
        && text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b':' | b'/' | b'%'))
        && !text.bytes().all(|byte| byte.is_ascii_digit())
        && !integer::signed(text).is_some_and(|index| (1..=i64::from(i32::MAX)).contains(&index))
}

/// Why a text is no interface.
fn fault(text: &str, size: usize) -> String {
    match text.len() >= size {
        true => format!("too long for a network interface ({} characters at most)", size - 1),
        false => "no name of a network interface".to_owned(),
    }
}

/// Judges the value of `BindToDevice=` and `BindNetworkInterface=`.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) {
    let value = checker.value;
    let size = if kind == K::NetworkInterface { NAME } else { ALTERNATIVE_NAME };
    if kind == K::NetworkInterface && value == "*" {
        return;
    }
    let specifiers = kind == K::NetworkInterfaceOrAltname || checker.since(258);
    let good = match specifiers {
        true if checker.refuse_specifier(SpecifierSet::Unit) => return,
        true => checker.possible(value, |text| interface(text, size)),
        false => interface(value, size),
    };
    if !good {
        checker.whole(fault(value, size), "a network interface such as eth0");
    }
}

/// Judges the value of `RestrictNetworkInterfaces=`: bad words are ignored one by one.
pub(super) fn check_list(checker: &mut Checker<'_>) {
    let size = if checker.since(257) { ALTERNATIVE_NAME } else { NAME };
    for word in words(checker.value, Extract::UNQUOTE).from(behind_tilde(checker.value)) {
        let Some(word) = split(checker, word) else { break };
        if !interface(&word.text, size) {
            checker
                .report(word.range, fault(&word.text, size), "network interfaces such as eth0")
                .word_only();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::name::tests::refused;

    #[test]
    fn names() {
        for good in ["eth0", "lo", "a.b", "-0644", "0,2", "!x", "10.0.0.1"] {
            assert!(interface(good, NAME), "{good}");
        }
        for bad in ["", "1", "0644", "0x10", "all", "..", "a:b", "a/b", "a%b", "a b", "é", "abcdefghijklmnop"]
        {
            assert!(!interface(bad, NAME), "{bad}");
        }
    }

    #[test]
    fn values() {
        assert_eq!(refused("Socket", "BindToDevice", "*", 262), [""; 0]);
        assert_eq!(refused("Socket", "BindToDevice", "eth%i", 262), [""; 0]);
        assert_eq!(refused("Socket", "BindToDevice", "eth%i", 252), ["eth%i"]);
        let list = "~lo a:b abcdefghijklmnopq";
        assert_eq!(refused("Service", "RestrictNetworkInterfaces", list, 252), ["a:b", "abcdefghijklmnopq"]);
        assert_eq!(refused("Service", "RestrictNetworkInterfaces", list, 262), ["a:b"]);
    }
}
