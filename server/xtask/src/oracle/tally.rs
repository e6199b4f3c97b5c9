//! Counts agreement, misses and false alarms, and prints them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use unit_catalog::Version;
use unit_ide::value::Verdict;

use super::Assignment;

/// So many lines of the table are printed at most; those with disagreements come first.
const MOST_LINES: usize = 150;

/// Agreement in numbers.
#[derive(Default)]
struct Tally {
    rows: usize,
    refused: usize,
    misses: usize,
    false_alarms: usize,
}

impl Tally {
    fn wrong(&self) -> usize {
        self.misses + self.false_alarms
    }

    fn percent(&self, part: usize) -> f64 {
        100.0 * part as f64 / self.rows.max(1) as f64
    }

    fn agreement(&self) -> f64 {
        self.percent(self.rows - self.wrong())
    }
}

/// Our verdicts beside systemd's, by group and in all, with the disagreements.
#[derive(Default)]
pub(super) struct Comparison {
    groups: BTreeMap<String, Tally>,
    total: Tally,
    disagreements: Vec<String>,
}

impl Comparison {
    /// Judges an assignment ourselves and counts the outcome in its group.
    pub(super) fn add(&mut self, group: &str, assignment: &Assignment, version: Version, real: Verdict) {
        let ours = assignment.verdict(version);
        if !self.groups.contains_key(group) {
            self.groups.insert(group.to_owned(), Tally::default());
        }
        for tally in self.groups.get_mut(group).into_iter().chain([&mut self.total]) {
            tally.rows += 1;
            tally.refused += usize::from(real == Verdict::Refused);
            tally.misses += usize::from(ours == Verdict::Accepted && real == Verdict::Refused);
            tally.false_alarms += usize::from(ours == Verdict::Refused && real == Verdict::Accepted);
        }
        if ours != real {
            let what = if ours == Verdict::Accepted { "missed" } else { "false alarm" };
            let Assignment { unit, directive, value } = assignment;
            let section = directive.section.name();
            let line = format!("{what} {} {unit} [{section}] {}={value}", version.0, directive.name);
            self.disagreements.push(line);
        }
    }

    /// Percent of the verdicts that are systemd's.
    pub(super) fn agreement(&self) -> f64 {
        self.total.agreement()
    }

    /// Percent of the verdicts that refuse what systemd takes.
    pub(super) fn false_alarms(&self) -> f64 {
        self.total.percent(self.total.false_alarms)
    }

    /// Prints the table, worst groups first, and so many disagreements, false alarms first: they are the worse kind.
    pub(super) fn print(&self, show: usize) {
        println!(
            "{:44} {:>8} {:>9} {:>8} {:>8} {:>6}",
            "", "rows", "agreement", "refused", "missed", "false"
        );
        let mut groups: Vec<_> = self.groups.iter().map(|(name, tally)| (name.as_str(), tally)).collect();
        groups.sort_by_key(|(_, tally)| Reverse(tally.wrong()));
        let hidden = groups.len().saturating_sub(MOST_LINES);
        groups.truncate(MOST_LINES);
        groups.push(("all", &self.total));
        for (name, tally) in groups {
            let Tally { rows, refused, misses, false_alarms } = tally;
            let agreement = tally.agreement();
            println!("{name:44} {rows:>8} {agreement:>8.2}% {refused:>8} {misses:>8} {false_alarms:>6}");
        }
        let right = self.groups.values().filter(|tally| tally.wrong() == 0).count();
        println!("wholly right: {right} of {}; not shown: {hidden}", self.groups.len());
        let mut lines: Vec<_> = self.disagreements.iter().collect();
        lines.sort();
        for line in lines.iter().take(show) {
            println!("{line}");
        }
    }
}
