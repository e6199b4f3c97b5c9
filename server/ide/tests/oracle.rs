//! Our verdicts on values against those that systemd 252, 257 and 262 gave: `tests/oracle/*.txt`, see the README there.

mod support;

use std::collections::{BTreeMap, HashSet};
use std::fs;

use support::crate_path;
use unit_catalog::{Directive, Section, Version, directive};
use unit_ide::value::{ValueContext, Verdict, verdict};
use unit_ide::workspace::UnitName;

/// The releases that were asked, in the order of the letters before a value.
const RELEASES: [Version; 3] = [Version(252), Version(257), Version(262)];

/// Percent of the verdicts that are to be systemd's.
const LEAST_AGREEMENT: f64 = 100.0;

/// Percent of the verdicts that may refuse what systemd takes.
const MOST_FALSE_ALARMS: f64 = 0.0;

/// Percent of the directives that are to be right about every value, for every release.
const LEAST_WHOLLY_RIGHT: f64 = 100.0;

/// The kinds of value to show when there are disagreements, worst first.
const SHOWN_KINDS: usize = 12;

/// One recorded value with its letters.
struct Row {
    unit: UnitName,
    directive: &'static Directive,
    letters: [u8; 3],
    value: String,
}

/// Verdicts counted.
#[derive(Default)]
struct Tally {
    verdicts: usize,
    misses: usize,
    false_alarms: usize,
}

impl Tally {
    fn add(&mut self, real: Verdict, ours: Verdict) {
        self.verdicts += 1;
        self.misses += usize::from(real == Verdict::Refused && ours == Verdict::Accepted);
        self.false_alarms += usize::from(real == Verdict::Accepted && ours == Verdict::Refused);
    }

    fn wrong(&self) -> usize {
        self.misses + self.false_alarms
    }

    fn percent(&self, part: usize) -> f64 {
        100.0 * part as f64 / self.verdicts.max(1) as f64
    }

    fn print(&self, name: &str) {
        let Self { verdicts, misses, false_alarms } = self;
        let agreement = self.percent(verdicts - self.wrong());
        println!("{name:36} {verdicts:>8} {agreement:>8.2}% {misses:>7} {false_alarms:>6}");
    }
}

/// The rows of one file. A line that is none of the two forms fails the test: the record is ours.
fn rows(text: &str, into: &mut Vec<Row>) {
    let mut about = None;
    for line in text.lines() {
        let (letters, value) = line.split_once('\t').unwrap_or((line, ""));
        if let Ok(letters) = <[u8; 3]>::try_from(letters.as_bytes()) {
            let (unit, directive) = about.clone().expect("values stand below a directive");
            into.push(Row { unit, directive, letters, value: value.to_owned() });
            continue;
        }
        let words: Vec<_> = line.split(' ').collect();
        let [unit, section, key] = words[..] else {
            panic!("neither a directive nor a value: {line}");
        };
        let section = Section::from_name(section).expect("sections are known");
        let directive = directive(section, key).unwrap_or_else(|| panic!("the catalog has no {line}"));
        about = Some((UnitName::parse(unit).expect("a unit's name"), directive));
    }
}

fn recorded() -> Vec<Row> {
    let mut all = Vec::new();
    for entry in fs::read_dir(crate_path("tests/oracle")).expect("the record is there") {
        let path = entry.expect("the folder can be read").path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            rows(&fs::read_to_string(path).expect("the record is text"), &mut all);
        }
    }
    all
}

#[test]
fn verdicts_are_those_of_systemd() {
    let rows = recorded();
    assert!(rows.len() > 15_000, "only {} values", rows.len());
    let mut versions: [Tally; 3] = Default::default();
    let (mut kinds, mut directives) = (BTreeMap::<_, Tally>::new(), BTreeMap::<_, Tally>::new());
    let mut total = Tally::default();
    for row in &rows {
        for (at, version) in RELEASES.into_iter().enumerate() {
            let real = match row.letters[at] {
                b'-' | b'n' => Verdict::Accepted,
                b'r' | b'f' | b'u' => Verdict::Refused,
                letter => panic!("no letter for a verdict: {}", char::from(letter)),
            };
            let (directive, unit_type, unit) = (row.directive, row.unit.unit_type(), Some(&row.unit));
            let context = ValueContext { directive, version, unit_type, unit };
            let ours = verdict(context, &row.value);
            let kind = row.directive.kind_in(version).name();
            let key = (unit_type.suffix(), row.directive.section.name(), row.directive.name);
            for tally in [
                &mut total,
                &mut versions[at],
                kinds.entry(kind).or_default(),
                directives.entry(key).or_default(),
            ] {
                tally.add(real, ours);
            }
        }
    }

    println!("{:36} {:>8} {:>9} {:>7} {:>6}", "", "verdicts", "agreement", "missed", "false");
    let mut worst: Vec<_> = kinds.iter().filter(|(_, tally)| tally.wrong() > 0).collect();
    worst.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.wrong()));
    worst.iter().take(SHOWN_KINDS).for_each(|(kind, tally)| tally.print(kind));
    for (version, tally) in RELEASES.iter().zip(&versions) {
        tally.print(&format!("systemd {}", version.0));
    }
    total.print("all");
    let right = directives.values().filter(|tally| tally.wrong() == 0).count();
    let wholly_right = 100.0 * right as f64 / directives.len() as f64;
    println!("{right} of {} directives are wholly right: {wholly_right:.2}%", directives.len());

    let agreement = total.percent(total.verdicts - total.wrong());
    let false_alarms = total.percent(total.false_alarms);
    assert!(agreement >= LEAST_AGREEMENT, "agreement: {agreement:.2}% < {LEAST_AGREEMENT}%");
    assert!(false_alarms <= MOST_FALSE_ALARMS, "false alarms: {false_alarms:.3}% > {MOST_FALSE_ALARMS}%");
    assert!(wholly_right >= LEAST_WHOLLY_RIGHT, "wholly right: {wholly_right:.2}% < {LEAST_WHOLLY_RIGHT}%");
}

/// Scopes are made by programs, not read from files that could be verified; nor is the managers' configuration verified.
#[test]
fn every_section_is_recorded_whole() {
    let recorded: HashSet<_> =
        recorded().iter().map(|row| (row.directive.section, row.directive.name)).collect();
    let verified = |section: &Section| section.is_of_units() && *section != Section::Scope;
    for section in Section::ALL.into_iter().filter(verified) {
        let all = unit_catalog::directives(section);
        let there = all.iter().filter(|directive| recorded.contains(&(section, directive.name))).count();
        println!("[{}]: {there} of {} directives", section.name(), all.len());
        assert!(10 * there >= 8 * all.len(), "[{}]: {there} of {} directives", section.name(), all.len());
    }
}
