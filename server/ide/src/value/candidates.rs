//! What may stand in a value besides the words of its directive: names of tables, units of numbers, marks.

use std::collections::BTreeSet;

use unit_catalog::{ValueKind as K, Version, table, words};

use super::set;

/// The word at the cursor and what stands before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// The kind of the value.
    pub(crate) kind: K,
    /// The systemd that reads it.
    pub(crate) version: Version,
    /// The value before the word.
    pub(crate) before: &'a str,
    /// The word.
    pub(crate) word: &'a str,
    /// Where in the word the cursor is, in bytes.
    pub(crate) cursor: usize,
}

/// A text that may stand at the cursor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Candidate {
    /// The text.
    pub(crate) label: String,
    /// From where to where in the word it stands.
    pub(crate) from: usize,
    /// See `from`.
    pub(crate) to: usize,
    /// Smaller ranks come first.
    pub(crate) rank: u8,
}

/// The specifiers, where the cursor is behind a `%` that begins one.
pub(crate) fn specifiers(place: Place<'_>, names_only: bool) -> Vec<Candidate> {
    let typed = place.word.get(..place.cursor).unwrap_or_default();
    let percents = typed.len() - typed.trim_end_matches('%').len();
    if percents.is_multiple_of(2) || !expands(place.kind) {
        return Vec::new();
    }
    let known = table::specifiers().iter().filter(|specifier| {
        specifier.since <= place.version && (specifier.names || !names_only) && !specifier.deprecated
    });
    let candidate = |specifier: &table::Specifier| Candidate {
        label: format!("%{}", specifier.letter),
        from: place.cursor - 1,
        to: place.cursor,
        rank: u8::from(!"inpfth".contains(specifier.letter)),
    };
    known.map(candidate).collect()
}

/// How many bytes of marks stand before the word proper: `~` of lists, `|` and `!` of conditions.
pub(crate) fn marks(place: Place<'_>) -> usize {
    if is_condition(place.kind) && place.before.trim().is_empty() {
        set::parameter(place.word)
    } else if takes_tilde(place.kind) && place.before.trim().is_empty() {
        usize::from(place.word.starts_with('~'))
    } else {
        0
    }
}

/// The file systems that groups hold.
pub(crate) fn file_systems(version: Version) -> BTreeSet<&'static str> {
    let groups = table::filesystem_groups().iter().filter(|group| group.since <= version);
    groups.flat_map(|group| group.members).copied().filter(|member| !member.starts_with('@')).collect()
}

/// What may stand at the cursor.
pub(crate) fn candidates(place: Place<'_>) -> Vec<Candidate> {
    let Place { kind, version, before, word, cursor } = place;
    let typed = word.get(..cursor).unwrap_or_default();
    let first = before.trim().is_empty();
    let start = marks(place).min(cursor);
    let mut found = Found { from: start, to: word.len(), list: Vec::new() };
    match kind {
        K::ExecCommand => {
            let begins = first || before.trim_end().ends_with(" ;");
            if begins && typed.chars().all(|mark| "-@:+!|".contains(mark)) {
                let known = table::exec_prefixes().iter().filter(|prefix| {
                    prefix.since <= version && prefix.until.is_none_or(|until| version <= until)
                });
                for prefix in known.filter(|prefix| !typed.contains(prefix.text)) {
                    found.list.push(Candidate {
                        label: prefix.text.to_owned(),
                        from: cursor,
                        to: cursor,
                        rank: 0,
                    });
                }
            }
        }
        K::TimeSpan | K::TimeSpanOrInfinity | K::TimeSpan0IsInfinity | K::TimeSpanOrOff | K::RlimitSec => {
            found.times(typed, before);
            if kind != K::TimeSpan && !of_number(place) {
                found.all(9, ["infinity"]);
            }
        }
        K::Bytes | K::BytesSi | K::BytesOrInfinity | K::BytesOrPercentOrInfinity | K::DiskQuota => {
            let percent = matches!(kind, K::BytesOrPercentOrInfinity | K::DiskQuota);
            found.units(typed, if percent { &["K", "M", "G", "T", "%"] } else { &["K", "M", "G", "T"] });
            let endless = matches!(kind, K::BytesOrInfinity | K::BytesOrPercentOrInfinity);
            if endless && !of_number(place) {
                found.all(9, ["infinity"]);
            }
        }
        K::Percent | K::PercentUnbounded => found.units(typed, &["%"]),
        K::UnsignedOrPercentOrInfinity => {
            found.units(typed, &["%"]);
            found.all(9, ["infinity"]);
        }
        K::RlimitBytes | K::RlimitCount | K::RlimitNice | K::UnsignedOrInfinity => found.all(9, ["infinity"]),
        K::Signal => found.all(0, table::signals().iter().map(|signal| signal.name)),
        K::ExitStatusList => {
            found.all(0, table::exit_statuses().iter().map(|status| status.name));
            found.all(1, table::signals().iter().map(|signal| signal.name));
        }
        K::CapabilitySet | K::ConditionCapability => {
            found.all(1, table::capabilities().iter().map(|capability| capability.name));
        }
        K::SyscallFilter => found.syscalls(typed, version),
        K::FilesystemList => {
            let groups = table::filesystem_groups().iter().filter(|group| group.since <= version);
            found.all(1, groups.map(|group| group.name));
            found.all(2, file_systems(version));
        }
        K::CalendarEvent if first => {
            let names = table::calendar_shorthands().iter().map(|shorthand| shorthand.name);
            found.all(0, names.filter(|name| !OTHER_SPELLINGS.contains(name)));
            found.all(1, words::WEEKDAY.iter().map(|day| day.text).filter(|day| day.len() == 3));
        }
        K::UrlList => found.all(0, ["man:", "https://", "http://", "file:/", "info:"]),
        K::AddressFamilyList => found.all(0, words::ADDRESS_FAMILY.iter().map(|family| family.text)),
        K::Errno => {
            found.all(0, ["kill"]);
            found.all(1, words::ERRNO.iter().map(|errno| errno.text));
        }
        K::User | K::Group | K::ConditionGroup => found.all(0, ["root", "nobody"]),
        K::GroupList => found.all(0, ["root", "nobody", "systemd-journal"]),
        K::ConditionUser => found.all(0, ["root", "nobody", "@system"]),
        K::ConditionBoolean => found.all(0, ["yes", "no"]),
        K::ConditionArchitecture => found.all(0, ["native"]),
        K::ConditionVirtualization => found.all(0, ["yes", "no", "vm", "container", "private-users"]),
        K::DeviceAllow if first => found.all(0, ["block-", "char-", "/dev/"]),
        K::DeviceAllow => found.all(0, ["r", "rw", "rwm"]),
        _ => {}
    }
    if is_condition(kind) && first {
        let open = ["|", "!"].into_iter().filter(|mark| !typed.contains('!') && !typed.contains(mark));
        for mark in open.filter(|_| start == cursor) {
            found.list.push(Candidate { label: mark.to_owned(), from: cursor, to: cursor, rank: 8 });
        }
    } else if takes_tilde(kind) && first && typed.is_empty() && !word.starts_with('~') {
        found.list.push(Candidate { label: "~".to_owned(), from: 0, to: 0, rank: 8 });
    }
    found.list
}

/// Candidates for one part of the word.
struct Found {
    from: usize,
    to: usize,
    list: Vec<Candidate>,
}

impl Found {
    fn all<'a>(&mut self, rank: u8, labels: impl IntoIterator<Item = &'a str>) {
        let (from, to) = (self.from, self.to);
        let candidates =
            labels.into_iter().map(|label| Candidate { label: label.to_owned(), from, to, rank });
        self.list.extend(candidates);
    }

    /// Units of time behind the number at hand, or by themselves behind one that a blank sets off. What a bare number
    /// means comes first.
    fn times(&mut self, typed: &str, before: &str) {
        const UNITS: [&str; 9] = ["s", "min", "h", "d", "ms", "us", "w", "month", "y"];
        self.units(typed, &UNITS);
        if ends_number(before) && !begins_number(typed) {
            for (rank, unit) in (0..).zip(UNITS) {
                self.all(rank, [unit]);
            }
        }
    }

    /// The number at hand with each unit behind it; `4` and `4M` with all.
    fn units(&mut self, typed: &str, units: &[&str]) {
        let digits = typed.trim_end_matches(|char: char| char.is_ascii_alphabetic() || char == '%');
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return;
        }
        for (rank, unit) in (0..).zip(units) {
            let label = format!("{digits}{unit}");
            self.list.push(Candidate { label, from: self.from, to: self.to, rank });
        }
    }

    /// Groups and calls; behind a colon what they are answered with.
    fn syscalls(&mut self, typed: &str, version: Version) {
        if let Some(colon) = typed.rfind(':') {
            self.from = colon + 1;
            self.all(0, ["kill"]);
            self.all(1, words::ERRNO.iter().map(|errno| errno.text));
            return;
        }
        let groups = || table::syscall_groups().iter().filter(|group| group.since <= version);
        self.all(0, groups().map(|group| group.name));
        let calls = groups().flat_map(|group| group.members).filter(|member| !member.starts_with('@'));
        self.all(1, calls.copied().collect::<BTreeSet<&str>>());
    }
}

/// Names of calendar events that systemd takes for others beside them.
const OTHER_SPELLINGS: [&str; 4] = ["anually", "bi-annually", "biannually", "semi-annually"];

/// Whether the word is part of a number, or of a time span that has begun, so that no word may take its place.
pub(crate) fn of_number(place: Place<'_>) -> bool {
    let spans = place.kind.name().starts_with("time_span");
    place.kind != K::Enum && (begins_number(place.word) || spans && !place.before.trim().is_empty())
}

fn begins_number(text: &str) -> bool {
    text.starts_with(|char: char| char.is_ascii_digit())
}

fn ends_number(text: &str) -> bool {
    text.trim_end().ends_with(|char: char| char.is_ascii_digit())
}

fn is_condition(kind: K) -> bool {
    kind.name().starts_with("condition_")
}

fn takes_tilde(kind: K) -> bool {
    matches!(
        kind,
        K::AddressFamilyList
            | K::CapabilitySet
            | K::FilesystemList
            | K::NamespaceList
            | K::NetworkInterfaceList
            | K::RefreshOnReload
            | K::SyscallFilter
    )
}

/// Whether specifiers are replaced in values of this kind.
pub(crate) fn expands(kind: K) -> bool {
    const NEVER: [&str; 24] = [
        "address_",
        "base64",
        "boolean",
        "bpf_",
        "bytes",
        "capability",
        "coredump",
        "cpu_",
        "delegate",
        "disk_quota",
        "enum",
        "errno",
        "exit_status",
        "integer",
        "namespace_list",
        "octal_mode",
        "percent",
        "regex",
        "rlimit",
        "signal",
        "syscall",
        "tristate",
        "unsigned",
        "weight",
    ];
    !NEVER.iter().any(|start| kind.name().starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(kind: K, before: &str, typed: &str) -> Vec<String> {
        let place = Place { kind, version: Version::NEWEST, before, word: typed, cursor: typed.len() };
        candidates(place).into_iter().map(|candidate| candidate.label).collect()
    }

    #[test]
    fn units_follow_numbers() {
        assert_eq!(labels(K::TimeSpan, "", "1.5")[0], "1.5s");
        assert_eq!(labels(K::TimeSpan, "1min ", ""), [""; 0]);
        assert_eq!(labels(K::BytesOrInfinity, "", "4M"), ["4K", "4M", "4G", "4T"]);
    }

    #[test]
    fn specifiers_follow_percent_signs() {
        let at = |word: &str| {
            let place =
                Place { kind: K::String, version: Version::NEWEST, before: "", word, cursor: word.len() };
            specifiers(place, false).len()
        };
        assert!(at("a%") > 30 && at("%%%") > 30);
        assert_eq!([at(""), at("%%"), at("%n")], [0, 0, 0]);
    }
}
