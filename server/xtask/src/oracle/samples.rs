//! Makes up values for every key: what the catalog gives as examples, words and bounds, and mutations of these.
//!
//! Half a parser's errors hide near what it takes, so mutations begin with values that the key takes in our eyes.

use std::collections::{BTreeMap, HashSet};

use unit_catalog::{Availability, Directive, Section, UnitType, ValueKind, Version, directives};
use unit_ide::value::{ValueContext, Verdict, verdict};
use unit_ide::workspace::UnitName;

use super::Assignment;

/// What belongs to no kind: quotes, specifiers, remarks, signs, blanks, numbers at the edges.
const ODDITIES: &[&str] = &[
    "",
    "-",
    "+",
    "~",
    "!",
    "|",
    "=",
    ":",
    ",",
    "@",
    "/",
    "//",
    ".",
    "..",
    "%",
    "%%",
    "%i",
    "%I",
    "%I/x",
    "%f",
    "%n",
    "%p",
    "%P",
    "%j",
    "%t",
    "%Z",
    "%h/x",
    "$X",
    "${X}",
    "\"",
    "'",
    "\"a b\"",
    "'a' \"b\"",
    "\"a",
    "a\\x20b",
    "\\q",
    "a;b",
    "yes # no",
    "é",
    "x y z",
    "0",
    "00",
    "-0",
    "1",
    "-1",
    "+1",
    "1.5",
    ".5",
    "5.",
    "1e3",
    "0x1f",
    "0b11",
    "0o17",
    "255",
    "256",
    "65535",
    "65536",
    "2147483648",
    "4294967295",
    "4294967296",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999",
    "infinity",
    "100%",
    "101%",
    "0.1%",
    "1s",
    "1 s",
    "5min 3",
    "/a/../b",
    "a/b",
    "/a b",
    "web.service",
    "web@.service",
    "web",
];

/// Characters that mutations put in.
const SPICE: &[char] = &[
    ' ', '-', '+', '~', '!', '|', '=', ':', ',', '.', '/', '%', '@', '"', '\'', '\\', '0', '9', 'x', 'K',
    's', '*', 'é',
];

/// Assignments of about `count` values to every key that this release acts on, and of one to those it does not; the same
/// seed gives the same ones. Consecutive ones are about different keys.
pub(super) fn assignments(version: Version, count: usize, seed: u64) -> Vec<Assignment> {
    let examples = examples();
    let everything: Vec<&'static str> =
        examples.values().flatten().copied().chain(ODDITIES.iter().copied()).collect();
    let mut rounds: Vec<Vec<Assignment>> = Vec::new();
    for section in Section::ALL {
        let hosts = hosts(section);
        if hosts.is_empty() {
            continue;
        }
        for directive in directives(section) {
            let active = directive.availability(version) == Availability::Active;
            let wanted = if active { count } else { count.min(1) };
            let mut random = Random::new(seed, directive);
            let good = good_values(directive, version, hosts[0].unit_type(), &examples, &everything);
            let mut seen = HashSet::new();
            // Some keys have fewer values than asked for; mutations soon repeat themselves.
            for attempt in 0..wanted * 2 {
                let value = match attempt {
                    _ if attempt < good.len().min(wanted / 2) => random.pick(&good).clone(),
                    _ if attempt % 3 == 0 => (*random.pick(&everything)).to_owned(),
                    _ => mutation(&good, &everything, &mut random),
                };
                let value = value.trim_matches([' ', '\t']).to_owned();
                if value.ends_with('\\') || !seen.insert(value.clone()) {
                    continue;
                }
                if rounds.len() < seen.len() {
                    rounds.push(Vec::new());
                }
                // Which name it is matters where specifiers stand for it.
                let unit = random.pick(&hosts).clone();
                rounds[seen.len() - 1].push(Assignment { unit, directive, value });
                if seen.len() == wanted {
                    break;
                }
            }
        }
    }
    rounds.into_iter().flatten().collect()
}

/// The units that a section is asked about in: a plain one and an instance, where the type has them.
fn hosts(section: Section) -> Vec<UnitName> {
    let unit_type = match section {
        Section::Unit | Section::Install => Some(UnitType::Service),
        // Scopes are not read from files.
        Section::Scope => None,
        _ => section.unit_types().next(),
    };
    let stems: &[&str] = match unit_type {
        Some(UnitType::Service | UnitType::Socket | UnitType::Timer | UnitType::Path) => {
            &["oracle", "oracle-x@dev-sda"]
        }
        Some(_) => &["oracle"],
        None => &[],
    };
    let suffix = unit_type.map_or("", UnitType::suffix);
    stems.iter().filter_map(|stem| UnitName::parse(&format!("{stem}.{suffix}"))).collect()
}

/// What the legend of each kind quotes as code.
fn examples() -> BTreeMap<&'static str, Vec<&'static str>> {
    let quoted = |kind: ValueKind| (kind.name(), kind.legend().split('`').skip(1).step_by(2).collect());
    ValueKind::all().map(quoted).collect()
}

/// Values that the key may well take: its words, default and bounds, what its legend quotes, and what we take of the rest.
fn good_values(
    directive: &'static Directive,
    version: Version,
    unit_type: UnitType,
    examples: &BTreeMap<&str, Vec<&'static str>>,
    everything: &[&'static str],
) -> Vec<String> {
    let mut good = examples.get(directive.kind_in(version).name()).cloned().unwrap_or_default();
    good.extend(directive.words.iter().map(|word| word.text));
    good.extend(directive.default);
    let context = ValueContext { directive, version, unit_type, unit: None };
    let takes = |value: &&&str| verdict(context, value) == Verdict::Accepted;
    let taken: Vec<_> = everything.iter().filter(takes).copied().collect();
    // As many as there are of its own; all the same where we take whatever is written.
    let step = (taken.len() / good.len().max(8)).max(1);
    good.extend(taken.into_iter().step_by(step));
    let mut good: Vec<String> = good.into_iter().map(str::to_owned).collect();
    if let Some((least, most)) = directive.range {
        let around = [least.saturating_sub(1), least, least + 1, most - 1, most, most.saturating_add(1)];
        good.extend(around.map(|number| number.to_string()));
    }
    if good.is_empty() {
        good.push("web".to_owned());
    }
    good
}

/// A good value with something done to it, or two joined.
fn mutation(good: &[String], everything: &[&str], random: &mut Random) -> String {
    let mut value = random.pick(good).clone();
    for _ in 0..=random.below(2) {
        let mut places: Vec<usize> = value.char_indices().map(|(at, _)| at).collect();
        places.push(value.len());
        let place = *random.pick(&places);
        match random.below(9) {
            0 if place < value.len() => {
                value.remove(place);
            }
            0 | 1 => value.insert(place, *random.pick(SPICE)),
            2 => value.truncate(place),
            3 => value = value.to_uppercase(),
            4 => value.insert(0, *random.pick(SPICE)),
            5 => value.push(*random.pick(SPICE)),
            6 => value = [&value, *random.pick(&[" ", ":", ",", "=", "-", "/"]), random.pick(good)].concat(),
            7 => value = [&value, *random.pick(&[" ", ":", "%"]), *random.pick(everything)].concat(),
            _ => value = format!("\"{value}\""),
        }
    }
    value
}

/// Numbers that look random: SplitMix64.
struct Random(u64);

impl Random {
    /// One for each key, so that a new key leaves the others' values as they are.
    fn new(seed: u64, directive: &Directive) -> Self {
        let name = directive.section.name().bytes().chain(directive.name.bytes());
        // FNV-1a, which stays the same on all machines.
        let hash = name.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(hash ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is not zero.
    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}
