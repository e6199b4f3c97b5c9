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

use unit_catalog::ValueKind as K;

use super::extract_word::{Word, WordError};
use super::specifier::SpecifierSet;
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

/// Reports the word's first specifier that cannot be replaced: only this word is ignored. Whether there is one.
fn refuse_word_specifier(checker: &mut Checker<'_>, word: &Word<'_>, set: SpecifierSet) -> bool {
    checker.specifier(word.piece(), set).map(ValueError::word_only).is_some()
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
        let (version, unit_type) = (Version(version), UnitType::Service);
        let context = ValueContext { directive, version, unit_type, unit: None };
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
