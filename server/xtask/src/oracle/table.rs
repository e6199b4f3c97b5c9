//! Reads recorded verdicts, in the form of `server/ide/tests/oracle` or with everything in every line.

use std::fs;
use std::path::Path;

use unit_catalog::{Directive, Section, Version, directive};
use unit_ide::value::Verdict;
use unit_ide::workspace::UnitName;

use super::Assignment;

/// The releases whose verdicts are recorded, in their order.
const RELEASES: [Version; 3] = [Version(252), Version(257), Version(262)];

/// What systemd said of one assignment.
pub(super) struct Row {
    pub(super) assignment: Assignment,
    pub(super) verdicts: Vec<(Version, Verdict)>,
}

/// The rows of a file, without those of keys that the catalog does not have.
pub(super) fn read(path: &Path) -> Result<Vec<Row>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut about = None;
    let mut rows = Vec::new();
    for line in text.lines() {
        let fields: Vec<_> = line.split('\t').collect();
        let row = match fields[..] {
            [unit, section, key, value, ref verdicts @ ..] => {
                about = subject(unit, section, key);
                row(about.as_ref(), value, verdicts)
            }
            [letters, value] => row(about.as_ref(), value, &each(letters)),
            [letters] if !letters.contains(' ') => row(about.as_ref(), "", &each(letters)),
            _ => {
                let mut words = line.split(' ');
                let mut word = || words.next().unwrap_or_default();
                about = subject(word(), word(), word());
                None
            }
        };
        rows.extend(row);
    }
    Ok(rows)
}

type Subject = (UnitName, &'static Directive);

fn subject(unit: &str, section: &str, key: &str) -> Option<Subject> {
    Some((UnitName::parse(unit)?, directive(Section::from_name(section)?, key)?))
}

/// The letters one by one.
fn each(letters: &str) -> Vec<&str> {
    letters.split("").filter(|letter| !letter.is_empty()).collect()
}

fn row(about: Option<&Subject>, value: &str, verdicts: &[&str]) -> Option<Row> {
    let (unit, directive) = about?;
    // A backslash at the end of a line is no part of its value but continues it.
    if value.ends_with('\\') {
        return None;
    }
    let verdicts = RELEASES.into_iter().zip(verdicts).map(|(version, word)| match *word {
        "-" | "n" | "note" => (version, Verdict::Accepted),
        _ => (version, Verdict::Refused),
    });
    let assignment = Assignment { unit: unit.clone(), directive, value: value.to_owned() };
    Some(Row { assignment, verdicts: verdicts.collect() })
}
