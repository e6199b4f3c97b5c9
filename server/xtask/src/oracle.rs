//! `cargo xtask oracle`: holds our verdicts on values against those of real systemd.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use unit_catalog::{Directive, Section, UnitType, ValueKind, Version, directive};
use unit_ide::value::{ValueContext, Verdict, verdict};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Recorded verdicts: lines of unit type, section, key, value, and one verdict for each of 252, 257 and 262
    #[arg(long)]
    table: PathBuf,
    /// Look at these kinds of value only, by their names in the catalog
    #[arg(long, value_delimiter = ',')]
    kind: Vec<String>,
    /// Show so many disagreements
    #[arg(long, default_value_t = 40)]
    show: usize,
}

/// What systemd said of one assignment.
struct Row {
    unit_type: UnitType,
    directive: &'static Directive,
    value: String,
    verdicts: Vec<(Version, Verdict)>,
}

/// Agreement in numbers.
#[derive(Default)]
struct Tally {
    rows: usize,
    refused: usize,
    misses: usize,
    false_alarms: usize,
}

/// Compares, and prints agreement by kind, then the disagreements. `Err` when the table cannot be read.
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    let text = fs::read_to_string(&options.table)
        .map_err(|error| format!("{}: {error}", options.table.display()))?;
    let wanted =
        |kind: ValueKind| options.kind.is_empty() || options.kind.iter().any(|name| name == kind.name());
    let mut kinds: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut total = Tally::default();
    let mut shown = Vec::new();
    for row in text.lines().filter_map(row).filter(|row| wanted(row.directive.kind)) {
        for (version, real) in &row.verdicts {
            let context =
                ValueContext { directive: row.directive, version: *version, unit_type: row.unit_type };
            let ours = verdict(context, &row.value);
            for tally in [&mut total, kinds.entry(row.directive.kind.name()).or_default()] {
                tally.rows += 1;
                tally.refused += usize::from(*real == Verdict::Refused);
                tally.misses += usize::from(ours == Verdict::Accepted && *real == Verdict::Refused);
                tally.false_alarms += usize::from(ours == Verdict::Refused && *real == Verdict::Accepted);
            }
            if ours != *real {
                let what = if ours == Verdict::Accepted { "missed" } else { "false alarm" };
                let section = row.directive.section.name();
                shown.push(format!(
                    "{what} {} .{} [{section}] {}={}",
                    version.0,
                    row.unit_type.suffix(),
                    row.directive.name,
                    row.value
                ));
            }
        }
    }
    println!(
        "{:40} {:>8} {:>9} {:>8} {:>8} {:>6}",
        "kind", "rows", "agreement", "refused", "missed", "false"
    );
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.misses + tally.false_alarms));
    for (kind, tally) in kinds.iter().map(|(kind, tally)| (*kind, tally)).chain([("all", &total)]) {
        println!(
            "{kind:40} {:>8} {:>8.2}% {:>8} {:>8} {:>6}",
            tally.rows,
            100.0 * (tally.rows - tally.misses - tally.false_alarms) as f64 / tally.rows.max(1) as f64,
            tally.refused,
            tally.misses,
            tally.false_alarms
        );
    }
    // False alarms first: they are the worse kind.
    shown.sort();
    for line in shown.iter().take(options.show) {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads a line of the table; `None` for its heading and for keys that the catalog does not have.
fn row(line: &str) -> Option<Row> {
    let mut fields = line.split('\t');
    let unit_type = UnitType::from_suffix(fields.next()?)?;
    let section = Section::from_name(fields.next()?)?;
    let directive = directive(section, fields.next()?)?;
    // A backslash at the end of a line is no part of its value but continues it.
    let value = fields.next().filter(|value| !value.ends_with('\\'))?.to_owned();
    let releases = [252, 257, 262].map(Version);
    let verdicts = releases.into_iter().zip(fields).map(|(version, word)| match word {
        "-" | "note" => (version, Verdict::Accepted),
        _ => (version, Verdict::Refused),
    });
    Some(Row { unit_type, directive, value, verdicts: verdicts.collect() })
}
