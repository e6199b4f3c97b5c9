//! Names: units, users, interfaces, addresses, and lists of words out of a fixed set.

mod bus_name;
mod interface;
mod ip_prefix;
mod label;
mod nft_set;
mod socket_address;
mod socket_bind;
mod syscall;
mod unit;
mod url;
mod user;
mod word_list;

use std::ops::Range;

use unit_catalog::{ValueKind as K, table};

use super::extract_word::{Extract, Word, WordError, words_between};
use super::specifier::{SpecifierSet, bad_specifier};
use super::{Checker, MOST_ERRORS, ValueError};

pub use bus_name::bus_name;

/// Judges a value of one of this family's kinds; false for all others.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) -> bool {
    match kind {
        K::UnitList => unit::check_list(checker),
        K::UnitName => unit::check_triggered(checker),
        K::SocketUnitList => unit::check_sockets(checker),
        K::SliceName => unit::check_slice(checker),
        K::UnitInstance => unit::check_instance(checker),
        K::SocketAddress | K::SocketAddressUnix => socket_address::check(checker, kind),
        K::NetlinkAddress => socket_address::check_netlink(checker),
        K::IpAddressPrefixList => ip_prefix::check(checker),
        K::SocketBindRule => socket_bind::check(checker),
        K::NetworkInterface | K::NetworkInterfaceOrAltname => interface::check(checker, kind),
        K::NetworkInterfaceList => interface::check_list(checker),
        K::NftSetList => nft_set::check(checker),
        K::DbusName => bus_name::check(checker),
        K::User | K::Group => user::check(checker, kind),
        K::GroupList => user::check_groups(checker),
        K::FdName => label::check_fd_name(checker),
        K::LogNamespace => label::check_log_namespace(checker),
        K::CgroupName => label::check_cgroup_name(checker),
        K::AddressFamilyList => word_list::check_address_families(checker),
        K::NamespaceList => word_list::check_namespaces(checker),
        K::CapabilitySet => word_list::check_capabilities(checker),
        K::FilesystemList => word_list::check_filesystems(checker),
        K::BpfDelegateList => word_list::check_bpf(checker),
        K::SyscallFilter => syscall::check(checker),
        K::UrlList => url::check(checker),
        _ => return false,
    }
    true
}

/// For words that systemd drops without `systemd-analyze verify` counting it as an error: the manager alone logs
/// it, or nobody does.
fn unheard(error: &mut ValueError) -> &mut ValueError {
    error.dropped()
}

/// Reports the first specifier of the text at `at` that cannot be replaced; whether there is one.
fn refuse_specifier(checker: &mut Checker<'_>, at: usize, text: &str, set: SpecifierSet) -> bool {
    let bad = bad_specifier(text, set, checker.context.version);
    bad.map(|bad| checker.specifier(at + bad.start..at + bad.end)).is_some()
}

/// The same for a word of a list: only this word is ignored.
fn refuse_word_specifier(checker: &mut Checker<'_>, word: &Word<'_>, set: SpecifierSet) -> bool {
    let Some(bad) = bad_specifier(&word.text, set, checker.context.version) else {
        return false;
    };
    if checker.value.get(word.range.clone()) == Some(&*word.text) {
        checker.specifier(word.range.start + bad.start..word.range.start + bad.end).word_only();
    } else {
        // Quotes and escapes shift the text against the value.
        let specifier = &word.text[bad];
        let what = format!("spoilt by `{specifier}`, which cannot be replaced here");
        checker.report(word.range.clone(), what, "specifiers, and %% for a percent sign").word_only();
    }
    true
}

/// Longer than any name may be, specifiers and all.
const LONGEST: usize = 4096;

/// Whether a text may pass the test once its specifiers are replaced.
///
/// What the instance and the version of the system become is known at run time only: a word, a number and nothing
/// are tried.
fn possible(text: &str, valid: impl Fn(&str) -> bool) -> bool {
    match text.contains('%') {
        true if text.len() > LONGEST => false,
        true => ["x", "1", ""].into_iter().any(|filler| valid(&filled(text, filler))),
        false => valid(text),
    }
}

/// A text with something typical in place of its specifiers, and `filler` for those that may be anything.
fn filled(text: &str, filler: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let letter = after.chars().next();
        rest = after;
        out.push_str(match letter {
            Some('%') => "%",
            // What os-release rarely has, and the root of the control groups, which is named by nothing.
            Some('A' | 'B' | 'M' | 'W' | 'R' | 'r') => "",
            Some('i' | 'I' | 'w') => filler,
            Some('C' | 'D' | 'E' | 'L' | 'S' | 'T' | 'V' | 'Y' | 'c' | 'd' | 'f' | 'h' | 's' | 't' | 'y') => {
                "/x"
            }
            Some('G' | 'U') => {
                if filler == "1" {
                    "1"
                } else {
                    "0"
                }
            }
            Some('b' | 'm') => "0123456789abcdef0123456789abcdef",
            Some('n') => "x.service",
            Some('v') => "6.1.0",
            Some(letter) if table::specifier(letter).is_some() => "x",
            _ => {
                out.push('%');
                continue;
            }
        });
        rest = letter.map_or("", |letter| &after[letter.len_utf8()..]);
    }
    out.push_str(rest);
    out
}

/// The words of a value from `from` on, with their places in the whole value.
fn words_from<'a>(
    value: &'a str,
    from: usize,
    separators: &'static [u8],
    flags: Extract,
) -> impl Iterator<Item = Result<Word<'a>, WordError>> {
    let shift = move |part: Range<usize>| part.start + from..part.end + from;
    words_between(value.get(from..).unwrap_or(""), separators, flags).map(move |word| match word {
        Ok(word) => Ok(Word { range: shift(word.range), ..word }),
        Err(WordError::UnclosedQuote(part)) => Err(WordError::UnclosedQuote(shift(part))),
        Err(WordError::BadEscape(part)) => Err(WordError::BadEscape(shift(part))),
    })
}

/// The word, unless the value cannot be split there, which is reported, or enough faults were found.
fn split<'a>(checker: &mut Checker<'_>, word: Result<Word<'a>, WordError>) -> Option<Word<'a>> {
    match word {
        Ok(word) => return (checker.errors.len() < MOST_ERRORS).then_some(word),
        Err(WordError::UnclosedQuote(part)) => checker.report(part, "an unclosed quote", ""),
        Err(WordError::BadEscape(part)) => checker.report(part, "no escape", "`\\\\` for a backslash"),
    };
    None
}

/// Where the list begins, behind a `~` that inverts it.
fn behind_tilde(value: &str) -> usize {
    usize::from(value.starts_with('~'))
}

#[cfg(test)]
mod tests {
    use unit_catalog::{Section, UnitType, Version, directive};

    use super::super::{Effect, ValueContext, ValueError};

    /// What is wrong with `Key=value` of a section, to the given release.
    pub(super) fn faults(section: &str, key: &str, value: &str, version: u16) -> Vec<ValueError> {
        let section = Section::from_name(section).expect("a section");
        let directive = directive(section, key).expect("a directive");
        let context = ValueContext { directive, version: Version(version), unit_type: UnitType::Service };
        super::super::check(context, value)
    }

    /// The parts that are refused: notices left out.
    pub(super) fn refused(section: &str, key: &str, value: &str, version: u16) -> Vec<String> {
        faults(section, key, value, version)
            .into_iter()
            .filter(|fault| !matches!(fault.effect, Effect::Notice | Effect::DropsWord))
            .map(|fault| value[fault.range.start as usize..fault.range.end as usize].to_owned())
            .collect()
    }

    #[test]
    fn specifiers_filled() {
        assert_eq!(super::filled("a%ib%%%t%", "1"), "a1b%/x%");
        assert_eq!(super::filled("%ü%Z%-", "1"), "%ü%Z%-");
        assert!(super::possible("%i", |text| text == "1"));
        assert!(!super::possible("%t", |text| text == "1"));
    }

    #[test]
    fn long_values_do_not_take_long() {
        let kinds = [
            ("Unit", "After"),
            ("Unit", "Documentation"),
            ("Socket", "ListenStream"),
            ("Service", "SystemCallFilter"),
            ("Service", "IPAddressAllow"),
            ("Service", "SupplementaryGroups"),
            ("Service", "NFTSet"),
        ];
        for (section, key) in kinds {
            for piece in ["%i", "a", "a ", "\"", "\\", "%t ", "~", "@x:1 "] {
                faults(section, key, &piece.repeat(20_000), 262);
            }
        }
    }
}
